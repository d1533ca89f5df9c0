"""FAT12 and FAT16 volumes over any 512-byte block device: a pure library, without a clock and without I/O.

The file server runs it on the disk driver; the playground runs it on image files.
"""

from servers.fat.check import Repairs, Survey, survey_device
from servers.fat.device import SECTOR_SIZE, BlockDevice
from servers.fat.entries import Entry, Timestamp, timestamp
from servers.fat.errors import (
    AlreadyExists,
    BadName,
    DamagedVolume,
    DirectoryNotEmpty,
    FatError,
    IsADirectory,
    NoSuchFile,
    NotADirectory,
    NotFat,
    ReadOnlyVolume,
    RequestError,
    UnsupportedVolume,
    VolumeError,
    VolumeFull,
    VolumeTooLarge,
)
from servers.fat.formatter import format_volume, plan_geometry
from servers.fat.geometry import Geometry, is_dirty, parse_boot_sector
from servers.fat.volume import Volume

__all__ = [
    "SECTOR_SIZE",
    "AlreadyExists",
    "BadName",
    "BlockDevice",
    "DamagedVolume",
    "DirectoryNotEmpty",
    "Entry",
    "FatError",
    "Geometry",
    "IsADirectory",
    "NoSuchFile",
    "NotADirectory",
    "NotFat",
    "ReadOnlyVolume",
    "Repairs",
    "RequestError",
    "Survey",
    "Timestamp",
    "UnsupportedVolume",
    "Volume",
    "VolumeError",
    "VolumeFull",
    "VolumeTooLarge",
    "format_volume",
    "is_dirty",
    "parse_boot_sector",
    "plan_geometry",
    "survey_device",
    "timestamp",
]
