"""A vault that looks at the shared page twice: once to check, and once more when it uses the number."""

from __future__ import annotations

from servers.interfaces.vault import VAULT
from servers.lessons.vault import RECORD, check, find, put, read_by_message, use
from servers.runtime.env import Env
from servers.runtime.serving import Request


class HastyVault:
    """The handler of the vault interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._page = env.window("page")

    async def fetch(self, _request: Request) -> None:
        """Every line of this is right, one by one."""
        await check(self._env, await self._page.load_word(RECORD))
        await find(self._env)
        await put(self._page, await use(self._env, await self._page.load_word(RECORD)))

    async def read(self, request: Request, record: int) -> str:
        """By message."""
        return await read_by_message(self._env, request, record)


async def main(env: Env) -> None:
    """Answer for ever."""
    await env.serve(VAULT, HastyVault(env))
