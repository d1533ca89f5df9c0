"""The console of the machine: the screen and keyboard device on which the shell runs, inside the system itself."""

from __future__ import annotations

from collections.abc import Hashable

from playground.screens.canvas import Canvas
from playground.screens.sheet import Sheet

_KEYS = {"enter": "\n", "backspace": "\x7f", "ctrl+h": "\x7f", "tab": "\t", "ctrl+d": "\x04", "ctrl+u": "\x15"}


class ConsoleSheet(Sheet):
    """Every key goes to the keyboard device; escape takes the hands off it."""

    TITLE = "Console of the machine"
    KEYS = (("type", "goes to the shell"), ("esc", "hands off the keyboard"))

    @property
    def takes_text(self) -> bool:
        """Always."""
        return True

    def stamp(self) -> Hashable:
        """What the device has shown."""
        return self.desk.looking.console_text(), self.desk.machine.running, self.turn

    def paint_body(self, canvas: Canvas) -> None:
        """The last lines, wrapped where the screen ends, and the cursor."""
        width, height = canvas.width - 4, canvas.height - 2
        lines = screen_lines(self.desk.looking.console_text(), width)[-height:]
        for y, line in enumerate(lines, 1):
            canvas.put(2, y, line, "text", width)
        last = lines[-1] if lines else ""
        if len(last) < width:
            canvas.put(2 + len(last), max(len(lines), 1), " ", "text reverse")
        if not self.desk.machine.running:
            canvas.put_right(canvas.width - 2, 0, " the machine stands: esc, then p ", "handling bold")

    def press(self, key: str, character: str | None) -> bool:
        """Hand the key to the device."""
        text = _KEYS.get(key) or (character if character and character.isprintable() else None)
        if text is None:
            return False
        self.desk.machine.key(text)
        return True


def screen_lines(text: str, width: int) -> list[str]:
    """What a simple terminal shows: line breaks, carriage returns, backspaces, and lines that are too long."""
    lines: list[str] = []
    for raw in text.replace("\r\n", "\n").split("\n"):
        line = ""
        for character in raw.rpartition("\r")[2]:
            line = line[:-1] if character in "\b\x7f" else line + character
        while len(line) > width:
            lines.append(line[:width])
            line = line[width:]
        lines.append(line)
    return lines
