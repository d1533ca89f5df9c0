"""Every interface of the system, by name and by label."""

from __future__ import annotations

from typing import Final

from servers.interfaces.actor import ACTOR
from servers.interfaces.bank import BANK, CUSTOMER
from servers.interfaces.base import (
    FIRST_LABEL,
    OPERATIONS_PER_INTERFACE,
    READERS_NUMBERS,
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
from servers.interfaces.folder import DRIVE, FOLDER, ROOM
from servers.interfaces.log import LOG
from servers.interfaces.names import NAMES
from servers.interfaces.pager import PAGER, ROGUE
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
        LOCK, BUS, MISSION, VAULT, HAND, GUEST, TILL, RULES, PAGER, ROGUE, FOLDER, ROOM, DRIVE,
    )
}  # fmt: skip
"""The interface of every name that a manifest may use in `provides`."""

_BY_NUMBER: Final = {interface.number: interface for interface in INTERFACES.values()}


def why_not_own(interface: Interface) -> str:
    """Why somebody's own server cannot have that interface, in a clause, or ''."""
    known = INTERFACES.get(interface.name)
    if known is not None and known.number not in READERS_NUMBERS:
        return f"the playground has an interface called `{interface.name}` already; choose another name"
    if interface.number not in READERS_NUMBERS:
        first, last = READERS_NUMBERS[0], READERS_NUMBERS[-1]
        return f"the number of an interface of one's own is {first} to {last}, not {interface.number}"
    return ""


def add_interface(interface: Interface) -> None:
    """Make the interface of somebody's own server known, in place of one that had its name or number.

    Raises ValueError, whose text is a clause, if it would take the place of a shipped one.
    """
    if problem := why_not_own(interface):
        raise ValueError(problem)
    for other in (INTERFACES.get(interface.name), _BY_NUMBER.get(interface.number)):
        if other is not None:
            INTERFACES.pop(other.name, None)
            _BY_NUMBER.pop(other.number, None)
    INTERFACES[interface.name] = _BY_NUMBER[interface.number] = interface


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
    "Argument", "ErrorCode", "Interface", "Operation", "Value", "add_interface", "find_operation",
    "why_not_own",
]  # fmt: skip
