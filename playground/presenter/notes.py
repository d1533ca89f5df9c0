"""`playground present --notes`: the presenter's second terminal, on screen or line by line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final

import trio
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding

from playground.machine.guest import Guest
from playground.presenter.board import Board
from playground.presenter.follow import NO_SHOW, Follower
from playground.presenter.meeting import folder
from playground.presenter.notes_pane import NotesPane
from playground.screens.script import BACK, NEXT
from playground.screens.terminal_app import TerminalApp
from playground.settings import Settings

LOOKS_A_SECOND: Final = 10
DIGITS: Final = frozenset("0123456789")


class Clock:
    """Seconds since the lesson began, counted on between two messages of the show."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._stopped = 0

    def set(self, elapsed: int) -> None:
        """The show says how long it has been; 0 is: it has not begun."""
        self._began = self._clock() - elapsed if elapsed else None
        self._stopped = 0

    def stop(self) -> None:
        """The show has ended: the time stands still."""
        self._stopped = self.read()
        self._began = None

    def read(self) -> int:
        """Whole seconds."""
        return self._stopped if self._began is None else int(self._clock() - self._began)


class NotesApp(TerminalApp):
    """The notes on a screen of their own; the keys of a clicker drive the show from here as well."""

    TITLE = "Notes"
    BINDINGS: ClassVar[list[Any]] = [
        Binding("q", "quit", show=False),
        Binding("ctrl+c", "quit", show=False, priority=True),
    ]

    def __init__(self, settings: Settings, place: Path | None = None) -> None:
        super().__init__(settings)
        self._clock = Clock()
        self.follower = Follower(place or folder(), self.told, self.waits)
        self.pane = NotesPane(self._clock.read, NO_SHOW)
        self.failure: BaseException | None = None
        self._guest = Guest(self.follower.main, on_done=self._ended)

    def compose(self) -> ComposeResult:
        """One pane."""
        yield self.pane

    def on_mount(self) -> None:
        """Begin to follow."""
        self.pane.focus()
        self._guest.start()
        self._guest.handle_signals()
        self.set_interval(1 / LOOKS_A_SECOND, self.pane.poll)

    def told(self, board: Board, elapsed: int) -> None:
        """The show stands so, and began so many seconds ago."""
        self._clock.set(elapsed)
        self.pane.show(board)

    def waits(self, sentence: str) -> None:
        """There is no show, for this reason."""
        self._clock.stop()
        self.pane.sentence = sentence

    def on_key(self, event: events.Key) -> None:
        """The presenter's keys go to the show."""
        if event.key in NEXT | BACK:
            self.follower.ask("next" if event.key in NEXT else "back")
        elif event.key in DIGITS:
            self.follower.ask(event.key)

    async def action_quit(self) -> None:
        """Stop following; the screen goes when that is done."""
        self._guest.quit()

    def _ended(self, error: BaseException | None) -> None:
        self.failure = error
        number = self._guest.signal
        self.exit(1 if error else 128 + number if number else 0)

    async def on_unmount(self) -> None:
        """However the screen ends, the connection has ended first."""
        if self._guest.started:
            self._guest.quit()
            await self._guest.wait()


def show(settings: Settings) -> int:
    """On screen, until the person leaves."""
    app = NotesApp(settings)
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0 if code is None else code


def tell(write: Callable[[str], None], place: Path | None = None) -> int:
    """Line by line, until the person presses Ctrl-C: for a screen reader or a pipe."""
    teller = Teller(write)
    trio.run(Follower(place or folder(), teller.told, teller.waits).main)
    return 0


class Teller:
    """Says what is new, one sentence a line."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._said = ""
        self._beat: tuple[str, str] = ("", "")
        self._asked = ""
        self._found: tuple[str, ...] = ()

    def waits(self, sentence: str) -> None:
        """Why there is nothing to tell; once."""
        if sentence != self._said:
            self._write(sentence)
        self._said = sentence

    def told(self, board: Board, elapsed: int) -> None:
        """A beat with its notes and the next one; then only what changes."""
        self._said = ""
        if (board.place, board.beat) != self._beat:
            self._beat = (board.place, board.beat)
            whole = f" of {board.minutes}" if board.minutes else ""
            self._write(f"{board.place}, {elapsed // 60}{whole} minutes: {board.beat}.")
            for note in board.notes:
                self._write(f"Note: {note}")
            self._write(f"Next: {board.following}.")
            for note in board.following_notes:
                self._write(f"Note for the next: {note}")
        if board.question != self._asked:
            self._asked = board.question
            if board.question:
                choices = "; ".join(f"{number}, {choice}" for number, choice in enumerate(board.choices, 1))
                self._write(f"Question: {board.question} {choices}.")
        for answer in board.answers[len(self._found) :]:
            self._write(f"Right was: {answer}.")
        self._found = board.answers
