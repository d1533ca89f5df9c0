"""The command line: everything that a key does can be said here in words, and mistakes are answered beside it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from textual.message import Message

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.line_editor import LineEditor
from playground.screens.pane import Pane

if TYPE_CHECKING:
    from textual import events

MOST_HISTORY = 200
"""Commands remembered."""

Complete = Callable[[str], list[str]]
"""From what was typed up to the cursor to whole lines that it can become."""


class CommandLine(Pane, can_focus=True):
    """One line: the prompt, what is typed, and beside it the answer or what was wrong."""

    DEFAULT_CSS = """
    CommandLine { height: 1; }
    """
    HELP = "Type a command. Tab completes, up and down bring back earlier ones, escape leaves."

    class Entered(Message):
        """The person pressed enter on a command."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The person left the command line without a command."""

    def __init__(self, desk: Desk, complete: Complete, usage: Callable[[str], str]) -> None:
        super().__init__(id="command-line")
        self.desk = desk
        self.editor = LineEditor()
        self.history: list[str] = []
        self._complete = complete
        self._usage = usage
        self._place = 0
        self._choices: list[str] = []
        self._choice = -1

    @property
    def takes_text(self) -> bool:
        """Always."""
        return True

    def stamp(self) -> Hashable:
        """What is typed, and what is answered."""
        return self.editor.text, self.editor.cursor, self.desk.trouble, self.desk.remark, self.desk.revision

    @property
    def help_text(self) -> str:
        """How the verb that is being typed is used; "" if none is."""
        return self._usage(self.editor.text) if self.has_focus else ""

    def paint(self, canvas: Canvas) -> None:
        """Draw the prompt and the line; beside it, to the right, trouble or answer."""
        active = self.has_focus
        canvas.put(1, 0, "›", "lit bold" if active else "quiet")
        trouble, remark = self.desk.trouble, self.desk.remark
        fits = not trouble or self.fits(canvas.width)  # what does not fit stands in the footer
        aside = f"✖ {trouble}" if trouble and fits else "" if trouble else remark
        if not active and not self.editor.text:
            if aside:
                canvas.put(3, 0, aside, "faulted bold" if trouble else "text")
            else:
                canvas.put(3, 0, "press : and type a command, f1 for help", "quiet")
            return
        room = canvas.width - 4
        if trouble and fits:
            room = max(min(len(self.editor.text) + 1, canvas.width - 4 - len(aside) - 3), 12)
        end = self.editor.paint(canvas, 3, 0, room, active=active)
        if trouble and fits:
            canvas.put(end + 2, 0, aside, "faulted bold")
        elif remark and not self.editor.text:
            canvas.put(end + 2, 0, remark, "text")
        elif active:
            self._paint_suggestion(canvas, end)

    def _paint_suggestion(self, canvas: Canvas, end: int) -> None:
        """What tab would make of the line, faintly behind the cursor."""
        editor = self.editor
        if not editor.text or editor.cursor != len(editor.text):
            return
        choices = self._complete(editor.text)
        if choices and choices[0].startswith(editor.text) and choices[0] != editor.text:
            canvas.put(end, 0, choices[0][len(editor.text) + 0 :], "line")

    def fits(self, width: int) -> bool:
        """Whether the trouble can be read in full beside what is typed."""
        beside = min(len(self.editor.text) + 1, 12) + 8 if self.has_focus or self.editor.text else 6
        return len(self.desk.trouble) + beside <= width

    def take_key(self, event: events.Key) -> bool:
        """Edit, complete, look back, enter, leave."""
        key = event.key
        self.desk.trouble = ""
        if key == "escape":
            self.editor.set("")
            self.tell(self.Left())
        elif key == "enter":
            self._enter()
        elif key in ("up", "down"):
            self._look_back(-1 if key == "up" else 1)
        elif key in ("tab", "shift+tab"):
            self._cycle(1 if key == "tab" else -1)
        elif self.editor.key(key, event.character):
            self._choices, self._choice = [], -1
            self.desk.remark = ""
        else:
            return False
        self.repaint()
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Text from the clipboard is typed at once."""
        self.editor.insert(event.text)
        event.stop()
        self.repaint()

    def _enter(self) -> None:
        text = self.editor.text.strip()
        if not text:
            self.tell(self.Left())
            return
        if not self.history or self.history[-1] != text:
            self.history.append(text)
            del self.history[:-MOST_HISTORY]
        self._place = len(self.history)
        self.tell(self.Entered(text))

    def accepted(self) -> None:
        """The command was understood: the line is empty again. A refused one stays to be corrected."""
        self.editor.set("")
        self.repaint()

    def _look_back(self, by: int) -> None:
        if not self.history:
            return
        self._place = min(max(self._place + by, 0), len(self.history))
        self.editor.set(self.history[self._place] if self._place < len(self.history) else "")

    def _cycle(self, by: int) -> None:
        """Tab: the first completion, then the next."""
        if not self._choices:
            self._choices = self._complete(self.editor.text[: self.editor.cursor])
            self._choice = -1 if by > 0 else 0
        if self._choices:
            self._choice = (self._choice + by) % len(self._choices)
            self.editor.set(self._choices[self._choice])
