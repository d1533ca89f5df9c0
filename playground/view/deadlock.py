"""Circles of threads each of which waits for the next: found, named and drawn.

A thread that waits for an answer waits for whoever received its call; one whose message nobody takes waits for the
server that receives on that endpoint; one that faulted waits for whoever deals with its fault. Everybody waits for one
other at most, so a chain either ends with somebody who can go on, or with something from outside, or it comes back to
where it was: then nobody in that circle will ever go on by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.abi import ThreadState
from playground.view import decode
from playground.view.model import View
from playground.view.reach import receiver_of
from playground.view.servers import waiting
from scenarios.stage import Deadlock


@dataclass(frozen=True, slots=True)
class Link:
    """One thread that waits for another."""

    thread: int
    name: str
    """The server whose thread that is."""
    holder: int
    """The thread that it waits for ..."""
    holder_name: str
    """... and its server."""
    through: int
    """The Reply or Endpoint that joins them."""
    what: str
    """What it waits for: "answer counter.add", "take its message on files.files"."""
    number: int
    """Number of the event that began it."""

    @property
    def text(self) -> str:
        """A clause."""
        return f"{self.name} waits for {self.holder_name} to {self.what}"


Circle = tuple[Link, ...]
"""Links each of which ends where the next begins, and the last where the first does."""


def link_of(view: View, thread_id: int) -> Link | None:
    """Whom a thread waits for, or None if it does not wait for anybody in particular."""
    thread = view.threads.get(thread_id)
    if thread is None:
        return None
    through = thread.blocked_on
    if thread.state == ThreadState.BLOCKED_ON_REPLY:
        reply = view.replies.get(through)
        holder = reply.server if reply is not None else 0
        known = waiting(view, thread)
        asked = known.what if known is not None else "an answer"
        what = "answer" if asked == "an answer" else f"answer {asked}"
        if thread.fault is not None:
            what = "deal with its fault"
    elif thread.state == ThreadState.BLOCKED_ON_SEND:
        record = view.records.get(receiver_of(view, through))
        holder = record.thread if record is not None else 0
        message = "the message about its fault" if thread.fault is not None else "its message"
        what = f"take {message} on {view.name_of(through)}"
    else:
        return None
    if holder not in view.threads:
        return None
    return Link(thread_id, decode.who(view, thread_id), holder, decode.who(view, holder), through, what, thread.since)


def circle_from(view: View, thread_id: int) -> Circle:
    """The circle that the chain of those who wait leads into, from a thread on; empty if it ends somewhere."""
    links: dict[int, Link] = {}
    here = thread_id
    while here not in links:
        link = link_of(view, here)
        if link is None:
            return ()
        links[here] = link
        here = link.holder
    circle = [links[here]]
    while circle[-1].holder != here:
        circle.append(links[circle[-1].holder])
    first = min(range(len(circle)), key=lambda place: circle[place].number)
    return tuple(circle[first:] + circle[:first])


def circles(view: View) -> list[Circle]:
    """All circles there are now, each beginning with the one who waits longest, the oldest circle first."""
    found: dict[int, Circle] = {}
    for thread in view.threads:
        circle = circle_from(view, thread)
        if circle:
            found[circle[0].thread] = circle
    return sorted(found.values(), key=lambda circle: circle[0].number)


def in_words(circle: Sequence[Link]) -> str:
    """A circle as a clause."""
    return ", and ".join(link.text for link in circle)


def deadlocks(view: View) -> list[Deadlock]:
    """All circles there are now, for the conditions of a lesson."""
    return [Deadlock(tuple(link.name for link in circle), in_words(circle)) for circle in circles(view)]


def drawing(circle: Sequence[Link], width: int) -> list[str]:
    """A circle as a picture of at most so many columns: who waits stands above whom it waits for."""
    lines: list[str] = []
    for place, link in enumerate(circle):
        lines.append(f"{'│  ' if place else '╭─▶'} {link.name}")
        rows = _broken(f"waits for {link.holder_name} to {link.what}", width - 6)
        lines += [f"│   │ {row}" for row in rows]
        if place < len(circle) - 1:
            lines[-1] = f"│   ▼ {rows[-1]}"
    lines.append("╰───╯")
    return lines


def _broken(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
