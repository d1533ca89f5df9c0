"""The console: bytes from a keyboard for the driver, bytes from the driver for a screen."""

from __future__ import annotations

from typing import Final

from playground.machine.bus import Bus
from playground.machine.devices.registers import to_bytes
from servers.hardware import CONSOLE, CONSOLE_QUEUE_BYTES, WORD_BYTES, ConsoleRegister

SCREEN_BYTES: Final = 64 * 1024
"""How much of what was written is kept to be shown."""


class Console:
    """A keyboard and a screen."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting = bytearray()
        self._screen = bytearray()
        self.written = 0
        """Bytes ever written to the screen; it changed when this did."""
        self.lost = 0
        """Bytes typed while the queue was full."""

    @property
    def screen(self) -> str:
        """What stands on the screen: the newest SCREEN_BYTES."""
        return self._screen.decode(errors="replace")

    def type(self, text: str) -> None:
        """Keys are pressed."""
        data = text.encode()
        room = CONSOLE_QUEUE_BYTES - len(self._waiting)
        self._waiting += data[:room]
        self.lost += max(0, len(data) - room)
        self._bus.raise_line(CONSOLE.irq)

    def load(self, offset: int, size: int) -> bytes:
        """Read a register."""
        if offset == ConsoleRegister.COUNT:
            return to_bytes(len(self._waiting), size)
        if offset == ConsoleRegister.DATA:
            size = min(size, WORD_BYTES)
            taken = bytes(self._waiting[:size])
            del self._waiting[:size]
            return taken.ljust(size, b"\0")
        return bytes(size)

    def store(self, offset: int, data: bytes) -> None:
        """Write a register."""
        if offset < ConsoleRegister.TRANSMIT:
            return
        self._screen += data
        self.written += len(data)
        if len(self._screen) > SCREEN_BYTES:
            del self._screen[: len(self._screen) - SCREEN_BYTES]
