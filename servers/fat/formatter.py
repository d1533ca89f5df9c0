"""Making a new, empty FAT12 or FAT16 volume, the same bytes for the same arguments."""

from __future__ import annotations

import struct
from typing import Final

from servers.fat import entries
from servers.fat.device import SECTOR_SIZE, BlockDevice
from servers.fat.entries import Entry, Timestamp
from servers.fat.errors import VolumeFull, VolumeTooLarge
from servers.fat.geometry import FAT12_CLUSTERS, Geometry

MIN_VOLUME_SECTORS: Final = 128
"""64 KiB: the smallest volume that is made."""
MAX_NEW_SECTORS: Final = 2047 << 11
"""2047 MiB: with clusters of 32 KiB just below the number of clusters that would mean FAT32."""
LARGEST_CLUSTER: Final = 64
"""Sectors; larger clusters are not understood everywhere."""
MEDIA: Final = 0xF8
"""Media descriptor of a fixed disk."""
ROOT_ENTRIES: Final = 512
SMALL_ROOT_ENTRIES: Final = 112
FAT12_LIMIT: Final = 8192
"""Volumes below this many sectors (4 MiB) are FAT12."""
COMFORTABLE_CLUSTERS: Final = 16000
"""Clusters are doubled in size while a FAT16 volume has more than this."""

_BOOT_CODE: Final = b"\xcd\x18\xeb\xfe"
"""INT 18h (no bootable disk), then stay."""


def plan_geometry(sector_count: int, volume_id: int, label: str) -> Geometry:
    """Choose kind, cluster size and table size for a volume. Raises VolumeFull (too small) or VolumeTooLarge."""
    if sector_count < MIN_VOLUME_SECTORS:
        raise VolumeFull(f"a volume needs at least {MIN_VOLUME_SECTORS * SECTOR_SIZE // 1024} KiB")
    if sector_count > MAX_NEW_SECTORS:
        raise VolumeTooLarge(f"FAT16 ends at {MAX_NEW_SECTORS * SECTOR_SIZE >> 20} MiB")
    bits = 12 if sector_count < FAT12_LIMIT else 16
    root_entries = SMALL_ROOT_ENTRIES if sector_count < 2880 else ROOT_ENTRIES
    most = FAT12_CLUSTERS - 16 if bits == 12 else COMFORTABLE_CLUSTERS
    sectors_per_cluster = 1
    while True:
        sectors_per_fat = _sectors_per_fat(bits, sector_count, sectors_per_cluster, root_entries)
        geometry = Geometry(
            bits, sector_count, sectors_per_cluster, 1, 2, sectors_per_fat, root_entries, volume_id, label
        )
        if geometry.cluster_count <= most or sectors_per_cluster == LARGEST_CLUSTER:
            return geometry
        sectors_per_cluster *= 2


def pack_boot_sector(geometry: Geometry) -> bytes:
    """The boot sector of a volume."""
    small = geometry.sector_count if geometry.sector_count < 0x10000 else 0
    boot = bytearray(SECTOR_SIZE)
    boot[0:3] = b"\xeb\x3c\x90"
    boot[3:11] = b"MKPLAYGD"
    struct.pack_into(
        "<HBHBHHBHHHII",
        boot,
        11,
        SECTOR_SIZE,
        geometry.sectors_per_cluster,
        geometry.reserved_sectors,
        geometry.fat_count,
        geometry.root_entry_count,
        small,
        MEDIA,
        geometry.sectors_per_fat,
        32,
        64,
        0,
        0 if small else geometry.sector_count,
    )
    boot[36] = 0x80
    boot[38] = 0x29
    boot[39:43] = geometry.volume_id.to_bytes(4, "little")
    boot[43:54] = _label(geometry.label)
    boot[54:62] = f"{geometry.kind:<8}".encode("ascii")
    boot[62 : 62 + len(_BOOT_CODE)] = _BOOT_CODE
    boot[510:512] = b"\x55\xaa"
    return bytes(boot)


async def format_volume(
    device: BlockDevice, sector_count: int, *, volume_id: int, label: str, when: Timestamp
) -> Geometry:
    """Write an empty volume to a device; the boot sector comes last, so half a volume is none."""
    geometry = plan_geometry(sector_count, volume_id, label)
    first = bytearray(geometry.sectors_per_fat * SECTOR_SIZE)
    first[0 : 3 if geometry.bits == 12 else 4] = bytes([MEDIA]) + b"\xff" * (2 if geometry.bits == 12 else 3)
    for copy in range(geometry.fat_count):
        await device.write(geometry.reserved_sectors + copy * geometry.sectors_per_fat, bytes(first))
    root = bytearray(geometry.root_sectors * SECTOR_SIZE)
    label_entry = Entry(label, _label(label), entries.VOLUME_LABEL, 0, 0, when, when)
    root[0:32] = entries.pack_entry(label_entry)
    await device.write(geometry.root_start, bytes(root))
    await device.write(0, pack_boot_sector(geometry))
    await device.flush()
    return geometry


def _label(label: str) -> bytes:
    return f"{label.upper():<11.11}".encode("ascii")


def _sectors_per_fat(bits: int, sector_count: int, sectors_per_cluster: int, root_entries: int) -> int:
    """The smallest table that has an entry for each cluster that remains beside it."""
    length = 1
    while True:
        geometry = Geometry(bits, sector_count, sectors_per_cluster, 1, 2, length, root_entries, 0, "")
        if length * SECTOR_SIZE * 8 >= geometry.cluster_end * bits:
            return length
        length += 1
