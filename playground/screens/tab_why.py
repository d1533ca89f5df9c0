"""Why something is as it is: a chain of short sentences from the effect back to an input."""

from __future__ import annotations

from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Tab, Target, entry, wrapped


def page(desk: Desk, width: int) -> Page:
    """Why the selected server waits, or why the event under the stream's cursor happened."""
    from playground.view import why

    view, events = desk.view, desk.machine.events
    if desk.moment >= 0:
        title, chain = f" Why event {desk.moment:,}?", why.why_event(view, events, desk.moment)
    elif desk.selected:
        title, chain = f" Why is {desk.selected} as it is?", why.why_waiting(view, events, desk.selected)
    else:
        return Page([entry(("Nothing is selected.", "quiet"))])
    lines: list[Entry] = [entry((title, "title")), entry(("", "text"))]
    for place, because in enumerate(chain):
        lead = "because" if place else "       "
        ink = "text" if place else "text bold"
        sentence = wrapped(because.text, width - 10, ink)
        for row, line in enumerate(sentence):
            mark = f" {lead if not row else '':<7} "
            lines.append(Entry(((mark, "lit"), *line.runs), Target(moment=because.number) if not row else None))
        if because.number >= 0:
            lines.append(entry((f"{'':9}event {because.number:,}", "quiet")))
    if not chain:
        lines.append(entry((" It is not waiting for anybody.", "quiet")))
    return Page(lines)


TAB = Tab("Why", "the chain of causes, back to what came from outside", page, "enter goes to that moment")
