"""What all banks do alike: a table of accounts. They differ in how they know who is paying."""

from __future__ import annotations

from typing import Final

from servers.runtime.errors import Refused
from servers.runtime.serving import Request

OPENING: Final = {"ann": 100, "mallory": 10}
"""What is in the accounts when a bank opens."""


class Accounts:
    """The part of a bank's handler that does not care who asks."""

    def __init__(self) -> None:
        self._accounts = dict(OPENING)

    def move(self, payer: str, to: str, amount: int) -> int:
        """Money from one to another; what the payer has left."""
        if payer not in self._accounts or to not in self._accounts:
            raise Refused("NO_ACCOUNT")
        if amount > self._accounts[payer]:
            raise Refused("TOO_LITTLE")
        self._accounts[payer] -= amount
        self._accounts[to] += amount
        return self._accounts[payer]

    async def balance(self, _request: Request, of: str) -> int:
        """What is in an account; everybody may know."""
        if of not in self._accounts:
            raise Refused("NO_ACCOUNT")
        return self._accounts[of]
