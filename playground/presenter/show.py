"""The side of the show: it tells terminals with notes how it stands, and takes "next", "back" and answers from them.

It runs beside the machine, in the same Trio program. Nothing that another terminal does, or fails to do, can hold up
or end the show.
"""

from __future__ import annotations

import hmac
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import trio

from playground.presenter.board import FORMAT, Board, NotUnderstood, content_of, encode, line_of
from playground.presenter.lines import Lines
from playground.presenter.meeting import Meeting, announce, new_token, prepare, socket_of

MOST_TERMINALS: Final = 8
PATIENCE: Final = 5.0
"""Seconds for a terminal to say who it is, and for one to take what it is told."""
LONGEST_REQUEST: Final = 4096
LEAVES: Final = (trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError, NotUnderstood)
"""How a terminal leaves, or has to."""
REQUESTS: Final = frozenset({"next", "back", *"0123456789"})
"""What a terminal can ask for: a beat on or back, or an answer by its number."""


class Show:
    """One show, as other terminals see it."""

    def __init__(self, lesson: str, obey: Callable[[str], None], elapsed: Callable[[], int]) -> None:
        """`obey`: a plain call that takes one of the requests; `elapsed`: seconds since the lesson began."""
        self.lesson = lesson
        self.token = new_token()
        self.terminals = 0
        """How many show the notes now."""
        self.trouble = ""
        """Why no terminal can show the notes, in one sentence, or ''."""
        self._obey = obey
        self._elapsed = elapsed
        self._board: Board | None = None
        self._changed = trio.Event()

    def tell(self, board: Board) -> None:
        """How the show stands now; a plain call at any time, which costs nothing if nothing has changed."""
        if board != self._board:
            self._board = board
            self._changed.set()
            self._changed = trio.Event()

    async def main(self, place: Path, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Listen until cancelled. A folder or a socket that cannot be had is told in `trouble`."""
        made: list[Path] = []
        try:
            try:
                listener, meeting = await self._listen(place, made)
                made.append(announce(place, meeting))
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                self.trouble = f"The notes cannot be shown on another terminal: {place}: {reason}"
                task_status.started()
                return
            async with trio.open_nursery() as nursery:
                task_status.started()
                await trio.serve_listeners(self._meet, [listener], handler_nursery=nursery)
        finally:
            for path in made:
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    async def _listen(self, place: Path, made: list[Path]) -> tuple[trio.SocketListener, Meeting]:
        prepare(place)
        path = socket_of(place) if sys.platform != "win32" else None
        if path is None:
            (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
            port = int(listener.socket.getsockname()[1])
            return listener, Meeting(self.token, "", port, self.lesson, time.time())
        path.unlink(missing_ok=True)
        socket = trio.socket.socket(trio.socket.AF_UNIX, trio.socket.SOCK_STREAM)
        await socket.bind(str(path))
        made.append(path)
        path.chmod(0o600)
        socket.listen()
        return trio.SocketListener(socket), Meeting(self.token, str(path), 0, self.lesson, time.time())

    async def _meet(self, stream: trio.SocketStream) -> None:
        """One terminal, until it leaves."""
        with suppress(*LEAVES):
            async with stream:
                refused = await self._refuse(stream)
                if refused:
                    with trio.fail_after(PATIENCE):
                        await stream.send_all(line_of({"refused": refused}))
                    return
                self.terminals += 1
                try:
                    await self._talk(stream)
                finally:
                    self.terminals -= 1

    async def _refuse(self, stream: trio.SocketStream) -> str:
        """Listen to who it is; why it is not let in, or ''."""
        lines = Lines(stream, LONGEST_REQUEST)
        with trio.fail_after(PATIENCE):
            line = await lines.next()
        hello = content_of(line or b"")
        if not hmac.compare_digest(str(hello.get("token", "")).encode(), self.token.encode()):
            return "the token is not that of this show; start the notes again on the account that runs the show"
        if hello.get("format") != FORMAT:
            return "the show is of another version of the playground"
        if self.terminals >= MOST_TERMINALS:
            return f"{MOST_TERMINALS} terminals show the notes already, which is the most there can be"
        return ""

    async def _talk(self, stream: trio.SocketStream) -> None:
        async with trio.open_nursery() as nursery:

            async def until_it_leaves(task: Callable[[trio.SocketStream], Awaitable[None]]) -> None:
                with suppress(*LEAVES):
                    await task(stream)
                nursery.cancel_scope.cancel()

            nursery.start_soon(until_it_leaves, self._hear)
            nursery.start_soon(until_it_leaves, self._tell)

    async def _hear(self, stream: trio.SocketStream) -> None:
        lines = Lines(stream, LONGEST_REQUEST)
        while (line := await lines.next()) is not None:
            wish = content_of(line).get("do")
            if wish in REQUESTS:
                self._obey(str(wish))

    async def _tell(self, stream: trio.SocketStream) -> None:
        """Every board that is still the newest when the one before has been taken."""
        told: Board | None = None
        while True:
            changed = self._changed
            if self._board is not None and self._board != told:
                told = self._board
                with trio.fail_after(PATIENCE):
                    await stream.send_all(encode(told, self._elapsed()))
            await changed.wait()
