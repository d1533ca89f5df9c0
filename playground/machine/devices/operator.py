"""The operator's queue: how the wish of a person enters the machine, as a request to `you`."""

from __future__ import annotations

from collections import deque
from typing import Final

from playground.machine.bus import Bus
from playground.machine.devices.registers import to_bytes
from servers.hardware import OPERATOR, OPERATOR_MAX_BYTES, OperatorRegister

MAX_WAITING: Final = 256
"""Most requests that wait for `you` to take them."""


class OperatorBusy(Exception):
    """`you` does not take requests and its queue is full."""

    is_users_mistake = True


class RequestTooLong(ValueError):
    """A request is longer than the operator's window."""

    is_users_mistake = True


class Operator:
    """A queue of numbered requests."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._queue: deque[tuple[int, bytes]] = deque()
        self._numbers = 0

    def check(self, data: bytes) -> None:
        """Say whether a request can be taken. Raises RequestTooLong or OperatorBusy."""
        if len(data) > OPERATOR_MAX_BYTES:
            raise RequestTooLong(f"a request has at most {OPERATOR_MAX_BYTES} bytes, this one has {len(data)}")
        if len(self._queue) >= MAX_WAITING:
            raise OperatorBusy(f"`you` has {MAX_WAITING} requests waiting and takes none; is it stopped?")

    def submit(self, data: bytes) -> int:
        """Queue a request for `you`; its number. Raises RequestTooLong or OperatorBusy."""
        self.check(data)
        self._numbers += 1
        self._queue.append((self._numbers, data))
        self._bus.raise_line(OPERATOR.irq)
        return self._numbers

    @property
    def waiting(self) -> int:
        """Requests that `you` has not taken yet."""
        return len(self._queue)

    def load(self, offset: int, size: int) -> bytes:
        """Read a register."""
        number, data = self._queue[0] if self._queue else (0, b"")
        if offset == OperatorRegister.LENGTH:
            return to_bytes(len(data), size)
        if offset == OperatorRegister.NUMBER:
            return to_bytes(number, size)
        start = offset - OperatorRegister.DATA
        if start >= 0:
            return data[start : start + size].ljust(size, b"\0")
        return bytes(size)

    def store(self, offset: int, data: bytes) -> None:
        """Write a register."""
        if offset == OperatorRegister.NEXT and self._queue:
            self._queue.popleft()
