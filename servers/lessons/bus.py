"""The bus as a server: whoever wants data moved calls it, and it moves the data itself, one request after the other.

Nobody can hold it: a request is carried out at the server's own priority. If it is passive, that takes the time of the
caller.
"""

from __future__ import annotations

from typing import Final

from kernel.syscalls import compute
from servers.interfaces.spacecraft import BUS
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import Request

CYCLES_PER_MICROSECOND: Final = 1000
LONGEST: Final = 10_000
"""Microseconds that a request may take: the longest that a more important one waits."""


class Bus:
    """The handler of the bus interface."""

    def __init__(self, env: Env) -> None:
        self._env = env

    async def transfer(self, request: Request, microseconds: int) -> None:
        """Move data for so long."""
        if microseconds > LONGEST:
            raise Refused("TOO_LONG")
        client = self._env.clients[request.badge]
        await self._env.note("bus-taken", server=client)
        await compute(microseconds * CYCLES_PER_MICROSECOND)
        await self._env.note("bus-free", server=client)


async def main(env: Env) -> None:
    """Move data for ever."""
    await env.serve(BUS, Bus(env))
