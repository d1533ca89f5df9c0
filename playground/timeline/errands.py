"""The ways to a moment that take longer than a key may: a jump into a long run, the next mark, a search.

Each goes on in portions, so that the screens stay responsive, and says how far it is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from playground.timeline.moments import Moment
    from playground.timeline.past import Past
    from playground.timeline.search import Search

READ_AT_ONCE: Final = 8_192
"""Events read for their moments between two looks at the clock."""


class Errand(Protocol):
    """One way to a moment."""

    @property
    def target(self) -> int | None:
        """How many events have happened at the moment, once it is over; None if there is no such moment."""
        ...

    @property
    def words(self) -> str:
        """How far it is."""
        ...

    def go(self, seconds: float) -> bool:
        """A portion of about so long; whether it is over."""
        ...


class Jump:
    """The way to a moment that is known; what is on the way has to be gone through once."""

    def __init__(self, past: Past, target: int) -> None:
        self._past = past
        self.target: int | None = min(target, len(past.events))

    def go(self, seconds: float) -> bool:
        """See Errand."""
        return self._past.prepare(seconds, self.target)

    @property
    def words(self) -> str:
        """See Errand."""
        target = self.target or 1
        return f"on the way to event {target - 1:,}: {100 * self._past.history.prepared // target} %; esc gives up"


class ToMoment:
    """The way to the next fault, restart, mark ..., or the last one before."""

    def __init__(self, past: Past, here: int, by: int, kinds: Sequence[str], server: str) -> None:
        """`here`: number of the event that is looked at; `by`: 1 forwards, -1 backwards."""
        self._past = past
        self._here, self._by, self._kinds, self._server = here, by, kinds, server
        self._jump: Jump | None = None
        self._read_all = False

    @property
    def target(self) -> int | None:
        """See Errand."""
        return None if self._jump is None else self._jump.target

    def go(self, seconds: float) -> bool:
        """See Errand."""
        deadline = time.monotonic() + seconds
        moments, past = self._past.moments, self._past
        while self._jump is None and not self._read_all:
            end = len(past.events) if self._by > 0 else min(self._here, len(past.events))
            self._read_all = moments.read >= end
            found = self._known()
            if found is not None and (self._by > 0 or self._read_all):
                self._jump = Jump(past, found.number + 1)
            elif not self._read_all:
                moments.all(min(moments.read + READ_AT_ONCE, end))
                if time.monotonic() >= deadline:
                    return False
        return self._jump is None or self._jump.go(deadline - time.monotonic())

    def _known(self) -> Moment | None:
        find = self._past.moments.next if self._by > 0 else self._past.moments.previous
        return find(self._here, self._kinds, self._server, upto=0)

    @property
    def words(self) -> str:
        """See Errand."""
        return f"looking for it: at event {self._past.moments.read:,} of {len(self._past.events):,}; esc gives up"


class Finding:
    """The way to what a search finds."""

    def __init__(self, past: Past, search: Search) -> None:
        self._past = past
        self._search = search
        self._jump: Jump | None = None

    @property
    def target(self) -> int | None:
        """See Errand."""
        return None if self._jump is None else self._jump.target

    def go(self, seconds: float) -> bool:
        """See Errand."""
        deadline = time.monotonic() + seconds
        if self._jump is None:
            if not self._search.go(seconds):
                return False
            if self._search.found is None:
                return True
            self._jump = Jump(self._past, self._search.found + 1)
        return self._jump.go(deadline - time.monotonic())

    @property
    def words(self) -> str:
        """See Errand."""
        return f"searching: at event {self._search.place:,} of {len(self._past.events):,}; esc gives up"
