"""The interface of the log: lines in, lines out, the oldest forgotten first."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, Interface, Operation

LOG: Final = Interface(
    name="log",
    number=4,
    version=1,
    doc="A bounded journal that servers write lines into.",
    operations=(
        Operation("write", 1, "Append a line.", (Argument("text", "text", "the line"),)),
        Operation(
            "tail", 2, "The last lines, oldest first.",
            (Argument("count", "word", "how many lines at most", 10),),
            (Argument("text", "text", "the lines, each 'who: what'"),), idempotent=True,
        ),
    ),
)  # fmt: skip
