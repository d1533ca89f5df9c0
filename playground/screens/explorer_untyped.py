"""An Untyped: raw memory, drawn with the objects that were placed in it, its watermark, and what is lost."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

from kernel.abi import ObjectType
from playground.screens.canvas import Canvas, Row
from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import Topic, about, heading, link, listed, mention
from playground.screens.inspector_tabs import Entry, Page, Target, entry
from playground.screens.words import size_word
from playground.view.derivation import has_children
from playground.view.model import View
from playground.view.objects import TYPE_WORDS, ObjectView

ABOUT: Final = (
    "Untyped is raw memory, and every object is made from some. Objects are placed one behind the other, each at a "
    "multiple of its size. The watermark only rises: it falls back when all that was made is gone."
)
ROWS: Final = 4
"""Rows of the enlarged map."""
MARGIN: Final = 13
"""Columns of the address before each row."""
SHORTEST_NAME: Final = 5
"""An object that takes more cells than this has its name written into them."""

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
            found.append(Span(end, start, "▒", "faulted"))
        end = start + (1 << thing.size_bits)
        letter, ink = ("x", "quiet") if gone else LETTERS.get(thing.type, ("?", "text"))
        found.append(Span(start, end, letter, ink, thing, gone))
    if mark > end:
        found.append(Span(end, mark, "▒", "faulted"))
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
    lines += _legend(parts, width)
    if untyped.untyped:
        lines.append(link(desk, "part of", untyped.untyped))
    lines.append(heading("in the order in which they lie", width))
    lines += listed((_row(view, untyped.address, part) for part in parts), "Nothing.")
    return Page([*lines, *holders(desk, untyped.id, width)])


def memory_map(parts: list[Span], address: int, size: int, mark: int, width: int) -> list[Entry]:
    """All of it as one bar; then what is below the watermark, enlarged: each object with its letter and name."""
    cells = width - MARGIN - 1
    canvas = Canvas(width, ROWS + 2)
    full = min(mark * cells // size + bool(mark), cells)
    canvas.put(1, 0, "all of it", "quiet")
    canvas.put(MARGIN, 0, "█" * full, "lit")
    canvas.put(MARGIN + full, 0, "·" * (cells - full), "line")
    region = min(1 << max(mark - 1, 0).bit_length(), size) if mark else size
    per_row = region / ROWS
    starts = [part.start for part in parts]
    for row in range(ROWS):
        canvas.put(1, row + 1, f"{address + int(row * per_row):#010x}", "quiet")
        before: Span | None = None
        for column in range(cells):
            first = int(row * per_row + column * per_row / cells)
            last = int(row * per_row + (column + 1) * per_row / cells)
            part = _at(parts, starts, first, max(last, first + 1))
            if part is not before:
                _paint_part(canvas, MARGIN + column, row + 1, part, first, int(per_row / cells), MARGIN + cells)
            before = part
    _paint_watermark(canvas, mark, region, per_row, cells)
    return [Entry(canvas.row(row)) for row in range(ROWS + 2)]


def _paint_part(canvas: Canvas, x: int, y: int, part: Span, first: int, cell: int, end: int) -> None:
    """One object from where it begins in this row to where it or the row ends."""
    length = min(max(-(-(part.end - first) // max(cell, 1)), 1), end - x)
    if part.thing is None or part.gone:
        canvas.put(x, y, part.letter * length, part.ink)
        return
    begins = part.start >= first - cell
    name = part.thing.name.rpartition(".")[2] if length > SHORTEST_NAME and begins else ""
    text = (part.letter if begins else "") + (f" {name}"[: length - 3] if name else "")
    canvas.put(x, y, text + "─" * (length - len(text)), part.ink)


def _paint_watermark(canvas: Canvas, mark: int, region: int, per_row: float, cells: int) -> None:
    y, width = ROWS + 1, canvas.width
    if mark >= region:
        canvas.put_right(width - 1, y, f"watermark {mark:#x} ▲", "lit bold")
        return
    row = int(mark / per_row)
    column = MARGIN + int((mark - row * per_row) * cells / per_row)
    canvas.put(column, row + 1, "▏", "lit bold")
    words = f"watermark {mark:#x}" + (f", in row {row + 1}" if mark else ": nothing is made from it")
    start = min(column, width - len(words) - 3)
    canvas.put(start, y, f"▲ {words}" if start == column else f"{words} ▲", "lit bold")


def _at(parts: list[Span], starts: list[int], first: int, last: int) -> Span:
    """What fills most of a cell; a living object before anything else."""
    best, rank = parts[-1], (-1, -1)
    for place in range(max(bisect_right(starts, first) - 1, 0), len(parts)):
        part = parts[place]
        if part.start >= last:
            break
        mine = (int(part.thing is not None), min(part.end, last) - max(part.start, first))
        if mine > rank:
            best, rank = part, mine
    return best


def _legend(parts: list[Span], width: int) -> list[Entry]:
    """Every letter of the map in words, with how much there is of it."""
    totals: dict[tuple[str, str, str], tuple[int, int]] = {}
    many = {"Reply": "Replies"}
    for part in parts:
        if part.gone:
            word = "gone, not usable yet"
        elif part.thing is not None:
            word = TYPE_WORDS[part.thing.type]
        else:
            word = "lost to alignment" if part.letter == "▒" else "free"
        key = (part.letter, part.ink, word)
        count, size = totals.get(key, (0, 0))
        totals[key] = (count + 1, size + part.end - part.start)
    pieces: list[Row] = []
    for (letter, ink, word), (count, size) in totals.items():
        counted = f"{count} {word if count == 1 else many.get(word, word + 's')}"
        told = word if letter in "▒·x" else counted
        pieces.append(((f" {letter} ", ink), (f"{told} {size_word(size)}  ", "quiet")))
    return _flow(pieces, width)


def _flow(pieces: list[Row], width: int) -> list[Entry]:
    """Pieces one after the other, in as many lines as they need."""
    lines: list[Row] = [()]
    for piece in pieces:
        taken = sum(len(text) for text, _ in (*lines[-1], *piece))
        if lines[-1] and taken > width:
            lines.append(())
        lines[-1] += piece
    return [Entry(line) for line in lines]


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
