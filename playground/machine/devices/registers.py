"""How registers look from the outside: little-endian words at fixed offsets."""

from __future__ import annotations

from servers.hardware import WORD_BYTES

WORD_MASK = (1 << (8 * WORD_BYTES)) - 1


def to_bytes(value: int, size: int = WORD_BYTES) -> bytes:
    """A register's value as the bytes that a load of `size` bytes gets."""
    return (value & WORD_MASK).to_bytes(WORD_BYTES, "little")[:size].ljust(size, b"\0")


def from_bytes(data: bytes) -> int:
    """The value that a store of these bytes puts into a register."""
    return int.from_bytes(data[:WORD_BYTES], "little")
