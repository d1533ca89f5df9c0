"""A grid of characters that panes draw on, so that a pane is a pure function from what is true to what is seen.

Every cell is one terminal cell wide: characters that would be wider, narrower or would steer the terminal (whatever a
server put into a message or a file) are replaced on the way in. An *ink* is a colour name followed by attributes
("faulted bold"); `inks` turns it into a style of the current theme.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple
from unicodedata import category, combining, east_asian_width

Row = tuple[tuple[str, str], ...]
"""One line: runs of (text, ink)."""

REPLACEMENT: Final = "·"
"""Stands for a character that cannot be shown in one cell."""
ELLIPSIS: Final = "…"
NARROW: Final = 20
"""Cells below which a text is cut off where the room ends, also within a word."""


class Frame(NamedTuple):
    """The characters that a box is drawn with."""

    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str
    across: str
    down: str


ROUND: Final = Frame("╭", "╮", "╰", "╯", "─", "│")
HEAVY: Final = Frame("┏", "┓", "┗", "┛", "━", "┃")
DOUBLE: Final = Frame("╔", "╗", "╚", "╝", "═", "║")


@lru_cache(4096)
def _cell(character: str) -> str:
    """The character itself if it fills exactly one cell and does nothing else, or a replacement."""
    if " " <= character <= "~":
        return character
    if character in "\n\t":
        return " "
    unfit = category(character)[0] == "C" or combining(character) or east_asian_width(character) in "WF"
    return REPLACEMENT if unfit else character


def plain(text: str) -> str:
    """The text with one character for each cell and nothing that could steer a terminal."""
    return text if text.isascii() and text.isprintable() else "".join(map(_cell, text))


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells; an ellipsis says that something is missing.

    Where there is room for a sentence it ends after a whole word, unless that would cost too much of it.
    """
    text = plain(text)
    if len(text) <= width:
        return text
    if width >= NARROW:
        space = text.rfind(" ", 0, width - 1)
        if space >= width * 2 // 3:
            return text[: space + 1] + ELLIPSIS
    return text[: width - 1] + ELLIPSIS if width > 0 else ""


class Canvas:
    """A grid of cells, each with a character and an ink; drawing outside it is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.width = max(width, 0)
        self.height = max(height, 0)
        self._characters = [[" "] * self.width for _ in range(self.height)]
        self._inks = [["text"] * self.width for _ in range(self.height)]

    def put(self, x: int, y: int, text: str, ink: str = "text", limit: int | None = None) -> int:
        """Write a text from (x, y) to the right in at most `limit` cells. Gives the column after it."""
        if not 0 <= y < self.height:
            return x
        room = self.width - x if limit is None else min(limit, self.width - x)
        if room <= 0:
            return x
        text = cut(text, room)
        if x < 0:
            text, x = text[-x:], 0
        end = x + len(text)
        self._characters[y][x:end] = text
        self._inks[y][x:end] = [ink] * len(text)
        return end

    def put_right(self, end: int, y: int, text: str, ink: str = "text", start: int = 0) -> int:
        """Write a text so that it ends before column `end`, not going left of `start`. Gives its first column."""
        text = cut(text, end - start)
        self.put(end - len(text), y, text, ink)
        return end - len(text)

    def put_center(self, start: int, end: int, y: int, text: str, ink: str = "text") -> None:
        """Write a text in the middle of the columns from `start` to before `end`."""
        text = cut(text, end - start)
        self.put(start + (end - start - len(text)) // 2, y, text, ink)

    def fill(self, x: int, y: int, width: int, character: str, ink: str = "text") -> None:
        """Repeat one character."""
        self.put(x, y, character * max(min(width, self.width - x), 0), ink)

    def box(self, x: int, y: int, width: int, height: int, ink: str, frame: Frame = ROUND) -> None:
        """Draw the outline of a box."""
        if width < 2 or height < 2:
            return
        self.put(x, y, frame.top_left + frame.across * (width - 2) + frame.top_right, ink)
        for row in range(y + 1, y + height - 1):
            self.put(x, row, frame.down, ink)
            self.put(x + width - 1, row, frame.down, ink)
        self.put(x, y + height - 1, frame.bottom_left + frame.across * (width - 2) + frame.bottom_right, ink)

    def tint(self, x: int, y: int, width: int, attribute: str) -> None:
        """Add an attribute ("reverse", "bold", "dim", "strike") to the inks of a stretch of one row."""
        if 0 <= y < self.height:
            row = self._inks[y]
            for column in range(max(x, 0), min(x + width, self.width)):
                row[column] += " " + attribute

    def character(self, x: int, y: int) -> str:
        """What stands in a cell; empty outside the canvas."""
        return self._characters[y][x] if 0 <= y < self.height and 0 <= x < self.width else ""

    def row(self, y: int) -> Row:
        """One line as runs of equal ink."""
        return _runs(self._characters[y], self._inks[y])

    def differing(self, other: Canvas) -> list[int]:
        """The lines in which two canvases of the same size differ."""
        return [
            y
            for y in range(self.height)
            if self._characters[y] != other._characters[y] or self._inks[y] != other._inks[y]
        ]

    def text(self) -> str:
        """The picture without colours, lines stripped at their ends."""
        return "\n".join("".join(row).rstrip() for row in self._characters)


def _runs(characters: list[str], inks: list[str]) -> Row:
    runs: list[tuple[str, str]] = []
    start = 0
    for ink, cells in groupby(inks):
        end = start + sum(1 for _ in cells)
        runs.append(("".join(characters[start:end]), ink))
        start = end
    return tuple(runs)
