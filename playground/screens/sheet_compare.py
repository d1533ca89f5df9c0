"""Two timelines side by side, stepped by the same keys: a run with and without something, and where they part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playground.screens.canvas import Canvas
from playground.screens.chronicle import Chronicle, Line
from playground.screens.desk import Desk
from playground.screens.sheet import Sheet, wrap
from playground.screens.words import ink_of, state_sentence
from playground.timeline.compare import Comparison

if TYPE_CHECKING:
    from playground.timeline.timelines import Timeline
    from playground.view.model import View

PARTS: Final = frozenset({"status", "life", "cap_count", "waits_for", "handles"})
"""Differences that are pointed out."""


class CompareSheet(Sheet):
    """Left one timeline, right another, each at the moment that belongs to the other's."""

    WIDE = True
    KEYS = (("← →", "event"), ("↑ ↓", "message"), ("d", "first difference"), ("end", "now"), ("esc", "close"))

    def __init__(self, desk: Desk, one: Timeline, other: Timeline) -> None:
        super().__init__(desk)
        self.timelines = (one, other)
        self.comparison = Comparison(one.past, other.past)
        first = self.comparison.first_difference()
        count = len(one.past.events) if first is None else first + 1
        self.counts = (min(count, len(one.past.events)), self.comparison.partner(count))

    def title(self) -> str:
        """Which two."""
        one, other = self.timelines
        return f"Timeline {one.id} and timeline {other.id}"

    def paint_body(self, canvas: Canvas) -> None:
        """Servers as they are in both, then the lines of both up to the moment."""
        width = canvas.width - 4
        left, right = 2 + 13, 2 + 13 + (width - 13) // 2
        views = self._views()
        for x, timeline, count in zip((left, right), self.timelines, self.counts, strict=True):
            canvas.put(x, 1, f"{timeline.id} {timeline.title}", "title", right - left - 1)
            canvas.put(x, 2, f"event {count:,} of {len(timeline.past.events):,}", "quiet", right - left - 1)
        y = self._paint_servers(canvas, 3, left, right, views)
        rows = max(canvas.height - y - 5, 0)
        half = (width + 2) // 2
        parting = self.comparison.parting()
        canvas.fill(2, y, width, "─", "line")
        for x, count, view in zip((2, 2 + half), self.counts, views, strict=True):
            for number, line in enumerate(_lines(count, view)[-rows:] if rows else [], y + 1):
                new = parting is not None and line.number >= parting[0]
                bold = " bold" if new else ""
                end = canvas.put(x, number, "∆" if new else " ", "lit bold")
                end = canvas.put(end, number, f"{line.number:>6,} {line.head}: ", line.ink + bold, half - 2)
                canvas.put(end, number, line.text, "text" + bold, max(x + half - 1 - end, 0))
        for number, text in enumerate(self._parting_in_words(width), canvas.height - 3):
            canvas.put(2, number, text, "quiet italic", width)

    def _parting_in_words(self, width: int) -> list[str]:
        """What the first difference is, in two lines."""
        parting = self.comparison.parting()
        if parting is None:
            return wrap(self.comparison.describe(), width)[:2]
        one, other = self.timelines
        return [f"event {parting[0]:,} differs: in {one.id} {parting[1]}", f"in {other.id} {parting[2]}"]

    def _paint_servers(self, canvas: Canvas, y: int, left: int, right: int, views: tuple[View, View]) -> int:
        different = {change.server for change in self.comparison.changes(self.counts) if change.part in PARTS}
        for name in views[0].servers:
            mark = "∆ " if name in different else "  "
            canvas.put(2, y, mark + name, "lit bold" if name in different else "text", 13)
            for x, view in zip((left, right), views, strict=True):
                server = view.servers.get(name)
                if server is not None:
                    life = f" · life {server.life}" if server.life > 1 else ""
                    ink = ink_of(server) + (" bold" if name in different else "")
                    canvas.put(x, y, f"{server.status.glyph} {state_sentence(server)}{life}", ink, right - left - 1)
            y += 1
        return y

    def _views(self) -> tuple[View, View]:
        one, other = self.timelines
        return one.past.view_at(self.counts[0]), other.past.view_at(self.counts[1])

    def press(self, key: str, character: str | None) -> bool:
        """One key for both."""
        match key:
            case "right":
                self.counts = self.comparison.step(self.counts)
            case "left":
                self.counts = self.comparison.back(self.counts)
            case "down" | "up":
                self._to_message(forward=key == "down")
            case "d":
                first = self.comparison.first_difference()
                if first is not None:
                    self.counts = (first + 1, first + 1)
            case "end":
                one, other = self.timelines
                self.counts = (len(one.past.events), len(other.past.events))
            case _:
                return False
        self.counts = (max(self.counts[0], 1), max(self.counts[1], 1))
        return True

    def _to_message(self, *, forward: bool) -> None:
        """To the next or previous message of the left one; the right one follows."""
        past = self.timelines[0].past
        here = self.counts[0] - 1
        number = past.moments.next_message(here) if forward else past.moments.previous_message(here)
        if number is not None:
            self.counts = (number + 1, self.comparison.partner(number + 1))


def _lines(count: int, view: View) -> list[Line]:
    chronicle = Chronicle()
    chronicle.update(view)
    return [line for line in chronicle.lines if line.number < count]
