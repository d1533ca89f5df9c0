"""A Frame: one page of real memory, and everybody who sees it."""

from __future__ import annotations

from typing import Final

from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import Topic, about, fact, heading, link, listed, mention
from playground.screens.inspector_tabs import Entry, Page, Target
from playground.screens.words import plural, size_word
from playground.view.capability_words import rights_words
from playground.view.model import View
from playground.view.servers import owner_of

ABOUT: Final = (
    "A Frame is a page of memory. Threads see it where it is mapped into their VSpace. Two servers share memory when "
    "the same Frame is mapped in both; each mapping goes through a capability of its own."
)
FIRST_DEVICE: Final = 0x8000_0000
LAST_DEVICE: Final = 0xFFFF_FFFF


def page(desk: Desk, target: Target, width: int) -> Page:
    """Where it lies, and where it is seen."""
    view = desk.view
    frame = view.objects[target.object]
    lines = about(ABOUT, width)
    device = FIRST_DEVICE <= frame.address <= LAST_DEVICE
    what = "registers of a device" if device else "memory"
    lines.append(fact("address", (f"{frame.address:#012x}", "text bold"),
                      (f"  {size_word(1 << frame.size_bits)} of {what}", "text")))  # fmt: skip
    if frame.untyped:
        lines.append(link(desk, "made from", frame.untyped))
    mapped = mappings(view, frame.id)
    title = f"seen in {plural(len(mapped), 'address space')}" + (", so it is shared" if len(mapped) > 1 else "")
    lines += [heading(title, width), *listed(mapped, "It is mapped nowhere.")]
    return Page([*lines, *holders(desk, frame.id, width)])


def mappings(view: View, frame: int) -> list[Entry]:
    """Every place where it is mapped."""
    lines: list[Entry] = []
    for space, caps in view.mappings.items():
        for vaddr, cap in caps.items():
            if cap.object == frame:
                owner = f"  {owner_of(view, space)} may {rights_words(cap.kind, cap.map_rights)}"
                runs = ((f" {vaddr:#014x} in ", "idle"), *mention(view, space), (owner, "key"))
                lines.append(Entry(runs, Target(object=space, through=(cap.cnode, cap.index))))
    return lines


TOPIC = Topic(page, ABOUT)
