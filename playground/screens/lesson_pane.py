"""A lesson on screen: the narration of this beat, what it does to the machine, and what is expected of it.

The session (`scenarios.player`) decides what happens; this pane shows it and hands it the presenter's keys.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final

from playground.screens.canvas import Canvas, Row
from playground.screens.desk import Desk
from playground.screens.markdown import lines as markdown_lines
from playground.screens.pane import Pane
from playground.screens.sheet import wrap

if TYPE_CHECKING:
    from textual import events

    from playground.screens.script import Script
    from scenarios.logbook import LogLine

MARKS: Final = {"passed": ("✓ ", "running"), "failed": ("✗ ", "faulted"), "undecided": ("? ", "handling")}


FOUND: Final = frozenset({"check", "compare", "say"})
"""Kinds of lines that stay, if they did not pass, where there is little room."""
ROOMY: Final = 16
"""Rows from which on the narration begins with a blank one."""


class LessonPane(Pane, can_focus=True):
    """The narration, large; below it what has been done and held so far in this beat."""

    DEFAULT_CSS = """
    LessonPane { width: 1fr; height: 1fr; }
    """
    HELP = (
        "The lesson. Space, right, page down or . go on; while the machine works they let it hurry. Left or page up go "
        "back to the end of the beat before, the machine too. Up and down scroll, digits answer a question. p leaves "
        "the script, and so does whatever you do on your own; space comes back to it."
    )

    def __init__(self, desk: Desk, script: Script) -> None:
        super().__init__(id="lesson")
        self.desk = desk
        self.script = script
        self.session = script.session
        self._scroll = 0
        self._beat = -1
        self.below = 0
        """Rows of the narration that do not fit."""
        self.room = 1
        """Rows that the narration has."""

    @property
    def minutes(self) -> int:
        """Minutes since the first beat was begun."""
        return self.script.elapsed // 60

    def stamp(self) -> Hashable:
        """Everything of the session that is shown."""
        session = self.session
        return (
            session.state, session.shown, session.played, len(session.log), session.command, session.question,
            session.free, self._scroll, self.minutes, self.desk.revision,
        )  # fmt: skip

    def paint(self, canvas: Canvas) -> None:
        """Draw the frame, the narration, and at the bottom where in the lesson this is."""
        session = self.session
        canvas.box(0, 0, canvas.width, canvas.height, "lit" if self.has_focus else "line")
        ready = session.state == "ready"
        canvas.put(2, 0, f" {session.title if ready else session.beat.title} ", "title", canvas.width - 4)
        if self._beat != session.shown:
            self._beat, self._scroll = session.shown, 0
        width, space = canvas.width - 4, max(canvas.height - 3, 0)
        text = self._opening(width) if ready else list(markdown_lines(self._narration(), width))
        if canvas.height >= ROOMY:
            text.insert(0, ())
        log = [] if ready else self._log(width)
        if len(text) + len(log) + 2 > space:
            log = [] if ready else self._log(width, short=True)
        kept = 0 if self.script.question is not None else min(len(log), max(space // 2, space - len(text)))
        if len(text) + len(log) + 2 <= space or (kept < len(log) and session.state in ("beat-over", "over")):
            text, log, kept = [*text, *log], [], 0
        self.room = space - kept
        self._scroll = min(max(self._scroll, 0), max(len(text) - self.room, 0))
        self.below = max(len(text) - self._scroll - self.room, 0)
        _paint_rows(canvas, 1, text[self._scroll : self._scroll + self.room])
        _paint_rows(canvas, 1 + self.room, [log[0], *log[len(log) - kept + 1 :]] if kept else [])
        if self.below:
            canvas.put_right(canvas.width - 2, 0, f" ↓ {self.below} more ", "lit bold")
        self._paint_foot(canvas)

    def _narration(self) -> str:
        """The prose of the beat on screen, as far as its commands have come."""
        session = self.session
        if session.shown != session.played - 1:
            return session.beat.narration
        asked = session.predictions[-1].command if session.question is not None and session.predictions else None
        return session.beat.narration_at(session.command or asked)

    def _paint_foot(self, canvas: Canvas) -> None:
        session, y = self.session, canvas.height - 1
        canvas.put(2, y, f" {self.script.place} ", "quiet bold")
        whole = f" of {session.lesson.front.minutes}" if session.lesson.front.minutes else ""
        canvas.put_right(canvas.width - 2, y, f" {self.minutes}{whole} min ", "quiet")
        canvas.put(2, y - 1, self.script.doing, "lit bold", canvas.width - 4)

    def _opening(self, width: int) -> list[Row]:
        """What the lesson is about, before it begins."""
        front = self.session.lesson.front
        rows: list[Row] = [(("At the end you can", "quiet bold"),)]
        for objective in front.objectives:
            rows += [((("• " if not number else "  ") + line, "text"),)
                     for number, line in enumerate(wrap(objective, width - 2))]  # fmt: skip
        rows += [(), (("Based on", "quiet bold"),)]
        for source in front.sources:
            rows += [((("• " if not number else "  ") + line, "quiet"),)
                     for number, line in enumerate(wrap(source, width - 2))]  # fmt: skip
        return rows

    def _log(self, width: int, *, short: bool = False) -> list[Row]:
        """A line across, then what was done and found in the beat on screen.

        `short`: what was found, and how much held; what was done can be seen at the kernel.
        """
        session = self.session
        lines = [line for line in self._log_of_beat() if line.kind not in ("beat", "note")]
        if self.script.question is not None and lines and lines[-1].kind == "ask":
            lines.pop()  # it stands over the shelves, large
        held = 0
        if short:
            held = sum(line.kind == "check" and line.verdict == "passed" for line in lines)
            lines = [it for it in lines if it.kind == "answer" or (it.kind in FOUND and it.verdict != "passed")]
        rows = [row for line in lines for row in _log_rows(line, width)]
        if held:
            words = f"{held} expectations hold" if held > 1 else "1 expectation holds"
            rows.append((("✓ ", "running bold"), (words, "text")))
        if session.command is not None and session.shown == session.played - 1:
            rows += [((f"▸ {text}" if not number else f"  {text}", "lit bold"),)
                     for number, text in enumerate(wrap(session.command.text, width - 2))]  # fmt: skip
        return [(("─" * width, "line"),), *rows] if rows else []

    def _log_of_beat(self) -> list[LogLine]:
        """What the player wrote since the heading of the beat on screen."""
        heads = [number for number, line in enumerate(self.session.log) if line.kind == "beat"]
        if self.session.shown >= len(heads):
            return []
        end = heads[self.session.shown + 1] if self.session.shown + 1 < len(heads) else len(self.session.log)
        return self.session.log[heads[self.session.shown] : end]

    def take_key(self, event: events.Key) -> bool:
        """The presenter's keys; up and down scroll."""
        if event.key in ("up", "down"):
            self._scroll += -1 if event.key == "up" else 1
        elif not self.script.press(event.key):
            return False
        self.repaint()
        return True

    def scroll_on(self) -> bool:
        """To the rest of the narration; False if all of it was shown."""
        if not self.below:
            return False
        self._scroll += max(self.room - 1, 1)
        self.repaint()
        return True


def _paint_rows(canvas: Canvas, y: int, rows: Sequence[Row]) -> None:
    for number, row in enumerate(rows):
        x = 2
        for text, ink in row:
            x = canvas.put(x, y + number, text, ink, canvas.width - 2 - x)


def _log_rows(line: LogLine, width: int) -> list[Row]:
    if line.kind == "ask":
        return [((text, "handling"),) for text in wrap(f"? {line.text}", width)]
    if line.kind == "say":
        return [((text, "text italic"),) for text in wrap(line.text, width)]
    mark, ink = MARKS.get(line.verdict, ("· ", "quiet"))
    if line.kind == "answer":
        told = {"passed": "as predicted: ", "failed": "not as predicted: "}.get(line.verdict, "the answer: ")
        found = wrap(f"{told}{line.text}", width - 2)
        return [
            *(((mark if not number else "  ", f"{ink} bold"), (text, "title")) for number, text in enumerate(found)),
            *(((f"  {text}", "quiet"),) for text in wrap(line.detail, width - 2) if text),
        ]
    rows: list[Row] = [
        ((mark if not number else "  ", f"{ink} bold"), (text, "text" if line.verdict else "you"))
        for number, text in enumerate(wrap(line.text, width - 2))
    ]
    if line.verdict in ("failed", "undecided") and line.detail:
        rows += [((f"  {text}", ink),) for text in wrap(line.detail, width - 2)]
    return rows
