"""What a terminal shows that is too small for the screens: one sentence instead of a broken picture."""

from __future__ import annotations

from collections.abc import Hashable

from playground.screens.canvas import Canvas
from playground.screens.pane import Pane
from playground.screens.sheet import wrap
from playground.settings import SMALLEST_HEIGHT, SMALLEST_WIDTH


class TooSmall(Pane):
    """Covers everything until the terminal is large enough."""

    NEEDS_ROOM = False
    DEFAULT_CSS = """
    TooSmall { display: none; width: 100%; height: 100%; layer: top; }
    """

    def stamp(self) -> Hashable:
        """It depends on its size alone."""
        return None

    def paint(self, canvas: Canvas) -> None:
        """Say how large it is and how large it should be."""
        sentence = (
            f"This terminal has {canvas.width} by {canvas.height} characters; the playground needs "
            f"{SMALLEST_WIDTH} by {SMALLEST_HEIGHT}. Enlarge it, or choose a smaller font. ctrl+q leaves."
        )
        for y, line in enumerate(wrap(sentence, max(canvas.width - 2, 1))):
            canvas.put(1, y, line, "handling bold")
