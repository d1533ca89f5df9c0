"""ASCII mode: everything that is about to be sent to the terminal, made of plain characters, cell for cell."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from playground.screens.glyphs import to_ascii


class AsciiFilter(LineFilter):
    """Translates every segment, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII; each character keeps its cell."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]
