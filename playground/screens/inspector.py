"""The inspector: everything about one server, in five tabs."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from textual.message import Message

from playground.screens.canvas import Canvas, Row, cut
from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Tab, Target
from playground.screens.pane import Pane
from playground.screens.words import ink_of

if TYPE_CHECKING:
    from textual import events

NAMES: Final = ("Capabilities", "Messages", "Source", "Memory", "Why")
SHORT: Final = {"Capabilities": "Caps", "Messages": "Msgs"}
"""Names of tabs where the pane is narrow."""
ROOMY: Final = 15
"""Lines from which on there is room for a rule below the tabs and a hint at the bottom."""
WIDE: Final = 48
"""Columns from which on the tabs stand away from the wall."""


@cache
def tab_of(number: int) -> Tab:
    """The tab at a place in `NAMES`; its module is loaded when it is first looked at."""
    tab = import_module(f"playground.screens.tab_{NAMES[number].lower()}").TAB
    assert isinstance(tab, Tab)
    return tab


class Inspector(Pane, can_focus=True):
    """Tabs about the selected server."""

    SCROLLS = True
    DEFAULT_CSS = """
    Inspector { width: 1fr; height: 1fr; }
    """
    HELP = "All about one server. Left and right change the tab, up and down the line, enter follows it."

    class Followed(Message):
        """The person pressed enter on a line that leads somewhere."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="inspector")
        self.desk = desk
        self.tab = 0
        self._page = Page([])
        self._cursor = 0
        self._top = 0
        self._lines: dict[int, int] = {}
        """The entry that stands on a line of the pane."""
        self._tabs: list[range] = []
        """The columns that each tab takes."""
        self._for: tuple[str, int] = ("", 0)
        self._moved = False

    def stamp(self) -> Hashable:
        """The machine's moment, the selection, the tab and the cursor."""
        return self.desk.look, self.desk.revision, self.tab, self._cursor, self._top

    def open(self, name: str) -> None:
        """Show the tab of that name."""
        self.tab = NAMES.index(name)
        self.repaint()

    @property
    def target(self) -> Target | None:
        """Where the line under the cursor leads."""
        entries = self._page.entries
        return entries[self._cursor].target if 0 <= self._cursor < len(entries) else None

    def paint(self, canvas: Canvas) -> None:
        """Draw the frame, the tabs, and as much of the page as fits."""
        wall = "lit" if self.has_focus else "line"
        canvas.box(0, 0, canvas.width, canvas.height, wall)
        self._paint_title(canvas)
        self._paint_tabs(canvas)
        width = canvas.width - 4
        if not self.desk.view.event_count:
            return
        tab = tab_of(self.tab)
        self._page = tab.page(self.desk, width)
        if self._for != (self.desk.selected, self.tab):
            self._for = (self.desk.selected, self.tab)
            self._cursor, self._top, self._moved = 0, 0, False
        self._settle()
        self._paint_page(canvas, 3, canvas.height - 5 if canvas.height >= ROOMY else canvas.height - 4, width)
        if tab.hint and canvas.height >= ROOMY:
            x = 2
            for part in tab.hint.split("   "):
                key, _, label = part.partition(" ")
                x = canvas.put(x, canvas.height - 2, key, "key bold", width + 2 - x)
                x = canvas.put(x + 1, canvas.height - 2, label, "quiet", max(width + 1 - x, 0)) + 3

    def _paint_title(self, canvas: Canvas) -> None:
        server = self.desk.server
        if server is None:
            canvas.put(1, 0, " nobody is selected ", "quiet")
            return
        x = canvas.put(1, 0, f" {server.status.glyph} ", f"{ink_of(server)} bold")
        x = canvas.put(x, 0, f"{server.name} ", "title")
        shelf = server.shelf.removesuffix("s")
        words = f"· {shelf} · priority {server.priority} · life {server.life} "
        canvas.put(x, 0, words if x + len(words) < canvas.width - 1 else f"· {shelf} · life {server.life} ", "quiet",
                   canvas.width - x - 2)  # fmt: skip

    def _paint_tabs(self, canvas: Canvas) -> None:
        names = list(NAMES)
        if sum(map(len, names)) + 2 * len(names) > canvas.width:
            names = [SHORT.get(name, name) for name in names]
        x = 1 if canvas.width < WIDE else 2
        self._tabs = []
        for number, name in enumerate(names):
            ink = "lit bold underline" if number == self.tab else "quiet"
            end = canvas.put(x, 1, name, ink)
            self._tabs.append(range(x, end))
            x = end + 2
        if canvas.height >= ROOMY:
            canvas.put(1, 2, "─" * (canvas.width - 2), "line")

    def _settle(self) -> None:
        """Put the cursor on a line that leads somewhere, and remember which capability it is on."""
        entries = self._page.entries
        self._cursor = min(self._cursor, max(len(entries) - 1, 0))
        if entries and entries[self._cursor].target is None and not self._moved:
            order = range(len(entries) - 1, -1, -1) if self._page.focus == len(entries) - 1 else range(len(entries))
            self._cursor = next((number for number in order if entries[number].target), self._cursor)
        target = self.target
        self.desk.capability = target.slot if target else None

    def _paint_page(self, canvas: Canvas, y: int, rows: int, width: int) -> None:
        page = self._page
        head, body = page.entries[: page.head], page.entries[page.head :]
        for number, line in enumerate(head):
            _paint_entry(canvas, 2, y + number, line.runs, width)
        y, rows = y + len(head), rows - len(head)
        focus = (self._cursor if self._moved or page.focus < 0 else page.focus) - page.head
        if focus < self._top or focus >= self._top + rows:
            self._top = (
                focus - rows // 2
                if page.focus >= 0 and not self._moved
                else min(max(self._top, focus - rows + 1), max(focus, 0))
            )
        self._top = min(max(self._top, 0), max(len(body) - rows, 0))
        self._lines = {}
        for number, line in enumerate(body[self._top : self._top + rows]):
            self._lines[y + number] = self._top + number + page.head
            _paint_entry(canvas, 2, y + number, line.runs, width)
            here = self._top + number + page.head == self._cursor
            if here and line.target and self.has_focus:
                canvas.put(1, y + number, "▸", "lit bold")
                canvas.tint(2, y + number, width, "bold")
        below = len(body) - self._top - rows
        if below > 0:
            canvas.put_right(canvas.width - 2, canvas.height - 1, f" ↓ {below} more ", "quiet")

    def take_key(self, event: events.Key) -> bool:
        """Left and right: tabs. Up and down: lines. Enter: follow."""
        if event.key in ("left", "right"):
            self.tab = (self.tab + (1 if event.key == "right" else -1)) % len(NAMES)
        elif event.key in ("up", "down", "pageup", "pagedown", "home", "end"):
            self._move(event.key)
        elif event.key == "enter":
            target = self.target
            if target:
                self.tell(self.Followed(target))
        else:
            return False
        self.repaint()
        return True

    def on_click(self, event: events.Click) -> None:
        """A click on a tab opens it, on a line chooses it, once more follows it."""
        if event.y == 1:
            self.tab = next((number for number, tab in enumerate(self._tabs) if event.x in tab), self.tab)
        line = self._lines.get(event.y)
        entries = self._page.entries
        if line is not None and line < len(entries):
            target = entries[line].target
            if target and line == self._cursor and self._moved:
                self.tell(self.Followed(target))
            elif target:
                self._cursor, self._moved = line, True
        self.repaint()

    def _move(self, key: str) -> None:
        entries = self._page.entries
        if not entries:
            return
        targets = [number for number, line in enumerate(entries) if line.target]
        page = max(self.size.height - 8, 1)
        step = {"up": -1, "down": 1, "pageup": -page, "pagedown": page}.get(key, 0)
        if not targets:
            start = self._page.focus if not self._moved and self._page.focus >= 0 else self._cursor
            self._cursor = min(max(start + (step if step else 0), 0), len(entries) - 1)
            if key in ("home", "end"):
                self._cursor = 0 if key == "home" else len(entries) - 1
        else:
            place = min(range(len(targets)), key=lambda index: abs(targets[index] - self._cursor))
            place = {"home": 0, "end": len(targets) - 1}.get(key, place + step)
            self._cursor = targets[min(max(place, 0), len(targets) - 1)]
        self._moved = True


def _paint_entry(canvas: Canvas, x: int, y: int, runs: Row, width: int) -> None:
    end = x + width
    for text, ink in runs:
        if x >= end:
            return
        x = canvas.put(x, y, cut(text, end - x), ink)


__all__ = ["NAMES", "Entry", "Inspector"]
