"""The interface of the clock: what time it is, and being told when it is later."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

_MICROSECONDS = Argument("microseconds", "word", "from now, in microseconds of virtual time")

CLOCK: Final = Interface(
    name="clock",
    number=5,
    version=1,
    doc="Time: reading it, sleeping, alarms.",
    operations=(
        Operation(
            "now", 1, "Virtual time since boot.", (),
            (Argument("cycles", "word", "cycles since boot"),), idempotent=True,
        ),
        Operation(
            "wall", 2, "The time of day.", (),
            (Argument("seconds", "word", "seconds since 1970-01-01 UTC"),), idempotent=True,
        ),
        Operation("sleep", 3, "Answer only after some time.", (_MICROSECONDS,), errors=("FULL",)),
        Operation(
            "alarm", 4, "Signal a notification after some time; one alarm for each caller, a new one replaces it.",
            (_MICROSECONDS, Argument("notification", "capability", "what to signal")), (), ("FULL",),
        ),
        Operation("cancel", 5, "Forget the caller's alarm, if there is one.", idempotent=True),
    ),
    errors=(ErrorCode("FULL", 16, "too many are waiting already"),),
)  # fmt: skip
