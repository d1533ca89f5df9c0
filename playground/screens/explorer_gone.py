"""An object that does not exist any more: when it was made and destroyed, and what bears its name now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kernel import events as ev
from kernel.events import Event
from playground.screens.desk import Desk
from playground.screens.explorer_names import names
from playground.screens.explorer_parts import BLANK, Topic, about, fact, heading, item, kind_word, listed, moment
from playground.screens.inspector_tabs import Entry, Page, Target

ABOUT = "It is gone. Objects live as long as a capability leads to them; numbers are never used twice."
MOST_LOOKED_AT: Final = 400_000
"""Events that are looked through for its end."""


_last: dict[tuple[int, int], tuple[int, int]] = {}
"""What was found last: what is over does not change."""


def _ends(desk: Desk, object_id: int) -> tuple[int, int]:
    """Numbers of the events that made and destroyed it; -1 where it is not known."""
    events = desk.machine.events
    key = id(events), object_id
    if key not in _last:
        _last.clear()
        _last[key] = _search(events, object_id)
    return _last[key]


def _search(events: Sequence[Event], object_id: int) -> tuple[int, int]:
    made = destroyed = -1
    for number in range(len(events) - 1, max(len(events) - MOST_LOOKED_AT, 0) - 1, -1):
        event = events[number]
        if event[0] == ev.OBJECT_DESTROYED and event[2] == object_id:
            destroyed = number
        elif event[0] == ev.OBJECT_CREATED and event[2] == object_id:
            made = number
            break
    return made, destroyed


def page(desk: Desk, target: Target, width: int) -> Page:
    """What is known of it."""
    view = desk.view
    name = view.name_of(target.object)
    made, destroyed = _ends(desk, target.object)
    lines: list[Entry] = [*about(ABOUT, width), BLANK]
    lines.append(fact("it was", (f"{kind_word(view, target.object)} {name}", "text bold")))
    for label, number in (("made", made), ("destroyed", destroyed)):
        if number >= 0:
            lines.append(fact(label, (moment(number), "text"), target=Target(moment=number)))
    now = names(view).get(name)
    if now is not None:
        lines.append(fact("today", *item(view, now).runs, target=Target(object=now)))
    children = [thing.id for thing in view.objects.values() if thing.untyped == target.object]
    if children:
        lines += [BLANK, heading(f"made from it: {len(children)}", width)]
        lines += listed((item(view, child, (" ", "text")) for child in children), "Nothing.")
    return Page(lines)


TOPIC = Topic(page, ABOUT)
