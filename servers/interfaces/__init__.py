"""Every interface of the system, by name and by label."""

from __future__ import annotations

from typing import Final

from servers.interfaces.actor import ACTOR
from servers.interfaces.bank import BANK, CUSTOMER
from servers.interfaces.base import (
    FIRST_LABEL,
    OPERATIONS_PER_INTERFACE,
    Argument,
    ErrorCode,
    Interface,
    Operation,
    Value,
)
from servers.interfaces.block import BLOCK
from servers.interfaces.clock import CLOCK
from servers.interfaces.compiler import CABINET, COMPILER, NAMED_COMPILER, SHEET
from servers.interfaces.console import CONSOLE
from servers.interfaces.counter import COUNTER
from servers.interfaces.desk import CLERK, DESK, VISITOR
from servers.interfaces.files import FILES
from servers.interfaces.log import LOG
from servers.interfaces.names import NAMES
from servers.interfaces.spacecraft import BUS, LOCK, MISSION
from servers.interfaces.spender import POOL, SPENDER
from servers.interfaces.supervisor import SUPERVISOR
from servers.interfaces.till import RULES, TILL
from servers.interfaces.vault import GUEST, HAND, VAULT

INTERFACES: Final[dict[str, Interface]] = {
    interface.name: interface
    for interface in (
        BLOCK, FILES, NAMES, LOG, CLOCK, CONSOLE, COUNTER, SUPERVISOR, ACTOR, BANK, CUSTOMER,
        CABINET, SHEET, NAMED_COMPILER, COMPILER, DESK, VISITOR, CLERK, SPENDER, POOL,
        LOCK, BUS, MISSION, VAULT, HAND, GUEST, TILL, RULES,
    )
}  # fmt: skip
"""The interface of every name that a manifest may use in `provides`."""

_BY_NUMBER: Final = {interface.number: interface for interface in INTERFACES.values()}


def find_operation(label: int) -> tuple[Interface, Operation] | None:
    """The interface and operation that a request label means, or None if nobody's."""
    if label < FIRST_LABEL:
        return None
    interface = _BY_NUMBER.get((label - FIRST_LABEL) // OPERATIONS_PER_INTERFACE)
    operation = interface.by_label(label) if interface else None
    return (interface, operation) if interface and operation else None


__all__ = [
    "ACTOR", "BANK", "BLOCK", "CABINET", "CLERK", "CLOCK", "COMPILER", "CONSOLE", "COUNTER", "CUSTOMER", "DESK",
    "FILES", "INTERFACES", "LOG", "NAMED_COMPILER", "NAMES", "POOL", "SHEET", "SPENDER", "SUPERVISOR", "VISITOR",
    "Argument", "ErrorCode", "Interface", "Operation", "Value", "find_operation",
]  # fmt: skip
