"""The presenter's notes as rows: this beat, what the audience is asked, the next beat; for one's own eyes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from playground.screens.canvas import Canvas, Row
from playground.screens.markdown import lines as markdown_lines
from playground.screens.pane import Pane
from playground.screens.sheet import wrap

if TYPE_CHECKING:
    from textual import events

    from playground.presenter.board import Board


class NotesPane(Pane, can_focus=True):
    """All of it on one page that scrolls."""

    DEFAULT_CSS = """
    NotesPane { width: 1fr; height: 1fr; }
    """

    def __init__(self, elapsed: Callable[[], int], sentence: str) -> None:
        """`elapsed`: seconds since the lesson began; `sentence`: what to say as long as there is no show."""
        super().__init__(id="notes")
        self.board: Board | None = None
        self.sentence = sentence
        self._elapsed = elapsed
        self._top = 0

    def show(self, board: Board) -> None:
        """Another state of the show; a new beat is read from its top."""
        if self.board is None or self.board.beat != board.beat:
            self._top = 0
        self.board, self.sentence = board, ""

    def scroll(self, by: int) -> None:
        """Rows down, or up."""
        self._top += by

    def stamp(self) -> Hashable:
        """The board, the clock, and how far it was scrolled."""
        return self.board, self.sentence, self._elapsed(), self._top

    def paint(self, canvas: Canvas) -> None:
        """The clock on top, the page, and at the bottom what the next key does."""
        canvas.box(0, 0, canvas.width, canvas.height, "line")
        board = self.board
        if board is None:
            rows = wrap(self.sentence, canvas.width - 6)
            for number, text in enumerate(rows):
                canvas.put_center(1, canvas.width - 1, (canvas.height - len(rows)) // 2 + number, text, "title")
            return
        seconds = self._elapsed()
        whole = f" of {board.minutes} min" if board.minutes else ""
        clock = f" {seconds // 60}:{seconds % 60:02}{whole} "
        canvas.put_right(canvas.width - 2, 0, clock, "lit bold")
        canvas.put(2, 0, f" {board.place} · {board.title} ", "quiet bold", canvas.width - len(clock) - 5)
        self._paint_page(canvas, self._page(board, canvas.width - 4))
        below = self.sentence or board.doing
        canvas.put(2, canvas.height - 2, below, "faulted bold" if self.sentence else "lit bold", canvas.width - 4)
        canvas.put(2, canvas.height - 1, " space next  ← back  ↑ ↓ scroll  q close ", "quiet", canvas.width - 4)

    def _paint_page(self, canvas: Canvas, page: list[Row]) -> None:
        room = canvas.height - 4
        self._top = min(max(self._top, 0), max(len(page) - room, 0))
        for y, row in enumerate(page[self._top : self._top + room], 1):
            x = 2
            for text, ink in row:
                x = canvas.put(x, y, text, ink, canvas.width - 2 - x)
        below = len(page) - self._top - room
        if below > 0:
            canvas.put_right(canvas.width - 2, canvas.height - 1, f" ↓ {below} more ", "lit bold")

    def _page(self, board: Board, width: int) -> list[Row]:
        rows: list[Row] = [(), *_rows(board.beat, width, "title")]
        rows += [line for note in board.notes for line in ((), *_item("• ", note, width, "text"))]
        rows += [] if board.notes else [(), (("no notes for this beat", "quiet"),)]
        for sentence in board.trouble:
            rows += [(), *_item("✗ ", f"does not hold: {sentence}", width, "faulted")]
        if board.question:
            rows += [(), *_item("? ", board.question, width, "handling bold")]
            for number, choice in enumerate(board.choices, 1):
                rows += _item(f"  {number} ", choice, width, "text")
        for answer in board.answers:
            rows += [(), *_item("→ ", f"right was: {answer}", width, "running bold")]
        rows += [(), (("─" * width, "line"),), *_rows(f"Next: {board.following}", width, "lit bold")]
        for question in board.following_asks:
            rows += [(), *_item("? ", f"asks: {question}", width, "handling")]
        rows += [line for note in board.following_notes for line in ((), *_item("• ", note, width, "text"))]
        return [*rows, (), *(tuple(_quiet(row)) for row in markdown_lines(board.following_text, width))]

    def take_key(self, event: events.Key) -> bool:
        """Up and down scroll."""
        if event.key not in ("up", "down"):
            return False
        self.scroll(-1 if event.key == "up" else 1)
        self.repaint()
        return True


def _rows(text: str, width: int, ink: str) -> list[Row]:
    return [((row, ink),) for row in wrap(text, width)]


def _item(mark: str, text: str, width: int, ink: str) -> list[Row]:
    """A text whose later rows are indented by its mark."""
    rows = wrap(text, width - len(mark))
    return [((mark if not number else " " * len(mark), ink), (row, ink)) for number, row in enumerate(rows)]


def _quiet(row: Row) -> list[tuple[str, str]]:
    """What comes later is not as loud."""
    return [(text, "quiet" if ink in ("text", "title") else ink) for text, ink in row]
