"""What lies on the desk between the screens and the machine: one value that every pane reads and every action changes.

Panes look at the machine only through its View and its events; what a person selected, typed or did wrong is here too,
so that no pane needs to know another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from playground.screens.chronicle import Chronicle
from playground.screens.looking import Looking

if TYPE_CHECKING:
    from kernel.events import Event
    from playground.view.model import ServerView, View
    from scenarios.logbook import Question
    from servers.manifest import Manifest

SPEEDS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0, 2000.0, 0.0)
"""Paces that + and - go through, in events a second; 0 is flat out, the fastest."""


class Machine(Protocol):
    """What the screens need of a machine, live or recorded: what is true, what happened, and ways to give input."""

    @property
    def view(self) -> View: ...
    @property
    def events(self) -> Sequence[Event]: ...
    @property
    def manifest(self) -> Manifest: ...
    @property
    def running(self) -> bool:
        """False while paused."""
        ...

    @property
    def speed(self) -> float:
        """Events a second; 0 is flat out."""
        ...

    @property
    def console_text(self) -> str:
        """What the console device shows."""
        ...

    @property
    def disk_label(self) -> str:
        """The disk in a few words: "workshop.img 8 MiB"."""
        ...

    def run(self) -> None: ...
    def pause(self) -> None: ...
    def set_speed(self, events_per_second: float) -> None: ...
    def step(self, count: int = 1) -> None:
        """Let so many events happen."""
        ...

    def step_message(self) -> None:
        """Go on to the next message, answer or fault."""
        ...

    def request(self, request: dict[str, Any]) -> int:
        """Hand `you` something to do; gives its number."""
        ...

    def key(self, text: str) -> None: ...
    def crash(self, server: str, kind: str) -> None: ...
    def pause_server(self, server: str) -> None: ...
    def resume_server(self, server: str) -> None: ...
    def where(self, thread: int) -> tuple[str, int, str] | None:
        """File, line and function at which a thread stands."""
        ...


class Desk:
    """The machine, and what the person is looking at."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.selected = ""
        """Name of the server that the inspector shows."""
        self.capability: tuple[int, int] | None = None
        """The slot under the inspector's cursor."""
        self.looking = Looking(self)
        """Which moment all panes show."""
        self.why_not: tuple[str, int] | None = None
        """What was asked with `why not`, and the moment that it was asked about; None: the inspector says why."""
        self.why_state = False
        """While one looks back: the inspector says why the server is as it is, not why the event happened."""
        self.trouble = ""
        """What the person did wrong, in one sentence; until the next key."""
        self.remark = ""
        """The answer to the last command, in one line."""
        self.spotlight: frozenset[str] = frozenset()
        """Servers that are lit while all others are dimmed; empty is no spotlight."""
        self.losing: Mapping[str, str] = {}
        """Servers that would lose something in the preview on screen, and what."""
        self.question: Question | None = None
        """A prediction that covers the shelves until it is made."""
        self.live_chronicle = Chronicle()
        """The newest lines of the stream."""
        self.look = (0, 0)
        """Number of events and cycle when the panes last had to look at the machine."""
        self.revision = 0
        """Goes up with every change of the fields above."""

    @property
    def view(self) -> View:
        """What is true at the moment that is looked at."""
        return self.looking.view

    @property
    def chronicle(self) -> Chronicle:
        """The lines of the stream around that moment."""
        return self.looking.chronicle() or self.live_chronicle

    @property
    def moment(self) -> int:
        """Number of the event that is looked back at; -1 is now."""
        return -1 if self.looking.at is None else self.looking.at - 1

    @moment.setter
    def moment(self, number: int) -> None:
        self.looking.go(None if number < 0 else number + 1)

    @property
    def server(self) -> ServerView | None:
        """The selected server."""
        return self.view.servers.get(self.selected)

    def change(self, **fields: Any) -> None:
        """Set some of the fields above and let the panes notice."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.revision += 1


__all__ = ["SPEEDS", "Desk", "Machine"]
