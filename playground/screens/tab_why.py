"""Why something is as it is, or is not: a chain of short sentences from the effect back to an input."""

from __future__ import annotations

from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Tab, Target, entry, wrapped
from playground.view import deadlock, why
from playground.view.why_not import why_not

_last: dict[tuple[object, ...], list[why.Because]] = {}
"""The chain that was asked for last: finding one takes some milliseconds, and it holds until the state changes."""


def _why_not(desk: Desk) -> str | None:
    """What was asked about this moment. Following a link of the answer leads to another, and to why that happened."""
    return desk.why_not[0] if desk.why_not is not None and desk.why_not[1] == desk.moment else None


def _of_state(desk: Desk) -> bool:
    """Whether it is about the selected server, and not about the event that is looked at."""
    return desk.moment < 0 or (desk.why_state and desk.server is not None)


def _chain(desk: Desk) -> list[why.Because]:
    server = desk.server
    state = (server.status, server.waits_for, server.thread) if server and _of_state(desk) else None
    view, events = desk.view, desk.machine.events
    if (asked := _why_not(desk)) is not None:
        asking = ("why not", asked, view.event_count)
        if asking not in _last:
            _last.clear()
            _last[asking] = why_not(view, events, asked)
        return _last[asking]
    key = (desk.moment, desk.selected, state)
    if key not in _last:
        _last.clear()
        found = why.why_event(view, events, desk.moment) if state is None else why.why_waiting(
            view, events, desk.selected
        )  # fmt: skip
        _last[key] = list(found)
    return _last[key]


def page(desk: Desk, width: int) -> Page:
    """Why the selected server waits, or why the event under the stream's cursor happened."""
    asked = _why_not(desk)
    if desk.moment < 0 and desk.server is None and asked is None:
        return Page([entry(("Nothing is selected.", "quiet"))])
    then = "as it is" if desk.moment < 0 else "as it was"
    title = f" Why is {desk.selected} {then}?" if _of_state(desk) else f" Why event {desk.moment:,}?"
    if asked is not None:
        title = f" Why not {asked}?" if asked else " Why did nothing happen?"
    chain = _chain(desk)
    lines: list[Entry] = [entry((title, "title")), entry(("", "text"))]
    if asked is None:
        lines += _circle(desk, width)
    for place, because in enumerate(chain):
        lead = "because" if place and asked is None else "       "
        ink = "text" if place else "text bold"
        text = because.text if asked is not None else because.text[:1].lower() + because.text[1:]
        sentence = wrapped(text, width - 10, ink)
        for row, line in enumerate(sentence):
            mark = f" {lead if not row else '':<7} "
            lines.append(Entry(((mark, "lit"), *line.runs), Target(moment=because.number) if not row else None))
        if because.number >= 0:
            lines.append(entry((f"{'':9}event {because.number:,}", "quiet")))
    if not chain:
        lines.append(entry((" It is not waiting for anybody.", "quiet")))
    return Page(lines)


def _circle(desk: Desk, width: int) -> list[Entry]:
    """The circle of servers that wait for each other, if the selected one is or ends in one now."""
    circle = deadlock.circle_from(desk.view, desk.server.thread) if desk.server and desk.moment < 0 else ()
    if not circle:
        return []
    lines = [entry((f" {line}", "waiting")) for line in deadlock.drawing(circle, width - 2)]
    return [entry((" A deadlock: each waits for the next.", "faulted")), *lines, entry(("", "text"))]


TAB = Tab("Why", "the chain of causes, back to what came from outside", page, "enter goes to that moment")
