"""How an operation stops: refused (the caller's error), or interrupted half-way (to be executed again)."""

from __future__ import annotations

from typing import NoReturn

from kernel.abi import Error, LookupFailure


class Refused(Exception):
    """An invocation that changed nothing; becomes the reply's error label and words."""

    def __init__(self, error: Error, *words: int) -> None:
        super().__init__(error, words)
        self.error = error
        self.words = words


class LookupFailed(Exception):
    """A capability pointer that does not resolve; becomes FailedLookup or a CapFault."""

    def __init__(self, failure: LookupFailure, *details: int) -> None:
        super().__init__(failure, details)
        self.failure = failure
        self.details = details


class Preempted(Exception):
    """A long operation reached a preemption point with something more urgent to do."""


class KernelError(Exception):
    """The host of the kernel asked for something impossible, such as DMA to memory that is no Frame."""


def refuse(error: Error, *words: int) -> NoReturn:
    """Leave the decoding of an invocation."""
    raise Refused(error, *words)
