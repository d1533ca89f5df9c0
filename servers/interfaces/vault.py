"""The interfaces of lesson check-then-use: vaults that are asked through a shared page, and a guest with two hands."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, Interface, Operation

_RECORD = Argument("record", "word", "number of the record")
_TEXT = Argument("text", "text", "what is written in it")

VAULT: Final = Interface(
    name="vault",
    number=51,
    version=1,
    doc="Records, some of which are for guests.",
    operations=(
        Operation("fetch", 1, "Do what the shared page says, and put the record there.", errors=("NOT_PERMITTED",)),
        Operation("read", 2, "The same without a page.", (_RECORD,), (_TEXT,), ("NOT_PERMITTED",)),
    ),
)

HAND: Final = Interface(
    name="hand",
    number=52,
    version=1,
    doc="The second thread of a guest.",
    operations=(
        Operation(
            "plan", 1, "Say yes, wait, and write another number on the shared page.",
            (_RECORD, Argument("after_us", "word", "how long to wait, in microseconds")),
        ),
    ),
)  # fmt: skip

GUEST: Final = Interface(
    name="guest",
    number=53,
    version=1,
    doc="A guest that asks a vault for a record.",
    operations=(
        Operation(
            "ask", 1, "Ask through the shared page; the other hand may write another number on it meanwhile.",
            (Argument("vault", "text", "hasty or careful"), _RECORD,
             Argument("other", "word", "what the other hand writes; 99 for nothing", 99),
             Argument("after_us", "word", "when it does that, in microseconds from now", 0)), (_TEXT,),
            ("NOT_PERMITTED",),
        ),
        Operation(
            "tell", 2, "Ask in a message; the other hand writes on the shared page all the same.",
            (Argument("vault", "text", "hasty or careful"), _RECORD,
             Argument("other", "word", "what the other hand writes; 99 for nothing", 99),
             Argument("after_us", "word", "when it does that, in microseconds from now", 0)), (_TEXT,),
            ("NOT_PERMITTED",),
        ),
    ),
)  # fmt: skip
