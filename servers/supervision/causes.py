"""Causes of death: what a fault message says, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kernel.abi import Fault, LookupFailure, UserException
from servers.runtime.errors import OUT_OF_MEMORY_CODE, REPLACED_CODE

EXIT: Final = "exit"
SILENCE: Final = "silence"
BY_HAND: Final = "by-hand"
REPLACED: Final = "replaced"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a server is dead."""

    name: str
    """One word, the field `cause` of the note."""
    detail: str
    """One clause."""

    @property
    def normal(self) -> bool:
        """Whether it ended by itself, as OTP's `transient` understands it."""
        return self.name == EXIT


_EXCEPTIONS: Final = {
    UserException.EXCEPTION: Cause("exception", "an exception left the program"),
    UserException.EXIT: Cause(EXIT, "the program ended"),
    UserException.RUNAWAY: Cause("runaway", "it computed without a system call until it was stopped"),
    UserException.MALFORMED_SYSCALL: Cause("bad-system-call", "the arguments of a system call were malformed"),
}


def cause_of_fault(label: int, words: tuple[int, ...]) -> Cause:
    """The cause that a fault message tells."""
    match label, words:
        case Fault.USER_EXCEPTION, (_, _, _, UserException.UNDEFINED_INSTRUCTION, code, *_):
            if code == OUT_OF_MEMORY_CODE:
                return Cause("memory", "it ran out of memory")
            if code == REPLACED_CODE:
                return Cause(REPLACED, "its program was changed, and it begins anew with it")
            return Cause("undefined-instruction", f"it executed an undefined instruction ({code:#x})")
        case Fault.USER_EXCEPTION, (_, _, _, number, *_) if number in _EXCEPTIONS:
            return _EXCEPTIONS[UserException(number)]
        case Fault.VM_FAULT, (_, address, _, status, *_):
            action = "write to" if status & 1 else "read of"
            return Cause("page-fault", f"{action} address {address:#x}, where nothing is mapped for it")
        case Fault.CAP_FAULT, (_, pointer, receiving, failure, *_):
            purpose = "to receive" if receiving else "to send"
            reason = LookupFailure(failure).name.lower().replace("_", " ") if failure else "lookup failed"
            return Cause("capability-fault", f"it used capability {pointer} {purpose}: {reason}")
        case Fault.UNKNOWN_SYSCALL, _:
            return Cause("bad-system-call", f"there is no system call {words[-1] if words else 0}")
        case Fault.TIMEOUT, _:
            return Cause("timeout", "it used up its budget")
    return Cause("fault", f"a fault with label {label}")


def silence(misses: int, period_us: int) -> Cause:
    """The cause of a server that no longer answers."""
    return Cause(SILENCE, f"it left {misses} signs of life in a row unanswered, one each {period_us:,} us")


def by_hand(who: str) -> Cause:
    """The cause of a death that somebody asked for."""
    return Cause(BY_HAND, f"{who} asked for it")
