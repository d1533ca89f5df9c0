"""A counter for tests that asks another counter for every answer: a server that waits for a server."""

from __future__ import annotations

from servers.interfaces import COUNTER
from servers.runtime.env import Env
from servers.runtime.serving import Request


class Relay:
    def __init__(self, env: Env) -> None:
        self.below = env.client("below", COUNTER)

    async def increment(self, request: Request, by: int) -> int:
        return int(await self.below.increment(by))

    async def value(self, request: Request) -> int:
        return int(await self.below.value())

    async def reset(self, request: Request) -> None:
        await self.below.reset()


async def main(env: Env) -> None:
    await env.serve(COUNTER, Relay(env))
