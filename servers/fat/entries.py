"""Directory entries: the 32-byte slots of a directory, read into records and made from them.

Long-name slots stand before the short entry that they belong to. Slots that belong to no entry are orphans: they are
left by programs that do not know long names, or by a crash while a foreign entry was removed.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from servers.fat import names
from servers.fat.errors import DamagedVolume
from servers.fat.geometry import ENTRY_SIZE

READ_ONLY: Final = 0x01
HIDDEN: Final = 0x02
SYSTEM: Final = 0x04
VOLUME_LABEL: Final = 0x08
DIRECTORY: Final = 0x10
ARCHIVE: Final = 0x20
LONG_NAME: Final = 0x0F
ERASED: Final = 0xE5
"""First byte of a slot that was freed."""
MAX_FILE_SIZE: Final = 0xFFFF_FFFF

DOT: Final = b".          "
DOT_DOT: Final = b"..         "

_IMPOSSIBLE: Final = frozenset(range(0x20)) | frozenset(b'"*/:<>?\\|\x7f')
"""Bytes that no short name contains behind its first."""
_SLOT = struct.Struct("<11sBBBHHHHHHHI")
_EPOCH_DAY: Final = 3652
"""Days from 1970-01-01 to 1980-01-01, the first day that FAT can express."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time as FAT stores it (UTC, two-second steps, 1980 to 2107)."""

    date: int = 0x21
    """Bits 15-9 years since 1980, 8-5 month, 4-0 day."""
    time: int = 0
    """Bits 15-11 hour, 10-5 minute, 4-0 half seconds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or directory as its directory describes it."""

    name: str
    """Long name if there is one, else the short name."""
    short: bytes
    """The 11 bytes of the short name."""
    attributes: int
    """READ_ONLY, HIDDEN, SYSTEM, DIRECTORY, ARCHIVE."""
    first_cluster: int
    """Start of the chain; 0 for an empty file (and for the root directory)."""
    size: int
    """Bytes; 0 for a directory."""
    modified: Timestamp = field(default_factory=Timestamp)
    """When the contents last changed."""
    created: Timestamp = field(default_factory=Timestamp)
    """When the entry was made."""
    case_bits: int = 0
    """Which halves of the short name are shown in lower case."""
    slot: int = -1
    """Index of the first slot (the first long-name slot if there is one); -1 for the root directory."""
    slot_count: int = 1
    """Slots including those of the long name; the last one is the short entry."""

    @property
    def is_directory(self) -> bool:
        """Whether this is a directory."""
        return bool(self.attributes & DIRECTORY)

    @property
    def is_read_only(self) -> bool:
        """Whether the read-only attribute is set."""
        return bool(self.attributes & READ_ONLY)


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything found in the slots of one directory."""

    entries: list[Entry]
    """Files and directories in the order of their slots; without the volume label, `.` and `..`."""
    dots: dict[bytes, int]
    """First cluster that DOT and DOT_DOT name, as far as they are there."""
    orphans: list[int]
    """Indices of long-name slots that belong to no entry."""
    end: int
    """Index of the first slot that was never used."""


def timestamp(seconds: int) -> Timestamp:
    """Seconds since 1970 (UTC) as FAT stores them; times outside 1980 to 2107 are moved to the nearest."""
    seconds = min(max(seconds, _EPOCH_DAY * 86400), 4354819198)
    days, rest = divmod(seconds, 86400)
    year, month, day = _civil_from_days(days)
    date = (year - 1980) << 9 | month << 5 | day
    return Timestamp(date, rest // 3600 << 11 | rest // 60 % 60 << 5 | rest % 60 // 2)


def pack_entry(entry: Entry) -> bytes:
    """The slot of the short entry."""
    return _SLOT.pack(
        entry.short,
        entry.attributes,
        entry.case_bits,
        0,
        entry.created.time,
        entry.created.date,
        entry.modified.date,
        0,
        entry.modified.time,
        entry.modified.date,
        entry.first_cluster,
        entry.size,
    )


def pack_slots(entry: Entry) -> list[bytes]:
    """All slots of a new entry: those of the long name if the name needs them, then the short entry."""
    encoded = names.encode_short(entry.name)
    needs_long = encoded is None or encoded[0] != entry.short
    long_slots = names.encode_long(entry.name, entry.short) if needs_long else []
    return [*long_slots, pack_entry(entry)]


def parse_slots(slots: Sequence[bytes]) -> Listing:
    """Read the slots of a directory from its first to its end mark. Raises DamagedVolume for what no system writes."""
    listing: list[Entry] = []
    dots: dict[bytes, int] = {}
    orphans: list[int] = []
    pending: list[int] = []
    end = len(slots)
    for index, slot in enumerate(slots):
        if slot[0] == 0:
            end = index
            break
        if slot[0] != ERASED and slot[11] & 0x3F == LONG_NAME:
            if slot[0] & 0x40:
                orphans += pending
                pending = []
            pending.append(index)
            continue
        long_name = _long_name(slots, pending, slot) if slot[0] != ERASED else None
        if slot[0] != ERASED and not _IMPOSSIBLE.isdisjoint(slot[1:11]):
            name = slot[:11].decode("ascii", "replace").replace("\ufffd", "?")
            raise DamagedVolume(f"the volume is damaged: a directory holds the impossible name {name!r}")
        used = pending if long_name is not None else []
        orphans += [] if used else pending
        pending = []
        if slot[0] == ERASED or slot[11] & VOLUME_LABEL:
            continue
        entry = _parse_entry(slot, long_name, index - len(used), len(used) + 1)
        if slot[:11] in (DOT, DOT_DOT):
            dots[bytes(slot[:11])] = entry.first_cluster
        else:
            listing.append(entry)
    return Listing(listing, dots, orphans + pending, end)


def split_slots(data: bytes) -> list[bytes]:
    """Cut sectors of a directory into slots."""
    return [data[start : start + ENTRY_SIZE] for start in range(0, len(data), ENTRY_SIZE)]


def _parse_entry(slot: bytes, long_name: str | None, first: int, count: int) -> Entry:
    short, attributes, case_bits, _, created_time, created_date, _, _, time, date, cluster, size = _SLOT.unpack(slot)
    return Entry(
        name=long_name if long_name is not None else names.decode_short(short, case_bits),
        short=short,
        attributes=attributes,
        first_cluster=cluster,
        size=size,
        modified=Timestamp(date, time),
        created=Timestamp(created_date, created_time),
        case_bits=case_bits,
        slot=first,
        slot_count=count,
    )


def _long_name(slots: Sequence[bytes], pending: list[int], short_slot: bytes) -> str | None:
    """The long name in the slots before a short entry if they are complete and its own, else None."""
    if not pending or short_slot[11] & VOLUME_LABEL:
        return None
    group = [slots[index] for index in reversed(pending)]
    if [slot[0] & 0x3F for slot in group] != list(range(1, len(group) + 1)) or not group[-1][0] & 0x40:
        return None
    if any(slot[13] != names.checksum(short_slot[:11]) for slot in group):
        return None
    return names.decode_long(group) or None


def _civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day number since 1970 (proleptic Gregorian calendar)."""
    days += 719468
    era, day_of_era = divmod(days, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1
