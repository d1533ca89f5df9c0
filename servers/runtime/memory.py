"""Allocators of a server: empty slots of its CSpace, room in its Untyped capabilities, and mapped windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kernel.abi import PAGE_SIZE, Error, ObjectType
from kernel.syscalls import load, store
from servers.runtime.errors import KernelRefusal, OutOfMemory
from servers.runtime.invocations import retype

WORD_BYTES: Final = 8


class SlotAllocator:
    """Hands out the empty slots of a range, lowest first."""

    def __init__(self, first: int, end: int) -> None:
        self._next = first
        self._end = end
        self._returned: list[int] = []

    @property
    def left(self) -> int:
        """How many slots are still to be had."""
        return self._end - self._next + len(self._returned)

    def take(self) -> int:
        """An empty slot. Raises OutOfMemory."""
        if self._returned:
            return self._returned.pop()
        if self._next >= self._end:
            raise OutOfMemory(f"all capability slots up to {self._end} are in use")
        self._next += 1
        return self._next - 1

    def give_back(self, slot: int) -> None:
        """A slot that is empty again."""
        if slot in self._returned:
            raise ValueError(f"slot {slot} was given back twice")
        self._returned.append(slot)


@dataclass(slots=True)
class UntypedPool:
    """Makes objects from the first of some Untyped capabilities that has room: small ones first."""

    root: int
    """The CNode that new capabilities go into."""
    members: list[tuple[int, int]] = field(default_factory=list)
    """Pairs (size_bits, slot), kept sorted."""

    def add(self, slot: int, size_bits: int) -> None:
        """Let an Untyped be used."""
        self.members.append((size_bits, slot))
        self.members.sort()

    async def make(self, kind: ObjectType, size_bits: int, object_bits: int, slot: int, count: int = 1) -> None:
        """Make objects with capabilities in consecutive slots. Raises OutOfMemory if no Untyped has room.

        object_bits: log2 of the bytes of one object, to skip what is too small without asking.
        """
        for bits, untyped in self.members:
            if bits < object_bits:
                continue
            try:
                await retype(untyped, kind, size_bits, self.root, slot, count)
                return
            except KernelRefusal as refusal:
                if refusal.error != Error.NOT_ENOUGH_MEMORY:
                    raise
        raise OutOfMemory(f"no Untyped has room for {count} x 2^{object_bits} bytes")


@dataclass(frozen=True, slots=True)
class MemoryWindow:
    """Memory mapped into a server: frames of its own, shared ones, or the registers of a device."""

    name: str
    address: int
    """Virtual address of the first byte."""
    size: int
    """Bytes."""
    slot: int
    """The capability to its first frame."""

    async def load(self, offset: int, size: int) -> bytes:
        """Read bytes; may span pages."""
        self._check(offset, size)
        parts = [await load(self.address + at, length) for at, length in _pages(offset, size)]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def store(self, offset: int, data: bytes) -> None:
        """Write bytes; may span pages."""
        self._check(offset, len(data))
        for at, length in _pages(offset, len(data)):
            await store(self.address + at, data[at - offset : at - offset + length])

    async def load_word(self, offset: int) -> int:
        """Read a 64-bit register."""
        return int.from_bytes(await load(self.address + offset, WORD_BYTES), "little")

    async def store_word(self, offset: int, value: int) -> None:
        """Write a 64-bit register."""
        await store(self.address + offset, value.to_bytes(WORD_BYTES, "little"))

    def _check(self, offset: int, size: int) -> None:
        if offset < 0 or offset + size > self.size:
            raise IndexError(f"window {self.name} has {self.size} bytes; {offset} to {offset + size} is outside")


def _pages(offset: int, size: int) -> Sequence[tuple[int, int]]:
    """The pieces of a range that lie in one page each, as (offset, length)."""
    if offset // PAGE_SIZE == (offset + size - 1) // PAGE_SIZE or size == 0:
        return ((offset, size),)
    pieces: list[tuple[int, int]] = []
    end = offset + size
    while offset < end:
        step = min(end, (offset // PAGE_SIZE + 1) * PAGE_SIZE) - offset
        pieces.append((offset, step))
        offset += step
    return pieces
