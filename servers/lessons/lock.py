"""A lock: what one uses if one has shared memory and trusts everybody who shares it.

It knows who has it and who waits. It does not know how important they are, and cannot make them hurry.
"""

from __future__ import annotations

from servers.interfaces.spacecraft import LOCK
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import PendingReply, Request


class Lock:
    """The handler of the lock interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._holder = 0
        """Badge of the one who has it, or 0."""
        self._waiting: list[PendingReply] = []

    async def acquire(self, request: Request) -> None:
        """At once if it is free, otherwise when it is."""
        if self._holder == request.badge:
            raise Refused("HAVE_IT")
        if self._holder:
            self._waiting.append(request.defer())
        else:
            await self._give(request.badge)

    async def release(self, request: Request) -> None:
        """The next in the line has it."""
        if self._holder != request.badge:
            raise Refused("NOT_YOURS")
        self._holder = 0
        await self._env.note("bus-free", server=self._name(request.badge))
        if self._waiting:
            pending = self._waiting.pop(0)
            await self._give(pending.badge)
            await pending.reply()

    async def _give(self, badge: int) -> None:
        self._holder = badge
        await self._env.note("bus-taken", server=self._name(badge))

    def _name(self, badge: int) -> str:
        return self._env.clients[badge]


async def main(env: Env) -> None:
    """Be locked and unlocked for ever."""
    await env.serve(LOCK, Lock(env))
