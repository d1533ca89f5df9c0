"""A customer who is served, has a look at the change, and comes again."""

from __future__ import annotations

from typing import Final

from servers.interfaces.clock import CLOCK
from servers.lessons.rules import pay
from servers.runtime.env import Env

PAUSE_US: Final = 1_000


async def main(env: Env) -> None:
    """Be served for ever."""
    clock = env.client("clock", CLOCK)
    while True:
        await pay(env)
        await env.note("served", server=env.name)
        await clock.sleep(PAUSE_US)
