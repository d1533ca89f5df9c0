"""A bank that believes what the message says about its sender."""

from __future__ import annotations

from servers.interfaces.bank import BANK
from servers.lessons.accounts import Accounts
from servers.runtime.env import Env
from servers.runtime.serving import Request


class NaiveBank(Accounts):
    """The handler of the bank interface, by the words of the message."""

    async def pay(self, _request: Request, sender: str, payee: str, amount: int) -> int:
        """Whoever calls himself `sender` is `sender`."""
        return self.move(sender, payee, amount)


async def main(env: Env) -> None:
    """Be open for ever."""
    await env.serve(BANK, NaiveBank())
