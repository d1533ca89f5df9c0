"""The stream: what just happened, one line each, newest last. Messages in words, what servers noted, what you did."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.pane import Pane
from playground.screens.words import KIND_INKS

if TYPE_CHECKING:
    from textual import events

    from playground.view.model import Note


class Line(NamedTuple):
    """One line of the stream."""

    number: int
    """Number of its event."""
    head: str
    """Who, to whom: "you → fs"."""
    text: str
    kind: str
    ink: str


PROBE_KIND = "probe"


def note_line(note: Note, who: str) -> Line:
    """What user space said about itself."""
    text = str(note.fields.get("text", "")) or " ".join(f"{key}={value}" for key, value in note.fields.items())
    ink = "faulted" if note.topic in ("server-died", "gave-up") else "restarting"
    return Line(note.number, who, f"{note.topic.replace('-', ' ')}: {text}" if text else note.topic, "note", ink)


def lines_before(desk: Desk, count: int, end: int | None = None) -> list[Line]:
    """The last `count` lines whose event is before number `end`."""
    end = desk.view.event_count if end is None else end
    found: list[Line] = []
    for source in (_messages(desk, end), _notes(desk, end), _probes(desk, end)):
        for line, _ in zip(source, range(count), strict=False):
            found.append(line)
    found.sort()
    return found[-count:]


def _messages(desk: Desk, end: int) -> Iterator[Line]:
    messages = desk.view.messages
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if message.number < end:
            ink = KIND_INKS.get(message.kind, "text") if not message.error else "faulted"
            head = f"{message.sender} → {message.receiver}"
            yield Line(message.number, head, message.text, message.kind, ink)


def _notes(desk: Desk, end: int) -> Iterator[Line]:
    view = desk.view
    for note in reversed(view.notes):
        if note.number < end and note.topic != "you-reply":
            owner = view.owners.get(note.thread)
            yield note_line(note, owner.name if owner else view.name_of(note.thread))


def _probes(desk: Desk, end: int) -> Iterator[Line]:
    for number, thread, action, detail in reversed(desk.view.probes):
        if number < end:
            owner = desk.view.owners.get(thread)
            name = owner.name if owner else desk.view.name_of(thread)
            yield Line(number, f"probe → {name}", f"{action} {detail}".strip(), PROBE_KIND, "faulted")


class Stream(Pane, can_focus=True):
    """The newest lines; with a cursor when it has the focus."""

    DEFAULT_CSS = """
    Stream { height: 8; }
    """
    HELP = "What just happened, newest last. Arrows go back to an older line, enter selects who sent it, ? says why."

    class Chosen(Message):
        """The person pressed enter on a line."""

        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="stream")
        self.desk = desk
        self.shown: list[Line] = []

    def stamp(self) -> Hashable:
        """The machine's moment and the cursor's."""
        return self.desk.view.event_count, self.desk.revision

    def paint(self, canvas: Canvas) -> None:
        """Draw a heading if there is room, then the lines."""
        pinned = self.desk.moment >= 0
        top = 1 if canvas.height >= 6 else 0
        if top:
            canvas.fill(0, 0, canvas.width, "─", "lit" if self.has_focus else "line")
            canvas.put(1, 0, " messages ", "quiet bold")
            hint = " ↓ to the newest " if pinned else ""
            canvas.put_right(canvas.width - 1, 0, hint, "lit")
        rows = canvas.height - top
        self.shown = lines_before(self.desk, rows, self._end(rows))
        y = canvas.height - len(self.shown) if pinned else top
        for line in self.shown:
            self._paint_line(canvas, y, line)
            y += 1

    def _end(self, rows: int) -> int | None:
        """Where the lines end: a few lines after the cursor, or at the newest."""
        return None if self.desk.moment < 0 else self._after_moment(rows)

    def _after_moment(self, rows: int) -> int | None:
        newer = [line for line in lines_before(self.desk, 400) if line.number > self.desk.moment]
        return newer[rows // 2].number if len(newer) > rows // 2 else None

    def _paint_line(self, canvas: Canvas, y: int, line: Line) -> None:
        wide = canvas.width >= 100
        here = line.number == self.desk.moment
        canvas.put_right(8, y, f"{line.number:,}", "quiet")
        if here:
            canvas.put(0, y, "▸", "lit bold")
        x = 10
        width = 24 if wide else 20
        canvas.put(x, y, line.head, f"{line.ink} bold", width - 1)
        right = canvas.width - 1
        if wide:
            right = canvas.put_right(right, y, line.kind, line.ink)
        canvas.put(x + width, y, line.text, "text" if line.kind in ("call", "send", "reply", "signal") else line.ink,
                   right - x - width - 1)  # fmt: skip
        if here:
            canvas.tint(0, y, canvas.width, "bold")

    def on_key(self, event: events.Key) -> None:
        """Up and down move the cursor, end goes back to the newest line, enter chooses."""
        if event.key in ("up", "down"):
            self.move(-1 if event.key == "up" else 1)
        elif event.key in ("end", "escape") and self.desk.moment >= 0:
            self.desk.change(moment=-1)
        elif event.key == "enter" and self.desk.moment >= 0:
            line = next((line for line in self.shown if line.number == self.desk.moment), None)
            if line:
                self.post_message(self.Chosen(line))
        else:
            return
        event.stop()
        event.prevent_default()

    def move(self, by: int) -> None:
        """Put the cursor on an older (-1) or newer (1) line; below the newest it lets go."""
        lines = lines_before(self.desk, 400)
        if not lines:
            return
        numbers = [line.number for line in lines]
        moment = self.desk.moment
        if moment < 0:
            place = len(numbers) - 1 if by < 0 else len(numbers)
        else:
            place = min(range(len(numbers)), key=lambda index: abs(numbers[index] - moment)) + by
        self.desk.change(moment=numbers[max(place, 0)] if place < len(numbers) else -1)


__all__ = ["Line", "Stream", "lines_before"]
