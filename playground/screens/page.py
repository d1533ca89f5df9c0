"""A sheet that is a page of text: it scrolls."""

from __future__ import annotations

from playground.screens.canvas import Canvas, Row
from playground.screens.desk import Desk
from playground.screens.sheet import Sheet


class PageSheet(Sheet):
    """Rows of text in a frame, as many as fit."""

    KEYS = (("↑ ↓", "scroll"), ("esc", "close"))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.top = 0

    def page(self, width: int) -> list[Row]:
        """Everything, in rows of at most `width` cells."""
        raise NotImplementedError

    def paint_body(self, canvas: Canvas) -> None:
        """As much as fits."""
        width, rows = canvas.width - 4, canvas.height - 2
        page = self.page(width)
        self.top = min(max(self.top, 0), max(len(page) - rows, 0))
        for y, line in enumerate(page[self.top : self.top + rows], 1):
            x = 2
            for text, ink in line:
                x = canvas.put(x, y, text, ink, canvas.width - 2 - x)
        below = len(page) - self.top - rows
        if below > 0:
            canvas.put_right(canvas.width - 2, canvas.height - 1, f" ↓ {below} more ", "lit bold")

    def press(self, key: str, character: str | None) -> bool:
        """Scroll, or close."""
        step = {
            "up": -1, "down": 1, "pageup": -12, "pagedown": 12, "space": 12, "home": -10_000, "end": 10_000,
        }.get(key)  # fmt: skip
        if key == "enter":
            self.close(done=True)
        elif step is not None:
            self.top += step
        else:
            return False
        return True
