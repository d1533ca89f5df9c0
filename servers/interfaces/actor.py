"""The interface of an actor: a program that uses its own capabilities as it is told, so that one can watch it.

What goes wrong is told by the kernel's own errors: an actor has no opinion.
"""

from __future__ import annotations

from typing import Final

from kernel.abi import Error
from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

FIRST_KERNEL_ERROR: Final = 16
"""A kernel error is answered as this number and the kernel's."""

_WORDS: Final = {
    Error.INVALID_ARGUMENT: "the kernel says: an argument makes no sense",
    Error.INVALID_CAPABILITY: "the kernel says: there is no such capability, or it is of the wrong kind",
    Error.ILLEGAL_OPERATION: "the kernel says: this capability does not allow that",
    Error.RANGE_ERROR: "the kernel says: a number is too small or too large",
    Error.ALIGNMENT_ERROR: "the kernel says: an address is not aligned",
    Error.FAILED_LOOKUP: "the kernel says: the slot that it should be taken from is empty",
    Error.TRUNCATED_MESSAGE: "the kernel says: something is missing",
    Error.DELETE_FIRST: "the kernel says: the slot that it should go into is not empty",
    Error.REVOKE_FIRST: "the kernel says: what was derived from it must be revoked first",
    Error.NOT_ENOUGH_MEMORY: "the kernel says: this Untyped has no room left",
}

_SOURCE = Argument("source", "text", "name of the slot it is in")
_TARGET = Argument("target", "text", "name of the empty slot it goes to")
_PAGE = Argument("page", "text", "name of the slot of a frame")

ACTOR: Final = Interface(
    name="actor",
    number=32,
    version=1,
    doc="Use your capabilities as I say.",
    operations=(
        Operation(
            "make", 1, "Make objects from your own Untyped.",
            (Argument("kind", "text", "page, endpoint, notification or thread"), _TARGET,
             Argument("count", "word", "how many; all but the first go to slots without a name", 1)), (),
            ("NOT_ENOUGH_MEMORY",),
        ),
        Operation(
            "copy", 2, "Derive a capability from another of yours.",
            (_SOURCE, _TARGET, Argument("rights", "text", "all, or some of r, w, g and p (to be answered)", "all"),
             Argument("badge", "word", "the badge to give it; 0 is none", 0)), (),
            ("ILLEGAL_OPERATION", "FAILED_LOOKUP", "DELETE_FIRST"),
        ),
        Operation(
            "give", 3, "Send a capability of yours to another actor.",
            (Argument("to", "text", "your capability to that actor"), _SOURCE,
             Argument("target", "text", "name of the slot of the other that it goes to")), (),
            ("DELETE_FIRST", "UNAVAILABLE"),
        ),
        Operation(
            "accept", 4, "Take a capability that comes with this message.",
            (_TARGET, Argument("capability", "capability", "what is given")), (), ("DELETE_FIRST",),
        ),
        Operation("revoke", 5, "Take back what was derived from a capability.", (_SOURCE,)),
        Operation("delete", 6, "Drop a capability of yours.", (_SOURCE,)),
        Operation(
            "read", 7, "Map a page and read it.", (_PAGE,),
            (Argument("text", "text", "what is written there"),), ("INVALID_CAPABILITY",),
        ),
        Operation(
            "write", 8, "Map a page and write on it.", (_PAGE, Argument("text", "text", "what to write")), (),
            ("INVALID_CAPABILITY",),
        ),
        Operation(
            "ring", 9, "Say yes, and then call through an endpoint capability and wait for an answer.",
            (Argument("door", "text", "name of the slot of the endpoint"),),
        ),
    ),
    errors=tuple(
        ErrorCode(error.name, FIRST_KERNEL_ERROR + error, text) for error, text in _WORDS.items()
    ),
)  # fmt: skip
