"""What the explorer's pages are put together from: lines with one fact, lines that lead to an object, small words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from kernel.abi import ObjectType, Rights, ThreadState
from kernel.costs import CYCLES_PER_MICROSECOND
from playground.screens.canvas import Row
from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Target, entry, wrapped
from playground.view.capability_words import badge_words, rights_words
from playground.view.model import View
from playground.view.objects import TYPE_WORDS, CapView, ThreadView
from playground.view.servers import holder_of

LABEL: Final = 13
"""Columns of the word before a fact."""
MOST_LINES: Final = 400
"""Lines of one list; the rest is counted."""


class Topic(NamedTuple):
    """One page of the explorer."""

    page: Callable[[Desk, Target, int], Page]
    """Makes the page about a target for a width in cells."""
    about: str
    """What such a thing is, for somebody who has never seen one."""


class StateMark(NamedTuple):
    """How a thread's state is shown."""

    glyph: str
    name: str
    """The kernel's own name."""
    words: str
    ink: str


STATES: Final[dict[int, StateMark]] = {
    ThreadState.INACTIVE: StateMark("■", "Inactive", "does not run", "stopped"),
    ThreadState.RUNNING: StateMark("●", "Running", "runs, or is ready to run", "running"),
    ThreadState.RESTART: StateMark("↻", "Restart", "is about to do its system call again", "restarting"),
    ThreadState.BLOCKED_ON_RECEIVE: StateMark("◌", "BlockedOnReceive", "waits to receive a message", "idle"),
    ThreadState.BLOCKED_ON_SEND: StateMark("◔", "BlockedOnSend", "waits to send a message", "sending"),
    ThreadState.BLOCKED_ON_REPLY: StateMark("○", "BlockedOnReply", "waits for an answer", "waiting"),
    ThreadState.BLOCKED_ON_NOTIFICATION: StateMark("◌", "BlockedOnNotification", "waits for a signal", "idle"),
}
"""Every state of a thread."""

CAN_RUN: Final = (ThreadState.RUNNING, ThreadState.RESTART)
BLANK: Final = entry(("", "text"))


def about(text: str, width: int) -> list[Entry]:
    """The sentence about what such a thing is."""
    return wrapped(text, width, "quiet italic")


def heading(text: str, width: int) -> Entry:
    """A line that begins a part of the page."""
    return entry(("── ", "line"), (text, "title"), (" " + "─" * max(width - len(text) - 4, 0), "line"))


def fact(label: str, *runs: tuple[str, str], target: Target | None = None) -> Entry:
    """One fact: a word, then what it is."""
    return Entry(((f" {label:<{LABEL}} ", "quiet"), *runs), target)


def kind_word(view: View, object_id: int) -> str:
    """ "Endpoint", "thread", ... also of an object that is gone."""
    kind = view.types.get(object_id)
    return TYPE_WORDS[kind] if kind is not None else "object"


def mention(view: View, object_id: int) -> Row:
    """An object as kind and name; a thread with its state."""
    if not object_id:
        return (("nobody", "quiet"),)
    kind, name = kind_word(view, object_id), view.name_of(object_id)
    thread = view.threads.get(object_id)
    gone = object_id not in view.objects
    runs: tuple[tuple[str, str], ...] = () if name.startswith(kind) else ((f"{kind} ", "idle"),)
    runs += ((name, "text bold" if not gone else "quiet strike"),)
    if thread is not None:
        mark = STATES[thread.state]
        runs += ((f"  {mark.glyph} {mark.words}", mark.ink),)
    lost = "  (no capability to it is left)" if kind == TYPE_WORDS[ObjectType.UNTYPED] else "  (gone)"
    return runs + (((lost, "quiet"),) if gone else ())


def link(desk: Desk, label: str, object_id: int, *more: tuple[str, str]) -> Entry:
    """A fact that is an object, and leads there."""
    target = Target(object=object_id) if object_id else None
    return fact(label, *mention(desk.view, object_id), *more, target=target)


def item(view: View, object_id: int, *before: tuple[str, str], after: Row = ()) -> Entry:
    """An object in a list, and the way to it."""
    return Entry((*before, *mention(view, object_id), *after), Target(object=object_id))


def state_runs(thread: ThreadView) -> Row:
    """A thread's state as glyph, the kernel's name and words."""
    mark = STATES[thread.state]
    words = "could run, but its budget is used up" if thread.released and thread.state in CAN_RUN else mark.words
    return ((f"{mark.glyph} {mark.name}", f"{mark.ink} bold"), (f"  {words}", "text"))


def moment(number: int) -> str:
    """ "event 1,877"."""
    return f"event {number:,}"


def time_words(cycles: int) -> str:
    """Virtual time in the unit in which it is easy to read."""
    micro = cycles / CYCLES_PER_MICROSECOND
    for unit, size in (("s", 1e6), ("ms", 1e3), ("µs", 1.0)):
        if abs(micro) >= size:
            number = micro / size
            return f"{number:,.0f} {unit}" if abs(number) >= 100 or number == int(number) else f"{number:.3g} {unit}"
    return f"{cycles} cycles" if cycles else "0"


def cap_runs(view: View, cap: CapView) -> Row:
    """What a capability allows: rights and badge, in words; the guard of a CNode."""
    if cap.kind == ObjectType.CNODE:
        guard, bits = cap.badge >> 6, cap.badge & 63
        return ((f"guard {guard:#x} of {bits} bits", "key"),)
    if cap.kind == ObjectType.UNTYPED:
        return ((f"watermark {cap.badge:#x}", "key"),)
    everything = cap.kind == ObjectType.ENDPOINT and cap.rights == Rights.ALL
    rights = "everything" if everything else rights_words(cap.kind, cap.rights)
    badge = badge_words(view, cap.kind, cap.object, cap.badge)
    return ((", ".join(filter(None, (rights, badge))), "key"),)


def place_words(view: View, cap: CapView) -> str:
    """Where a capability is: "fs, slot 9" or "thread disk, slot 0"."""
    holder = holder_of(view, cap.cnode)
    name = view.name_of(cap.cnode)
    if holder and name == f"{holder}.cspace":
        return f"{holder}, slot {cap.index}"
    return f"{kind_word(view, cap.cnode)} {name}, slot {cap.index}"


def cap_item(view: View, cap: CapView, *before: tuple[str, str], here: bool = False) -> Entry:
    """A capability in a list: where it is, what it allows; leads to the page about the capability."""
    ink = "lit bold" if here else "text"
    place = f"{place_words(view, cap):<26} "
    runs = (*before, (place, ink), *cap_runs(view, cap))
    return Entry(runs, Target(slot=(cap.cnode, cap.index)))


def listed(entries: Iterable[Entry], none: str) -> list[Entry]:
    """A list, at most so long; a sentence if it is empty."""
    found = list(entries)
    if not found:
        return [entry((f" {none}", "quiet"))]
    if len(found) > MOST_LINES:
        return [*found[:MOST_LINES], entry((f" and {len(found) - MOST_LINES:,} more", "quiet"))]
    return found


def letters(rights: int) -> str:
    """ "rw-p": receive or read, write or send, grant, grant reply."""
    pairs = ((Rights.READ, "r"), (Rights.WRITE, "w"), (Rights.GRANT, "g"), (Rights.GRANT_REPLY, "p"))
    return "".join(letter if rights & right else "-" for right, letter in pairs)
