"""What a new server finds in its boot frame: its name, and what is in which slot.

The builder writes it, the server reads it before its program begins. It is JSON behind a length word, so that a
person who looks at the frame can read it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final

from kernel.abi import PAGE_SIZE
from kernel.syscalls import load

LENGTH_BYTES: Final = 8

HEARTBEAT_SIGNAL: Final = 1 << 63
"""Bit in a server's notification word: the supervisor asks for a sign of life."""
ALARM_SIGNAL: Final = 1 << 62
"""Bit in a server's notification word: the clock says that the alarm is due."""


@dataclass(frozen=True, slots=True)
class Control:
    """Another server's CNode, and the names of what is in it."""

    slot: int
    """Where the capability to the CNode is."""
    slots: dict[str, int]
    """Capability name to slot in that CNode."""


@dataclass(frozen=True, slots=True)
class BootData:
    """Everything a server knows about itself when it begins."""

    name: str
    number: int
    """Its number in the manifest: the badge that others see."""
    life: int
    """1 for the first, one more after each death."""
    caps: dict[str, int]
    """Capability name to slot."""
    provides: dict[str, str]
    """Name of the endpoint it receives on to the interface behind it; empty or one entry."""
    interfaces: dict[str, str]
    """Name of a capability from `uses` to the interface behind it."""
    windows: dict[str, tuple[int, int]]
    """Name of mapped memory to virtual address and size in bytes."""
    replies: tuple[int, ...]
    """Slots of its Reply objects."""
    signals: dict[str, int]
    """Name of an interrupt capability to its bit in the notification word."""
    free: tuple[int, int]
    """First empty slot, and the one after the last."""
    controls: dict[str, Control] = field(default_factory=dict)
    """Servers whose CNode it holds."""
    clients: dict[str, str] = field(default_factory=dict)
    """Who may ask it: number in the manifest, in decimal, to name."""
    manifest: str = ""
    """The text of the manifest, for the supervisor."""


def pack_boot_data(data: BootData) -> bytes:
    """The bytes of the boot frame."""
    text = json.dumps(asdict(data), separators=(",", ":")).encode()
    return len(text).to_bytes(LENGTH_BYTES, "little") + text


def unpack_boot_data(packed: bytes) -> BootData:
    """The boot data in some bytes that `pack_boot_data` made."""
    length = int.from_bytes(packed[:LENGTH_BYTES], "little")
    fields = json.loads(packed[LENGTH_BYTES : LENGTH_BYTES + length])
    fields["windows"] = {name: (vaddr, size) for name, (vaddr, size) in fields["windows"].items()}
    fields["replies"] = tuple(fields["replies"])
    fields["free"] = tuple(fields["free"])
    fields["controls"] = {name: Control(**control) for name, control in fields["controls"].items()}
    return BootData(**fields)


async def read_boot_data(vaddr: int) -> BootData:
    """Read the boot data that is mapped at an address."""
    head = await load(vaddr, LENGTH_BYTES)
    return unpack_boot_data(await read_memory(vaddr, LENGTH_BYTES + int.from_bytes(head, "little")))


async def read_memory(vaddr: int, size: int) -> bytes:
    """Read memory that may span pages."""
    parts: list[bytes] = []
    while size:
        step = min(size, PAGE_SIZE - vaddr % PAGE_SIZE)
        parts.append(await load(vaddr, step))
        vaddr += step
        size -= step
    return b"".join(parts)
