"""One of a crowd: as soon as it has been served it stands in the line again."""

from __future__ import annotations

from typing import Final

from servers.interfaces.clock import CLOCK
from servers.lessons.rules import CROWD, pay
from servers.runtime.env import Env

LOOK_US: Final = 20_000
"""How often it looks whether it should come."""


async def main(env: Env) -> None:
    """Stand in the line, as often as it can."""
    clock, page = env.client("clock", CLOCK), env.window("page")
    while True:
        if await page.load_word(CROWD):
            await pay(env)
            await env.note("served", server=env.name)
        else:
            await clock.sleep(LOOK_US)
