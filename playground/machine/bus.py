"""What devices are plugged into: the time, interrupt lines, memory, and the queue of what is due.

Everything that a device does of its own accord is in one queue, ordered by cycle and then by when it was asked for,
so two runs with the same inputs do the same things in the same order.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from kernel.abi import PAGE_SIZE

MAX_DUE: Final = 4096
"""Most things that may be due at a time. Devices have one or two each, so reaching it is a defect."""


class Processor(Protocol):
    """The part of the kernel that devices see."""

    @property
    def now(self) -> int: ...

    def interrupt(self, irq: int) -> None: ...

    def read_physical(self, address: int, size: int) -> bytes: ...

    def write_physical(self, address: int, data: bytes) -> None: ...


@dataclass(slots=True)
class Due:
    """Something that will happen, unless it is cancelled first."""

    cycle: int
    """When, in cycles since boot."""
    action: Callable[[], None] | None
    """What; None once it happened or was cancelled."""

    def cancel(self) -> None:
        """It will not happen."""
        self.action = None


def _pages(address: int, size: int) -> list[tuple[int, int]]:
    """A stretch of memory as pieces (address, size) that each lie in one page."""
    pieces = []
    while size:
        length = min(size, PAGE_SIZE - address % PAGE_SIZE)
        pieces.append((address, length))
        address += length
        size -= length
    return pieces


class Bus:
    """Connects devices with the processor. Devices exist first; the processor is attached when it boots."""

    def __init__(self) -> None:
        self._queue: list[tuple[int, int, Due]] = []
        self._sequence = 0
        self._processor: Processor | None = None

    def attach(self, processor: Processor) -> None:
        """The processor boots."""
        self._processor = processor

    @property
    def processor(self) -> Processor:
        """The processor; devices are not touched before it is there."""
        assert self._processor is not None, "a device was touched before the processor was attached"
        return self._processor

    @property
    def now(self) -> int:
        """Cycles since boot."""
        return self._processor.now if self._processor is not None else 0

    def after(self, cycles: int, action: Callable[[], None]) -> Due:
        """Do something so many cycles from now, between two kernel entries."""
        return self.at(self.now + cycles, action)

    def at(self, cycle: int, action: Callable[[], None]) -> Due:
        """Do something at a cycle (as soon as possible if it has passed), between two kernel entries."""
        if len(self._queue) >= MAX_DUE:
            self._queue = [entry for entry in self._queue if entry[2].action is not None]
            heapq.heapify(self._queue)
            if len(self._queue) >= MAX_DUE:
                raise RuntimeError(f"devices have more than {MAX_DUE} things due")
        due = Due(cycle, action)
        self._sequence += 1
        heapq.heappush(self._queue, (cycle, self._sequence, due))
        return due

    def raise_line(self, irq: int) -> None:
        """Raise an interrupt line as soon as the processor is between two kernel entries."""
        self.after(0, lambda: self.processor.interrupt(irq))

    def read_memory(self, address: int, size: int) -> bytes:
        """What a device reads by itself, page by page. Raises KernelError where there is no memory."""
        return b"".join(self.processor.read_physical(at, length) for at, length in _pages(address, size))

    def write_memory(self, address: int, data: bytes) -> None:
        """What a device writes by itself. Raises KernelError where there is no memory; pages before it are written."""
        for at, length in _pages(address, len(data)):
            self.processor.write_physical(at, data[at - address : at - address + length])

    def next_due(self) -> int | None:
        """The cycle of the next thing that will happen by itself, or None."""
        queue = self._queue
        while queue and queue[0][2].action is None:
            heapq.heappop(queue)
        return queue[0][0] if queue else None

    def fire(self) -> int:
        """Let everything happen that is due by now, in order; how many things that were."""
        fired = 0
        while (cycle := self.next_due()) is not None and cycle <= self.now:
            due = heapq.heappop(self._queue)[2]
            action, due.action = due.action, None
            if action is not None:
                action()
                fired += 1
        return fired
