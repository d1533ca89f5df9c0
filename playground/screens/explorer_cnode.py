"""A CNode: a table of capabilities, and how a number is looked up in it."""

from __future__ import annotations

from typing import Final

from kernel.abi import SLOT_BITS, WORD_BITS, ObjectType
from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import Topic, about, cap_runs, heading, kind_word, link, listed, place_words
from playground.screens.inspector_tabs import Entry, Page, Target, entry, wrapped
from playground.screens.words import plural, size_word
from playground.view import derivation
from playground.view.model import CapView, View
from playground.view.objects import TYPE_WORDS
from playground.view.servers import holder_of, slot_names

ABOUT: Final = (
    "A CNode is a table of capabilities. A thread cannot name an object, only a slot: it says a number, the kernel "
    "finds the slot, and does what the capability in it allows."
)
MOST_GUARDS: Final = 2
"""Ways into the table that are drawn; the rest is listed below."""


def page(desk: Desk, target: Target, width: int) -> Page:
    """The table, and the ways into it."""
    view = desk.view
    cnode = view.objects[target.object]
    radix = cnode.size_bits - SLOT_BITS
    held = view.held.get(cnode.id, {})
    lines = about(ABOUT, width)
    room = f" {plural(1 << radix, 'slot')}, {len(held):,} filled   {size_word(1 << cnode.size_bits)}"
    lines.append(entry((room, "text bold")))
    if cnode.untyped:
        lines.append(link(desk, "made from", cnode.untyped))
    lines += _ways_in(view, cnode.id, radix, width)
    lines.append(heading(f"slots 0 to {(1 << radix) - 1:,}", width))
    lines += listed(_slots(desk, cnode.id, radix, width), "It is empty.")
    return Page([*lines, *holders(desk, cnode.id, width)])


def _ways_in(view: View, cnode: int, radix: int, width: int) -> list[Entry]:
    """How a number becomes a slot, for every guard with which there is a capability to this table."""
    caps = [cap for cap in derivation.capabilities_to(view, cnode) if cap.kind == ObjectType.CNODE]
    caps.sort(key=lambda cap: cap.cnode not in view.threads)
    lines: list[Entry] = []
    seen: set[int] = set()
    for cap in caps:
        if cap.badge in seen or len(seen) >= MOST_GUARDS:
            continue
        seen.add(cap.badge)
        lines += way_in(view, cap, radix, width)
    return lines


def way_in(view: View, cap: CapView, radix: int, width: int) -> list[Entry]:
    """The bits of a number as one capability divides them: guard, index, and what is left for a table inside."""
    guard, bits = cap.badge >> 6, cap.badge & 63
    rest = WORD_BITS - bits - radix
    room = width - 2
    parts = [(bits, "guard", "handling"), (radix, "index", "lit bold"), (max(rest, 0), "rest", "quiet")]
    least = {name: len(f" {name} {size} ") for size, name, _ in parts}
    lit = sum(least[name] for size, name, _ in parts if size)
    runs: list[tuple[str, str]] = [(" ", "text")]
    for size, name, ink in parts:
        if size:
            cells = least[name] + max(room - lit - 2, 0) * size // WORD_BITS
            runs += [("▐", "line"), (f"{f'{name} {size}':^{cells}}", ink)]
    runs.append(("▌", "line"))
    words = f"the first {bits} bits of a number must be {guard:#x}, " if bits else "no bits are compared, "
    words += f"the next {radix} are the slot"
    if rest == 0 and guard == 0 and bits:
        words += f": so {min(5, (1 << radix) - 1)} means slot {min(5, (1 << radix) - 1)}"
    if rest > 0:
        words += f", {rest} are left for a table in that slot"
    where = f" a number of 64 bits, looked up from {place_words(view, cap)}:"
    return [entry((where, "quiet")), Entry(tuple(runs)), *wrapped(words, width - 1, "text", " ")]


def _slots(desk: Desk, cnode: int, radix: int, width: int) -> list[Entry]:
    view = desk.view
    held = view.held.get(cnode, {})
    owner = holder_of(view, cnode)
    names = slot_names(desk.machine.manifest, owner) if view.name_of(cnode) == f"{owner}.cspace" else {}
    lines: list[Entry] = []
    following = 0
    for index in sorted(held):
        if index > following:
            lines.append(_empty(following, index - 1))
        following = index + 1
        lines.append(_slot(view, held[index], names.get(index, "")))
    if following < 1 << radix:
        lines.append(_empty(following, (1 << radix) - 1))
    return lines


def _slot(view: View, cap: CapView, called: str) -> Entry:
    kind, name = TYPE_WORDS[cap.kind], view.name_of(cap.object)
    name = "" if name == f"{kind_word(view, cap.object)} {cap.object}" else name
    named = f"{called} = " if called and called != name else ""
    enter = "▸ " if cap.kind == ObjectType.CNODE else ""
    runs = ((f" {cap.index:>5}  ", "quiet"), (f"{kind:<12} ", "idle"), (named, "quiet"),
            (f"{enter}{name or cap.object} ", "text bold"), (" ", "text"), *cap_runs(view, cap))  # fmt: skip
    return Entry(runs, Target(object=cap.object, through=(cap.cnode, cap.index)))


def _empty(first: int, last: int) -> Entry:
    return entry((f" {first:>5}  " if first == last else f" {first:>5}  to {last:,}  ", "quiet"), ("empty", "quiet"))


TOPIC = Topic(page, ABOUT)
