"""A prediction covers the shelves until it is answered, so that nobody sees what happens before having said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.screens.canvas import Canvas
from playground.screens.sheet import wrap

if TYPE_CHECKING:
    from scenarios.logbook import Question

ROOMY = 14
"""Rows from which on the question gets a frame and blank lines."""


def paint_question(canvas: Canvas, question: Question) -> None:
    """The question, large, with its numbered answers; in little room as few lines as possible."""
    if canvas.height < ROOMY:
        _paint_small(canvas, question)
        return
    canvas.box(0, 0, canvas.width, canvas.height, "lit")
    width = min(canvas.width - 8, 64)
    x = (canvas.width - width) // 2
    rows = wrap(question.text, width)
    step = 2 if canvas.height > len(rows) + 2 * len(question.choices) + 6 else 1
    y = max((canvas.height - len(rows) - step * len(question.choices) - 3) // 2, 1)
    canvas.put(x, y, "What do you think?", "lit bold")
    y += 2
    for row in rows:
        canvas.put(x, y, row, "title")
        y += 1
    for number, choice in enumerate(question.choices, 1):
        y += step
        canvas.put(x, y, f"{number}", "key bold")
        canvas.put(x + 3, y, choice, "text", width - 3)
    below = "press the number of your answer, or 0 to go on without one"
    canvas.put_center(1, canvas.width - 1, canvas.height - 2, below, "quiet")


def small_height(question: Question, width: int) -> int:
    """How many rows the question takes without a frame."""
    return 1 + len(wrap(question.text, width - 2)) + len(question.choices)


def _paint_small(canvas: Canvas, question: Question) -> None:
    """One line each, without a frame."""
    canvas.fill(0, 0, canvas.width, "─", "lit")
    rows = wrap(question.text, canvas.width - 2)
    for y, row in enumerate(rows, 1):
        canvas.put(1, y, row, "title")
    for y, choice in enumerate(question.choices, len(rows) + 1):
        canvas.put(1, y, f"{y - len(rows)}", "key bold")
        canvas.put(4, y, choice, "text")
