"""A counter for tests: the smallest server with a state."""

from __future__ import annotations

from servers.interfaces import COUNTER
from servers.runtime.env import Env
from servers.runtime.serving import Request


class Counter:
    def __init__(self) -> None:
        self.count = 0

    async def increment(self, request: Request, by: int) -> int:
        self.count += by
        return self.count

    async def value(self, request: Request) -> int:
        return self.count

    async def reset(self, request: Request) -> None:
        self.count = 0


async def main(env: Env) -> None:
    await env.serve(COUNTER, Counter())
