"""What a FAT volume needs from a block device, and the small cache that stands between the two.

The cache is write-through and holds only what the file system itself reads again and again: the allocation table and
directories. The contents of files always come from the device, so that a reader sees a driver's failure at once.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Protocol

SECTOR_SIZE: Final = 512
CACHED_SECTORS: Final = 128
"""Most sectors that the cache keeps (64 KiB)."""


class BlockDevice(Protocol):
    """512-byte sectors. One sector is written whole or not at all; sectors are written in the order given."""

    async def read(self, sector: int, count: int) -> bytes:
        """The contents of `count` sectors."""
        ...

    async def write(self, sector: int, data: bytes) -> None:
        """Write whole sectors; on return a crash of anybody but the device cannot undo it."""
        ...

    async def flush(self) -> None:
        """Make everything written so far survive a loss of power."""
        ...


class SectorCache:
    """Write-through, least recently used sector goes first."""

    def __init__(self, device: BlockDevice) -> None:
        self.device = device
        self._sectors: OrderedDict[int, bytes] = OrderedDict()

    async def read(self, sector: int) -> bytes:
        """One sector, kept for the next time."""
        cached = self._sectors.get(sector)
        if cached is not None:
            self._sectors.move_to_end(sector)
            return cached
        data = await self.device.read(sector, 1)
        self._keep(sector, data)
        return data

    async def prefetch(self, sector: int, count: int) -> None:
        """Read a run of sectors in one request if the first of them is missing."""
        count = min(count, CACHED_SECTORS)
        if sector in self._sectors or count < 1:
            return
        data = await self.device.read(sector, count)
        for number in range(count):
            self._keep(sector + number, data[number * SECTOR_SIZE : (number + 1) * SECTOR_SIZE])

    async def write(self, sector: int, data: bytes) -> None:
        """Write sectors through; what was cached of them is replaced, or dropped if the device failed."""
        count = len(data) // SECTOR_SIZE
        touched = [sector + number for number in range(count) if sector + number in self._sectors]
        for number in touched:
            del self._sectors[number]
        await self.device.write(sector, data)
        for number in touched:
            start = (number - sector) * SECTOR_SIZE
            self._keep(number, data[start : start + SECTOR_SIZE])

    def _keep(self, sector: int, data: bytes) -> None:
        self._sectors[sector] = bytes(data)
        self._sectors.move_to_end(sector)
        while len(self._sectors) > CACHED_SECTORS:
            self._sectors.popitem(last=False)
