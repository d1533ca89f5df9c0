"""What a server is made of: the objects of this life, all paid from its own Untyped, and the memory it sees."""

from __future__ import annotations

from collections import defaultdict

from kernel.abi import TcbSlot
from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Tab, Target, entry
from playground.screens.words import plural, rights_word, size_word
from playground.view.model import ServerView
from playground.view.objects import TYPE_WORDS, ObjectView

MOST_NAMES = 6
"""Names of objects shown for one type; the rest is counted."""


def _objects(desk: Desk, server: ServerView) -> list[ObjectView]:
    """The objects made from the same Untyped as the server's thread."""
    thread = desk.view.objects.get(server.thread)
    if thread is None:
        return []
    return [thing for thing in desk.view.objects.values() if thing.untyped == thread.untyped]


def _bar(used: int, size: int, width: int) -> Entry:
    full = round(used / size * width) if size else 0
    ink = "faulted" if used > size * 0.9 else "running"
    return entry((" ", "text"), ("█" * full, ink), ("░" * (width - full), "line"))


def _made_of(desk: Desk, server: ServerView, width: int) -> list[Entry]:
    groups: dict[str, list[ObjectView]] = defaultdict(list)
    for thing in _objects(desk, server):
        groups[TYPE_WORDS[thing.type]].append(thing)
    lines: list[Entry] = []
    for kind, things in sorted(groups.items(), key=lambda pair: -sum(1 << thing.size_bits for thing in pair[1])):
        size = sum(1 << thing.size_bits for thing in things)
        names = ", ".join(thing.name.removeprefix(f"{server.name}.") for thing in things[:MOST_NAMES])
        if len(things) > MOST_NAMES:
            names += f" and {len(things) - MOST_NAMES} more"
        head = f" {len(things):>3} {kind:<13}{size_word(size):>8}  "
        lines.append(entry((head, "text"), (names[: max(width - len(head), 0)], "quiet")))
    return lines


def _mapped(desk: Desk, server: ServerView) -> list[Entry]:
    space = desk.view.slots.get((server.thread, TcbSlot.VSPACE))
    if space is None:
        return []
    frames = sorted((cap for cap in desk.view.slots.values() if cap.vspace == space.object), key=lambda cap: cap.vaddr)
    return [
        entry(
            (f" {cap.vaddr:#012x}  ", "idle"),
            (f"{desk.view.name_of(cap.object):<18.18} ", "text"),
            (rights_word(cap.rights)[:2], "key"),
            target=Target(slot=(cap.cnode, cap.index)),
        )
        for cap in frames
    ]


def page(desk: Desk, width: int) -> Page:
    """The memory of the selected server."""
    server = desk.server
    if server is None or not server.thread:
        return Page([entry(("It has no memory: it is not alive.", "quiet"))])
    lines: list[Entry] = []
    if server.memory_size:
        words = f" {size_word(server.memory_used)} of {size_word(server.memory_size)} used"
        life = Target(object=desk.view.objects[server.thread].untyped)
        bar = _bar(server.memory_used, server.memory_size, min(width - 2, 40))
        lines += [entry((words, "title"), target=life), bar]
        lines.append(entry((" The kernel has no memory to give: all of this is its own.", "quiet")))
    lines += [entry(("", "text")), entry((" made of", "quiet bold")), *_made_of(desk, server, width)]
    mapped = _mapped(desk, server)
    lines += [entry(("", "text")), entry((f" sees {plural(len(mapped), 'page')} at", "quiet bold")), *mapped]
    return Page(lines)


TAB = Tab("Memory", "what it is made of, and what it sees", page)
