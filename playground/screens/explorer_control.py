"""SchedControl and IRQControl: the two powers that are not memory, which root hands on or keeps."""

from __future__ import annotations

from typing import Final

from kernel.abi import ObjectType
from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import BLANK, Topic, about, heading, item, listed
from playground.screens.inspector_tabs import Page, Target

ABOUT: Final = "A power of which there is only one; whoever holds it decides for everybody."
WORDS: Final = {
    ObjectType.SCHED_CONTROL: (
        "SchedControl is the right to say how much processor time a SchedContext gives. Without it, nobody can make "
        "time for himself.",
        ObjectType.SCHED_CONTEXT,
        "times that were given out",
    ),
    ObjectType.IRQ_CONTROL: (
        "IRQControl is the right to hand out interrupt lines: each becomes an IRQHandler for one driver.",
        ObjectType.IRQ_HANDLER,
        "lines that were handed out",
    ),
}


def page(desk: Desk, target: Target, width: int) -> Page:
    """What it is for, what was made with it, who holds it."""
    view = desk.view
    words, kind, title = WORDS[view.objects[target.object].type]
    made = [thing.id for thing in view.objects.values() if thing.type is kind]
    lines = [*about(words, width), BLANK, heading(f"{title}: {len(made)}", width)]
    lines += listed((item(view, thing, (" ", "text")) for thing in made), "None.")
    return Page([*lines, *holders(desk, target.object, width)])


TOPIC = Topic(page, ABOUT)
