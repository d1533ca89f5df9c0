"""After you: a machine in full flight stands aside while the screens answer a key.

Both share one thread of the host, and each step of the way from a key to its paint would otherwise wait for a slice of
the machine. So whoever reads the terminal says here that a key has come, at once and from any thread; machines look
between two portions of kernel entries, and go on when the answer has been painted. That changes when something happens
in the world, and never what happens in the machine.
"""

from __future__ import annotations

import time
from typing import Final

MOST_SECONDS: Final = 0.05
"""A machine stands aside for at most so long until a key is answered."""
PAINT_SECONDS: Final = 0.01
"""And for so long afterwards, in which the answer is painted."""


class Courtesy:
    """Whether machines stand aside, and for whom."""

    def __init__(self) -> None:
        self.asked = 0
        """Number of the last key that it was asked for."""
        self._until = 0.0

    def ask(self) -> None:
        """A key has come. May be called from any thread."""
        self.asked += 1
        self._until = time.perf_counter() + MOST_SECONDS

    def answered(self, number: int) -> bool:
        """What a key does is drawn; whether that was the last key, so that machines may go on once it is painted."""
        if number != self.asked:
            return False
        self._until = time.perf_counter() + PAINT_SECONDS
        return True

    @property
    def seconds(self) -> float:
        """How long to stand aside; 0 or less: not at all."""
        return self._until - time.perf_counter() if self._until else 0.0
