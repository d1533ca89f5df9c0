"""The console of the machine: the screen and keyboard device on which the shell runs, inside the system itself."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.sheet import Sheet

if TYPE_CHECKING:
    from textual import events

_KEYS = {
    "enter": "\n", "ctrl+j": "\n", "backspace": "\x7f", "ctrl+h": "\x7f", "tab": "\t", "ctrl+d": "\x04",
    "ctrl+u": "\x15",
}  # fmt: skip


KILL_LINE = "\x15"
PROMPT = "$ "
"""What the shell shows before a line is typed."""
MOST_PASTED = 1000
"""Characters of the clipboard that are typed at once."""


class ConsoleSheet(Sheet):
    """Every key goes to the keyboard device; escape takes the hands off it."""

    TITLE = "Console of the machine"
    KEYS = (("type", "to the shell"), ("↑ ↓", "earlier lines"), ("esc", "close"))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._place = 0
        """How many lines back the line is that up and down have typed; 0 is none."""

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

    def on_paste(self, event: events.Paste) -> None:
        """Text from the clipboard is typed at once."""
        self.desk.machine.key(event.text.replace("\r\n", "\n").replace("\r", "\n")[:MOST_PASTED])
        event.stop()

    def press(self, key: str, character: str | None) -> bool:
        """Hand the key to the device; up and down type an earlier line again."""
        if key in ("up", "down"):
            self._look_back(-1 if key == "up" else 1)
            return True
        text = _KEYS.get(key) or (character if character and character.isprintable() else None)
        if text is None:
            return False
        self.desk.machine.key(text)
        if text == "\n":
            self._place = 0
        return True

    def _look_back(self, by: int) -> None:
        """Forget the line, and type one that stands further up on the screen."""
        lines = typed_lines(self.desk.machine.console_text)
        self._place = min(max(self._place - by, 0), len(lines))
        line = lines[-self._place] if self._place else ""
        self.desk.machine.key(KILL_LINE + line)


def typed_lines(text: str) -> list[str]:
    """What was typed at the shell's prompt, oldest first, each line once in a row."""
    lines: list[str] = []
    for line in text.split("\n")[:-1]:
        typed = _after_erasing(line).removeprefix(PROMPT)
        if line.startswith(PROMPT) and typed.strip() and lines[-1:] != [typed]:
            lines.append(typed)
    return lines


def _after_erasing(line: str) -> str:
    kept = ""
    for character in line:
        kept = kept[:-1] if character in "\b\x7f" else kept + character
    return kept


def screen_lines(text: str, width: int) -> list[str]:
    """What a simple terminal shows: line breaks, carriage returns, backspaces, and lines that are too long."""
    width = max(width, 1)
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
