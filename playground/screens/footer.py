"""The last line: the keys, made from the registry of actions. Nothing here is said only here; f1 says all of it.

What went wrong is told beside the command line. A sentence that does not fit there stands here instead, whole: the
footer takes as many lines as it needs from the stream above and gives them back with the next key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from playground.screens.canvas import Canvas
from playground.screens.command_line import CommandLine
from playground.screens.desk import Desk
from playground.screens.pane import Pane

HELP_KEY = "f1"
GAP = 2
"""Cells between two keys."""
HIGHEST = 3
"""Lines of a sentence that are shown; the layout takes them from the stream (`.told-2`, `.told-3`)."""

if TYPE_CHECKING:
    from textual import events

Keys = Callable[[], Sequence[tuple[str, str]]]


class Footer(Pane):
    """Keys and what they do, as many as fit; how a command is used while one is typed."""

    DEFAULT_CSS = """
    Footer { height: 1; dock: bottom; }
    """

    def __init__(self, desk: Desk, keys: Keys) -> None:
        super().__init__(id="footer")
        self.desk = desk
        self._keys = keys
        self._places: list[tuple[range, str]] = []
        """The columns of each key that is shown."""

    def poll(self) -> None:
        """Be as high as the sentence needs, then draw."""
        if not self.is_attached:
            return  # everything is being taken down
        lines = len(self._sentence())
        for height in range(2, HIGHEST + 1):
            self.screen.set_class(min(lines, HIGHEST) == height, f"told-{height}")
        super().poll()

    def _sentence(self) -> list[str]:
        """What went wrong, in lines, if it does not fit beside the command line."""
        if not self.desk.trouble or self.app.query_one(CommandLine).fits(self.size.width):
            return []
        return wrap(f"✖ {self.desk.trouble}", max(self.size.width - 2, 1), subsequent_indent="  ")

    def show(self, keys: Keys) -> None:
        """Other keys, because something else is open."""
        self._keys = keys

    def stamp(self) -> Hashable:
        """Keys, usage, and trouble that does not fit elsewhere."""
        return tuple(self._keys()), self._usage(), self.desk.trouble

    def _usage(self) -> str:
        focused = self.app.focused
        return focused.help_text if isinstance(focused, CommandLine) else ""

    def paint(self, canvas: Canvas) -> None:
        """Draw one of the three."""
        self._places = []
        if sentence := self._sentence():
            end = canvas.height - 1
            for y, text in enumerate([*sentence[:end], "".join(sentence[end:])]):
                canvas.put(1, y, text, "faulted bold")
            return
        usage = self._usage()
        if usage:
            canvas.put(1, 0, usage, "quiet")
            return
        x = 1
        for key, label in fitting(self._keys(), canvas.width - 1):
            start = x
            x = canvas.put(x, 0, key, "key bold")
            x = canvas.put(x + 1, 0, label, "quiet")
            self._places.append((range(start, x), key))
            x += GAP

    def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        for place, shown in self._places:
            if event.x in place and (key := key_called(shown)):
                self.app.simulate_key(key)
                event.stop()


def key_called(shown: str) -> str:
    """The name of the key that is written like this; '' if it stands for several."""
    from playground.actions import ACTIONS

    names = {action.shown: action.keys[0] for action in ACTIONS if action.keys}
    return {**names, "enter": "enter", "esc": "escape", "←": "left", "→": "right"}.get(shown, "")


def fitting(keys: Sequence[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """As many keys as fit, in their order; help, which tells of all the others, is never left out."""
    last = [pair for pair in keys if pair[0] == HELP_KEY]
    room = width + GAP - sum(map(_cells, last))
    shown: list[tuple[str, str]] = []
    for pair in keys:
        if pair in last:
            continue
        room -= _cells(pair)
        if room < 0:
            break
        shown.append(pair)
    return shown + last


def _cells(pair: tuple[str, str]) -> int:
    return len(pair[0]) + 1 + len(pair[1]) + GAP
