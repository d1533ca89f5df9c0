"""Lines over a stream, each of a bounded length."""

from __future__ import annotations

from typing import Final

import trio

from playground.presenter.board import LONGEST_LINE, NotUnderstood

PORTION: Final = 4096


class Lines:
    """What the other side sends, line by line."""

    def __init__(self, stream: trio.abc.ReceiveStream, longest: int = LONGEST_LINE) -> None:
        self._stream = stream
        self._longest = longest
        self._kept = bytearray()

    async def next(self) -> bytes | None:
        """One line without its end; None after the last. Raises NotUnderstood, trio.BrokenResourceError."""
        while (end := self._kept.find(b"\n")) < 0:
            if len(self._kept) > self._longest:
                raise NotUnderstood("a line is too long")
            data = await self._stream.receive_some(PORTION)
            if not data:
                return None
            self._kept += data
        line = bytes(self._kept[:end])
        del self._kept[: end + 1]
        return line
