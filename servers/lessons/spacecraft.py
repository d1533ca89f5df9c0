"""What the tasks of the spacecraft have in common: the settings of the ground, and two ways to use the bus.

A task does its work, sleeps for a while, and does it again.
"""

from __future__ import annotations

from typing import Final

from kernel.syscalls import compute
from servers.interfaces.spacecraft import BUS, LOCK
from servers.runtime.env import Env

CYCLES_PER_MICROSECOND: Final = 1000
WAY: Final = 0
"""Offset in the settings: how the bus is used."""
RADIO: Final = 8
"""Offset in the settings: whether pictures are prepared."""
LOCKED: Final = 0
SERVED: Final = 1
WAYS: Final = {"locked": LOCKED, "served": SERVED}


async def use_bus(env: Env, microseconds: int) -> None:
    """Move data over the bus, in the way that is set."""
    if await env.window("settings").load_word(WAY) == SERVED:
        await env.client("bus", BUS).transfer(microseconds)
        return
    lock = env.client("lock", LOCK)
    await lock.acquire()
    await compute(microseconds * CYCLES_PER_MICROSECOND)
    await lock.release()
