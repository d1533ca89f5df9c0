"""A program that makes as much as it is told, from memory of its own or from that of others."""

from __future__ import annotations

from typing import Final

from kernel.abi import Error, ObjectType
from servers.interfaces.spender import POOL, SPENDER
from servers.lessons.shelf import Shelf
from servers.runtime.env import Env
from servers.runtime.errors import KernelRefusal, OutOfMemory, Refused, ServerError
from servers.runtime.serving import Request

ROOM: Final = 17
"""Threads that have a slot: more than there is memory for."""


class Spender:
    """The handler of the spender interface. Modest and greedy ones run the same program."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._shelf = Shelf(env, ROOM)

    async def spawn(self, _request: Request, count: int) -> int:
        """Threads, as many as there is memory for."""
        made = await self._spawn(count)
        if count and not made:
            raise Refused(Error.NOT_ENOUGH_MEMORY.name)
        return made

    async def _spawn(self, count: int) -> int:
        for made in range(count):
            try:
                await self._shelf.make(ObjectType.TCB, "thread")
            except KernelRefusal:
                return made
        return count

    async def explode(self, _request: Request) -> int:
        """A fork bomb: in every round as many again as there are."""
        threads = wanted = 1
        made = await self._spawn(1)
        while made == wanted:
            wanted = threads
            made = await self._spawn(wanted)
            threads += made
        return threads if threads > 1 else made

    async def beg(self, _request: Request, count: int) -> int:
        """Pages from the pool, until it gives no more."""
        pool = self._env.client("pool", POOL)
        for got in range(count):
            try:
                await pool.take()
            except OutOfMemory:
                return got
            except ServerError as error:
                if not got:
                    raise Refused(error.name) from None
                return got
        return count


async def main(env: Env) -> None:
    """Spend for ever."""
    await env.serve(SPENDER, Spender(env))
