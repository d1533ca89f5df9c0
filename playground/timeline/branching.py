"""A new timeline on its way: the machine is run again up to a moment, in portions, while the screens go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playground.machine.core import Core
    from playground.timeline.past import Past

AT_ONCE: Final = 0.15
"""Seconds for the first portion: most runs are short, and their timelines begin at the press of the key."""
PORTION: Final = 0.02
"""Seconds of every later one."""


class Branching:
    """One machine that comes to the moment at which a timeline begins.

    A moment in the middle of what somebody did from outside is the one before it, because whoever looks at a crash and
    begins another timeline wants to go on without it.
    """

    def __init__(self, past: Past, count: int) -> None:
        self.past = past
        self.count = count
        """How many events the timeline is to begin with."""
        self._rerun = past.rerun()
        self._begun = False

    def go(self) -> bool:
        """A portion; whether the machine is there."""
        seconds, self._begun = PORTION if self._begun else AT_ONCE, True
        there = self._rerun.go(self.count, seconds)
        if there and self._rerun.torn is not None:
            self.count = self._rerun.torn
            self.close()
            self._rerun = self.past.rerun()
            there = self._rerun.go(self.count, seconds)
        return there

    @property
    def core(self) -> Core:
        """The machine."""
        return self._rerun.core

    @property
    def words(self) -> str:
        """How far it is."""
        share = 100 * self._rerun.reached // max(self.count, 1)
        return f"running again up to event {self.count:,}: {share} %; esc gives up"

    def close(self) -> None:
        """Switch the machine off: nobody wants it any more."""
        self._rerun.core.close()
