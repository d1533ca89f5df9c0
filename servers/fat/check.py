"""Walking a whole volume: whether its structures agree, and finishing what a crash interrupted.

`survey` only reads. `recover` repairs what our own order of writes can leave behind and nothing else; a volume that is
damaged in another way is refused, because guessing would lose data. Its writes are ordered too, so a crash during
the recovery is just one more crash.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from servers.fat import entries
from servers.fat.device import BlockDevice, SectorCache
from servers.fat.directory import Directory
from servers.fat.entries import Entry
from servers.fat.errors import DamagedVolume
from servers.fat.geometry import Geometry
from servers.fat.table import END_OF_CHAIN, FREE, AllocationTable

MAX_DEPTH = 64
"""Deepest nesting of directories that is followed."""


@dataclass(slots=True)
class Survey:
    """What a walk found. `damage` is beyond us, the rest is what an interrupted change leaves."""

    damage: list[str] = field(default_factory=list)
    """One sentence for each contradiction."""
    owner: dict[int, str] = field(default_factory=dict)
    """Path of the file or directory that each cluster in use belongs to."""
    overlong: list[int] = field(default_factory=list)
    """Last cluster that a file needs, where its chain goes on behind it."""
    lost: list[int] = field(default_factory=list)
    """Clusters in use that belong to nothing."""
    orphans: list[tuple[int, int]] = field(default_factory=list)
    """First cluster of a directory and index of a long-name slot in it that belongs to no entry."""

    @property
    def interrupted(self) -> bool:
        """Whether there is something to repair."""
        return bool(self.overlong or self.lost or self.orphans)


@dataclass(frozen=True, slots=True)
class Repairs:
    """How much a recovery put right."""

    lost_clusters: int
    """Clusters released that belonged to nothing."""
    shortened_chains: int
    """Files whose chain was longer than their size."""
    orphaned_slots: int
    """Long-name slots erased."""
    differing_sectors: int
    """Sectors of the table whose copies differed."""


async def survey(cache: SectorCache, table: AllocationTable, geometry: Geometry) -> Survey:
    """Walk all directories and chains."""
    walk = _Walk(cache, table, geometry)
    await walk.directory(0, 0, "", 0)
    result = walk.result
    start = 2
    while start < geometry.cluster_end:
        values = await table.values(start, geometry.cluster_end)
        used = [start + place for place, value in enumerate(values) if value != FREE and not table.is_bad(value)]
        result.lost += [cluster for cluster in used if cluster not in result.owner]
        start += len(values)
    return result


async def survey_device(device: BlockDevice, geometry: Geometry) -> Survey:
    """Walk a volume that nobody has mounted."""
    cache = SectorCache(device)
    return await survey(cache, AllocationTable(cache, geometry), geometry)


async def recover(cache: SectorCache, table: AllocationTable, geometry: Geometry) -> Repairs:
    """Finish what a crash interrupted. Raises DamagedVolume for anything that a crash of ours cannot have caused."""
    found = await survey(cache, table, geometry)
    if found.damage:
        raise DamagedVolume(f"the volume is damaged ({found.damage[0]}); repair it with 'fsck.fat -a'")
    differing = await table.synchronise()
    await table.change(dict.fromkeys(found.overlong, END_OF_CHAIN))
    await table.release(found.lost)
    for first_cluster, index in found.orphans:
        directory = Directory(cache, table, geometry, first_cluster)
        await directory.load()
        await directory.erase([index])
    return Repairs(len(found.lost), len(found.overlong), len(found.orphans), differing)


class _Walk:
    def __init__(self, cache: SectorCache, table: AllocationTable, geometry: Geometry) -> None:
        self.result = Survey()
        self._cache = cache
        self._table = table
        self._geometry = geometry

    async def directory(self, first_cluster: int, parent: int, path: str, depth: int) -> None:
        directory = Directory(self._cache, self._table, self._geometry, first_cluster)
        try:
            listing = await directory.load()
        except DamagedVolume as error:
            self.result.damage.append(str(error))
            return
        if not self._own(directory.clusters, path):
            return
        if depth > MAX_DEPTH:
            self.result.damage.append(f"directories are nested more than {MAX_DEPTH} deep at {path!r}")
            return
        if first_cluster and listing.dots != {entries.DOT: first_cluster, entries.DOT_DOT: parent}:
            self.result.damage.append(f"'.' or '..' of {path!r} is wrong")
        self.result.orphans += [(first_cluster, index) for index in listing.orphans]
        for entry in listing.entries:
            inner = f"{path}/{entry.name}"
            if entry.is_directory:
                await self.directory(entry.first_cluster or -1, first_cluster, inner, depth + 1)
            else:
                await self._file(entry, inner)

    async def _file(self, entry: Entry, path: str) -> None:
        needed = self._geometry.clusters_for(entry.size)
        if needed == 0:
            if entry.first_cluster:
                self.result.damage.append(f"{path!r} is empty and yet has a cluster")
            return
        try:
            chain = await self._table.chain(entry.first_cluster, needed)
        except DamagedVolume as error:
            self.result.damage.append(f"{path!r}: {str(error).removeprefix('the volume is damaged: ')}")
            return
        if len(chain) < needed:
            self.result.damage.append(f"the chain of clusters of {path!r} is shorter than the file")
        elif not self._table.is_end(await self._table.get(chain[-1])):
            self.result.overlong.append(chain[-1])
        self._own(chain, path)

    def _own(self, clusters: list[int], path: str) -> bool:
        for cluster in clusters:
            other = self.result.owner.setdefault(cluster, path)
            if other is not path:
                self.result.damage.append(f"{path!r} and {other!r} share cluster {cluster}")
                return False
        if len(set(clusters)) < len(clusters):
            self.result.damage.append(f"the chain of clusters of {path!r} runs in a circle")
        return True
