"""The name server: capabilities under names. What it hands out is a copy; what it was given, it can lose again.

A name belongs to the badge that registered it, so nobody can squat on somebody else's; who needs certainty holds a
capability from the manifest and asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from servers.interfaces.names import NAMES
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import Request

MAX_NAMES: Final = 32
"""Names that are kept at the same time."""


@dataclass(slots=True)
class Entry:
    """One registered capability."""

    owner: int
    """Badge of who registered it."""
    slot: int


class Names:
    """The handler of the names interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._entries: dict[str, Entry] = {}

    async def register(self, request: Request, name: str, capability: int) -> None:
        """Keep a capability; its owner may replace it, for instance after a restart."""
        known = self._entries.get(name)
        if known is not None and known.owner != request.badge:
            await self._env.delete(capability)
            raise Refused("TAKEN")
        if known is None and len(self._entries) >= MAX_NAMES:
            await self._env.delete(capability)
            raise Refused("FULL")
        self._entries[name] = Entry(request.badge, capability)
        if known is not None:
            await self._env.delete(known.slot)

    async def lookup(self, _request: Request, name: str) -> int:
        """The capability under a name; the answer carries a copy."""
        if name not in self._entries:
            raise Refused("UNKNOWN")
        return self._entries[name].slot

    async def list(self, _request: Request) -> str:
        """All names."""
        return "".join(f"{name}\n" for name in sorted(self._entries))

    async def unregister(self, request: Request, name: str) -> None:
        """Forget a name; only its owner can."""
        known = self._entries.get(name)
        if known is None or known.owner != request.badge:
            raise Refused("UNKNOWN")
        del self._entries[name]
        await self._env.delete(known.slot)


async def main(env: Env) -> None:
    """Keep names for ever."""
    await env.serve(NAMES, Names(env))
