"""What the root task finds in memory at boot (seL4: seL4_BootInfo and its extra regions)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

VADDR: Final = 0x1000_0000
"""Where the boot information is mapped, read-only."""
MODULES_VADDR: Final = 0x2000_0000
MAGIC: Final = 0x6F666E69746F6F62
_HEAD: Final = struct.Struct("<6Q")
_UNTYPED: Final = struct.Struct("<4Q")
_MODULE: Final = struct.Struct("<32s2Q")


@dataclass(frozen=True, slots=True)
class UntypedDescription:
    """One Untyped capability of the root task."""

    slot: int
    address: int
    size_bits: int
    device: bool


@dataclass(frozen=True, slots=True)
class BootInfo:
    """Slots, memory and modules."""

    empty: tuple[int, int]
    """First empty slot of the root CNode, and the first slot behind them."""
    untyped: tuple[UntypedDescription, ...]
    modules: dict[str, tuple[int, int]]
    """Name -> (virtual address, size in bytes)."""


def pack(
    empty: tuple[int, int], untyped: Sequence[UntypedDescription], modules: Mapping[str, tuple[int, int]]
) -> bytes:
    """The bytes that the kernel puts into the boot frames."""
    parts = [b"".join(_UNTYPED.pack(u.slot, u.address, u.size_bits, u.device) for u in untyped)]
    parts += [_MODULE.pack(name.encode(), vaddr, size) for name, (vaddr, size) in modules.items()]
    body = b"".join(parts)
    return _HEAD.pack(MAGIC, len(body) + _HEAD.size, *empty, len(untyped), len(modules)) + body


def size(head: bytes) -> int:
    """How many bytes the boot information takes, from its first 48 bytes."""
    return int(_HEAD.unpack(head[: _HEAD.size])[1])


def unpack(data: bytes) -> BootInfo:
    """Read the boot information. Raises ValueError if it is none."""
    magic, _, first, behind, untyped_count, module_count = _HEAD.unpack_from(data)
    if magic != MAGIC:
        raise ValueError("this memory does not hold boot information")
    at = _HEAD.size
    untyped = []
    for _ in range(untyped_count):
        slot, address, size_bits, device = _UNTYPED.unpack_from(data, at)
        untyped.append(UntypedDescription(slot, address, size_bits, bool(device)))
        at += _UNTYPED.size
    modules = {}
    for _ in range(module_count):
        name, vaddr, length = _MODULE.unpack_from(data, at)
        modules[name.rstrip(b"\0").decode()] = (vaddr, length)
        at += _MODULE.size
    return BootInfo((first, behind), tuple(untyped), modules)
