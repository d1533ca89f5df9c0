"""The disk of a recorded run as it was at boot, without the parts that are empty."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final
from zlib import compress

from playground.machine.backing import BlockBacking, MemoryBacking
from playground.recording.frames import Unreadable, unpack
from servers.hardware import SECTOR_BYTES

PIECE: Final = 1024
"""Sectors in a piece: half a mebibyte."""
MOST_SECTORS: Final = 1 << 23
"""Sectors of the largest disk that is read: twice as many as a FAT16 volume can have."""
_PLACE: Final = Struct(">QQ?")
_EMPTY: Final = bytes(SECTOR_BYTES * PIECE)


def pieces(disk: BlockBacking) -> Iterator[bytes]:
    """The contents of the frames that hold a disk; the first is there even if the disk is empty."""
    for start in range(0, max(disk.sector_count, 1), PIECE):
        count = min(PIECE, disk.sector_count - start)
        content = b"".join(disk.read_sector(sector) for sector in range(start, start + count))
        if start == 0 or content != _EMPTY[: len(content)]:
            yield _PLACE.pack(start, disk.sector_count, disk.read_only) + compress(content, 6)


def put_together(parts: list[bytes]) -> MemoryBacking:
    """The disk of such frames. Raises Unreadable."""
    if not parts or any(len(part) < _PLACE.size for part in parts):
        raise Unreadable("lacks the disk of the machine")
    _, sector_count, read_only = _PLACE.unpack_from(parts[0])
    if sector_count > MOST_SECTORS:
        raise Unreadable(f"says that the disk has {sector_count:,} sectors, and no machine has as many")
    disk = MemoryBacking(sector_count=sector_count)
    for part in parts:
        start, _, _ = _PLACE.unpack_from(part)
        content = unpack(part[_PLACE.size :])
        count = len(content) // SECTOR_BYTES
        if len(content) % SECTOR_BYTES or count > PIECE or start % PIECE or start + count > sector_count:
            raise Unreadable("holds a disk that does not fit together")
        for number in range(count):
            sector = content[number * SECTOR_BYTES : (number + 1) * SECTOR_BYTES]
            if sector != _EMPTY[:SECTOR_BYTES]:
                disk.write_sector(start + number, sector)
    return disk.copy(read_only=True) if read_only else disk
