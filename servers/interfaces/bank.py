"""The interfaces of the lesson on callers: a bank, and a customer who goes there with what words one likes."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

_SENDER = Argument("sender", "text", "who the message says is paying")
_PAYEE = Argument("payee", "text", "whose account gets it")
_AMOUNT = Argument("amount", "word", "how much")
_LEFT = Argument("left", "word", "what the payer has left")
_ERRORS: Final = (
    ErrorCode("NO_ACCOUNT", 16, "nobody of that name has an account"),
    ErrorCode("TOO_LITTLE", 17, "there is not as much in the account"),
)
_NAMES: Final = ("NOT_PERMITTED", "NO_ACCOUNT", "TOO_LITTLE")

BANK: Final = Interface(
    name="bank",
    number=33,
    version=1,
    doc="Accounts of those who have one.",
    operations=(
        Operation("pay", 1, "Pay from one account to another.", (_SENDER, _PAYEE, _AMOUNT), (_LEFT,), _NAMES),
        Operation(
            "balance", 2, "What is in an account.", (Argument("of", "text", "whose account"),),
            (Argument("amount", "word", "how much is in it"),), ("NO_ACCOUNT",), idempotent=True,
        ),
    ),
    errors=_ERRORS,
)  # fmt: skip

CUSTOMER: Final = Interface(
    name="customer",
    number=34,
    version=1,
    doc="Somebody who goes to a bank.",
    operations=(
        Operation(
            "pay", 1, "Go to a bank and say these words.",
            (Argument("bank", "text", "your capability to the bank"), _SENDER, _PAYEE, _AMOUNT), (_LEFT,),
            (*_NAMES, "UNAVAILABLE"),
        ),
        Operation(
            "lend", 2, "Give a copy of your capability to a bank to another customer.",
            (Argument("to", "text", "your capability to the other customer"),
             Argument("bank", "text", "your capability to the bank")),
        ),
        Operation(
            "borrow", 3, "Take a capability to a bank that comes with this message.",
            (Argument("capability", "capability", "what is lent"),),
        ),
    ),
    errors=_ERRORS,
)  # fmt: skip
