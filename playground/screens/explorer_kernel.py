"""The kernel itself: how many lines of code have to be trusted, and every object that it keeps."""

from __future__ import annotations

from typing import Final

from kernel.abi import ObjectType
from playground.line_count import lines_by_file, lines_of
from playground.screens.desk import Desk
from playground.screens.explorer_parts import Topic, about, fact, heading, item, listed
from playground.screens.inspector_tabs import Entry, Page, Target, entry
from playground.screens.words import size_word
from playground.view.objects import TYPE_WORDS

ABOUT: Final = (
    "The kernel is the only program that everybody has to trust. It keeps the objects below and passes messages; "
    "files, devices, names and restarts are the business of servers."
)
PACKAGES: Final = (("kernel", "running"), ("servers", "waiting"))
LARGEST: Final = 6
"""Files that are named."""


def page(desk: Desk, target: Target, width: int) -> Page:
    """Lines of code, then all objects by type."""
    view = desk.view
    lines = [*about(ABOUT, width), heading("lines of code, without comments and blank lines", width), *_code(width)]
    lines.append(heading(f"{len(view.objects):,} objects, every one from somebody's memory", width))
    by_type: dict[ObjectType, list[int]] = {}
    for thing in view.objects.values():
        by_type.setdefault(thing.type, []).append(thing.id)
    for kind, ids in sorted(by_type.items()):
        size = sum(1 << view.objects[each].size_bits for each in ids) if kind < ObjectType.SCHED_CONTROL else 0
        told = size_word(size) if size and kind is not ObjectType.UNTYPED else ""
        lines.append(fact(TYPE_WORDS[kind], (f"{len(ids):>5,}", "text bold"), (f"  {told}", "quiet")))
    for kind, ids in sorted(by_type.items()):
        lines.append(heading(TYPE_WORDS[kind], width))
        lines += listed((item(view, each, (" ", "text")) for each in ids), "None.")
    return Page(lines)


def _code(width: int) -> list[Entry]:
    """A bar for each of kernel and servers; the largest files of the kernel."""
    totals = {name: lines_of(name) for name, _ in PACKAGES}
    room = max(width - 26, 4)
    most = max(*totals.values(), 1)
    lines: list[Entry] = []
    for name, ink in PACKAGES:
        bar = ("█" * (totals[name] * room // most), ink)
        lines.append(entry((f" {name:<9}{totals[name]:>6,}  ", "text bold"), bar))
    files = sorted(lines_by_file("kernel").items(), key=lambda pair: -pair[1])[:LARGEST]
    words = ", ".join(f"{name.removesuffix('.py')} {count}" for name, count in files)
    return [*lines, entry((f" {words}, ..."[:width], "quiet"))]


TOPIC = Topic(page, ABOUT)
