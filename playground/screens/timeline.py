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
        """Draw the line from the first mark on (booting takes most events and is seldom asked for), and the present."""
        view = self.desk.view
        end = canvas.width - 6
        canvas.put(0, 0, "├" + "─" * (end - 1), "line")
        marks = [note for note in view.notes if note.topic in MARKS]
        start = marks[0].number if marks else 0
        span = max(view.event_count - start, 1)
        taken = 1
        for note in marks:
            glyph, word, ink = MARKS[note.topic]
            word = word or str(note.fields.get("server", ""))
            x = min(max(taken, round((note.number - start) / span * (end - 2))), end - 2)
            if x + len(word) + 2 >= end:
                word = ""
            canvas.put(x, 0, glyph, f"{ink} bold")
            if word:
                canvas.put(x + 1, 0, f" {word}", ink)
            taken = x + len(word) + 3 if x + len(word) + 3 < end - 2 else taken
        if self.desk.moment >= 0:
            x = round((self.desk.moment - start) / span * (end - 1))
            canvas.put(min(max(x, 0), end - 1), 0, "▮", "lit bold")
        canvas.put(end, 0, "▮ now", "title")
