"""Names on a FAT volume: paths, short names (8.3), long names (VFAT) and the aliases that tie the two together.

A name in 8.3 form whose base and extension are each of one case is stored in a single slot with two case bits, as
Windows NT and Linux do; any other name gets long-name slots before its short alias.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from servers.fat.errors import BadName

MAX_NAME_LENGTH: Final = 195
"""Characters; such a name and its alias fill the 16 slots of one sector, so that it is written in one piece."""
MAX_PATH_LENGTH: Final = 600
"""Characters of a whole path."""
LOWER_BASE: Final = 0x08
LOWER_EXTENSION: Final = 0x10
CHARACTERS_PER_SLOT: Final = 13

_SHORT_CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'()-@^_`{}~")
_FORBIDDEN: Final = frozenset('"*/:<>?\\|')
_LONG_FIELDS: Final = ((1, 10), (14, 12), (28, 4))
"""Offset and length in bytes of the three pieces of a long name in a slot."""


def split_path(path: str) -> list[str]:
    """The names in a path from the root; `.`, `..` and doubled slashes are resolved. Raises BadName."""
    if len(path) > MAX_PATH_LENGTH:
        raise BadName(f"a path may have {MAX_PATH_LENGTH} characters, this one has {len(path)}")
    names: list[str] = []
    for name in path.split("/"):
        if name == "..":
            names[-1:] = []
        elif name not in ("", "."):
            names.append(name)
    return names


def check_name(name: str) -> None:
    """Refuse a name that no FAT volume can hold. Raises BadName."""
    if not name or name in (".", ".."):
        raise BadName(f"{name!r} is no name for a file")
    if len(name) > MAX_NAME_LENGTH:
        raise BadName(f"a name may have {MAX_NAME_LENGTH} characters, {name[:20]!r}... has {len(name)}")
    bad = sorted({character for character in name if character in _FORBIDDEN or not 0x20 <= ord(character) != 0x7F})
    if bad or any(0xD800 <= ord(character) < 0xE000 or ord(character) > 0xFFFF for character in name):
        what = repr(bad[0]) if bad else "a character outside Unicode's basic plane"
        raise BadName(f"{name!r} cannot be stored on a FAT volume: it contains {what}")
    if name[-1] in ". " or name[0] == " ":
        raise BadName(f"{name!r} cannot be stored on a FAT volume: it begins with a space or ends with one or a dot")


def same(first: str, second: str) -> bool:
    """Whether two names mean the same entry: case does not count."""
    return first.upper() == second.upper()


def encode_short(name: str) -> tuple[bytes, int] | None:
    """The 11 bytes and the case bits of a name in 8.3 form, or None if it needs long-name slots."""
    base, dot, extension = name.partition(".")
    if not 1 <= len(base) <= 8 or (dot and not 1 <= len(extension) <= 3):
        return None
    if not _SHORT_CHARACTERS.issuperset(base.upper() + extension.upper()) or not name.isascii():
        return None
    case_bits = 0
    for part, bit in ((base, LOWER_BASE), (extension, LOWER_EXTENSION)):
        if part != part.upper():
            if part != part.lower():
                return None
            case_bits |= bit
    return _pack(base.upper(), extension.upper()), case_bits


def decode_short(raw: bytes, case_bits: int = 0) -> str:
    """The name in the 11 bytes of a short name; 0x05 in front stands for 0xE5."""
    if raw[0] == 0x05:
        raw = b"\xe5" + raw[1:]
    base = raw[:8].decode("cp437").rstrip()
    extension = raw[8:11].decode("cp437").rstrip()
    if case_bits & LOWER_BASE:
        base = base.lower()
    if case_bits & LOWER_EXTENSION:
        extension = extension.lower()
    return f"{base}.{extension}" if extension else base


def make_alias(name: str, taken: Container[bytes]) -> bytes:
    """A short name for a long one, different from all those taken: LONGNA~1.TXT. Raises BadName if there is none."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem.strip("."):
        stem, extension = name, ""
    base, suffix = _alias_part(stem) or "_", _alias_part(extension)[:3]
    for number in range(1, 1_000_000):
        tail = f"~{number}"
        alias = _pack(base[: 8 - len(tail)] + tail, suffix)
        if alias not in taken:
            return alias
    raise BadName(f"there is no short name left for {name!r}")


def checksum(short: bytes) -> int:
    """The checksum of a short name that ties long-name slots to it."""
    total = 0
    for byte in short:
        total = ((total & 1) << 7 | total >> 1) + byte & 0xFF
    return total


def encode_long(name: str, short: bytes) -> list[bytes]:
    """The long-name slots of a name in the order in which they stand before the short entry."""
    units = name.encode("utf-16-le")
    count = (len(units) // 2 + CHARACTERS_PER_SLOT - 1) // CHARACTERS_PER_SLOT
    padded = units
    if len(units) // 2 < count * CHARACTERS_PER_SLOT:
        padded = (units + b"\x00\x00").ljust(count * CHARACTERS_PER_SLOT * 2, b"\xff")
    slots: list[bytes] = []
    for order in range(count, 0, -1):
        piece = padded[(order - 1) * 26 : order * 26]
        slot = bytearray(32)
        slot[0] = order | (0x40 if order == count else 0)
        slot[11] = 0x0F
        slot[13] = checksum(short)
        taken = 0
        for offset, length in _LONG_FIELDS:
            slot[offset : offset + length] = piece[taken : taken + length]
            taken += length
        slots.append(bytes(slot))
    return slots


def decode_long(slots: list[bytes]) -> str:
    """The name in long-name slots given in the order of the name (order number 1 first)."""
    units = b"".join(slot[offset : offset + length] for slot in slots for offset, length in _LONG_FIELDS)
    text = units.decode("utf-16-le", errors="replace")
    return text.partition("\x00")[0].rstrip("\uffff")


def _pack(base: str, extension: str) -> bytes:
    return f"{base:<8}{extension:<3}".encode("ascii")


def _alias_part(text: str) -> str:
    upper = text.upper().replace(" ", "").replace(".", "")
    return "".join(character if character in _SHORT_CHARACTERS else "_" for character in upper)
