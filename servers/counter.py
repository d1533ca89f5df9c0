"""The counter: the smallest server with a state, to poke, to crash, and to see what a restart forgets."""

from __future__ import annotations

from typing import Final

from servers.interfaces.counter import COUNTER
from servers.interfaces.names import NAMES
from servers.runtime.env import Env
from servers.runtime.errors import ServerError
from servers.runtime.serving import Request

WORD_MASK: Final = (1 << 64) - 1
PUBLIC_NAME: Final = "counter"
"""What it is called at the name server."""


class Counter:
    """The handler of the counter interface. Its number lives in its own memory and dies with it."""

    def __init__(self) -> None:
        self._value = 0

    async def increment(self, _request: Request, by: int) -> int:
        """Add; a word wraps around."""
        self._value = (self._value + by) & WORD_MASK
        return self._value

    async def value(self, _request: Request) -> int:
        """Read."""
        return self._value

    async def reset(self, _request: Request) -> None:
        """Back to 0."""
        self._value = 0


async def main(env: Env) -> None:
    """Become known by name, then count for ever."""
    if "names" in env.caps and "public" in env.caps:
        try:
            await env.client("names", NAMES).register(PUBLIC_NAME, env.cap("public"))
        except ServerError as error:
            await env.note("unregistered", server=env.name, text=f"{env.name} is not known by name: {error}")
    await env.serve(COUNTER, Counter())
