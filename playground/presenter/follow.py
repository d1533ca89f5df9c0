"""The side of the notes: finds the newest show, follows it, and looks for the next one when it has ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import trio

from playground.presenter.board import FORMAT, Board, NotUnderstood, content_of, decode, line_of
from playground.presenter.lines import Lines
from playground.presenter.meeting import Meeting, forget, shows

LOOK_AGAIN: Final = 0.5
"""Seconds between two looks for a show."""
PATIENCE: Final = 5.0
NO_SHOW: Final = "No show is running. Start one on another terminal: playground present LESSON"
ENDED: Final = "The show has ended. Waiting for the next one: playground present LESSON"

Told = Callable[[Board, int], None]
"""A board, and the seconds since the lesson began."""
Waits = Callable[[str], None]
"""Why there is nothing to show, in one sentence."""


class Follower:
    """One terminal with notes."""

    def __init__(self, place: Path, told: Told, waits: Waits) -> None:
        self.place = place
        self._told = told
        self._waits = waits
        self._stream: trio.SocketStream | None = None
        self._wishes: list[str] = []
        self._wish = trio.Event()

    def ask(self, wish: str) -> bool:
        """Let the show do "next" or "back", or answer by a digit; a plain call. False while there is no show."""
        if self._stream is None:
            return False
        self._wishes.append(wish)
        self._wish.set()
        return True

    async def main(self) -> None:
        """Follow one show after the other, until cancelled."""
        sentence = NO_SHOW
        while True:
            found = shows(self.place)
            if found:
                path, meeting = found[0]
                outcome = await self._follow(meeting)
                if not outcome:
                    forget(path, meeting)
                    continue
                sentence = outcome
            self._waits(sentence)
            await trio.sleep(LOOK_AGAIN)

    async def _follow(self, meeting: Meeting) -> str:
        """Until it ends: a sentence on why, or '' if nobody listens there."""
        try:
            async with _open(meeting) as stream:
                with trio.fail_after(PATIENCE):
                    await stream.send_all(line_of({"format": FORMAT, "token": meeting.token}))
                return await self._listen(stream)
        except (trio.BrokenResourceError, trio.TooSlowError):
            return ENDED
        except _NobodyThere:
            return ""
        except OSError as error:
            return f"The show cannot be reached: {(error.strerror or str(error)).lower()}."

    async def _listen(self, stream: trio.SocketStream) -> str:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._pass_on, stream)
            sentence = await self._take(stream)
            self._stream = None
            nursery.cancel_scope.cancel()
        return sentence

    async def _take(self, stream: trio.SocketStream) -> str:
        """Everything the show tells; a sentence on how it ended."""
        lines = Lines(stream)
        try:
            while (line := await lines.next()) is not None:
                content = content_of(line)
                if "refused" in content:
                    return f"The show lets nobody in: {content['refused']}."
                board, elapsed = decode(content)
                self._stream = stream
                self._told(board, elapsed)
        except NotUnderstood as error:
            return f"What the show tells is not understood: {error}."
        except trio.BrokenResourceError:
            return ENDED
        return ENDED

    async def _pass_on(self, stream: trio.SocketStream) -> None:
        self._wishes.clear()
        with suppress(trio.BrokenResourceError):
            while True:
                self._wish = trio.Event()
                while self._wishes:
                    await stream.send_all(line_of({"do": self._wishes.pop(0)}))
                await self._wish.wait()


class _NobodyThere(Exception):
    """The show was not able to say that it has ended."""


@asynccontextmanager
async def _open(meeting: Meeting) -> AsyncIterator[trio.SocketStream]:
    """Raises _NobodyThere, OSError."""
    try:
        if meeting.socket:
            stream = await trio.open_unix_socket(meeting.socket)
        else:
            stream = await trio.open_tcp_stream("127.0.0.1", meeting.port)
    except (ConnectionRefusedError, FileNotFoundError):
        raise _NobodyThere from None
    except OSError:
        if meeting.socket:
            raise
        raise _NobodyThere from None
    async with stream:
        yield stream
