"""A customer: goes to a bank, says what it is told to say, and reports the answer."""

from __future__ import annotations

from typing import Final

from servers.interfaces.bank import BANK, CUSTOMER
from servers.runtime import invocations
from servers.runtime.env import Env
from servers.runtime.errors import Refused, ServerError
from servers.runtime.invocations import Place
from servers.runtime.serving import Request

BORROWED: Final = "borrowed"
"""The slot for a capability that somebody lends."""


class Customer:
    """The handler of the customer interface. Honest and dishonest customers run the same program."""

    def __init__(self, env: Env) -> None:
        self._env = env

    def _slot(self, name: str) -> int:
        if name not in self._env.caps:
            raise Refused("BAD_REQUEST")
        return self._env.caps[name]

    async def pay(self, _request: Request, bank: str, sender: str, payee: str, amount: int) -> int:
        """The same words to whichever bank."""
        client = self._env.client_of_slot(self._slot(bank), bank, BANK)
        try:
            left: int = await client.pay(sender=sender, payee=payee, amount=amount)
        except ServerError as error:
            raise Refused(error.name) from None
        return left

    async def lend(self, _request: Request, to: str, bank: str) -> None:
        """A copy of the own capability, in a message."""
        if self._env.interfaces.get(to) != CUSTOMER.name:
            raise Refused("BAD_REQUEST")
        await self._env.client(to, CUSTOMER).borrow(capability=self._slot(bank))

    async def borrow(self, _request: Request, capability: int) -> None:
        """Keep what is lent, in the place of what was lent before."""
        cspace = self._env.cap("cspace")
        await invocations.delete(Place(cspace, self._slot(BORROWED)))
        await invocations.move(Place(cspace, capability), Place(cspace, self._slot(BORROWED)))
        self._env.slots.give_back(capability)


async def main(env: Env) -> None:
    """Wait to be sent somewhere, for ever."""
    await env.serve(CUSTOMER, Customer(env))
