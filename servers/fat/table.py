"""The allocation table: which clusters are free and which cluster follows which.

Every change goes to the first copy of a sector and then to the others, so after a crash the first copy is the newer
one. An entry of a FAT12 table may lie across two sectors and can then be half written; `crosses_sectors` says which.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Final

from servers.fat.device import SECTOR_SIZE, SectorCache
from servers.fat.errors import DamagedVolume, VolumeFull
from servers.fat.geometry import Geometry

FREE: Final = 0
END_OF_CHAIN: Final = 0xFFFF
"""Written at the end of a chain; cut to the width of an entry."""
READ_AHEAD: Final = 8
"""Sectors of the table that are read in one request."""
PIECE: Final = SECTOR_SIZE // 2
"""Entries of a FAT16 table in one sector."""

_SECTOR_OF_ENTRIES: Final = struct.Struct(f"<{PIECE}H")


class AllocationTable:
    """Entries by cluster number, read through the cache."""

    def __init__(self, cache: SectorCache, geometry: Geometry) -> None:
        self._cache = cache
        self._geometry = geometry
        self._mask = (1 << geometry.bits) - 1
        self._search_from = 2

    def is_end(self, value: int) -> bool:
        """Whether an entry marks the end of a chain."""
        return value >= self._mask - 7

    def is_bad(self, value: int) -> bool:
        """Whether an entry marks an unusable cluster."""
        return value == self._mask - 8

    def is_cluster(self, value: int) -> bool:
        """Whether an entry names a cluster that exists."""
        return 2 <= value < self._geometry.cluster_end

    def crosses_sectors(self, cluster: int) -> bool:
        """Whether writing this entry takes two sector writes."""
        return self._geometry.bits == 12 and (cluster + cluster // 2) % SECTOR_SIZE == SECTOR_SIZE - 1

    async def get(self, cluster: int) -> int:
        """The entry of a cluster."""
        if self._geometry.bits == 16:
            sector = await self._sector(cluster * 2 // SECTOR_SIZE)
            offset = cluster * 2 % SECTOR_SIZE
            return sector[offset] | sector[offset + 1] << 8
        position = cluster + cluster // 2
        low = (await self._sector(position // SECTOR_SIZE))[position % SECTOR_SIZE]
        high = (await self._sector((position + 1) // SECTOR_SIZE))[(position + 1) % SECTOR_SIZE]
        pair = low | high << 8
        return pair >> 4 if cluster & 1 else pair & 0xFFF

    async def chain(self, first: int, limit: int | None = None) -> list[int]:
        """Clusters of a chain in order, at most `limit` of them. Raises DamagedVolume where it leads nowhere."""
        clusters: list[int] = []
        cluster = first
        bound = self._geometry.cluster_count if limit is None else limit
        while len(clusters) < bound:
            if not self.is_cluster(cluster):
                raise DamagedVolume(f"the volume is damaged: a chain of clusters leads to {cluster}, which is none")
            clusters.append(cluster)
            following = await self.get(cluster)
            if self.is_end(following):
                return clusters
            cluster = following
        if limit is None:
            raise DamagedVolume(f"the volume is damaged: the chain of clusters from {first} runs in a circle")
        return clusters

    async def find_free(self, count: int, *, whole: bool = False) -> list[int]:
        """Numbers of `count` free clusters; nothing is changed. Raises VolumeFull.

        `whole` leaves out clusters whose entry crosses sectors: a directory must not have one at its end, because the
        link to its next cluster has to be written in one piece.
        """
        found: list[int] = []
        if count == 0:
            return found
        end = self._geometry.cluster_end
        for first, last in ((self._search_from, end), (2, self._search_from)):
            start = first
            while start < last and len(found) < count:
                values = await self.values(start, last)
                if FREE in values:
                    free = [cluster for cluster, value in enumerate(values, start) if value == FREE]
                    found += [cluster for cluster in free if not (whole and self.crosses_sectors(cluster))]
                start += len(values)
        if len(found) >= count:
            del found[count:]
            self._search_from = found[-1] + 1 if found[-1] + 1 < end else 2
            return found
        size = self._geometry.cluster_bytes
        raise VolumeFull(f"the volume is full: {count * size} bytes are needed, {len(found) * size} are free")

    async def count_free(self) -> int:
        """How many clusters are free."""
        free, start = 0, 2
        while start < self._geometry.cluster_end:
            values = await self.values(start, self._geometry.cluster_end)
            free += values.count(FREE)
            start += len(values)
        return free

    async def values(self, start: int, end: int) -> tuple[int, ...]:
        """The entries from a cluster on, up to `end` or the end of a piece, but at least one: for fast scans."""
        stop = min(end, start - start % PIECE + PIECE)
        if self._geometry.bits == 12:
            return tuple([await self.get(cluster) for cluster in range(start, stop)])
        sector = await self._sector(start // PIECE)
        return _SECTOR_OF_ENTRIES.unpack(sector)[start % PIECE : start % PIECE + stop - start]

    async def link(self, clusters: Sequence[int]) -> None:
        """Make free clusters one chain that ends with the last of them."""
        following = [*clusters, END_OF_CHAIN][1:]
        await self.change(dict(zip(clusters, following, strict=True)))

    async def release(self, clusters: Sequence[int]) -> None:
        """Make clusters free."""
        if clusters:
            self._search_from = min(self._search_from, *clusters)
        await self.change(dict.fromkeys(clusters, FREE))

    async def change(self, entries: Mapping[int, int]) -> None:
        """Write entries: each sector once, to every copy of the table, the first copy first."""
        changed: dict[int, bytearray] = {}
        for cluster, value in entries.items():
            await self._patch(changed, cluster, value & self._mask)
        for number in sorted(changed):
            for copy in range(self._geometry.fat_count):
                await self._cache.write(self._position(number, copy), bytes(changed[number]))

    async def synchronise(self) -> int:
        """Make the other copies equal to the first; how many sectors differed."""
        differed = 0
        geometry = self._geometry
        for start in range(0, geometry.sectors_per_fat, READ_AHEAD):
            count = min(READ_AHEAD, geometry.sectors_per_fat - start)
            original = await self._cache.device.read(self._position(start, 0), count)
            for copy in range(1, geometry.fat_count):
                other = await self._cache.device.read(self._position(start, copy), count)
                for number in range(count):
                    piece = original[number * SECTOR_SIZE : (number + 1) * SECTOR_SIZE]
                    if piece != other[number * SECTOR_SIZE : (number + 1) * SECTOR_SIZE]:
                        differed += 1
                        await self._cache.write(self._position(start + number, copy), piece)
        return differed

    async def _patch(self, changed: dict[int, bytearray], cluster: int, value: int) -> None:
        if self._geometry.bits == 16:
            offset = cluster * 2
            pieces = [(offset, value & 0xFF, 0xFF), (offset + 1, value >> 8, 0xFF)]
        else:
            offset = cluster + cluster // 2
            if cluster & 1:
                pieces = [(offset, value << 4 & 0xF0, 0xF0), (offset + 1, value >> 4, 0xFF)]
            else:
                pieces = [(offset, value & 0xFF, 0xFF), (offset + 1, value >> 8, 0x0F)]
        for position, bits, mask in pieces:
            number = position // SECTOR_SIZE
            if number not in changed:
                changed[number] = bytearray(await self._sector(number))
            place = position % SECTOR_SIZE
            changed[number][place] = changed[number][place] & ~mask & 0xFF | bits

    async def _sector(self, number: int) -> bytes:
        ahead = min(READ_AHEAD, self._geometry.sectors_per_fat - number)
        await self._cache.prefetch(self._position(number, 0), ahead)
        return await self._cache.read(self._position(number, 0))

    def _position(self, number: int, copy: int) -> int:
        return self._geometry.reserved_sectors + copy * self._geometry.sectors_per_fat + number
