"""What a server may do: every capability it holds, as a tree of who got a copy from whom."""

from __future__ import annotations

from kernel.abi import ObjectType
from playground.screens.canvas import cut
from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Tab, Target, entry
from playground.screens.words import rights_word
from playground.view import derivation
from playground.view.capability_words import client_of, is_used
from playground.view.model import CapView
from playground.view.objects import TYPE_WORDS
from playground.view.servers import slot_names

MOST_COPIES = 24
"""Copies shown below one capability; the rest is counted."""
SHORT_KINDS = {"Notification": "Notif.", "SchedContext": "Sched.", "IRQHandler": "IRQ", "Endpoint": "Endp."}
"""Kinds where the name of the object needs the room."""
WITH_RIGHTS = frozenset({ObjectType.ENDPOINT, ObjectType.NOTIFICATION, ObjectType.FRAME, ObjectType.REPLY})


def holder_of(desk: Desk, cnode: int) -> str:
    """Whose capability table a CNode is: the server's name, or the CNode's."""
    for server in desk.view.servers.values():
        if server.cspace == cnode:
            return server.name
    return desk.view.name_of(cnode).removesuffix(".cspace")


def rights_of(cap: CapView) -> str:
    """The rights that mean something for this kind of capability."""
    return rights_word(cap.rights) if cap.kind in WITH_RIGHTS else ""


def badge_of(desk: Desk, cap: CapView) -> str:
    """The badge as the client it stands for, or as a number."""
    if cap.kind not in (ObjectType.ENDPOINT, ObjectType.NOTIFICATION) or not cap.badge:
        return ""
    number = f"{cap.badge:#x}" if cap.badge > 0xFFFF else str(cap.badge)
    return client_of(desk.view, cap.object, cap.badge) or number


def what_of(desk: Desk, cap: CapView) -> str:
    """What a capability leads to, in a few words."""
    name = desk.view.name_of(cap.object)
    kind = TYPE_WORDS[cap.kind]
    return "" if name == f"{kind} {cap.object}" else name


def _row(desk: Desk, cap: CapView, lead: str, width: int) -> Entry:
    kind = TYPE_WORDS[cap.kind]
    end = f" {rights_of(cap):<4} {badge_of(desk, cap):<6.6}"
    name = what_of(desk, cap)
    room = max(width - len(lead) - len(end), 4)
    kind = kind if not name.startswith(kind) else ""
    if len(kind) + 1 + len(name) > room:
        kind = SHORT_KINDS.get(kind, kind)
    left = max(room - len(kind) - bool(kind), 0)
    runs = (
        (lead, "quiet"),
        (f"{kind} "[:room] if kind else "", "idle"),
        (f"{cut(name, left):<{left}}", "text"),
        (end, "key"),
    )
    if desk.moment >= 0 and (cap.cnode, cap.index) in desk.looking.changed_slots:
        runs = ((lead[:-1] + "∆", "lit bold"), *runs[1:])
    return Entry(runs, Target(slot=(cap.cnode, cap.index)))


def branches(depths: list[int]) -> list[str]:
    """The lines of a tree, drawn from the depths of its nodes (1 and more) in their order."""
    drawn: list[str] = []
    later: set[int] = set()
    for depth in reversed(depths):
        later = {level for level in later if level <= depth}
        stem = "".join("│ " if level in later else "  " for level in range(1, depth))
        drawn.append(stem + ("├ " if depth in later else "└ "))
        later.add(depth)
    return drawn[::-1]


def _derived(desk: Desk, cap: CapView, width: int, home: int) -> tuple[list[Entry], set[tuple[int, int]]]:
    """The copies made of a capability, as the lines of a tree, and the slots they are in."""
    rows = derivation.tree(desk.view, cap)[1:]
    lines: list[Entry] = []
    for (_, child), branch in zip(rows[:MOST_COPIES], branches([depth for depth, _ in rows]), strict=False):
        where = f"{child.index} " if child.cnode == home else f"{child.index} in {holder_of(desk, child.cnode)} "
        lines.append(_row(desk, child, f"     {branch}{where}", width))
    if len(rows) > MOST_COPIES:
        lines.append(entry((f"       and {len(rows) - MOST_COPIES:,} more", "quiet")))
    return lines, {(child.cnode, child.index) for _, child in rows}


def page(desk: Desk, width: int) -> Page:
    """The capabilities of the selected server."""
    server = desk.server
    if server is None or not server.cspace:
        return Page([entry(("It holds nothing: it is not alive.", "quiet"))])
    held = desk.view.held.get(server.cspace, {})
    heading = f"slot {'capability':<{max(width - 17, 4)}} {'may':<4} badge"
    lines = [entry((heading[:width], "quiet bold"))]
    shown: set[tuple[int, int]] = set()
    for index in sorted(held):
        if (server.cspace, index) in shown:
            continue
        cap = held[index]
        lines.append(_row(desk, cap, f"{index:>4} ", width))
        below, slots = _derived(desk, cap, width, server.cspace)
        shown |= slots
        lines.extend(below)
    granted = slot_names(desk.machine.manifest, server.name).keys() & held.keys()
    used = sum(is_used(desk.view, server.thread, held[index]) for index in granted)
    others = len(held) - len(granted)
    lines.append(entry(("", "text")))
    lines.append(entry((f"the manifest grants {len(granted)}, used so far: {used}", "quiet")))
    if others:
        lines.append(entry((f"received or made by itself: {others}", "quiet")))
    lines.append(entry(("r receive  w send  g grant  p be answered", "quiet")))
    return Page(lines, head=1)


TAB = Tab("Capabilities", "everything it may do, and who got copies", page, "r revoke   enter follow   ? why")
