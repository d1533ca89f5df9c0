"""The most important task: in every period it distributes the data that has come over the bus, and reports."""

from __future__ import annotations

from typing import Final

from servers.interfaces.clock import CLOCK
from servers.interfaces.spacecraft import MISSION
from servers.lessons.spacecraft import use_bus
from servers.runtime.env import Env

NEEDED_US: Final = 1_000
"""How long it needs the bus."""
PAUSE_US: Final = 24_000


async def main(env: Env) -> None:
    """Distribute, report, and wait for the next period, for ever."""
    mission = env.client("mission", MISSION)
    clock = env.client("clock", CLOCK)
    while True:
        await use_bus(env, NEEDED_US)
        await mission.report()
        await clock.sleep(PAUSE_US)
