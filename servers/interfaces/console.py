"""The interface of the console: text to the screen, lines from the keyboard."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

CONSOLE: Final = Interface(
    name="console",
    number=6,
    version=1,
    doc="A screen and a keyboard, a line at a time.",
    operations=(
        Operation("write", 1, "Show text on the console.", (Argument("text", "text", "what to show"),)),
        Operation(
            "read_line", 2, "Wait for a line from the keyboard.", (),
            (Argument("text", "text", "the line, without its end"),), ("BUSY",), idempotent=True,
        ),
    ),
    errors=(ErrorCode("BUSY", 16, "somebody else is already waiting for a line"),),
)  # fmt: skip
