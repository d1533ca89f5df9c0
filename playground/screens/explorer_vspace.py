"""A VSpace: an address space, drawn as the regions that are mapped into it."""

from __future__ import annotations

from typing import Final

from kernel.abi import PAGE_SIZE, ObjectType, TcbSlot
from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import Topic, about, heading, item, link, listed
from playground.screens.inspector_tabs import Entry, Page, Target, entry
from playground.screens.words import plural, size_word
from playground.view.capability_words import rights_words
from playground.view.model import CapView, View

ABOUT: Final = (
    "A VSpace is what a program sees as memory: pages at addresses. Only Frames that were mapped into it can be "
    "touched; everything else is a fault. That is why a wild pointer hurts nobody but its owner."
)


def page(desk: Desk, target: Target, width: int) -> Page:
    """The map from the lowest address up, with the holes."""
    view = desk.view
    space = view.objects[target.object]
    mapped = view.mappings.get(space.id, {})
    lines = about(ABOUT, width)
    threads = [key for key in view.threads if _space_of(view, key) == space.id]
    lines += [item(view, thread, (" memory of     ", "quiet")) for thread in threads]
    if space.untyped:
        lines.append(link(desk, "made from", space.untyped))
    lines.append(heading(f"{plural(len(mapped), 'page')}, {size_word(len(mapped) * PAGE_SIZE)}", width))
    lines += listed(_regions(view, mapped, width), "Nothing is mapped: every access is a fault.")
    return Page([*lines, *holders(desk, space.id, width)])


def _space_of(view: View, thread: int) -> int:
    cap = view.slots.get((thread, TcbSlot.VSPACE))
    return cap.object if cap is not None and cap.kind == ObjectType.VSPACE else 0


def _regions(view: View, mapped: dict[int, CapView], width: int) -> list[Entry]:
    lines: list[Entry] = []
    end = 0
    for vaddr in sorted(mapped):
        if vaddr > end:
            hole = f"nothing, {size_word(vaddr - end)}: touching it is a fault"
            lines.append(entry((f" {'':14} ┊ ", "line"), (hole, "quiet")))
        cap = mapped[vaddr]
        words, name = rights_words(cap.kind, cap.map_rights), view.name_of(cap.object)
        runs = ((f" {vaddr:#014x} ", "idle"), ("█ ", "running" if "write" in words else "waiting"),
                (f"{name:<24} ", "text bold"), (words, "key"), (_others(view, cap), "quiet"))  # fmt: skip
        lines.append(Entry(runs, Target(object=cap.object, through=(cap.cnode, cap.index))))
        end = vaddr + PAGE_SIZE
    if mapped:
        lines.append(entry((f" {'':14} ┊ ", "line"), ("nothing, up to the end", "quiet")))
    return lines


def _others(view: View, cap: CapView) -> str:
    """Who else sees the page."""
    names = [view.name_of(space).removesuffix(".vspace") for space, caps in view.mappings.items()
             if space != cap.vspace and any(other.object == cap.object for other in caps.values())]  # fmt: skip
    return f"  shared with {', '.join(names)}" if names else ""


TOPIC = Topic(page, ABOUT)
