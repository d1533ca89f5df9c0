"""Where in time I am: one line from boot to now with the moments that matter. Going back comes with time travel."""

from __future__ import annotations

from collections.abc import Hashable

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.pane import Pane

MARKS = {
    "system-ready": ("◆", "boot", "running"),
    "server-died": ("✖", "", "faulted"),
    "restarted": ("↻", "", "restarting"),
    "gave-up": ("■", "", "stopped"),
}
"""Topics of notes that are marked: glyph, word (the server's name if empty), ink."""


class Timeline(Pane):
    """One line of time."""

    DEFAULT_CSS = """
    Timeline { height: 1; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="timeline")
        self.desk = desk

    def stamp(self) -> Hashable:
        """The marks move as time goes on."""
        return self.desk.look, self.desk.moment

    def paint(self, canvas: Canvas) -> None:
        """Draw the line, the marks from old to new, and the present at its right end."""
        view = self.desk.view
        end = canvas.width - 6
        canvas.put(0, 0, "├" + "─" * (end - 1), "line")
        span = max(view.event_count, 1)
        taken = 1
        for note in view.notes:
            if note.topic not in MARKS:
                continue
            glyph, word, ink = MARKS[note.topic]
            word = word or str(note.fields.get("server", ""))
            x = min(max(taken, round(note.number / span * (end - 2))), end - 2)
            if x + len(word) + 2 >= end:
                word = ""
            canvas.put(x, 0, glyph, f"{ink} bold")
            if word:
                canvas.put(x + 1, 0, f" {word}", ink)
            taken = x + len(word) + 3 if x + len(word) + 3 < end - 2 else taken
        if self.desk.moment >= 0:
            canvas.put(min(round(self.desk.moment / span * (end - 1)), end - 1), 0, "▮", "lit bold")
        canvas.put(end, 0, "▮ now", "title")
