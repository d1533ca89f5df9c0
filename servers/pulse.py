"""The supervisor's timekeeper: a thread with next to no budget, which the kernel wakes once a period.

Spending the budget with Yield and waiting for the refill is a timer made of the scheduler alone. The supervisor
needs one that no server can take away from it: the clock is itself among those that it watches.
"""

from __future__ import annotations

from kernel.syscalls import signal, yield_


async def main(notification: int) -> None:
    """Signal a notification once each period, for ever."""
    while True:
        await signal(notification)
        await yield_()
