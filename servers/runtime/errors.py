"""What can go wrong for a server that asks others for something, split by who is to blame."""

from __future__ import annotations

from typing import Final

from kernel.abi import ERROR_NAMES, Error, Label

SERVER_DIED: Final = 1
BAD_REQUEST: Final = 2
NOT_PERMITTED: Final = 3
NO_MEMORY: Final = 4
UNAVAILABLE: Final = 5

OUT_OF_MEMORY_CODE: Final = 0x4D454D
"""Code of the undefined instruction that a program executes when it is out of memory ("MEM")."""


REPLACED_CODE: Final = 0x4E4557
"""The same of a program that is to begin anew because its file has changed ("NEW")."""


class ServerError(Exception):
    """A server, or the supervisor in its place, refused a request; or nobody could be reached at all."""

    def __init__(self, interface: str, operation: str, code: int, name: str, detail: str = "") -> None:
        super().__init__(f"{interface}.{operation}: {name}" + (f": {detail}" if detail else ""))
        self.interface = interface
        self.operation = operation
        self.code = code
        """The error's number in the interface."""
        self.name = name
        """The error's name in the interface, such as NOT_FOUND."""
        self.detail = detail
        """One clause in words."""


class Refused(Exception):
    """Raised by a handler: answer the request with this error instead of results."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
        """Name of an error of the interface, such as NOT_FOUND."""


class KernelRefusal(Exception):
    """The kernel refused an invocation; nothing changed."""

    def __init__(self, label: int, error: int, words: tuple[int, ...], what: str = "") -> None:
        operation = Label(label).name if label in Label.__members__.values() else str(label)
        name = ERROR_NAMES[Error(error)]
        more = f" ({', '.join(map(str, words))})" if any(words) else ""
        super().__init__(f"{operation}{f' for {what}' if what else ''}: {name}{more}")
        self.label = label
        self.error = error
        self.words = words


class OutOfMemory(MemoryError):
    """No Untyped with enough room is left, or no empty slot."""
