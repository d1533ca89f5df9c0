"""The first line: which system, how fast, how far."""

from __future__ import annotations

from collections.abc import Hashable

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.pane import Pane


def pace_words(desk: Desk) -> str:
    """How the machine is paced, as glyph and words."""
    machine = desk.machine
    if desk.looking.still:
        return ""
    if not machine.running:
        return "‖ paused"
    if machine.speed <= 0:
        return "▶ flat out"
    return f"▶ {machine.speed:g} events/s"


class Header(Pane):
    """One line at the top."""

    DEFAULT_CSS = """
    Header { height: 1; dock: top; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="header")
        self.desk = desk
        self.note = ""
        """Stands instead of the program's name: "beat 3 of 9"."""
        self.timeline = 1
        """Number of the timeline on screen."""

    def stamp(self) -> Hashable:
        """Everything in the line, to the microsecond of virtual time."""
        machine = self.desk.machine
        return self.desk.look, machine.running, machine.speed, self.note, self.desk.moment, self.desk.revision

    def paint(self, canvas: Canvas) -> None:
        """Draw the line; the narrower it is, the less it says."""
        view, machine = self.desk.view, self.desk.machine
        wide = canvas.width >= 100
        x = canvas.put(1, 0, "Microkernel playground · " if wide and not self.note else "", "quiet")
        x = canvas.put(x, 0, machine.manifest.name, "title")
        if self.timeline > 1:
            x = canvas.put(x, 0, f" · timeline {self.timeline}", "lit bold")
        if self.note:
            x = canvas.put(x, 0, f" · {self.note}", "lit bold")
        looking = self.desk.looking
        live = looking.at is None and not looking.plays
        of_all = f"{'recording' if looking.plays else 'the past'}, of {looking.end:,}"
        word = "◉ live" if live else f"◀ {of_all}"
        if live and looking.still:
            live, word = False, f"◀ recording, of {looking.end:,}" if looking.count < looking.end else "◀ recording"
        right = canvas.put_right(canvas.width - 1, 0, word, "running bold" if live else "lit bold")
        right = canvas.put_right(right - 4, 0, f"event {view.event_count:,}", "text", x)
        if wide:
            right = canvas.put_right(right - 4, 0, f"cycle {view.cycle:,}", "quiet", x)
        canvas.put_right(right - 4, 0, pace_words(self.desk), "running bold" if machine.running else "handling bold", x)
