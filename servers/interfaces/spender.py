"""The interfaces of the lesson on memory: programs that spend theirs, and a pool that pays for others."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

_MADE = (Argument("made", "word", "how many there are more than before"),)

SPENDER: Final = Interface(
    name="spender",
    number=42,
    version=1,
    doc="Make things, and be charged for them.",
    operations=(
        Operation(
            "spawn", 1, "Make threads from your own Untyped.", (Argument("count", "word", "how many", 1),), _MADE,
            ("NOT_ENOUGH_MEMORY",),
        ),
        Operation("explode", 2, "Make a thread, let each make another, and so on for ever.", (), _MADE),
        Operation(
            "beg", 3, "Ask the pool for pages.", (Argument("count", "word", "how many", 1),), _MADE, ("NO_MEMORY",),
        ),
    ),
    errors=(ErrorCode("NOT_ENOUGH_MEMORY", 16, "the kernel says: this Untyped has no room left"),),
)  # fmt: skip

POOL: Final = Interface(
    name="pool",
    number=43,
    version=1,
    doc="Pages for whoever asks.",
    operations=(
        Operation(
            "take", 1, "Have a page made.", (), (Argument("page", "capability", "the page"),), ("NO_MEMORY",),
        ),
    ),
)  # fmt: skip
