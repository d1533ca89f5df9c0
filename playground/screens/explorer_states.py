"""The diagram of the thread states, drawn from the kernel's own table of transitions, with one state lit."""

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

LINES: Final = (
    "                                           ╭─▶                    ─────╮",
    "    ╭── suspended ──────────────────╮      ├─▶                 ────────┤",
    "    ▼               ╭── a fault ────┼──────┤     ▼                     │",
    "            ◀──▶           ◀──▶           ─┼─▶                  ───────┤",
    "    ▲               ▲               ▲      ╰─▶                         ┤",
    "    ╰── suspended ──┴── destroyed ──┴── answered, or woken ────────────╯",
)
"""All arrows; the states stand in the gaps."""
HEIGHT: Final = len(LINES)
WIDTH: Final = 72

PLACES: Final[dict[ThreadState, tuple[int, int]]] = {
    INACTIVE: (1, 3), RESTART: (17, 3), RUNNING: (32, 3),
    RECEIVE: (47, 0), SEND: (47, 1), REPLY: (47, 3), NOTIFICATION: (47, 4),
}  # fmt: skip
"""Column and row of every state."""

Stretch = tuple[int, int, int]
"""A row, its first column and the column after its last."""

_FAN: Final = 43
_BACK: Final = 71
_HOMES: Final = {INACTIVE: 4, RESTART: 20, RUNNING: 36}
"""Column in which the way back from the Blocked states arrives at each of the others."""
_BLOCKED: Final = (RECEIVE, SEND, REPLY, NOTIFICATION)


def _fan(start: int, row: int) -> tuple[Stretch, ...]:
    """Along the column in which the ways to the Blocked states part."""
    first, last = min(start, row), max(start, row)
    return (*((y, _FAN, _FAN + 1) for y in range(first, last + 1)), (row, _FAN, _FAN + 3))


def _back(state: ThreadState, home: ThreadState) -> tuple[Stretch, ...]:
    """From a Blocked state round to one of the three others."""
    x, row = PLACES[state]
    column = _HOMES[home]
    down = tuple((y, _BACK, _BACK + 1) for y in range(row, HEIGHT))
    return ((row, x + len(STATES[state].name) + 3, _BACK), *down, (5, column, _BACK), (4, column, column + 1))


WAYS: Final[dict[tuple[ThreadState, ThreadState], tuple[Stretch, ...]]] = {
    (INACTIVE, RESTART): ((3, 13, 16),),
    (RESTART, INACTIVE): ((3, 12, 15),),
    (RESTART, RUNNING): ((3, 28, 31),),
    (RUNNING, RESTART): ((3, 27, 30),),
    (RUNNING, INACTIVE): ((1, 4, 37), (2, 4, 5), (2, 36, 37)),
    (RESTART, SEND): ((2, 20, _FAN), *_fan(2, 1)),
    (RESTART, REPLY): ((2, 20, _FAN), *_fan(2, 3)),
    (SEND, REPLY): ((2, 49, 50),),
    **{(RUNNING, state): ((3, 42, _FAN), *_fan(3, PLACES[state][1])) for state in _BLOCKED},
    **{(state, home): _back(state, home) for state in _BLOCKED for home in _HOMES},
}
"""Which parts of the lines each transition goes along."""


def can_go(state: int) -> dict[ThreadState, str]:
    """The states that can follow one, and why."""
    return {arrow.after: arrow.why for arrow in TRANSITIONS if arrow.before == state}


def why(before: int, after: int) -> str:
    """What makes a thread go that way; '' if it cannot."""
    return next((arrow.why for arrow in TRANSITIONS if (arrow.before, arrow.after) == (before, after)), "")


def paint(canvas: Canvas, lit: int) -> None:
    """Draw the diagram; `lit` is the state the thread is in, and the ways on from there are lit too."""
    reachable = can_go(lit)
    for row, line in enumerate(LINES):
        canvas.put(0, row, line, "line")
    for arrow in TRANSITIONS:
        if arrow.before == lit:
            for row, first, end in WAYS[arrow.before, arrow.after]:
                canvas.put(first, row, LINES[row][first:end], "lit bold")
    for state, (x, y) in PLACES.items():
        mark = STATES[state]
        if state == lit:
            canvas.put(x - 1, y, f"[{mark.glyph} {mark.name}]", f"{mark.ink} bold reverse")
        else:
            canvas.put(x, y, f"{mark.glyph} {mark.name}", "text" if state in reachable else "quiet")


def diagram(lit: int) -> list[Entry]:
    """The diagram as lines of a page."""
    canvas = Canvas(WIDTH, HEIGHT)
    paint(canvas, lit)
    return [Entry(canvas.row(y)) for y in range(HEIGHT)]
