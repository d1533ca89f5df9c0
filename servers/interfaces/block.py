"""The interface of a block device: numbered sectors, moved through a frame that driver and client share."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

_SECTOR = Argument("sector", "word", "number of the first sector, from 0")
_COUNT = Argument("count", "word", "how many sectors", 1)
_OFFSET = Argument("offset", "word", "where in the shared window the first byte is, in bytes", 0)

BLOCK: Final = Interface(
    name="block",
    number=1,
    version=1,
    doc="A disk as numbered sectors; the data moves through a shared window.",
    operations=(
        Operation(
            "read", 1, "Read sectors into the shared window.", (_SECTOR, _COUNT, _OFFSET), (),
            ("OUT_OF_RANGE", "IO_ERROR"), idempotent=True,
        ),
        Operation(
            "write", 2, "Write sectors from the shared window.", (_SECTOR, _COUNT, _OFFSET), (),
            ("OUT_OF_RANGE", "IO_ERROR", "READ_ONLY"), idempotent=True,
        ),
        Operation(
            "info", 3, "How large the disk is and whether it can be written.", (),
            (
                Argument("sector_count", "word", "how many sectors the disk has"),
                Argument("sector_size", "word", "bytes in a sector"),
                Argument("read_only", "bool", "whether writes are refused"),
            ),
            idempotent=True,
        ),
        Operation("flush", 4, "Make everything written so far permanent.", errors=("IO_ERROR",), idempotent=True),
    ),
    errors=(
        ErrorCode("OUT_OF_RANGE", 16, "the sectors or the place in the window do not exist"),
        ErrorCode("IO_ERROR", 17, "the device reported an error"),
        ErrorCode("READ_ONLY", 18, "the disk cannot be written"),
    ),
)  # fmt: skip
