"""Where in time I am: one line from boot to now with the moments that matter, and the way to all others."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.pane import Pane

if TYPE_CHECKING:
    from textual import events

    from playground.timeline.moments import Moment
    from playground.timeline.past import Past

MARKS: Final = {
    "ready": ("◆", "boot", "running"),
    "mark": ("◆", "", "lit"),
    "died": ("✖", "", "faulted"),
    "restarted": ("↻", "", "restarting"),
    "gave-up": ("■", "", "stopped"),
    "stopped": ("■", "", "stopped"),
    "revoke": ("⊘", "", "faulted"),
}
"""Kinds of moments that are drawn: glyph, word (what it is about if empty), ink."""
READ_AT_ONCE: Final = 20_000
"""Events read for their moments at one look."""


class Timeline(Pane, can_focus=True):
    """One line of time."""

    DEFAULT_CSS = """
    Timeline { height: 1; }
    """
    HELP = (
        "Time. Left and right go by one event, with shift by one message, with ctrl by one fault, restart or mark; "
        "home is boot, end is now."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="timeline")
        self.desk = desk
        self._read = 0
        self._known: tuple[Past | None, int] = (None, 0)
        self._marked: list[Moment] = []

    def stamp(self) -> Hashable:
        """The marks move as time goes on."""
        return self.desk.look, self.desk.revision

    def _moments(self) -> list[Moment]:
        """What is marked, as far as it has been read."""
        past = self.desk.looking.past if self.desk.looking.end else None
        if past is None:
            return []
        self._read += READ_AT_ONCE
        moments = past.moments.all(self._read)
        if (past, len(moments)) != self._known:
            self._known = past, len(moments)
            self._marked = [moment for moment in moments if moment.kind in MARKS]
        return self._marked

    def paint(self, canvas: Canvas) -> None:
        """Draw the line from the first mark on (booting takes most events and is seldom asked for), and the present."""
        end = canvas.width - 6
        edge = "lit" if self.has_focus else "line"
        canvas.put(0, 0, "├" + "─" * (end - 1), edge)
        moments = self._moments()
        start = moments[0].number if moments else 0
        looking = self.desk.looking
        span = max(looking.end - start, 1)
        taken = 0
        for moment in moments:
            glyph, word, ink = MARKS[moment.kind]
            word = word or moment.text if moment.kind == "mark" else word or moment.server
            x = min(max(taken, 1 + round((moment.number - start) / span * (end - 3))), end - 2)
            if taken and x == taken - 1:
                continue
            canvas.put(x, 0, glyph, f"{ink} bold")
            taken = x + 1
            if x + len(word) + 3 < end:
                taken = canvas.put(x + 1, 0, f" {word}", ink) + 1
        past = looking.at is not None or looking.plays or (looking.still and looking.count < looking.end)
        if past:
            x = 1 + round((looking.count - 1 - start) / span * (end - 3))
            canvas.put(min(max(x, 0), end - 1), 0, "▮", "lit bold")
        canvas.put(end, 0, "▮ now" if not past else "· now", "title" if not past else "quiet")

    def take_key(self, event: events.Key) -> bool:
        """The keys of a wheel through time."""
        looking, server = self.desk.looking, self.desk.selected
        found = True
        match event.key:
            case "left" | "right":
                looking.step(-1 if event.key == "left" else 1)
            case "shift+left" | "shift+right":
                found = looking.step_message(-1 if event.key == "shift+left" else 1)
            case "ctrl+left" | "ctrl+right" | "up" | "down":
                found = looking.step_moment(-1 if event.key in ("ctrl+left", "up") else 1)
            case "ctrl+shift+left" | "ctrl+shift+right":
                found = looking.step_moment(-1 if event.key == "ctrl+shift+left" else 1, server)
            case "home":
                looking.go(1)
            case "end":
                looking.go(None)
            case _:
                return False
        self.desk.change(trouble="" if found else "There is nothing more in that direction")
        return True

    def on_click(self, event: events.Click) -> None:
        """Jump to where the line was clicked."""
        self._jump(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag along the line."""
        if event.button:
            self._jump(event.x)

    def _jump(self, x: int) -> None:
        moments = self._moments()
        start = moments[0].number if moments else 0
        share = (x - 1) / max(self.size.width - 9, 1)
        target = None if x >= self.size.width - 6 else start + round(share * (self.desk.looking.end - start))
        self.desk.looking.go(target)
        self.desk.change()
