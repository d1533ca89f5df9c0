"""A bank that looks at the badge, which the kernel writes, and not at the words, which the caller writes."""

from __future__ import annotations

from servers.interfaces.bank import BANK
from servers.lessons.accounts import Accounts
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import Request


class CarefulBank(Accounts):
    """The handler of the bank interface, by the badge of the capability that was used."""

    def __init__(self, customers: dict[int, str]) -> None:
        super().__init__()
        self._customers = customers

    async def pay(self, request: Request, sender: str, payee: str, amount: int) -> int:
        """Only who has the badge of `sender` is `sender`."""
        if self._customers.get(request.badge) != sender:
            raise Refused("NOT_PERMITTED")
        return self.move(sender, payee, amount)


async def main(env: Env) -> None:
    """Be open for ever; the manifest says which badge is whose."""
    await env.serve(BANK, CarefulBank(env.clients))
