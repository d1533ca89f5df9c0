"""What the simulated disk stores its sectors in: a file of the host, or memory.

A file behaves as a disk with a write cache does: what was written is kept in memory until FLUSH, and reaches the file
in the order in which it was written. The file server flushes at the end of each operation, so the file always holds a
consistent volume, also if the playground is interrupted; switching off without a flush loses what was not flushed.
"""

from __future__ import annotations

import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from servers.hardware import SECTOR_BYTES

MAX_PENDING_SECTORS: Final = 8192
"""A flush happens by itself when this many sector writes (4 MiB) wait for one."""

_Result = TypeVar("_Result")


class BackingInUse(OSError):
    """Another program has the image open for writing, or this one wants to write while others read."""


class BlockBacking(Protocol):
    """The medium of a disk. Sectors have SECTOR_BYTES bytes and are numbered from 0."""

    @property
    def sector_count(self) -> int:
        """How many sectors there are."""
        ...

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""
        ...

    def read_sector(self, sector: int) -> bytes:
        """The contents of one sector. Raises IndexError beyond the end, OSError if the host refuses."""
        ...

    def write_sector(self, sector: int, data: bytes) -> None:
        """Replace one sector. Raises PermissionError if read-only, IndexError, or ValueError for a wrong length."""
        ...

    def flush(self) -> None:
        """Make all writes permanent. Raises OSError if the host refuses."""
        ...

    def close(self) -> None:
        """Switch off: give the medium back. Writes that were not flushed are lost."""
        ...


class MemoryBacking:
    """A medium in memory: copy-on-write over given bytes, zeros behind them. For tests, lessons and replay."""

    def __init__(self, contents: bytes = b"", sector_count: int | None = None, *, read_only: bool = False) -> None:
        whole = (len(contents) + SECTOR_BYTES - 1) // SECTOR_BYTES
        self._base = contents
        self._changed: dict[int, bytes] = {}
        self._sector_count = whole if sector_count is None else sector_count
        self._read_only = read_only

    @property
    def sector_count(self) -> int:
        """How many sectors there are."""
        return self._sector_count

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""
        return self._read_only

    def read_sector(self, sector: int) -> bytes:
        """The contents of one sector."""
        _check_sector(sector, self._sector_count)
        changed = self._changed.get(sector)
        if changed is not None:
            return changed
        return self._base[sector * SECTOR_BYTES : (sector + 1) * SECTOR_BYTES].ljust(SECTOR_BYTES, b"\0")

    def write_sector(self, sector: int, data: bytes) -> None:
        """Replace one sector; the bytes given at the start stay as they are."""
        _check_write(self, sector, data)
        self._changed[sector] = bytes(data)

    def flush(self) -> None:
        """Nothing to do: memory is as permanent as it gets."""

    def close(self) -> None:
        """Nothing to give back."""

    def copy(self, *, read_only: bool = False) -> MemoryBacking:
        """A medium of its own with the same contents."""
        other = MemoryBacking(self._base, self._sector_count, read_only=read_only)
        other._changed = dict(self._changed)
        return other

    def save(self, path: Path) -> None:
        """Write the contents to a file (sparse where they are zero). Raises FileExistsError, OSError."""
        with path.open("xb") as file:
            file.truncate(self._sector_count * SECTOR_BYTES)
            file.write(self._base[: self._sector_count * SECTOR_BYTES])
            for sector in sorted(self._changed):
                file.seek(sector * SECTOR_BYTES)
                file.write(self._changed[sector])

    def contents(self) -> bytes:
        """All sectors as bytes."""
        whole = bytearray(self._sector_count * SECTOR_BYTES)
        base = self._base[: len(whole)]
        whole[: len(base)] = base
        for sector, data in self._changed.items():
            whole[sector * SECTOR_BYTES : (sector + 1) * SECTOR_BYTES] = data
        return bytes(whole)


class FileBacking:
    """A file of the host, locked while it is open: many may read it, or one may write it."""

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        """Open the file. Raises OSError, among them BackingInUse."""
        self.path = path
        self._writable = writable
        self._pending: list[tuple[int, bytes]] = []
        self._newest: dict[int, bytes] = {}
        self._descriptor = os.open(path, os.O_RDWR if writable else os.O_RDONLY)
        try:
            _lock(self._descriptor, exclusive=writable)
            self._sector_count = os.fstat(self._descriptor).st_size // SECTOR_BYTES
        except BaseException:
            os.close(self._descriptor)
            raise

    @property
    def sector_count(self) -> int:
        """How many whole sectors the file has."""
        return self._sector_count

    @property
    def read_only(self) -> bool:
        """Whether the file was opened for reading only."""
        return not self._writable

    def read_sector(self, sector: int) -> bytes:
        """The contents of one sector, as last written."""
        _check_sector(sector, self._sector_count)
        newest = self._newest.get(sector)
        if newest is not None:
            return newest
        data = os.pread(self._descriptor, SECTOR_BYTES, sector * SECTOR_BYTES)
        if len(data) < SECTOR_BYTES:
            raise OSError(f"{self.path} became shorter while it was in use")
        return data

    def write_sector(self, sector: int, data: bytes) -> None:
        """Replace one sector; the file changes with the next flush."""
        _check_write(self, sector, data)
        self._pending.append((sector, bytes(data)))
        self._newest[sector] = bytes(data)
        if len(self._pending) >= MAX_PENDING_SECTORS:
            self.flush()

    def flush(self) -> None:
        """Write what is pending to the file in its order, and wait until the host has stored it."""
        if not self._pending:
            return
        for sector, data in self._pending:
            if os.pwrite(self._descriptor, data, sector * SECTOR_BYTES) != SECTOR_BYTES:
                raise OSError(f"{self.path}: a sector could not be written whole; is the host's disk full?")
        os.fsync(self._descriptor)
        self._pending.clear()
        self._newest.clear()

    def close(self) -> None:
        """Close the file and release the lock; what was not flushed is lost, as when a machine is switched off."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class PassedOn:
    """A medium that hands everything to another one; what is to be different is overridden."""

    def __init__(self, medium: BlockBacking) -> None:
        self._medium = medium

    @property
    def sector_count(self) -> int:
        """How many sectors there are."""
        return self._medium.sector_count

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""
        return self._medium.read_only

    def read_sector(self, sector: int) -> bytes:
        """The contents of one sector."""
        return self._medium.read_sector(sector)

    def write_sector(self, sector: int, data: bytes) -> None:
        """Replace one sector."""
        self._medium.write_sector(sector, data)

    def flush(self) -> None:
        """Make all writes permanent."""
        self._medium.flush()

    def close(self) -> None:
        """Switch off."""
        self._medium.close()


class BackingDevice:
    """A medium as the block device that the FAT library wants; its coroutines never wait."""

    def __init__(self, backing: BlockBacking) -> None:
        self._backing = backing

    async def read(self, sector: int, count: int) -> bytes:
        """The contents of sectors."""
        return b"".join(self._backing.read_sector(sector + number) for number in range(count))

    async def write(self, sector: int, data: bytes) -> None:
        """Write whole sectors one after the other."""
        for number in range(len(data) // SECTOR_BYTES):
            self._backing.write_sector(sector + number, data[number * SECTOR_BYTES : (number + 1) * SECTOR_BYTES])

    async def flush(self) -> None:
        """Make the writes permanent."""
        self._backing.flush()


def complete(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """The result of a coroutine that never waits, such as a FAT operation on a BackingDevice."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: _Result = stop.value
        return result
    coroutine.close()
    raise RuntimeError("the coroutine waits for something; only coroutines that never wait can be completed here")


def _check_sector(sector: int, sector_count: int) -> None:
    if not 0 <= sector < sector_count:
        raise IndexError(f"sector {sector} does not exist: the disk has {sector_count}")


def _check_write(backing: BlockBacking, sector: int, data: bytes) -> None:
    if backing.read_only:
        raise PermissionError("the disk is read-only")
    _check_sector(sector, backing.sector_count)
    if len(data) != SECTOR_BYTES:
        raise ValueError(f"a sector has {SECTOR_BYTES} bytes, not {len(data)}")


def _lock(descriptor: int, *, exclusive: bool) -> None:
    """Lock the file against other playgrounds for as long as it is open."""
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BackingInUse("it is in use by another playground") from error
