"""After enter in the preview of a revocation: the same tree, dying one capability at a time, and the way back through
those moments. Looking back brings nothing to life again.
"""

from __future__ import annotations

from typing import NamedTuple

from kernel import events as ev
from playground.screens.desk import Desk
from playground.view.preview import Preview

MOST_EVENTS = 100_000
"""Events after the revocation that are searched for its deaths."""


class Grave(NamedTuple):
    """A slot and what it held when the revocation began."""

    cnode: int
    slot: int
    object: int


class Dying:
    """The capabilities that a revocation takes, watched while they go."""

    def __init__(self, desk: Desk, preview: Preview) -> None:
        self._desk = desk
        self._begun = desk.machine.view.event_count
        self._graves = frozenset(Grave(cap.cnode, cap.index, cap.object) for cap in preview.dying)
        self._deaths: list[int] = []
        self._read = self._begun

    def is_gone(self, grave: Grave) -> bool:
        """Whether it has died at the moment on screen."""
        cap = self._desk.view.slots.get((grave.cnode, grave.slot))
        return grave in self._graves and (cap is None or cap.object != grave.object)

    def told(self) -> str:
        """How far it has come."""
        gone, all_of_them = sum(map(self.is_gone, self._graves)), len(self._graves)
        if gone == all_of_them:
            return "It is gone." if gone == 1 else f"All {gone} are gone, leaves first."
        if self._desk.looking.at is not None:
            return f"This is how it was: {all_of_them - gone} of {all_of_them} still there."
        return f"{gone} of {all_of_them} gone." if gone else "you ask the kernel for it …"

    def go(self, by: int) -> None:
        """Look at the moment before the death before (-1), or the next one (1); after the last one is now."""
        looking, deaths = self._desk.looking, self._find()
        here = looking.count
        if by < 0:
            earlier = [number for number in deaths if number < here]
            if earlier:
                looking.go(earlier[-1])
        else:
            looking.go(next((number for number in deaths if number > here), None))
        self._desk.change(remark="")

    def _find(self) -> list[int]:
        """The numbers of the events in which they died, which are the counts of events before."""
        events = self._desk.machine.events
        end = min(len(events), self._begun + MOST_EVENTS)
        for number in range(self._read, end):
            event = events[number]
            if event[0] == ev.CAP_REMOVED and Grave(event[2], event[3], event[4]) in self._graves:
                self._deaths.append(number)
        self._read = max(self._read, end)
        return self._deaths


WATCHING_KEYS = (("←", "the moment before"), ("→", "on"), ("esc", "close"))
