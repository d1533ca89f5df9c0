"""Names that `explore` understands: objects by name or number, servers, slots, events."""

from __future__ import annotations

import re
from typing import Final

from playground.actions import UserMistake
from playground.screens.desk import Desk
from playground.screens.explorer_mentions import target_of_server
from playground.screens.inspector_tabs import Target
from playground.view.model import View
from servers.nearest import nearest

KERNEL: Final = "kernel"
"""The page about the kernel itself, from which every object can be reached."""
_SLOT: Final = re.compile(r"(?P<name>.+)\[(?P<index>\d+)\]")


def names(view: View) -> dict[str, int]:
    """Every object that exists by its name; of several with one name, the newest."""
    return {thing.name: thing.id for thing in view.objects.values()}


def find(desk: Desk, text: str) -> Target:
    """What a person means by `disk.block`, `disk`, `Endpoint 17`, `17`, `disk.cspace[5]` or `event 1877`."""
    view = desk.view
    known = names(view)
    text = text.strip()
    slot = _SLOT.fullmatch(text)
    if slot is not None and slot["name"] in known:
        place = known[slot["name"]], int(slot["index"])
        if place not in view.slots:
            raise UserMistake(f"Slot {place[1]} of `{slot['name']}` is empty{_filled(view, place[0])}")
        return Target(slot=place)
    kind, _, number = text.rpartition(" ")
    if number.replace(",", "").isdecimal() and kind.lower() == "event":
        return _event(len(desk.machine.events), int(number.replace(",", "")))
    if text == KERNEL:
        return Target()
    if text in known:
        return Target(object=known[text])
    server = target_of_server(desk, text)
    if server is not None:
        return server
    if text.isdecimal():
        if int(text) in view.objects:
            return Target(object=int(text))
        raise UserMistake(f"No object has the number {text}; numbers stand on pages such as `explore disk.cspace`")
    raise UserMistake(f"No object is called `{text}`{_suggest(text, [*known, *view.servers, KERNEL])}")


def _event(count: int, number: int) -> Target:
    if not 0 <= number < count:
        raise UserMistake(f"There is no event {number:,}; they go from 0 to {count - 1:,}")
    return Target(moment=number)


def _filled(view: View, cnode: int) -> str:
    filled = sorted(view.held.get(cnode, ()))
    return f"; filled are {', '.join(map(str, filled[:12]))}" if filled else ""


def _suggest(text: str, known: list[str]) -> str:
    """The nearest name; of the same server if it is one of its objects that was misspelt."""
    owner = text.partition(".")[0]
    own = [name for name in known if name.startswith(f"{owner}.")] if "." in text else []
    if own:
        rest = nearest(text.partition(".")[2], [name.partition(".")[2] for name in own])
        if rest.startswith("; did you mean"):
            return f"; did you mean `{owner}.{rest.split('`')[1]}`?"
        return f"; {owner} has {', '.join(own[:10])}{' ...' if len(own) > 10 else ''}"
    return nearest(text, known)


def completions(view: View, text: str) -> list[str]:
    """Whole lines that `explore dis` can become."""
    typed = text.partition(" ")[2]
    found = [name for name in [KERNEL, *view.servers, *sorted(names(view))] if name.startswith(typed) and name != typed]
    return [f"explore {name}" for name in dict.fromkeys(found)]
