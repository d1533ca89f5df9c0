"""A name server for tests: keeps one capability and hands out copies."""

from __future__ import annotations

from servers.interfaces import NAMES
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import Request


class Keeper:
    def __init__(self, env: Env) -> None:
        self.env = env
        self.kept: dict[str, int] = {}

    async def register(self, request: Request, name: str, capability: int) -> None:
        if name in self.kept:
            await self.env.delete(self.kept[name])
        self.kept[name] = capability

    async def lookup(self, request: Request, name: str) -> int:
        if name not in self.kept:
            raise Refused("UNKNOWN")
        return self.kept[name]

    async def list(self, request: Request) -> str:
        return "\n".join(sorted(self.kept))

    async def unregister(self, request: Request, name: str) -> None:
        await self.env.delete(self.kept.pop(name))


async def main(env: Env) -> None:
    await env.serve(NAMES, Keeper(env))
