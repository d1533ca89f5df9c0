"""What an interface is, as data, so that stub, dispatch, wire layout, form and decoder all come from one table.

An interface lists operations; an operation lists its arguments and results with their types. Nothing here knows how
a message travels: `codec` turns arguments into message words, `servers.runtime` moves them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar, get_args

from servers.nearest import nearest

ArgumentType = Literal["word", "bool", "text", "bytes", "capability"]
"""word: unsigned 64 bits. bool: 0 or 1. text: UTF-8. bytes: octets. capability: travels beside the words."""

ARGUMENT_TYPES: Final[tuple[str, ...]] = get_args(ArgumentType)
FIRST_LABEL: Final = 256
"""Label of operation 0 of interface 0; smaller labels are the kernel's."""
OPERATIONS_PER_INTERFACE: Final = 64
ERROR_LABEL: Final = 4096
"""An error is answered with label ERROR_LABEL + code."""
MAX_INTERFACES: Final = (ERROR_LABEL - FIRST_LABEL) // OPERATIONS_PER_INTERFACE
READERS_NUMBERS: Final = range(100, 200)
"""Interface numbers that no shipped interface has: for servers that people write beside their manifest."""
FIRST_OWN_ERROR: Final = 16
"""Codes below are common to all interfaces, codes from here belong to the interface."""
LAST_ERROR: Final = 255

Value = int | bool | str | bytes
"""A decoded argument or result; a capability is the number of its slot."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument or result of an operation."""

    name: str
    """Keyword that the handler gets and that a user writes."""
    type: ArgumentType
    """How it is laid out on the wire."""
    doc: str
    """What it means, with its unit; the hint in a form."""
    default: Value | None = None
    """Taken if the caller leaves it out; None means that it must be given."""


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One way in which an operation can be refused."""

    name: str
    """Upper case with underscores, as lessons and `ServerError` write it."""
    number: int
    """1 to 15 common to all interfaces, 16 to 255 the interface's own."""
    doc: str
    """One clause in words: what the caller is told."""


COMMON_ERRORS: Final = (
    ErrorCode("SERVER_DIED", 1, "the server died before it answered"),
    ErrorCode("BAD_REQUEST", 2, "the server did not understand the request"),
    ErrorCode("NOT_PERMITTED", 3, "the caller is not permitted to do that"),
    ErrorCode("NO_MEMORY", 4, "the server has no memory left for it"),
    ErrorCode("UNAVAILABLE", 5, "nobody provides the service at the moment"),
)
"""Errors that every interface may answer."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One request that a server of the interface answers."""

    name: str
    number: int
    """0 to 63, unique in the interface and never used again for something else."""
    doc: str
    """One sentence, shown in forms, completion and help."""
    arguments: tuple[Argument, ...] = ()
    results: tuple[Argument, ...] = ()
    errors: tuple[str, ...] = ()
    """Names of the errors it may answer beside the common ones."""
    idempotent: bool = False
    """Doing it twice is as good as once, so a client may try again after the server died."""

    def argument(self, name: str) -> Argument:
        """The argument of that name. Raises KeyError with the nearest name."""
        return _named(self.arguments, name, f"{self.name} has no argument")


@dataclass(frozen=True, slots=True)
class Interface:
    """A named, numbered and versioned set of operations."""

    name: str
    number: int
    """Fixes the labels of its operations: unique in the system."""
    version: int
    doc: str
    operations: tuple[Operation, ...]
    errors: tuple[ErrorCode, ...] = ()
    """The interface's own errors, numbered from 16."""
    _by_number: dict[int, Operation] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        problem = check_interface(self)
        if problem:
            raise ValueError(f"interface {self.name}: {problem}")
        object.__setattr__(self, "_by_number", {operation.number: operation for operation in self.operations})

    def operation(self, name: str) -> Operation:
        """The operation of that name. Raises KeyError with the nearest name."""
        return _named(self.operations, name, f"{self.name} has no operation")

    def label(self, operation: Operation) -> int:
        """The request label of an operation of this interface."""
        return FIRST_LABEL + self.number * OPERATIONS_PER_INTERFACE + operation.number

    def by_label(self, label: int) -> Operation | None:
        """The operation that a request label means, or None if it is not of this interface."""
        interface, number = divmod(label - FIRST_LABEL, OPERATIONS_PER_INTERFACE)
        return self._by_number.get(number) if interface == self.number else None

    def all_errors(self) -> tuple[ErrorCode, ...]:
        """The common errors, then the interface's own."""
        return COMMON_ERRORS + self.errors

    def error(self, code: int) -> ErrorCode | None:
        """The error with that number, or None."""
        return next((error for error in self.all_errors() if error.number == code), None)

    def error_code(self, name: str) -> int:
        """The number of an error. Raises KeyError with the nearest name."""
        return _named(self.all_errors(), name, f"{self.name} has no error").number


def error_label(code: int) -> int:
    """The reply label that means this error."""
    return ERROR_LABEL + code


def error_of_label(label: int) -> int | None:
    """The error code in a reply label, or None if the label does not mean a server's error."""
    return label - ERROR_LABEL if ERROR_LABEL < label <= ERROR_LABEL + LAST_ERROR else None


def check_interface(interface: Interface) -> str | None:
    """What is wrong with the table of an interface, in words, or None."""
    if not 0 <= interface.number < MAX_INTERFACES and interface.number not in READERS_NUMBERS:
        first, last = READERS_NUMBERS[0], READERS_NUMBERS[-1]
        return f"the number of an interface of one's own is {first} to {last}, not {interface.number}"
    own = [error.number for error in interface.errors]
    if any(not FIRST_OWN_ERROR <= number <= LAST_ERROR for number in own):
        return f"its own errors are numbered {FIRST_OWN_ERROR} to {LAST_ERROR}"
    errors = [error.name for error in interface.all_errors()]
    for what, values in (
        ("operation name", [operation.name for operation in interface.operations]),
        ("operation number", [operation.number for operation in interface.operations]),
        ("error number", own),
        ("error name", errors),
    ):
        if len(set(values)) != len(values):
            return f"an {what} occurs twice"
    for operation in interface.operations:
        problem = _check_operation(operation, errors)
        if problem:
            return f"operation {operation.name}: {problem}"
    return None


def _check_operation(operation: Operation, errors: list[str]) -> str | None:
    if not 0 <= operation.number < OPERATIONS_PER_INTERFACE:
        return f"its number must be 0 to {OPERATIONS_PER_INTERFACE - 1}, not {operation.number}"
    for arguments in (operation.arguments, operation.results):
        names = [argument.name for argument in arguments]
        if len(set(names)) != len(names):
            return "a name occurs twice"
        if any(argument.type not in ARGUMENT_TYPES for argument in arguments):
            return f"types are {', '.join(ARGUMENT_TYPES)}"
        if sum(argument.type == "capability" for argument in arguments) > 1:
            return "one message can transfer one capability"
    unknown = [name for name in operation.errors if name not in errors]
    return f"unknown error {unknown[0]}" if unknown else None


_Row = TypeVar("_Row", Argument, Operation, ErrorCode)


def _named(rows: tuple[_Row, ...], name: str, complaint: str) -> _Row:
    for row in rows:
        if row.name == name:
            return row
    raise KeyError(f"{complaint} `{name}`{nearest(name, [row.name for row in rows])}")
