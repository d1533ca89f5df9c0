"""A mounted FAT12 or FAT16 volume: the operations on files and directories, each with writes in a safe order.

Every operation first finds all it needs (and refuses without having changed anything), then sets the dirty mark in the
boot sector, writes, and clears the mark. In between, one sector write is the moment at which the operation happens:

* new contents go to free clusters, then the allocation table gets their chain, then one write of the directory entry
  makes them the file, then the clusters of the old contents are released;
* an append writes behind the end of the file, links the new clusters, then one write of the entry moves the end;
* a removal erases the entry, then releases the clusters.

A crash at any sector write therefore leaves the dirty mark and at worst: clusters that belong to nobody, a chain
longer than its file, copies of the table that differ (the first is right), long-name slots without an entry. Mounting
repairs exactly that (`servers.fat.check`). Nothing that was acknowledged is ever touched, and contents never mix.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from servers.fat import check, entries, names
from servers.fat.device import SECTOR_SIZE, BlockDevice, SectorCache
from servers.fat.directory import Directory
from servers.fat.entries import Entry, Listing, Timestamp
from servers.fat.errors import (
    AlreadyExists,
    DamagedVolume,
    DirectoryNotEmpty,
    IsADirectory,
    NoSuchFile,
    NotADirectory,
    ReadOnlyVolume,
    VolumeFull,
)
from servers.fat.geometry import DIRTY_BIT, DIRTY_OFFSET, Geometry, is_dirty, parse_boot_sector
from servers.fat.table import AllocationTable
from servers.nearest import closest


class Volume:
    """A mounted volume. After an error of the device in the middle of a change, mount again: `needs_mount` is set."""

    def __init__(self, device: BlockDevice, geometry: Geometry, boot: bytes, read_only: bool) -> None:
        self.geometry = geometry
        self.read_only = read_only
        self.needs_mount = False
        self.recovered: check.Repairs | None = None
        """What the mount had to put right, if the volume was dirty."""
        self._boot = boot
        self._cache = SectorCache(device)
        self._table = AllocationTable(self._cache, geometry)

    @classmethod
    async def mount(cls, device: BlockDevice, sector_count: int, *, read_only: bool = False) -> Volume:
        """Open a volume and, unless it is read-only, finish what a crash interrupted. Raises VolumeError.

        What the volume shows from then on is permanent, also what was written but not flushed before a crash.
        """
        boot = await device.read(0, 1)
        volume = cls(device, parse_boot_sector(boot, sector_count), boot, read_only)
        if is_dirty(boot) and not read_only:
            volume.recovered = await check.recover(volume._cache, volume._table, volume.geometry)
            await volume._mark(dirty=False)
        if not read_only:
            await device.flush()
        return volume

    async def list_directory(self, path: str) -> list[Entry]:
        """Entries of a directory in the order in which they are stored."""
        directory = await self._directory(await self.stat(path), path)
        return (await directory.load()).entries

    async def stat(self, path: str) -> Entry:
        """The entry of a file or directory; the root directory has an entry of its own with the name `/`."""
        entry = Entry("/", b" " * 11, entries.DIRECTORY, 0, 0)
        walked = ""
        for name in names.split_path(path):
            directory = await self._directory(entry, walked or "/")
            listing = await directory.load()
            found = directory.find(listing, name)
            if found is None:
                raise NoSuchFile(_no_such_file(listing, name, walked or "/"))
            entry, walked = found, f"{walked}/{found.name}"
        return entry

    async def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        """Bytes of a file from `offset`; shorter than `length` at its end."""
        entry = await self._file(path)
        end = entry.size if length is None else min(entry.size, offset + length)
        if offset >= end:
            return b""
        chain = await self._table.chain(entry.first_cluster, self.geometry.clusters_for(end))
        first, last = offset // SECTOR_SIZE, (end - 1) // SECTOR_SIZE
        sectors = self._sectors(chain)[first : last + 1]
        pieces = [await self._cache.device.read(start, count) for start, count in _runs(sectors)]
        skip = offset - first * SECTOR_SIZE
        return b"".join(pieces)[skip : skip + end - offset]

    async def count_free_bytes(self) -> int:
        """How much room is left."""
        return await self._table.count_free() * self.geometry.cluster_bytes

    async def create(self, path: str, when: Timestamp) -> None:
        """Make an empty file. Raises AlreadyExists."""
        parent, name = await self._parent(path)
        await self._add(parent, name, entries.ARCHIVE, b"", when)

    async def make_directory(self, path: str, when: Timestamp) -> None:
        """Make an empty directory. Raises AlreadyExists."""
        parent, name = await self._parent(path)
        dots = [
            replace(Entry(name, short, entries.DIRECTORY, cluster, 0), modified=when, created=when)
            for short, cluster in ((entries.DOT, 0), (entries.DOT_DOT, parent.first_cluster))
        ]
        contents = b"".join(entries.pack_entry(entry) for entry in dots).ljust(self.geometry.cluster_bytes, b"\0")
        await self._add(parent, name, entries.DIRECTORY, contents, when)

    async def write(self, path: str, data: bytes, when: Timestamp, *, append: bool = False) -> None:
        """Give a file new contents, or append to it; it is made if it does not exist. All of it happens or nothing."""
        parent, name = await self._parent(path)
        listing = await parent.load()
        entry = parent.find(listing, name)
        if entry is None:
            await self._add(parent, name, entries.ARCHIVE, data, when)
        elif entry.is_directory:
            raise IsADirectory(f"{path!r} is a directory")
        elif entry.is_read_only:
            raise ReadOnlyVolume(f"{path!r} has the read-only attribute")
        elif append and entry.size:
            await self._append(parent, entry, data, when)
        else:
            await self._replace(parent, entry, data, when)

    async def remove(self, path: str) -> None:
        """Remove a file or an empty directory."""
        parent, name = await self._parent(path)
        listing = await parent.load()
        entry = parent.find(listing, name)
        if entry is None:
            raise NoSuchFile(_no_such_file(listing, name, path.rpartition("/")[0] or "/"))
        if entry.is_read_only:
            raise ReadOnlyVolume(f"{path!r} has the read-only attribute")
        if entry.is_directory and (await (await self._directory(entry, path)).load()).entries:
            raise DirectoryNotEmpty(f"the directory {path!r} is not empty")
        chain = await self._table.chain(entry.first_cluster) if entry.first_cluster else []
        async with self._change():
            await parent.erase(range(entry.slot, entry.slot + entry.slot_count))
            await self._table.release(chain)

    async def _add(self, parent: Directory, name: str, attributes: int, contents: bytes, when: Timestamp) -> None:
        names.check_name(name)
        listing = await parent.load()
        if parent.find(listing, name) is not None:
            raise AlreadyExists(f"{name!r} exists already")
        short = names.encode_short(name)
        alias = short[0] if short else names.make_alias(name, {entry.short for entry in listing.entries})
        count = self.geometry.clusters_for(len(contents))
        size = 0 if attributes & entries.DIRECTORY else len(contents)
        entry = Entry(name, alias, attributes, 0, size, when, when, short[1] if short else 0)
        slot_count = len(entries.pack_slots(entry))
        room = parent.find_room(listing, slot_count)
        if room is None:
            parent.check_can_grow()
        growth = await self._table.find_free(1, whole=True) if room is None else []
        clusters = await self._find_free_besides(count, growth, whole=bool(attributes & entries.DIRECTORY))
        if attributes & entries.DIRECTORY:
            dot = replace(Entry(name, entries.DOT, attributes, clusters[0], 0), modified=when, created=when)
            contents = entries.pack_entry(dot) + contents[len(entries.pack_entry(dot)) :]
        entry = replace(entry, first_cluster=clusters[0] if clusters else 0)
        async with self._change():
            await self._write_contents(clusters, contents)
            await self._table.link(clusters)
            if room is None:
                room = await parent.grow(growth[0])
            await parent.insert(listing, room, entries.pack_slots(entry))

    async def _replace(self, parent: Directory, entry: Entry, data: bytes, when: Timestamp) -> None:
        old = await self._table.chain(entry.first_cluster) if entry.first_cluster else []
        clusters = await self._table.find_free(self.geometry.clusters_for(len(data)))
        async with self._change():
            await self._write_contents(clusters, data)
            await self._table.link(clusters)
            first = clusters[0] if clusters else 0
            await parent.replace(_touched(entry, when, first, len(data)))
            await self._table.release(old)

    async def _append(self, parent: Directory, entry: Entry, data: bytes, when: Timestamp) -> None:
        geometry = self.geometry
        total = entry.size + len(data)
        if total > entries.MAX_FILE_SIZE:
            raise VolumeFull("a file on a FAT volume cannot be larger than 4 GiB")
        chain = await self._table.chain(entry.first_cluster, geometry.clusters_for(entry.size))
        if not self._table.is_end(await self._table.get(chain[-1])):
            raise DamagedVolume(f"the volume is damaged: {entry.name!r} has more clusters than it needs")
        added = await self._table.find_free(geometry.clusters_for(total) - len(chain))
        first = entry.size // SECTOR_SIZE * SECTOR_SIZE
        kept = b""
        if entry.size > first:
            kept = (await self._cache.device.read(self._sectors(chain)[first // SECTOR_SIZE], 1))[: entry.size - first]
        async with self._change():
            sectors = self._sectors([*chain, *added])[first // SECTOR_SIZE :]
            await self._write_sectors(sectors, kept + data)
            if added:
                await self._table.link(added)
                await self._table.change({chain[-1]: added[0]})
            await parent.replace(_touched(entry, when, entry.first_cluster, total))

    async def _find_free_besides(self, count: int, taken: list[int], *, whole: bool) -> list[int]:
        found = await self._table.find_free(count + len(taken), whole=whole) if count else []
        return [cluster for cluster in found if cluster not in taken][:count]

    @asynccontextmanager
    async def _change(self) -> AsyncIterator[None]:
        """Around all writes of one operation: the dirty mark."""
        if self.read_only:
            raise ReadOnlyVolume("the disk is read-only; start with --write to change it")
        self.needs_mount = True
        await self._mark(dirty=True)
        yield
        await self._mark(dirty=False)
        await self._cache.device.flush()
        self.needs_mount = False

    async def _mark(self, *, dirty: bool) -> None:
        boot = bytearray(self._boot)
        boot[DIRTY_OFFSET] = boot[DIRTY_OFFSET] & ~DIRTY_BIT & 0xFF | (DIRTY_BIT if dirty else 0)
        await self._cache.write(0, bytes(boot))

    async def _parent(self, path: str) -> tuple[Directory, str]:
        parts = names.split_path(path)
        if not parts:
            raise IsADirectory("'/' is the root directory")
        parent_path = "/" + "/".join(parts[:-1])
        return await self._directory(await self.stat(parent_path), parent_path), parts[-1]

    async def _directory(self, entry: Entry, path: str) -> Directory:
        if not entry.is_directory:
            raise NotADirectory(f"{path!r} is a file, not a directory")
        return Directory(self._cache, self._table, self.geometry, entry.first_cluster)

    async def _file(self, path: str) -> Entry:
        entry = await self.stat(path)
        if entry.is_directory:
            raise IsADirectory(f"{path!r} is a directory")
        return entry

    def _sectors(self, clusters: Sequence[int]) -> list[int]:
        starts = [self.geometry.cluster_sector(cluster) for cluster in clusters]
        return [start + number for start in starts for number in range(self.geometry.sectors_per_cluster)]

    async def _write_contents(self, clusters: Sequence[int], data: bytes) -> None:
        await self._write_sectors(self._sectors(clusters), data)

    async def _write_sectors(self, sectors: Sequence[int], data: bytes) -> None:
        needed = (len(data) + SECTOR_SIZE - 1) // SECTOR_SIZE
        padded = data.ljust(needed * SECTOR_SIZE, b"\0")
        taken = 0
        for start, count in _runs(sectors[:needed]):
            await self._cache.write(start, padded[taken : taken + count * SECTOR_SIZE])
            taken += count * SECTOR_SIZE


def _runs(sectors: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive sectors as (first, count)."""
    runs: list[tuple[int, int]] = []
    for sector in sectors:
        if runs and sector == sum(runs[-1]):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((sector, 1))
    return runs


def _touched(entry: Entry, when: Timestamp, first_cluster: int, size: int) -> Entry:
    return replace(
        entry, modified=when, first_cluster=first_cluster, size=size, attributes=entry.attributes | entries.ARCHIVE
    )


def _no_such_file(listing: Listing, name: str, directory: str) -> str:
    near = closest(name.lower(), [entry.name.lower() for entry in listing.entries])
    match = [entry.name for entry in listing.entries if near and entry.name.lower() == near]
    hint = f"; the nearest name is {match[0]!r}" if match else ""
    return f"there is no {name!r} in {directory!r}{hint}"
