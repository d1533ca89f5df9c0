"""A booted machine as the screens need it: its core to act on, and a view that follows its events.

`Attached` has no pace of its own: steps are done at once, on this thread, which is what tests and pictures want. The
machine that runs in real time is `playground.machine.live`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from kernel import events as ev
from kernel.events import Event
from playground.machine.core import Core
from playground.screens.words import size_word
from playground.view.fold import Fold
from playground.view.model import View
from servers.hardware import SECTOR_BYTES
from servers.manifest import Manifest

MOST_ENTRIES: Final = 100_000
"""Kernel entries that one step may take before it gives up waiting for something visible."""
TALK: Final = frozenset({ev.MESSAGE, ev.REPLIED, ev.FAULTED})
"""Events at which a step for people ends."""


class Attached:
    """A machine over a core that nobody else drives."""

    def __init__(self, core: Core, fold: Fold | None = None, disk_name: str = "") -> None:
        self.core = core
        self.fold = fold or Fold(core.manifest)
        self.running = False
        self.speed = 0.0
        medium = core.disk.medium
        words = [disk_name, size_word(medium.sector_count * SECTOR_BYTES), "read only" if medium.read_only else ""]
        self.disk_label = " ".join(filter(None, words))

    def refresh(self) -> None:
        """Let the view take in what has happened."""
        events, seen = self.core.kernel.events, self.fold.view.event_count
        if len(events) > seen:
            self.fold.update(events[seen:])

    @property
    def view(self) -> View:
        """What is true now."""
        self.refresh()
        return self.fold.view

    @property
    def events(self) -> Sequence[Event]:
        """Everything that happened."""
        return self.core.kernel.events

    @property
    def manifest(self) -> Manifest:
        """The system that was booted."""
        return self.core.manifest

    @property
    def console_text(self) -> str:
        """What the console device shows."""
        return self.core.console.screen

    def run(self) -> None:
        """Let it run; without a pace this only says so."""
        self.running = True

    def pause(self) -> None:
        """Let it stand."""
        self.running = False

    def set_speed(self, events_per_second: float) -> None:
        """Remember the pace."""
        self.speed = events_per_second

    def step(self, count: int = 1) -> None:
        """Until so many more events have happened."""
        goal = len(self.events) + count
        for _ in range(MOST_ENTRIES):
            if len(self.events) >= goal or not self.core.advance(1):
                break

    def step_message(self) -> None:
        """Until the next message, answer or fault has happened."""
        for _ in range(MOST_ENTRIES):
            before = len(self.events)
            if not self.core.advance(1) or any(event[0] in TALK for event in self.events[before:]):
                break

    def settle(self, entries: int = MOST_ENTRIES) -> None:
        """Until nobody has anything to do at this moment."""
        self.core.run(entries)

    def request(self, request: dict[str, Any]) -> int:
        """Hand `you` something to do."""
        return self.core.request(request)

    def key(self, text: str) -> None:
        """Type on the keyboard."""
        self.core.key(text)

    def crash(self, server: str, kind: str) -> None:
        """The debug probe makes a server fail."""
        self.core.crash(server, kind)

    def pause_server(self, server: str) -> None:
        """The debug probe holds a server."""
        self.core.pause_server(server)

    def resume_server(self, server: str) -> None:
        """The debug probe lets a server go on."""
        self.core.resume_server(server)

    def where(self, thread: int) -> tuple[str, int, str] | None:
        """File, line and function at which a thread stands."""
        return self.core.where(thread)
