"""The container: a first line that says what the file is, then frames that each can be checked alone.

A frame is four letters, the length and the CRC-32 of what follows, and that. Frames are only ever appended, each with
one write, so a program that is killed leaves whole frames and at most one that is cut off. As in PNG, letters that
begin with a capital have to be understood; others may be skipped by a reader that does not know them.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from struct import Struct
from typing import Final

FORMAT: Final = 1
"""Version of the container; a higher one is from the future."""
SIGNATURE: Final = b"microkernel-playground recording "
FIRST_LINE: Final = SIGNATURE + b"%d\n" % FORMAT
MOST_BYTES: Final = 64 << 20
"""No frame is longer, packed or not, so a damaged length cannot take the memory of the host."""

HEADER: Final = b"HEAD"
DISK: Final = b"DISK"
INPUTS: Final = b"INPT"
PROGRAM: Final = b"PROG"
EVENTS: Final = b"EVNT"
MARK: Final = b"MARK"
END: Final = b"DONE"

_FRAME: Final = Struct(">4sII")
_FIRST_LINE: Final = re.compile(re.escape(SIGNATURE) + rb"(\d{1,9})\n")


class Unreadable(Exception):
    """Bytes that are no recording; the text is the part of a sentence after the file's name."""


class FromTheFuture(Unreadable):
    """A recording in a format that this program does not know."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a file."""

    kind: bytes
    start: int
    """Where in the file its content begins."""
    end: int


def pack(kind: bytes, content: bytes) -> bytes:
    """A frame as bytes."""
    return _FRAME.pack(kind, len(content), zlib.crc32(content, zlib.crc32(kind))) + content


def scan(data: bytes) -> tuple[list[Frame], str]:
    """The frames of a file, up to where it ends or stops making sense, and what is wrong there, or ''.

    Raises Unreadable if there is no recording at all.
    """
    found = _FIRST_LINE.match(data)
    if found is None:
        if not data:
            raise Unreadable("is empty")
        if SIGNATURE.startswith(data[: len(SIGNATURE)]) or data.startswith(SIGNATURE):
            raise Unreadable("breaks off in its first line")
        raise Unreadable("is not a recording of the playground")
    if (number := int(found[1])) > FORMAT:
        raise FromTheFuture(f"is a recording of format {number}, and this playground reads up to format {FORMAT}")
    frames: list[Frame] = []
    place = found.end()
    while place < len(data):
        start = place + _FRAME.size
        if start > len(data):
            return frames, f"breaks off at byte {place:,}"
        kind, length, checksum = _FRAME.unpack_from(data, place)
        if not kind.isalpha() or length > MOST_BYTES:
            return frames, f"is damaged at byte {place:,}"
        if start + length > len(data):
            return frames, f"breaks off at byte {len(data):,}"
        if zlib.crc32(memoryview(data)[start : start + length], zlib.crc32(kind)) != checksum:
            return frames, f"is damaged between byte {place:,} and {start + length:,}"
        frames.append(Frame(kind, start, start + length))
        place = start + length
    return frames, ""


def unpack(data: bytes) -> bytes:
    """What zlib packed, if it is not absurdly long. Raises Unreadable."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise Unreadable(f"has a block that cannot be unpacked ({error})") from error
    if not unpacker.eof:
        raise Unreadable("has a block that is incomplete or absurdly long")
    return content
