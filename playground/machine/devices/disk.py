"""The disk controller: takes a command, moves sectors between memory and the medium, raises its interrupt when done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Final

from kernel.errors import KernelError
from playground.machine import latency
from playground.machine.backing import BlockBacking
from playground.machine.bus import Bus, Due
from playground.machine.devices.registers import from_bytes, to_bytes
from servers.hardware import (
    DISK,
    DISK_MAX_SECTORS,
    DISK_READ_ONLY,
    SECTOR_BYTES,
    DiskCommand,
    DiskError,
    DiskRegister,
    DiskStatus,
)

_SETTABLE: Final = (DiskRegister.SECTOR, DiskRegister.COUNT, DiskRegister.ADDRESS)


class Disk:
    """One command at a time; its effect happens as a whole at the cycle when it is done, or not at all."""

    def __init__(self, bus: Bus, medium: BlockBacking, trouble: Callable[[str], None]) -> None:
        """`trouble` is told when the medium (the file on the host) refuses."""
        self._bus = bus
        self.medium = medium
        self._trouble = trouble
        self._registers = {int(register): 0 for register in DiskRegister}
        self._registers[DiskRegister.CAPACITY] = medium.sector_count
        self._registers[DiskRegister.FLAGS] = DISK_READ_ONLY if medium.read_only else 0
        self._due: Due | None = None
        self.background: Callable[[Callable[[], None]], Future[None]] | None = None
        """Starts something slow beside the machine. Without it the host's disk is waited for on the spot."""
        self.flushing: Future[None] | None = None
        """The flush of the medium that goes on beside the machine, from FLUSH until that command is done."""

    def load(self, offset: int, size: int) -> bytes:
        """Read a register."""
        return to_bytes(self._registers.get(offset, 0), size)

    def store(self, offset: int, data: bytes) -> None:
        """Write a register."""
        value = from_bytes(data)
        if offset == DiskRegister.COMMAND:
            if value == DiskCommand.RESET:
                self._reset()
            elif self._due is None:
                self._begin(value)
        elif offset in _SETTABLE and self._due is None:
            self._registers[offset] = value

    def _reset(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._finish(DiskStatus.IDLE, DiskError.NONE)

    def _begin(self, command: int) -> None:
        """Start a command; what is wrong with it shows when it is done, as with a good one."""
        sector, count = self._registers[DiskRegister.SECTOR], self._registers[DiskRegister.COUNT]
        address = self._registers[DiskRegister.ADDRESS]
        self._settle()
        delay, work = latency.DISK_REFUSAL, self._flush
        error = self._refusal(command, sector, count)
        if error is None and command == DiskCommand.READ:
            delay = latency.DISK_READ + count * latency.DISK_SECTOR
            work = self._reading(sector, count, address)
        elif error is None and command == DiskCommand.WRITE:
            try:
                data = self._bus.read_memory(address, count * SECTOR_BYTES)
            except KernelError:
                error = DiskError.BAD_ADDRESS
            else:
                delay = latency.DISK_WRITE + count * latency.DISK_SECTOR
                work = self._writing(sector, count, data)
        elif error is None:
            delay = latency.DISK_FLUSH
            if self.background is not None:
                self.flushing = self.background(self.medium.flush)
        refused = error
        self._finish(DiskStatus.BUSY, DiskError.NONE)
        self._due = self._bus.after(delay, lambda: self._complete(work, refused))

    def _refusal(self, command: int, sector: int, count: int) -> DiskError | None:
        if command == DiskCommand.FLUSH:
            return None
        if command not in (DiskCommand.READ, DiskCommand.WRITE):
            return DiskError.BAD_COMMAND
        if not 1 <= count <= DISK_MAX_SECTORS or sector + count > self.medium.sector_count:
            return DiskError.BEYOND_END
        if command == DiskCommand.WRITE and self.medium.read_only:
            return DiskError.READ_ONLY
        return None

    def _reading(self, sector: int, count: int, address: int) -> Callable[[], None]:
        def read() -> None:
            data = b"".join(self.medium.read_sector(sector + number) for number in range(count))
            self._bus.write_memory(address, data)

        return read

    def _writing(self, sector: int, count: int, data: bytes) -> Callable[[], None]:
        def write() -> None:
            for number in range(count):
                self.medium.write_sector(sector + number, data[number * SECTOR_BYTES : (number + 1) * SECTOR_BYTES])

        return write

    def _flush(self) -> None:
        flushing, self.flushing = self.flushing, None
        if flushing is None:
            self.medium.flush()
        else:
            flushing.result()

    def _settle(self) -> None:
        """Nothing touches the medium while a flush goes on that a RESET has made the machine forget."""
        flushing, self.flushing = self.flushing, None
        if flushing is not None and (trouble := flushing.exception()) is not None:
            self._trouble(str(trouble))

    def close(self) -> None:
        """Switch off: give the medium back; what was not flushed is lost."""
        if self.flushing is not None:
            wait([self.flushing])
        self.medium.close()

    def _complete(self, work: Callable[[], None], error: DiskError | None) -> None:
        """The command's time is over: do it, say how it went, raise the interrupt."""
        self._due = None
        if error is None:
            try:
                work()
            except KernelError:
                error = DiskError.BAD_ADDRESS
            except OSError as refusal:
                self._trouble(str(refusal))
                error = DiskError.MEDIUM
        self._finish(DiskStatus.DONE if error is None else DiskStatus.FAILED, error or DiskError.NONE)
        self._bus.processor.interrupt(DISK.irq)

    def _finish(self, status: DiskStatus, error: DiskError) -> None:
        self._registers[DiskRegister.STATUS] = status
        self._registers[DiskRegister.ERROR] = error
