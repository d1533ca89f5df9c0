"""One directory of a volume: its slots, where they lie, and changes of them.

A new entry is put into slots of one sector, so that it appears in one sector write with all of its long name. An entry
that another system wrote across two sectors is erased from its short entry backwards: once that is gone the file is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from servers.fat import entries, names
from servers.fat.device import SECTOR_SIZE, SectorCache
from servers.fat.entries import Entry, Listing
from servers.fat.errors import DamagedVolume, VolumeFull
from servers.fat.geometry import ENTRY_SIZE, Geometry
from servers.fat.table import AllocationTable

SLOTS_PER_SECTOR: Final = SECTOR_SIZE // ENTRY_SIZE
MAX_SLOTS: Final = 65536
"""Most slots of a directory (FAT specification)."""


class Directory:
    """The slots of one directory. `first_cluster` 0 is the root directory, which lies before the clusters."""

    def __init__(self, cache: SectorCache, table: AllocationTable, geometry: Geometry, first_cluster: int) -> None:
        self.first_cluster = first_cluster
        self.clusters: list[int] = []
        """Chain of the directory after `load`; empty for the root."""
        self._cache = cache
        self._table = table
        self._geometry = geometry
        self._sectors: list[int] = []
        self._slots: list[bytes] = []

    async def load(self) -> Listing:
        """Read all slots."""
        geometry = self._geometry
        if self.first_cluster == 0:
            self._sectors = list(range(geometry.root_start, geometry.root_start + geometry.root_sectors))
        else:
            self.clusters = await self._table.chain(self.first_cluster)
            starts = [geometry.cluster_sector(cluster) for cluster in self.clusters]
            self._sectors = [start + number for start in starts for number in range(geometry.sectors_per_cluster)]
        if len(self._sectors) * SLOTS_PER_SECTOR > MAX_SLOTS:
            raise DamagedVolume(f"the volume is damaged: a directory has more than {MAX_SLOTS} entries")
        self._slots = []
        for sector in self._sectors:
            slots = entries.split_slots(await self._cache.read(sector))
            self._slots += slots
            if slots[-1][0] == 0:
                break
        return entries.parse_slots(self._slots)

    def find(self, listing: Listing, name: str) -> Entry | None:
        """The entry of that name, long or short, in any case."""
        for entry in listing.entries:
            if names.same(entry.name, name) or names.same(names.decode_short(entry.short), name):
                return entry
        return None

    def find_room(self, listing: Listing, count: int) -> int | None:
        """Index of the first of `count` free slots within one sector, or None if the directory must grow."""
        for start in range(0, len(self._sectors) * SLOTS_PER_SECTOR, SLOTS_PER_SECTOR):
            run = 0
            for index in range(start, start + SLOTS_PER_SECTOR):
                free = index >= listing.end or self._slots[index][0] == entries.ERASED
                run = run + 1 if free else 0
                if run == count:
                    return index - count + 1
        return None

    def check_can_grow(self) -> None:
        """Raises VolumeFull for a directory that cannot get another cluster."""
        if self.first_cluster == 0:
            limit = self._geometry.root_entry_count
            raise VolumeFull(f"the root directory is full: it has room for {limit} entries of 8.3 names")
        if self._table.crosses_sectors(self.clusters[-1]) or len(self._sectors) * SLOTS_PER_SECTOR >= MAX_SLOTS:
            raise VolumeFull("this directory cannot grow; make a subdirectory and use that")

    async def grow(self, cluster: int) -> int:
        """Append a free cluster, blanked first; gives the index of its first slot."""
        blank = bytes(self._geometry.cluster_bytes)
        await self._cache.write(self._geometry.cluster_sector(cluster), blank)
        await self._table.link([cluster])
        await self._table.change({self.clusters[-1]: cluster})
        first = len(self._sectors) * SLOTS_PER_SECTOR
        start = self._geometry.cluster_sector(cluster)
        self._sectors += range(start, start + self._geometry.sectors_per_cluster)
        return first

    async def insert(self, listing: Listing, index: int, slots: Sequence[bytes]) -> None:
        """Write the slots of a new entry at free slots of one sector; the sector that holds them is written last."""
        following = index + len(slots)
        if index > listing.end:
            await self._blank(index)
            await self._patch({number: _erased(bytes(ENTRY_SIZE)) for number in range(listing.end, index)})
        changes = dict(enumerate(slots, index))
        if following > listing.end and following % SLOTS_PER_SECTOR:
            changes[following] = bytes(ENTRY_SIZE)
        elif following > listing.end and following < len(self._sectors) * SLOTS_PER_SECTOR:
            await self._blank(following)
        await self._patch(changes)

    async def replace(self, entry: Entry) -> None:
        """Rewrite the short entry of an entry in place: one sector write."""
        await self._patch({entry.slot + entry.slot_count - 1: entries.pack_entry(entry)})

    async def erase(self, indices: Sequence[int]) -> None:
        """Free slots, those of later sectors first."""
        changes: dict[int, bytes] = {}
        for index in indices:
            sector = await self._cache.read(self._sectors[index // SLOTS_PER_SECTOR])
            start = index % SLOTS_PER_SECTOR * ENTRY_SIZE
            changes[index] = _erased(sector[start : start + ENTRY_SIZE])
        await self._patch(changes, backwards=True)

    async def _blank(self, index: int) -> None:
        """Put an end mark at the start of a sector behind the end, where other systems may have left anything."""
        if (await self._cache.read(self._sectors[index // SLOTS_PER_SECTOR]))[0]:
            await self._patch({index: bytes(ENTRY_SIZE)})

    async def _patch(self, changes: dict[int, bytes], *, backwards: bool = False) -> None:
        by_sector: dict[int, dict[int, bytes]] = {}
        for index, slot in changes.items():
            by_sector.setdefault(index // SLOTS_PER_SECTOR, {})[index % SLOTS_PER_SECTOR] = slot
        for position in sorted(by_sector, reverse=backwards):
            sector = bytearray(await self._cache.read(self._sectors[position]))
            for place, slot in by_sector[position].items():
                sector[place * ENTRY_SIZE : (place + 1) * ENTRY_SIZE] = slot
            await self._cache.write(self._sectors[position], bytes(sector))


def _erased(slot: bytes) -> bytes:
    return bytes([entries.ERASED]) + slot[1:]
