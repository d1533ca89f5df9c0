"""The interfaces of the spacecraft of lesson mars-1997: a lock, a bus and the watchdog."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

LOCK: Final = Interface(
    name="lock",
    number=48,
    version=1,
    doc="At most one has it; the others wait.",
    operations=(
        Operation("acquire", 1, "Wait until it is free, and have it.", errors=("HAVE_IT",)),
        Operation("release", 2, "Give it to the one who waits longest.", errors=("NOT_YOURS",)),
    ),
    errors=(
        ErrorCode("HAVE_IT", 16, "you have it already"),
        ErrorCode("NOT_YOURS", 17, "you do not have it"),
    ),
)

BUS: Final = Interface(
    name="bus",
    number=49,
    version=1,
    doc="The bus as a server: it does the moving itself, for one caller after the other.",
    operations=(
        Operation(
            "transfer", 1, "Move data over the bus.",
            (Argument("microseconds", "word", "how long that takes"),), (), ("TOO_LONG",),
        ),
    ),
    errors=(ErrorCode("TOO_LONG", 16, "nobody may have the bus for so long"),),
)  # fmt: skip

MISSION: Final = Interface(
    name="mission",
    number=50,
    version=1,
    doc="The watchdog, and the settings that the ground can change.",
    operations=(
        Operation("report", 1, "Say that the data was distributed in time."),
        Operation(
            "bus", 2, "How tasks use the bus from now on.",
            (Argument("way", "text", "locked or served"),), (), ("BAD_REQUEST",), idempotent=True,
        ),
        Operation(
            "radio", 3, "Whether pictures are prepared from now on.",
            (Argument("on", "bool", "whether"),), idempotent=True,
        ),
        Operation(
            "resets", 4, "How often the watchdog has started everything again.", (),
            (Argument("number", "word", "since the watchdog began"),), idempotent=True,
        ),
    ),
)  # fmt: skip
