"""Why something is as it is: a chain of short sentences from the effect back to an input."""

from __future__ import annotations

from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Tab, Target, entry, wrapped
from playground.view import why

_last: dict[tuple[object, ...], list[why.Because]] = {}
"""The chain that was asked for last: finding one takes some milliseconds, and it holds until the state changes."""


def _chain(desk: Desk) -> list[why.Because]:
    server = desk.server
    state = (server.status, server.waits_for, server.thread) if server and desk.moment < 0 else None
    key = (desk.moment, desk.selected, state)
    if key not in _last:
        view, events = desk.view, desk.machine.events
        _last.clear()
        found = why.why_event(view, events, desk.moment) if state is None else why.why_waiting(
            view, events, desk.selected
        )  # fmt: skip
        _last[key] = list(found)
    return _last[key]


def page(desk: Desk, width: int) -> Page:
    """Why the selected server waits, or why the event under the stream's cursor happened."""
    if desk.moment < 0 and desk.server is None:
        return Page([entry(("Nothing is selected.", "quiet"))])
    title = f" Why event {desk.moment:,}?" if desk.moment >= 0 else f" Why is {desk.selected} as it is?"
    chain = _chain(desk)
    lines: list[Entry] = [entry((title, "title")), entry(("", "text"))]
    for place, because in enumerate(chain):
        lead = "because" if place else "       "
        ink = "text" if place else "text bold"
        text = because.text[:1].lower() + because.text[1:]
        sentence = wrapped(text, width - 10, ink)
        for row, line in enumerate(sentence):
            mark = f" {lead if not row else '':<7} "
            lines.append(Entry(((mark, "lit"), *line.runs), Target(moment=because.number) if not row else None))
        if because.number >= 0:
            lines.append(entry((f"{'':9}event {because.number:,}", "quiet")))
    if not chain:
        lines.append(entry((" It is not waiting for anybody.", "quiet")))
    return Page(lines)


TAB = Tab("Why", "the chain of causes, back to what came from outside", page, "enter goes to that moment")
