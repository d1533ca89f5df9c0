"""What a lesson needs of a machine to be played on: the only view of it that the player has.

The player is pure; whoever has a machine (the headless run, the screens, a test's fake) gives it a Stage. All facts
are those of the View and the Trace, never of the kernel itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kernel.events import Event
from servers.manifest import Manifest

Argument = int | str | bool | bytes
"""An argument of a call, typed as its interface says."""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """How a server is, as far as a condition can ask."""

    name: str
    state: str
    """running, idle, waiting, sending, handling, faulted, restarting, stopped, paused, not-started."""
    detail: str = ""
    """What for, whose or why, in words; may be empty."""
    waits_for: str = ""
    """The server whose answer it waits for."""
    handles: str = ""
    """The operation it owes somebody an answer to, as `block.read`; also while it waits itself."""
    asked_by: str = ""
    """Who asked for that."""
    life: int = 0
    capabilities: int = 0
    messages: int = 0
    memory: int = 0
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What `you` got back for a request."""

    request: int
    ok: bool
    error: str
    """Name of the error, or ''."""
    text: str
    """The whole answer in words."""
    fields: Mapping[str, int | str] = field(default_factory=dict)
    """Decoded results by name."""


@dataclass(frozen=True, slots=True)
class Deadlock:
    """Servers each of which waits for the next, and the last for the first."""

    servers: tuple[str, ...]
    text: str
    """Who waits for whom and for what, as a clause."""


class StageError(Exception):
    """The machine cannot do what a command asks; the text is one sentence."""


class Stage(Protocol):
    """A machine with the person `you` and a debug probe."""

    @property
    def cycle(self) -> int:
        """Virtual time."""

    @property
    def steps(self) -> int:
        """Kernel entries since boot."""

    @property
    def idle(self) -> bool:
        """Every thread waits; only a device or a timer can go on."""

    @property
    def exhausted(self) -> bool:
        """Nothing will ever happen without a new input."""

    @property
    def failure(self) -> str:
        """Why the machine itself broke down, or ''."""

    @property
    def events(self) -> Sequence[Event]:
        """All events since boot."""

    def name_of(self, object_id: int) -> str:
        """What an object or thread is called, also if it is gone."""

    def server(self, name: str) -> ServerFacts:
        """How a server of the manifest is now."""

    def reply(self, request: int) -> Reply | None:
        """The answer to a request, once it is there."""

    def reaches(self, source: str, destination: str) -> bool:
        """Whether a server holds a capability to send to an endpoint of another."""

    def holds(self, server: str, capability: str, rights: Sequence[str] = ()) -> bool:
        """Whether a server has what the manifest calls so or, with a dot, a capability to the object of that name; with
        all of these rights."""

    def deadlocks(self) -> Sequence[Deadlock]:
        """The circles of servers that wait for each other, the oldest first."""

    @property
    def manifest(self) -> Manifest:
        """Of the system."""

    def call(self, server: str, operation: str, arguments: Mapping[str, Argument]) -> int:
        """Let `you` call an operation; the number of the request. Raises StageError."""

    def revoke(self, server: str, capability: str) -> int:
        """Let `you` revoke what was derived from a capability; the number of the request. Raises StageError."""

    def delete(self, server: str, capability: str) -> int:
        """Let `you` delete a capability itself; the number of the request. Raises StageError."""

    def restart(self, server: str) -> int:
        """Let `you` ask the supervisor for a restart; the number of the request. Raises StageError."""

    def mark(self, name: str) -> None:
        """Remember this moment under a name."""

    def goto(self, name: str) -> None:
        """Go back to a moment that was marked. Raises StageError."""

    def moment(self) -> object:
        """This moment, to come back to with `return_to`; equal as long as nothing happens."""

    def return_to(self, moment: object) -> None:
        """Come back to a moment: what happened since has not happened. Raises StageError."""

    def keep(self, name: str) -> None:
        """Keep the run up to now under a name, to compare with it later."""

    def compare(self, name: str) -> str:
        """Where this run and a kept one part and what is different now, in words. Raises StageError."""

    def key(self, text: str) -> None:
        """Type on the keyboard."""

    def crash(self, server: str, kind: str) -> None:
        """Make a server fail with the debug probe. Raises StageError."""

    def pause(self, server: str) -> None:
        """Hold a server with the debug probe. Raises StageError."""

    def resume(self, server: str) -> None:
        """Let a held server go on. Raises StageError."""
