"""The least important task: now and then it puts its measurements on the bus."""

from __future__ import annotations

from typing import Final

from servers.interfaces.clock import CLOCK
from servers.lessons.spacecraft import use_bus
from servers.runtime.env import Env

NEEDED_US: Final = 6_000
"""How long it needs the bus."""
PAUSE_US: Final = 37_000


async def main(env: Env) -> None:
    """Put measurements on the bus and wait for the next period, for ever."""
    clock = env.client("clock", CLOCK)
    while True:
        await use_bus(env, NEEDED_US)
        await clock.sleep(PAUSE_US)
