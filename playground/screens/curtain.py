"""A prediction covers the shelves until it is answered, so that nobody sees what happens before having said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.screens.canvas import Canvas
from playground.screens.sheet import wrap

if TYPE_CHECKING:
    from scenarios.player import Question


def paint_question(canvas: Canvas, question: Question) -> None:
    """The question, large, with its numbered answers; in little room as few lines as possible."""
    if canvas.height < 8:
        canvas.put(1, 0, question.text, "title")
        answers = "   ".join(f"{number} {choice}" for number, choice in enumerate(question.choices, 1))
        canvas.put(1, 1, answers, "lit bold")
        return
    canvas.box(0, 0, canvas.width, canvas.height, "lit")
    width = min(canvas.width - 8, 64)
    x = (canvas.width - width) // 2
    rows = wrap(question.text, width)
    y = max((canvas.height - len(rows) - 2 * len(question.choices) - 4) // 2, 1)
    canvas.put(x, y - 1 if y > 1 else y, "What do you think?", "lit bold")
    y += 1
    for row in rows:
        canvas.put(x, y, row, "title")
        y += 1
    for number, choice in enumerate(question.choices, 1):
        y += 2 if canvas.height > len(rows) + 2 * len(question.choices) + 4 else 1
        canvas.put(x, y, f"{number}", "key bold")
        canvas.put(x + 3, y, choice, "text", width - 3)
    canvas.put_center(1, canvas.width - 1, canvas.height - 2, "press the number of your answer", "quiet")
