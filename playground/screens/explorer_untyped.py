"""An Untyped: raw memory, drawn with the objects that were placed in it, its watermark, and what is lost."""

from __future__ import annotations

from typing import Final, NamedTuple

from kernel.abi import ObjectType
from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import Topic, about, heading, link, listed, mention
from playground.screens.inspector_tabs import Entry, Page, Target, entry
from playground.screens.words import plural, size_word
from playground.view.derivation import has_children
from playground.view.model import View
from playground.view.objects import TYPE_WORDS, ObjectView

ABOUT: Final = (
    "Untyped is raw memory, and every object is made from some. Objects are placed one behind the other, each at a "
    "multiple of its size. The watermark only rises: it falls back when all that was made is gone."
)
ROWS: Final = 4
"""Rows of the map."""
MARGIN: Final = 13
"""Columns of the address before each row."""

LETTERS: Final[dict[int, tuple[str, str]]] = {
    ObjectType.UNTYPED: ("U", "quiet bold"),
    ObjectType.TCB: ("T", "running bold"),
    ObjectType.ENDPOINT: ("E", "call bold"),
    ObjectType.NOTIFICATION: ("N", "signal bold"),
    ObjectType.CNODE: ("C", "lit bold"),
    ObjectType.SCHED_CONTEXT: ("S", "restarting bold"),
    ObjectType.REPLY: ("R", "reply bold"),
    ObjectType.FRAME: ("F", "text"),
    ObjectType.VSPACE: ("V", "handling bold"),
}
"""A letter and an ink for every type that can be made from memory."""


class Span(NamedTuple):
    """A stretch of the memory, in bytes from its beginning."""

    start: int
    end: int
    letter: str
    ink: str
    thing: ObjectView | None = None
    gone: bool = False


def watermark(view: View, object_id: int) -> int:
    """Bytes below which nothing can be placed: 0 if nothing that was made from it is left."""
    caps = view.untyped_caps.get(object_id, [])
    return max((cap.badge if has_children(view, cap) else 0 for cap in caps), default=0)


def spans(view: View, untyped: ObjectView) -> list[Span]:
    """What lies in it, in the order of addresses: objects, what is left of dead ones, lost gaps, the free rest."""
    mark = watermark(view, untyped.id)
    alive = [(thing, False) for thing in view.objects.values() if thing.untyped == untyped.id]
    dead = [(thing, True) for thing in view.remains.get(untyped.id, ())] if mark else []
    found: list[Span] = []
    end = 0
    for thing, gone in sorted([*alive, *dead], key=lambda pair: (pair[0].address, pair[1])):
        start = thing.address - untyped.address
        if start < end:
            continue
        if start > end:
            found.append(Span(end, start, "░", "faulted"))
        end = start + (1 << thing.size_bits)
        letter, ink = ("x", "quiet") if gone else LETTERS.get(thing.type, ("?", "text"))
        found.append(Span(start, end, letter, ink, thing, gone))
    if mark > end:
        found.append(Span(end, mark, "░", "faulted"))
        end = mark
    size = 1 << untyped.size_bits
    if end < size:
        found.append(Span(end, size, "·", "line"))
    return found


def page(desk: Desk, target: Target, width: int) -> Page:
    """The map, then everything in it."""
    view = desk.view
    untyped = view.objects[target.object]
    size = 1 << untyped.size_bits
    parts = spans(view, untyped)
    used = watermark(view, untyped.id)
    lines = about(ABOUT, width)
    words = f" {size_word(size)} at {untyped.address:#x}: {size_word(used)} below the watermark, "
    lines.append(entry((words, "text bold"), (f"{size_word(size - used)} free", "running bold")))
    lines += memory_map(parts, untyped.address, size, used, width)
    lines += _legend(parts)
    if untyped.untyped:
        lines.append(link(desk, "part of", untyped.untyped))
    lines.append(heading("in the order in which they lie", width))
    lines += listed((_row(view, untyped.address, part) for part in parts), "Nothing.")
    return Page([*lines, *holders(desk, untyped.id, width)])


def memory_map(parts: list[Span], address: int, size: int, mark: int, width: int) -> list[Entry]:
    """The memory as rows of cells, each cell the same number of bytes; below it, where the watermark stands."""
    cells = width - MARGIN - 1
    per_row = size // ROWS
    canvas = Canvas(width, ROWS + 1)
    for row in range(ROWS):
        canvas.put(1, row, f"{address + row * per_row:#010x}", "quiet")
        for column in range(cells):
            first = row * per_row + column * per_row // cells
            last = row * per_row + (column + 1) * per_row // cells
            part = _at(parts, first, max(last, first + 1))
            canvas.put(MARGIN + column, row, part.letter, part.ink)
    if mark >= size:
        canvas.put_right(width, ROWS, "full: the watermark stands at the end ▲", "faulted bold")
    else:
        row, offset = divmod(mark, per_row)
        column = MARGIN + offset * cells // per_row
        canvas.put(column, row, "▏" if mark else canvas.character(column, row), "lit bold")
        words = f"watermark {mark:#x}, in row {row + 1}"
        start = min(column, width - len(words) - 3)
        canvas.put(start, ROWS, f"▲ {words}" if start == column else f"{words} ▲", "lit bold")
    return [Entry(canvas.row(row)) for row in range(ROWS + 1)]


def _at(parts: list[Span], first: int, last: int) -> Span:
    """What fills most of a cell; a living object before anything else."""
    touching = [part for part in parts if part.start < last and part.end > first]
    return max(touching, key=lambda part: (part.thing is not None, min(part.end, last) - max(part.start, first)))


def _legend(parts: list[Span]) -> list[Entry]:
    """Every letter of the map in words, with how much there is of it."""
    totals: dict[tuple[str, str, str], tuple[int, int]] = {}
    for part in parts:
        if part.gone:
            word = "gone, not usable yet"
        elif part.thing is not None:
            word = TYPE_WORDS[part.thing.type]
        else:
            word = "lost to alignment" if part.letter == "░" else "free"
        key = (part.letter, part.ink, word)
        count, size = totals.get(key, (0, 0))
        totals[key] = (count + 1, size + part.end - part.start)
    pieces = [
        ((f" {letter} ", ink), (f"{plural(count, word) if letter.isalpha() and letter != 'x' else word} "
                               f"{size_word(size)}  ", "quiet"))
        for (letter, ink, word), (count, size) in totals.items()
    ]  # fmt: skip
    return [Entry(tuple(run for piece in pieces[at : at + 3] for run in piece)) for at in range(0, len(pieces), 3)]


def _row(view: View, address: int, part: Span) -> Entry:
    lead = ((f" {address + part.start:#012x} ", "quiet"), (f"{part.letter} ", part.ink),
            (f"{size_word(part.end - part.start):>8}  ", "text"))  # fmt: skip
    if part.thing is None:
        words = "free" if part.letter == "·" else "lost to the alignment of the next one"
        return entry(*lead, (words, "quiet"))
    if part.gone:
        return entry(*lead, (f"{TYPE_WORDS[part.thing.type]} {part.thing.name}", "quiet strike"), ("  gone", "quiet"))
    return Entry((*lead, *mention(view, part.thing.id)), Target(object=part.thing.id))


TOPIC = Topic(page, ABOUT)
