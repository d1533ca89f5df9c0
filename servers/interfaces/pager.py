"""The interfaces of lesson pager: what one can ask a pager beside the faults that the kernel brings it."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, Interface, Operation

_EVICT: Final = Operation(
    "evict", 1, "Take all pages away from a server; it gets them back one by one, when it misses them.",
    (Argument("server", "text", "one of those whose pager this is"),),
    (Argument("pages", "word", "how many it had"),), ("BAD_REQUEST",),
)  # fmt: skip

PAGER: Final = Interface(
    name="pager",
    number=56,
    version=1,
    doc="Puts pages where somebody misses them.",
    operations=(_EVICT,),
)

ROGUE: Final = Interface(
    name="rogue_pager",
    number=57,
    version=1,
    doc="A pager with bad intentions.",
    operations=(
        _EVICT,
        Operation(
            "plot", 2, "What to do from now on with those who depend on it.",
            (Argument("kind", "text", "nothing, mix (the wrong page) or keep (no answer)"),), (), ("BAD_REQUEST",),
            idempotent=True,
        ),
        Operation(
            "reach", 3, "Try to put a page into somebody else's memory, with every capability it holds.", (),
            (Argument("mapped", "word", "how often that worked"), Argument("refused", "word", "how often it did not")),
        ),
    ),
)  # fmt: skip
