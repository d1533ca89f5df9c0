"""The console driver: keys become lines, text goes to the screen. What is typed is shown as it comes (echo)."""

from __future__ import annotations

from collections import deque
from typing import Final

from servers.hardware import WORD_BYTES, ConsoleRegister
from servers.interfaces.console import CONSOLE
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import PendingReply, Request

MAX_LINE_BYTES: Final = 400
"""Bytes of one line; more are not taken (nor shown)."""
MAX_LINES: Final = 16
"""Finished lines that wait for a reader; more are lost."""
ERASE: Final = frozenset(b"\b\x7f")
ENTER: Final = frozenset(b"\r\n")
KILL_LINE: Final = 0x15
"""Control-U: forget the line."""


class Console:
    """The handler of the console interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._registers = env.window("registers")
        self._line = bytearray()
        self._lines: deque[str] = deque(maxlen=MAX_LINES)
        self._reader: PendingReply | None = None

    async def start(self) -> None:
        """Take what was typed while nobody drove the device."""
        await self._env.acknowledge("irq")
        await self._drain()

    async def write(self, _request: Request, text: str) -> None:
        """Show text."""
        await self._show(text.encode())

    async def read_line(self, request: Request) -> str | None:
        """The next line, as soon as there is one. A client that asks again has lost its first question."""
        if self._lines:
            return self._lines.popleft()
        if self._reader is not None:
            if self._reader.badge != request.badge:
                raise Refused("BUSY")
            await self._reader.refuse("BUSY")
        self._reader = request.defer()
        return None

    async def on_signal(self, badge: int) -> None:
        """Keys were typed."""
        if badge & self._env.irq_signals["irq"]:
            await self._env.acknowledge("irq")
            await self._drain()
            if self._lines and self._reader is not None:
                reader, self._reader = self._reader, None
                await reader.reply(text=self._lines.popleft())

    async def _drain(self) -> None:
        while count := await self._registers.load_word(ConsoleRegister.COUNT):
            await self._take(await self._registers.load(ConsoleRegister.DATA, min(count, WORD_BYTES)))

    async def _take(self, keys: bytes) -> None:
        shown = bytearray()
        for key in keys:
            if key in ENTER:
                shown += b"\n"
                self._lines.append(self._line.decode(errors="replace"))
                self._line.clear()
            elif key in ERASE or key == KILL_LINE:
                erased = self._erase(len(self._line) if key == KILL_LINE else 1)
                shown += b"\b \b" * erased
            elif key >= 0x20 and len(self._line) < MAX_LINE_BYTES:
                self._line.append(key)
                shown.append(key)
        await self._show(bytes(shown))

    def _erase(self, characters: int) -> int:
        """Drop whole characters from the end of the line; how many there were."""
        before = self._line.decode(errors="replace")
        after = before[: max(0, len(before) - characters)]
        self._line[:] = after.encode()
        return len(before) - len(after)

    async def _show(self, data: bytes) -> None:
        room = self._registers.size - ConsoleRegister.TRANSMIT
        for start in range(0, len(data), room):
            await self._registers.store(ConsoleRegister.TRANSMIT, data[start : start + room])


async def main(env: Env) -> None:
    """Drive the console for ever."""
    console = Console(env)
    await console.start()
    await env.serve(CONSOLE, console)
