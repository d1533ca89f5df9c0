"""Who holds capabilities to an object, as the tree of who got a copy from whom."""

from __future__ import annotations

from playground.screens.desk import Desk
from playground.screens.explorer_parts import cap_item, heading, listed
from playground.screens.inspector_tabs import Entry
from playground.screens.tab_capabilities import branches
from playground.view import derivation
from playground.view.model import CapView, View


def tree_of(view: View, caps: list[CapView]) -> list[tuple[int, CapView]]:
    """The capabilities in derivation order, each with its depth below those of the same list (0 and more)."""
    wanted = {(cap.cnode, cap.index) for cap in caps}
    rows: list[tuple[int, CapView]] = []
    seen: set[tuple[int, int]] = set()
    for cap in caps:
        if (cap.cnode, cap.index) in seen:
            continue
        for depth, below in derivation.tree(view, cap):
            place = (below.cnode, below.index)
            if place in wanted and place not in seen:
                seen.add(place)
                rows.append((depth, below))
    return rows


def holders(desk: Desk, object_id: int, width: int) -> list[Entry]:
    """The part of a page that says who holds the object."""
    view = desk.view
    rows = tree_of(view, derivation.capabilities_to(view, object_id))
    drawn = branches([depth + 1 for depth, _ in rows]) if rows else []
    lines = (cap_item(view, cap, (f" {stem[2:]}" if stem else " ", "quiet")) for (_, cap), stem in
             zip(rows, drawn, strict=True))  # fmt: skip
    return [heading(f"capabilities to it: {len(rows)}", width), *listed(lines, "Nobody: nothing leads to it.")]
