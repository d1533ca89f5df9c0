"""The stream: what just happened, one line each, newest last. Messages in words, what servers noted, what you did."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from textual.message import Message

from playground.screens.canvas import Canvas
from playground.screens.chronicle import Line
from playground.screens.desk import Desk
from playground.screens.pane import Pane

if TYPE_CHECKING:
    from textual import events

TALK = frozenset({"call", "send", "reply", "signal"})
"""Kinds whose text is written plainly; only who talks to whom is coloured."""


class Stream(Pane, can_focus=True):
    """The newest lines; with a cursor when it has the focus."""

    SCROLLS = True
    DEFAULT_CSS = """
    Stream { height: 8; }
    """
    HELP = "What just happened, newest last. Arrows go back to an older line, enter selects who sent it, ? says why."

    class Chosen(Message):
        """The person pressed enter on a line."""

        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="stream")
        self.desk = desk
        self.shown: list[Line] = []

    def stamp(self) -> Hashable:
        """The machine's moment and the cursor's."""
        return self.desk.look, self.desk.revision

    def paint(self, canvas: Canvas) -> None:
        """Draw a heading if there is room, then the lines."""
        pinned = self.desk.moment >= 0
        top = 1 if canvas.height >= 6 else 0
        if top:
            canvas.fill(0, 0, canvas.width, "─", "lit" if self.has_focus else "line")
            canvas.put(1, 0, " messages ", "quiet bold")
            hint = " ↓ to the newest " if pinned else ""
            canvas.put_right(canvas.width - 1, 0, hint, "lit")
        rows = canvas.height - top
        self.shown = self._visible_lines(rows)
        for y, line in enumerate(self.shown, top):
            self._paint_line(canvas, y, line)

    def _visible_lines(self, rows: int) -> list[Line]:
        """The newest lines, or those around the cursor."""
        lines = list(self.desk.chronicle.lines)
        end = len(lines)
        if self.desk.moment >= 0:
            older = sum(line.number <= self.desk.moment for line in lines)
            end = min(max(older + rows // 2, rows), end)
        return lines[max(end - rows, 0) : end]

    def _paint_line(self, canvas: Canvas, y: int, line: Line) -> None:
        wide = canvas.width >= 100
        here = line.number == self.desk.moment
        canvas.put_right(8, y, f"{line.number:,}", "quiet")
        if here:
            canvas.put(0, y, "▸", "lit bold")
        x = 10
        width = 24 if wide else 20
        canvas.put(x, y, line.head, f"{line.ink} bold", width - 1)
        right = canvas.width - 1
        if wide:
            right = canvas.put_right(right, y, line.kind, line.ink)
        canvas.put(x + width, y, line.text, "text" if line.kind in TALK else line.ink,
                   right - x - width - 1)  # fmt: skip
        if here:
            canvas.tint(0, y, canvas.width, "bold")

    def take_key(self, event: events.Key) -> bool:
        """Up and down move the cursor, end goes back to the newest line, enter chooses."""
        if event.key in ("up", "down"):
            self.move(-1 if event.key == "up" else 1)
        elif event.key == "end" and self.desk.moment >= 0:
            self.desk.change(moment=-1)
        elif event.key == "enter" and self.desk.moment >= 0:
            line = next((line for line in self.shown if line.number == self.desk.moment), None)
            if line:
                self.tell(self.Chosen(line))
        else:
            return False
        return True

    def on_click(self, event: events.Click) -> None:
        """A click looks at the moment of the line; a second one chooses it."""
        top = 1 if self.size.height >= 6 else 0
        if not top <= event.y < top + len(self.shown):
            return
        line = self.shown[event.y - top]
        if line.number == self.desk.moment:
            self.tell(self.Chosen(line))
        else:
            self.desk.change(moment=line.number)

    def move(self, by: int) -> None:
        """Put the cursor on an older (-1) or newer (1) line; below the newest it lets go."""
        numbers = [line.number for line in self.desk.chronicle.lines]
        if not numbers:
            return
        moment = self.desk.moment
        if moment < 0:
            place = len(numbers) - 1 if by < 0 else len(numbers)
        else:
            place = min(range(len(numbers)), key=lambda index: abs(numbers[index] - moment)) + by
        self.desk.change(moment=numbers[max(place, 0)] if place < len(numbers) else -1)
