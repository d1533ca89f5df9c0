"""A generous server: makes pages for whoever asks, from its own memory. That is its mistake."""

from __future__ import annotations

from typing import Final

from kernel.abi import ObjectType
from servers.interfaces.spender import POOL
from servers.lessons.shelf import Shelf
from servers.runtime.env import Env
from servers.runtime.errors import KernelRefusal, Refused
from servers.runtime.serving import Request

ROOM: Final = 17
"""Pages that have a slot: more than there is memory for."""


class Pool:
    """The handler of the pool interface."""

    def __init__(self, env: Env) -> None:
        self._shelf = Shelf(env, ROOM)

    async def take(self, _request: Request) -> int:
        """A page; the answer carries a copy of its capability."""
        try:
            return await self._shelf.make(ObjectType.FRAME, "page")
        except KernelRefusal:
            raise Refused("NO_MEMORY") from None


async def main(env: Env) -> None:
    """Give for ever."""
    await env.serve(POOL, Pool(env))
