"""One line of text being typed: the command line and the fields of forms are made of it. No blinking, no terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playground.screens.canvas import Canvas, plain

LONGEST: Final = 1000
"""Characters that a line can hold."""


class LineEditor:
    """Text and a cursor in it."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.cursor = len(text)

    def set(self, text: str) -> None:
        """Replace everything; the cursor goes to the end."""
        self.text = text[:LONGEST]
        self.cursor = len(self.text)

    def insert(self, text: str) -> None:
        """Type or paste; line breaks become spaces."""
        text = " ".join(text.splitlines())[: LONGEST - len(self.text)]
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)

    def key(self, key: str, character: str | None) -> bool:
        """Take a key press as Textual names it. False if an editor of text has no use for it."""
        step = _KEYS.get(key)
        if step is not None:
            step(self)
            return True
        if character is not None and character.isprintable():
            self.insert(character)
            return True
        return False

    def backspace(self) -> None:
        """Delete the character before the cursor."""
        self._delete(self.cursor - 1, self.cursor)

    def _delete(self, start: int, end: int) -> None:
        start = max(start, 0)
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start

    def _go(self, place: int) -> None:
        self.cursor = min(max(place, 0), len(self.text))

    def _word_left(self) -> int:
        head = self.text[: self.cursor].rstrip()
        return head.rfind(" ") + 1

    def _word_right(self) -> int:
        place = self.text.find(" ", self.cursor + 1)
        return len(self.text) if place < 0 else place + 1

    def paint(self, canvas: Canvas, x: int, y: int, width: int, *, active: bool, ink: str = "text") -> int:
        """Draw the text, scrolled so that the cursor is seen. Gives the column after it."""
        shown = plain(self.text)
        start = max(self.cursor - width + 1, 0) if active else 0
        end = canvas.put(x, y, shown[start : start + width], ink, width)
        if active:
            place = x + self.cursor - start
            canvas.put(place, y, shown[self.cursor : self.cursor + 1] or " ", f"{ink} reverse")
            return max(end, place + 1)
        return end


_KEYS: Final[dict[str, Callable[[LineEditor], None]]] = {
    "left": lambda line: line._go(line.cursor - 1),
    "right": lambda line: line._go(line.cursor + 1),
    "home": lambda line: line._go(0),
    "ctrl+a": lambda line: line._go(0),
    "end": lambda line: line._go(len(line.text)),
    "ctrl+e": lambda line: line._go(len(line.text)),
    "ctrl+left": lambda line: line._go(line._word_left()),
    "ctrl+right": lambda line: line._go(line._word_right()),
    "backspace": LineEditor.backspace,
    "ctrl+h": LineEditor.backspace,
    "delete": lambda line: line._delete(line.cursor, line.cursor + 1),
    "ctrl+d": lambda line: line._delete(line.cursor, line.cursor + 1),
    "ctrl+w": lambda line: line._delete(line._word_left(), line.cursor),
    "ctrl+u": lambda line: line._delete(0, line.cursor),
    "ctrl+k": lambda line: line._delete(line.cursor, len(line.text)),
}
