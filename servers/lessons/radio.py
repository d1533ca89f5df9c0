"""A task of middle importance that computes for long, and never uses the bus."""

from __future__ import annotations

from typing import Final

from kernel.syscalls import compute
from servers.interfaces.clock import CLOCK
from servers.lessons.spacecraft import CYCLES_PER_MICROSECOND, RADIO
from servers.runtime.env import Env

PICTURE_US: Final = 120_000
"""How long it computes for one picture."""
PAUSE_US: Final = 48_000


async def main(env: Env) -> None:
    """Prepare a picture in every period in which the ground wants one."""
    settings = env.window("settings")
    clock = env.client("clock", CLOCK)
    while True:
        if await settings.load_word(RADIO):
            await compute(PICTURE_US * CYCLES_PER_MICROSECOND)
        await clock.sleep(PAUSE_US)
