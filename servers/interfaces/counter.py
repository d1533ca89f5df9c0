"""The interface of the counter: the smallest service with a state that one can lose."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, Interface, Operation

_VALUE = Argument("value", "word", "what the counter shows afterwards")

COUNTER: Final = Interface(
    name="counter",
    number=7,
    version=1,
    doc="A number that goes up.",
    operations=(
        Operation(
            "increment", 1, "Add to the counter.", (Argument("by", "word", "how much to add", 1),), (_VALUE,),
        ),
        Operation("value", 2, "Read the counter.", (), (_VALUE,), idempotent=True),
        Operation("reset", 3, "Set the counter to 0.", idempotent=True),
    ),
)  # fmt: skip
