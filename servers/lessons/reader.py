"""A program that reads a file now and then."""

from __future__ import annotations

from typing import Final

from servers.interfaces.clock import CLOCK
from servers.interfaces.folder import FOLDER
from servers.runtime.env import Env

PAUSE_US: Final = 10_000


async def main(env: Env) -> None:
    """Read for ever."""
    clock, files = env.client("clock", CLOCK), env.client("files", FOLDER)
    while True:
        await clock.sleep(PAUSE_US)
        await files.fetch()
        await env.note("served", server=env.name)
