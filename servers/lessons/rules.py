"""Keeps what the customers of lesson flood do, on a page that they may read."""

from __future__ import annotations

from typing import Final

from servers.interfaces.till import RULES, TILL
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import Request

TILLS: Final = 0
"""Offset in the page: the number of the arrangement."""
CROWD: Final = 8
"""Offset in the page: whether the crowd comes."""
ARRANGEMENTS: Final = ("one", "lean", "own")
"""Also the names of the capabilities by which a customer reaches the till of each."""


class Rules:
    """The handler of the rules interface."""

    def __init__(self, env: Env) -> None:
        self._page = env.window("page")

    async def tills(self, _request: Request, which: str) -> None:
        """Another arrangement."""
        if which not in ARRANGEMENTS:
            raise Refused("BAD_REQUEST")
        await self._page.store_word(TILLS, ARRANGEMENTS.index(which))

    async def crowd(self, _request: Request, on: bool) -> None:
        """Come, or stay at home."""
        await self._page.store_word(CROWD, int(on))


async def pay(env: Env) -> None:
    """Go to the till that the rules name, as a customer."""
    number = await env.window("page").load_word(TILLS)
    await env.client(ARRANGEMENTS[number], TILL).pay()


async def main(env: Env) -> None:
    """Keep the rules for ever."""
    await env.serve(RULES, Rules(env))
