"""The timelines of this sitting as a tree: the run as it was, and what was tried differently from its moments."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.sheet import Choice, Sheet, wrap
from playground.screens.tab_capabilities import branches

if TYPE_CHECKING:
    from playground.timeline.timelines import Timelines


class TimelinesSheet(Sheet):
    """Choose one; enter goes over to it."""

    TITLE = "Timelines"
    KEYS = (("↑ ↓", "choose"), ("enter", "go there"), ("c", "compare"), ("esc", "close"))

    def __init__(
        self, desk: Desk, timelines: Timelines, switch: Callable[[int], None], compare: Callable[[int, int], None]
    ) -> None:
        super().__init__(desk)
        self._compare = compare
        self._timelines = timelines
        self._switch = switch
        self.choice = Choice()
        self._look()
        self.choice.at = self.here

    def _look(self) -> None:
        """Which there are, and which of them is on the screens; another one may begin while they are listed."""
        self.rows = self._timelines.tree()
        self.choice.count = len(self.rows)
        events = self.desk.machine.events
        self.here = next((number for number, (_, one) in enumerate(self.rows) if one.past.events is events), 0)

    def stamp(self) -> Hashable:
        """How far each of them has come."""
        return super().stamp(), self.desk.look

    def paint_body(self, canvas: Canvas) -> None:
        """One line each: where it began, how far it has come."""
        self._look()
        depths = [depth for depth, _ in self.rows]
        stems = ["", *branches(depths[1:])]
        y = 2
        for number, ((_, timeline), stem) in enumerate(zip(self.rows, stems, strict=True)):
            chosen = number == self.choice.at
            self.places[y] = self.places[y + 1] = number
            canvas.put(2, y, "▸" if chosen else " ", "lit bold")
            x = canvas.put(4, y, stem, "quiet")
            mark = "◉ " if number == self.here else "◦ "
            x = canvas.put(x, y, mark, "running bold" if number == self.here else "quiet")
            canvas.put(x, y, f"{timeline.id} {timeline.title}", "lit bold" if chosen else "title", canvas.width - x - 2)
            y += 1
            began = f"from event {timeline.begins:,}, " if timeline.parent else ""
            canvas.put(x, y, f"{began}now at {len(timeline.past.events):,}", "quiet", canvas.width - x - 2)
            y += 2
        about = "Begin another: look back with , to a moment of any timeline and press b."
        for line in wrap(about, canvas.width - 6):
            canvas.put(4, y, line, "quiet italic")
            y += 1

    def pick(self, number: int) -> bool:
        """Choose by the mouse."""
        return self.choice.pick(number)

    def press(self, key: str, character: str | None) -> bool:
        """Choose; enter goes over."""
        if key == "enter":
            self._switch(self.rows[self.choice.at][1].id)
            self.close(done=True)
            return True
        if key == "c":
            here, there = self.rows[self.here][1].id, self.rows[self.choice.at][1].id
            if here == there:
                there = self.rows[0 if self.here else len(self.rows) - 1][1].id
            self._compare(here, there)
            return True
        return self.choice.key(key)
