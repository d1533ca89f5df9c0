"""A recording as the screens know machines: it can be played, paused and stepped, but nothing can be done to it.

What plays is only the moment that is shown. Time passes when somebody looks, so nothing runs in the background.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from kernel.events import Event
from playground.timeline.past import Past
from servers.hardware import SECTOR_BYTES

if TYPE_CHECKING:
    from playground.recording.reader import Recording
    from playground.view.fold import Fold
    from playground.view.model import View
    from servers.manifest import Manifest

FLAT_OUT: Final = 50_000.0
"""Events a second at which flat out is played."""
MOST_BOOT_EVENTS: Final = 100_000
"""A system that was not ready until then is shown from its first event on."""
GLANCE: Final = 0.02
"""Seconds that the screens may be kept waiting for a source line."""


class OnlyRecorded(Exception):
    """The past cannot be changed; the text says what can be done instead."""

    is_users_mistake = True

    def __init__(self) -> None:
        super().__init__(
            "This is a recording, and what happened stays as it was; branch to go on from here differently"
        )


class Replayed:
    """A run in a file, at one of its moments."""

    def __init__(
        self, recording: Recording, *, speed: float = 20.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.recording = recording
        self.past = Past.of_recording(recording)
        self.running = True
        self.speed = speed
        self.manifest: Manifest = self.past.manifest
        self._clock = clock
        self._looked = clock()
        self._owed = 0.0
        self._fold: Fold = self.past.history.fold_at(0)

    @property
    def moment(self) -> int:
        """How many events have been played."""
        return self._fold.view.event_count

    @property
    def events(self) -> Sequence[Event]:
        """Everything that is recorded, also what has not been played yet."""
        return self.past.events

    @property
    def view(self) -> View:
        """What was true at the moment."""
        now = self._clock()
        passed, self._looked = now - self._looked, now
        if self.running and self.moment < len(self.events):
            self._owed += passed * (self.speed or FLAT_OUT)
            due = int(self._owed)
            self._owed -= due
            self.go(self.moment + due)
            if self.moment >= len(self.events):
                self.running = False
        return self._fold.view

    def go_to_ready(self) -> None:
        """Show the moment at which the system had booted; what comes before is long and seldom asked for."""
        moments = self.past.moments.all(MOST_BOOT_EVENTS)
        ready = next((one.number for one in moments if one.kind == "ready"), None)
        if ready is not None:
            self.go(ready + 1)

    def go(self, count: int) -> None:
        """Show the moment after so many events."""
        count = max(0, min(count, len(self.events)))
        here = self.moment
        if here <= count <= here + self.past.history.interval:
            self.past.history.go_on(self._fold, count)
        else:
            self._fold = self.past.history.fold_at(count)

    @property
    def console_text(self) -> str:
        """What the console device showed."""
        return self.past.console(self.moment, GLANCE)

    @property
    def disk_label(self) -> str:
        """What is played instead of a disk."""
        size = self.recording.origin.disk().sector_count * SECTOR_BYTES
        return f"recorded {size >> 20} MiB"

    def where(self, thread: int) -> tuple[str, int, str] | None:
        """File, line and function at which a thread stood; None as long as it is still being found out."""
        return self.past.where(self.moment, thread, GLANCE)

    def run(self) -> None:
        """Play on; from where it had booted if it is at its end."""
        if self.moment >= len(self.events):
            self.go(0)
            self.go_to_ready()
        self._looked = self._clock()
        self.running = True

    def pause(self) -> None:
        """Stand still."""
        self.running = False

    def set_speed(self, events_per_second: float) -> None:
        """So many events a second; 0 is flat out."""
        self.speed = events_per_second

    def step(self, count: int = 1) -> None:
        """So many events on, or back if it is negative."""
        self.go(self.moment + count)

    def step_message(self) -> None:
        """On to the next message, answer or fault."""
        number = self.past.moments.next_message(self.moment - 1)
        self.go(len(self.events) if number is None else number + 1)

    def request(self, request: dict[str, Any]) -> int:
        """Raises OnlyRecorded."""
        raise OnlyRecorded

    def key(self, text: str) -> None:
        """Raises OnlyRecorded."""
        raise OnlyRecorded

    def crash(self, server: str, kind: str) -> None:
        """Raises OnlyRecorded."""
        raise OnlyRecorded

    def pause_server(self, server: str) -> None:
        """Raises OnlyRecorded."""
        raise OnlyRecorded

    def resume_server(self, server: str) -> None:
        """Raises OnlyRecorded."""
        raise OnlyRecorded
