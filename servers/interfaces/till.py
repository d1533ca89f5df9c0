"""The interfaces of lesson flood: tills, and the rules by which customers choose one."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, Interface, Operation

TILL: Final = Interface(
    name="till",
    number=54,
    version=1,
    doc="Serves one customer after the other.",
    operations=(Operation("pay", 1, "Be served, which takes a millisecond of work."),),
)

RULES: Final = Interface(
    name="rules",
    number=55,
    version=1,
    doc="What the customers do from now on.",
    operations=(
        Operation(
            "tills", 1, "Where they go.", (Argument("which", "text", "one, lean or own"),), (), ("BAD_REQUEST",),
            idempotent=True,
        ),
        Operation("crowd", 2, "Whether the crowd comes.", (Argument("on", "bool", "whether"),), idempotent=True),
    ),
)  # fmt: skip
