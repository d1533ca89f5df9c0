"""Where everything lies on a FAT volume: the boot sector, taken apart with a clear error for each way it can be wrong.

Source of the layout: Microsoft, 'FAT: General Overview of On-Disk Format', version 1.03.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Final

from servers.fat.device import SECTOR_SIZE
from servers.fat.errors import DamagedVolume, NotFat, UnsupportedVolume, VolumeTooLarge

DIRTY_OFFSET: Final = 37
"""Byte of the boot sector whose lowest bit says that the volume was not closed cleanly, as in Linux and Windows."""
DIRTY_BIT: Final = 1
ENTRY_SIZE: Final = 32
"""Bytes of one slot of a directory."""
FAT12_CLUSTERS: Final = 4085
"""A volume with fewer clusters is FAT12."""
FAT16_CLUSTERS: Final = 65525
"""A volume with this many clusters or more is FAT32."""
MAX_VOLUME_SECTORS: Final = FAT16_CLUSTERS * 64 + 2048
"""A little over 2 GiB: the largest FAT16 volume with clusters of 32 KiB."""

_PARAMETERS = struct.Struct("<HBHBHHBHHHII")
"""The BIOS parameter block from byte 11."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Layout of one volume; all positions and lengths in sectors unless the name says otherwise."""

    bits: int
    """Width of an entry of the allocation table: 12 or 16."""
    sector_count: int
    """Sectors of the whole volume."""
    sectors_per_cluster: int
    """Unit of allocation."""
    reserved_sectors: int
    """Sectors before the first allocation table, the boot sector among them."""
    fat_count: int
    """Copies of the allocation table."""
    sectors_per_fat: int
    """Length of one copy."""
    root_entry_count: int
    """Slots of the root directory, which cannot grow."""
    volume_id: int
    """Serial number, 0 if the volume has none."""
    label: str
    """Volume label in the boot sector, without padding."""

    @property
    def kind(self) -> str:
        """FAT12 or FAT16."""
        return f"FAT{self.bits}"

    @property
    def root_start(self) -> int:
        """First sector of the root directory."""
        return self.reserved_sectors + self.fat_count * self.sectors_per_fat

    @property
    def root_sectors(self) -> int:
        """Length of the root directory."""
        return (self.root_entry_count * ENTRY_SIZE + SECTOR_SIZE - 1) // SECTOR_SIZE

    @property
    def data_start(self) -> int:
        """First sector of cluster 2."""
        return self.root_start + self.root_sectors

    @property
    def cluster_count(self) -> int:
        """Clusters for files and directories; they are numbered from 2."""
        return (self.sector_count - self.data_start) // self.sectors_per_cluster

    @property
    def cluster_end(self) -> int:
        """The number after the last cluster."""
        return self.cluster_count + 2

    @property
    def cluster_bytes(self) -> int:
        """Size of a cluster in bytes."""
        return self.sectors_per_cluster * SECTOR_SIZE

    def cluster_sector(self, cluster: int) -> int:
        """First sector of a cluster."""
        return self.data_start + (cluster - 2) * self.sectors_per_cluster

    def clusters_for(self, size: int) -> int:
        """How many clusters hold `size` bytes."""
        return (size + self.cluster_bytes - 1) // self.cluster_bytes


def parse_boot_sector(boot: bytes, available_sectors: int) -> Geometry:
    """Take a boot sector apart. Raises NotFat, UnsupportedVolume, VolumeTooLarge or DamagedVolume.

    `available_sectors` is the length of the device: a volume that claims more than that has lost its end.
    """
    _refuse_other_formats(boot)
    (
        sector_size, sectors_per_cluster, reserved, fat_count, root_entries, small_count, _media,
        sectors_per_fat, _track, _heads, _hidden, large_count,
    ) = _PARAMETERS.unpack_from(boot, 11)  # fmt: skip
    sector_count = small_count or large_count
    if sector_size not in (512, 1024, 2048, 4096) or sectors_per_cluster not in (1, 2, 4, 8, 16, 32, 64, 128):
        raise NotFat("its first sector is no FAT boot sector (no sensible sector and cluster sizes)")
    if sector_size != SECTOR_SIZE:
        raise UnsupportedVolume(f"it has sectors of {sector_size} bytes; only {SECTOR_SIZE} bytes are handled")
    if sectors_per_fat == 0 and root_entries == 0:
        raise UnsupportedVolume("it is a FAT32 volume; only FAT12 and FAT16 are handled")
    if fat_count not in (1, 2) or reserved == 0 or sectors_per_fat == 0 or root_entries == 0 or sector_count == 0:
        raise DamagedVolume("its boot sector is damaged (a length in it is zero or impossible)")
    extended = boot[38] == 0x29
    geometry = Geometry(
        bits=16,
        sector_count=sector_count,
        sectors_per_cluster=sectors_per_cluster,
        reserved_sectors=reserved,
        fat_count=fat_count,
        sectors_per_fat=sectors_per_fat,
        root_entry_count=root_entries,
        volume_id=int.from_bytes(boot[39:43], "little") if extended else 0,
        label=boot[43:54].decode("cp437").rstrip() if extended else "",
    )
    return _with_checked_lengths(geometry, available_sectors)


def is_dirty(boot: bytes) -> bool:
    """Whether a change was under way when the volume was last used."""
    return bool(boot[DIRTY_OFFSET] & DIRTY_BIT)


def _refuse_other_formats(boot: bytes) -> None:
    if len(boot) < SECTOR_SIZE:
        raise NotFat("it is shorter than one sector")
    if not any(boot[:SECTOR_SIZE]):
        raise NotFat("its first sector is blank; make a volume with 'playground disk new'")
    if boot[3:11] == b"EXFAT   ":
        raise UnsupportedVolume("it is an exFAT volume; only FAT12 and FAT16 are handled")
    if boot[3:11] == b"NTFS    ":
        raise UnsupportedVolume("it is an NTFS volume; only FAT12 and FAT16 are handled")
    if boot[510:512] != b"\x55\xaa":
        raise NotFat("its first sector does not end with the signature 55 AA of a boot sector")
    if boot[82:87] == b"FAT32":
        raise UnsupportedVolume("it is a FAT32 volume; only FAT12 and FAT16 are handled")
    if boot[0] not in (0xEB, 0xE9):
        raise NotFat("its first sector is no FAT boot sector (a partitioned disk? give one partition's image)")


def _with_checked_lengths(geometry: Geometry, available_sectors: int) -> Geometry:
    if geometry.sector_count <= geometry.data_start or geometry.cluster_count < 1:
        raise DamagedVolume("its boot sector is damaged (the tables leave no room for files)")
    if geometry.cluster_count >= FAT16_CLUSTERS:
        raise UnsupportedVolume("it has as many clusters as only FAT32 can have; only FAT12 and FAT16 are handled")
    if geometry.sector_count > MAX_VOLUME_SECTORS:
        raise VolumeTooLarge(f"it claims {geometry.sector_count} sectors; FAT16 ends at {MAX_VOLUME_SECTORS}")
    if geometry.sector_count > available_sectors:
        raise DamagedVolume(
            f"its end is missing: the boot sector says {geometry.sector_count} sectors, there are {available_sectors}"
        )
    bits = 12 if geometry.cluster_count < FAT12_CLUSTERS else 16
    if geometry.sectors_per_fat * SECTOR_SIZE * 8 < geometry.cluster_end * bits:
        raise DamagedVolume("its boot sector is damaged (the allocation table is too short for the clusters)")
    return replace(geometry, bits=bits)
