"""What was true at any moment: the fold of the first so many events, from the nearest keyframe on.

The same for a run that still goes on and for a recording: both are a sequence of events. Keyframes are made when they
are needed or in small portions beforehand; there is a largest number of them, and when it is reached every other one
is dropped, so a longer run costs no more memory for them but a little more time.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kernel.events import Event
from playground.timeline.keyframe import Archive, Keyframe, freeze, thaw
from playground.view.fold import Fold
from playground.view.model import NOTE_LIMIT

if TYPE_CHECKING:
    from playground.view.model import View
    from servers.manifest import Manifest

INTERVAL: Final = 2048
"""Events between two keyframes, to begin with."""
MOST_KEYFRAMES: Final = 1024
STEP: Final = NOTE_LIMIT
"""Events that are folded at a time; no list of the view forgets one of them meanwhile."""
KEPT_VIEWS: Final = 8
"""Views of other moments that are remembered, because screens ask for the same ones again."""


class DoesNotFit(Exception):
    """Events of a file that cannot have happened one after the other; the text is one sentence."""

    is_users_mistake = True


class History:
    """Views of the past of one run."""

    def __init__(
        self,
        events: Sequence[Event],
        manifest: Manifest | None = None,
        *,
        interval: int = INTERVAL,
        most: int = MOST_KEYFRAMES,
        from_file: bool = False,
    ) -> None:
        """`from_file`: events that do not fit are the file's fault, not ours; then DoesNotFit is raised."""
        self.events = events
        self.manifest = manifest
        self.interval = interval
        self._most = max(2, most)
        self._from_file = from_file
        self._archive = Archive(events)
        self._fold = Fold(manifest)
        """Goes through the events once and leaves the keyframes."""
        self._keyframes: list[Keyframe] = []
        self._counts: list[int] = []
        self._views: OrderedDict[int, View] = OrderedDict()

    @property
    def prepared(self) -> int:
        """Up to which event there are keyframes."""
        return self._fold.view.event_count

    @property
    def latest(self) -> View:
        """What was true at `prepared`; it changes with the next preparation. Good for names, which stay."""
        return self._fold.view

    @property
    def keyframes(self) -> int:
        """How many there are."""
        return len(self._keyframes)

    def prepare(self, seconds: float | None = None, upto: int | None = None) -> bool:
        """Make keyframes ahead of time, for at most so long; whether there is nothing left to do.

        Screens call it now and then with a few milliseconds, so that no jump has to wait.
        """
        end = len(self.events) if upto is None else min(upto, len(self.events))
        deadline = None if seconds is None else time.monotonic() + seconds
        fold = self._fold
        while (start := fold.view.event_count) < end:
            self.go_on(fold, min(start + STEP, end))
            self._keep()
            if deadline is not None and time.monotonic() >= deadline:
                return False
        return True

    def _keep(self) -> None:
        view = self._fold.view
        self._archive.follow(view)
        if view.event_count - (self._counts[-1] if self._counts else 0) < self.interval:
            return
        self._keyframes.append(freeze(view, self._archive))
        self._counts.append(view.event_count)
        if len(self._keyframes) > self._most:
            del self._keyframes[::2]
            del self._counts[::2]
            self.interval *= 2
            self._archive.forget_rows()

    def view_at(self, count: int) -> View:
        """What was true after the first `count` events. To be looked at only: the same one may be given out again."""
        count = max(0, min(count, len(self.events)))
        found = self._views.get(count)
        if found is None:
            found = self._views[count] = self.fold_at(count).view
            if len(self._views) > KEPT_VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(count)
        return found

    def fold_at(self, count: int) -> Fold:
        """The same as a fold of one's own, which may go on from there."""
        count = max(0, min(count, len(self.events)))
        self.prepare(upto=count)
        place = bisect_right(self._counts, count) - 1
        fold = thaw(self._keyframes[place], self._archive, self.manifest) if place >= 0 else Fold(self.manifest)
        start = fold.view.event_count
        if start < count:
            self.go_on(fold, count)
        return fold

    def go_on(self, fold: Fold, end: int) -> None:
        """Let a fold take in the events from where it is up to a later moment. Raises DoesNotFit."""
        start = fold.view.event_count
        events = self.events[start:end]
        try:
            fold.update(events)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            if not self._from_file:
                raise
            sentence = f"an event between {start:,} and {end:,} does not fit those before it; the recording is not true"
            raise DoesNotFit(sentence) from error
