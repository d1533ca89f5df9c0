"""A guest that asks a vault for records, by a page that it shares with the vault or by message."""

from __future__ import annotations

from typing import Final

from servers.interfaces.vault import GUEST, HAND, VAULT
from servers.lessons.vault import LENGTH, RECORD, TEXT
from servers.runtime.client import Client
from servers.runtime.env import Env
from servers.runtime.errors import Refused, ServerError
from servers.runtime.serving import Request

NOTHING: Final = 99
"""The number that means that the other hand does nothing."""


class Guest:
    """The handler of the guest interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._page = env.window("page")

    async def ask(self, _request: Request, vault: str, record: int, other: int, after_us: int) -> str:
        """Write the number, let the other hand get ready, and call."""
        client = self._vault(vault)
        await self._page.store_word(RECORD, record)
        await self._plan(other, after_us)
        try:
            await client.fetch()
        except ServerError as error:
            raise Refused(error.name) from None
        length = await self._page.load_word(LENGTH)
        return (await self._page.load(TEXT, length)).decode()

    async def tell(self, _request: Request, vault: str, record: int, other: int, after_us: int) -> str:
        """The same, with the number in the message."""
        client = self._vault(vault)
        await self._plan(other, after_us)
        try:
            return str(await client.read(record))
        except ServerError as error:
            raise Refused(error.name) from None

    def _vault(self, name: str) -> Client:
        if self._env.interfaces.get(name) != VAULT.name:
            raise Refused("BAD_REQUEST")
        return self._env.client(name, VAULT)

    async def _plan(self, other: int, after_us: int) -> None:
        if other != NOTHING:
            await self._env.client("hand", HAND).plan(record=other, after_us=after_us)


async def main(env: Env) -> None:
    """Ask for ever."""
    await env.serve(GUEST, Guest(env))
