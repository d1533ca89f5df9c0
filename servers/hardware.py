"""The device registers that drivers and devices agree on: the data sheet of the simulated board.

Drivers (user space) read and write these registers through a Frame made from device memory; the machine implements
them. All registers are 64 bits wide, little-endian, and are read and written whole at the offsets given here, except
for the byte windows `OperatorRegister.DATA`, `ConsoleRegister.DATA` and `ConsoleRegister.TRANSMIT`.

Every interrupt is raised once per cause and stays pending while it is masked. A driver that starts (for the first
time or after a crash) therefore acknowledges its interrupt, looks at its device, and only then waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

WORD_BYTES: Final = 8
"""Width of a register in bytes."""


@dataclass(frozen=True, slots=True)
class Board:
    """Where one device sits on the board."""

    name: str
    """What manifests call it."""
    address: int
    """Physical address of its first register; one page."""
    irq: int
    """Its interrupt line."""
    doc: str
    """What it is, in one line."""


TIMER: Final = Board("timer", 0x8000_0000, 0, "counts cycles, raises an interrupt at a deadline, knows the wall clock")
CONSOLE: Final = Board("console", 0x8000_1000, 1, "a keyboard and the screen that goes with it")
OPERATOR: Final = Board("operator", 0x8000_2000, 2, "what the person at the playground asks `you` to do")
DISK: Final = Board("disk", 0x8000_3000, 14, "a disk of 512-byte sectors that moves data by itself (DMA)")

DEVICES: Final[dict[str, Board]] = {board.name: board for board in (TIMER, CONSOLE, OPERATOR, DISK)}
"""Every device, by the name that manifests use."""

PAGE_BITS: Final = 12
"""Each device occupies one page (log2 bytes)."""


class TimerRegister(IntEnum):
    """The timer. One deadline at a time; its driver keeps the others."""

    NOW = 0
    """Read: cycles since boot."""
    DEADLINE = 8
    """Read and write: raise the interrupt when NOW reaches this cycle; 0 is off; in the past means at once."""
    WALL = 16
    """Read: microseconds since 1970-01-01 UTC."""


class ConsoleRegister(IntEnum):
    """The console: bytes in from the keyboard, bytes out to the screen."""

    COUNT = 0
    """Read: bytes that wait to be read. The interrupt says that bytes arrived."""
    DATA = 8
    """Read n bytes: takes up to n waiting bytes, zero-filled. Ask COUNT first. At most 8 at a time."""
    TRANSMIT = 16
    """Write n bytes (any n up to the end of the page): they appear on the screen."""


class OperatorRegister(IntEnum):
    """The operator's queue. The interrupt says that a request arrived; read until LENGTH is 0."""

    LENGTH = 0
    """Read: bytes of the request at the head of the queue; 0 is none."""
    NUMBER = 8
    """Read: number of that request; they count from 1."""
    DATA = 16
    """Read: window with the bytes of that request, OPERATOR_MAX_BYTES long."""
    NEXT = 4088
    """Write anything: drop the request at the head of the queue."""


class DiskRegister(IntEnum):
    """The disk. One command at a time; COMMAND starts it with what the other registers hold."""

    COMMAND = 0
    """Write a DiskCommand. While STATUS is BUSY everything but RESET is ignored."""
    SECTOR = 8
    """Read and write: first sector."""
    COUNT = 16
    """Read and write: number of sectors, 1 to DISK_MAX_SECTORS."""
    ADDRESS = 24
    """Read and write: physical address in memory (Frame_GetAddress)."""
    STATUS = 32
    """Read: a DiskStatus. DONE and FAILED stay until the next command."""
    CAPACITY = 40
    """Read: number of sectors."""
    FLAGS = 48
    """Read: bit 0 set: read-only."""
    ERROR = 56
    """Read: a DiskError that explains FAILED."""


class DiskCommand(IntEnum):
    """What the disk can be told to do. READ, WRITE and FLUSH end with an interrupt; RESET does not."""

    RESET = 0
    """Forget the command in progress, as if it had never been given; STATUS becomes IDLE."""
    READ = 1
    """Sectors to memory. Memory changes when the command is done."""
    WRITE = 2
    """Memory to sectors. The disk takes the bytes at once and holds them on the medium when the command is done."""
    FLUSH = 3
    """Every finished write has reached the medium for good when the command is done."""


class DiskStatus(IntEnum):
    """Values of DiskRegister.STATUS."""

    IDLE = 0
    BUSY = 1
    DONE = 2
    FAILED = 3


class DiskError(IntEnum):
    """Values of DiskRegister.ERROR."""

    NONE = 0
    BEYOND_END = 1
    """SECTOR and COUNT name something past the last sector, or COUNT is out of range."""
    READ_ONLY = 2
    """A write to a disk that must not be written."""
    BAD_ADDRESS = 3
    """No memory at ADDRESS."""
    BAD_COMMAND = 4
    """No such command."""
    MEDIUM = 5
    """The medium (the file on the host) refused."""


SECTOR_BYTES: Final = 512
DISK_MAX_SECTORS: Final = 128
"""Most sectors in one command (64 KiB)."""
DISK_READ_ONLY: Final = 1
"""Bit 0 of DiskRegister.FLAGS."""
OPERATOR_MAX_BYTES: Final = 2048
"""Longest request of the operator."""
CONSOLE_QUEUE_BYTES: Final = 4096
"""Bytes the keyboard keeps for its driver; more are lost, as on a real one."""
