"""The guest's other hand: it writes on the page that the guest shares with the vaults, whenever it was told to."""

from __future__ import annotations

from servers.interfaces.clock import CLOCK
from servers.interfaces.vault import HAND
from servers.lessons.vault import RECORD
from servers.runtime.env import Env
from servers.runtime.serving import Request


class Hand:
    """The handler of the hand interface."""

    def __init__(self, env: Env) -> None:
        self._env = env

    async def plan(self, request: Request, record: int, after_us: int) -> None:
        """Whoever asked goes on at once; the hand waits for its moment."""
        await request.defer().reply()
        if after_us:
            await self._env.client("clock", CLOCK).sleep(after_us)
        await self._env.window("page").store_word(RECORD, record)
        await self._env.note("changed", server=self._env.name, record=record)


async def main(env: Env) -> None:
    """Write for ever."""
    await env.serve(HAND, Hand(env))
