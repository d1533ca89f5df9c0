"""The timer: cycles since boot, one deadline, and the wall clock."""

from __future__ import annotations

from kernel.costs import CYCLES_PER_MICROSECOND
from playground.machine.bus import Bus, Due
from playground.machine.devices.registers import from_bytes, to_bytes
from servers.hardware import TIMER, TimerRegister


class Timer:
    """Counts virtual time. The wall clock is virtual time added to what a clock outside said last."""

    def __init__(self, bus: Bus, wall: int) -> None:
        """`wall`: microseconds since 1970 at cycle 0."""
        self._bus = bus
        self._wall_at_boot = wall
        self._deadline = 0
        self._due: Due | None = None

    @property
    def wall(self) -> int:
        """Microseconds since 1970."""
        return self._wall_at_boot + self._bus.now // CYCLES_PER_MICROSECOND

    @wall.setter
    def wall(self, microseconds: int) -> None:
        self._wall_at_boot = microseconds - self._bus.now // CYCLES_PER_MICROSECOND

    def load(self, offset: int, size: int) -> bytes:
        """Read a register."""
        if offset == TimerRegister.NOW:
            return to_bytes(self._bus.now, size)
        if offset == TimerRegister.DEADLINE:
            return to_bytes(self._deadline, size)
        if offset == TimerRegister.WALL:
            return to_bytes(self.wall, size)
        return bytes(size)

    def store(self, offset: int, data: bytes) -> None:
        """Write a register."""
        if offset != TimerRegister.DEADLINE:
            return
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._deadline = from_bytes(data)
        if self._deadline:
            self._due = self._bus.at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._due = None
        self._deadline = 0
        self._bus.processor.interrupt(TIMER.irq)
