"""The diagram of the thread states, drawn from the kernel's own table, with one state lit."""

from __future__ import annotations

from typing import Final

from kernel.abi import ThreadState
from kernel.states import TRANSITIONS
from playground.screens.canvas import Canvas
from playground.screens.explorer_parts import STATES
from playground.screens.inspector_tabs import Entry

INACTIVE, RESTART, RUNNING = ThreadState.INACTIVE, ThreadState.RESTART, ThreadState.RUNNING
RECEIVE, SEND = ThreadState.BLOCKED_ON_RECEIVE, ThreadState.BLOCKED_ON_SEND
REPLY, NOTIFICATION = ThreadState.BLOCKED_ON_REPLY, ThreadState.BLOCKED_ON_NOTIFICATION

PLACES: Final[dict[ThreadState, tuple[int, int]]] = {
    INACTIVE: (1, 3), RESTART: (18, 3), RUNNING: (34, 3),
    RECEIVE: (51, 0), SEND: (51, 1), REPLY: (51, 3), NOTIFICATION: (51, 4),
}  # fmt: skip
"""Column and row of every state."""

HEIGHT: Final = 6
WIDTH: Final = 76

Stroke = tuple[int, int, str]
"""Column, row and characters of a piece of an arrow."""

BUS: Final = 46
"""Column in which the arrows from Running to the Blocked states part."""
BACK: Final = 75
"""Column in which the arrows from the Blocked states come together."""

ARROWS: Final[tuple[tuple[frozenset[tuple[ThreadState, ThreadState]], tuple[Stroke, ...]], ...]] = (
    (frozenset({(INACTIVE, RESTART)}), ((12, 3, "────▶"),)),
    (frozenset({(RESTART, INACTIVE)}), ((12, 3, "◀"),)),
    (frozenset({(RESTART, RUNNING)}), ((28, 3, "────▶"),)),
    (frozenset({(RUNNING, RESTART)}), ((28, 3, "◀"),)),
    *((frozenset({(RUNNING, state)}), ((BUS + 1, row, "──▶"),)) for state, (_, row) in PLACES.items() if row != 3),
    (frozenset({(RUNNING, REPLY)}), ((44, 3, "─────▶"),)),
    (frozenset({(SEND, REPLY)}), ((54, 2, "▼"),)),
)
"""Which transitions each piece stands for."""


def can_go(state: int) -> dict[int, str]:
    """The states that can follow one, and why."""
    return {arrow.after: arrow.why for arrow in TRANSITIONS if arrow.before == state}


def why(before: int, after: int) -> str:
    """What makes a thread go that way."""
    return can_go(before).get(after, "")


def _label(canvas: Canvas, state: ThreadState, lit: int, reachable: dict[int, str]) -> None:
    x, y = PLACES[state]
    mark = STATES[state]
    if state == lit:
        canvas.put(x - 1, y, f"▐{mark.glyph} {mark.name}▌", f"{mark.ink} bold reverse")
    else:
        canvas.put(x, y, f"{mark.glyph} {mark.name}", "text" if state in reachable else "quiet")


def paint(canvas: Canvas, lit: int) -> None:
    """Draw the diagram; `lit` is the state the thread is in, and the ways on from there are lit too."""
    reachable = can_go(lit)
    blocked = lit in (RECEIVE, SEND, REPLY, NOTIFICATION)
    out = "lit bold" if lit == RUNNING else "line"
    for y, character in enumerate("╭├│┼╰"):
        canvas.put(BUS, y, character, out)
    canvas.put(44, 3, "──", out)
    for transitions, strokes in ARROWS:
        ink = "lit bold" if any(before == lit for before, _ in transitions) else "line"
        for x, y, characters in strokes:
            canvas.put(x, y, characters, ink)
    home = "lit bold" if blocked else "line"
    for y, character in enumerate("╮┤│┤┤"):
        canvas.put(BACK, y, character, home)
    for state in (RECEIVE, SEND, REPLY, NOTIFICATION):
        x, y = PLACES[state]
        end = x + len(STATES[state].name) + 3
        canvas.put(end, y, "─" * (BACK - end), home if state == lit else "line")
    canvas.put(BACK, 5, "╯", home)
    canvas.fill(4, 5, BACK - 4, "─", home)
    for column, state in ((4, INACTIVE), (21, RESTART), (37, RUNNING)):
        canvas.put(column, 5, "╰" if column == 4 else "┴", home)
        canvas.put(column, 4, "▲", home if blocked and state in reachable else "line")
    for state in PLACES:
        _label(canvas, state, lit, reachable)


def diagram(lit: int) -> list[Entry]:
    """The diagram as lines of a page."""
    canvas = Canvas(WIDTH, HEIGHT)
    paint(canvas, lit)
    return [Entry(canvas.row(y)) for y in range(HEIGHT)]
