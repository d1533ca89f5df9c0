"""What can be said of a machine in the language, as plain data: names, values, times, events, and conditions."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Word:
    """A name as it was written."""

    text: str
    column: int = field(default=0, compare=False)
    """From 1; 0 if it was not written by a person."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it was written."""

    value: int | str
    bare: bool = False
    """A word without quotes: `true`, or the name of a server."""
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if isinstance(self.value, int):
            return f"{self.value:_}"
        return self.value if self.bare else '"' + self.value.replace("\n", "\\n") + '"'


@dataclass(frozen=True, slots=True)
class Setting:
    """An argument of an operation or a field of an event: `name=value`, or only a value."""

    name: Word | None
    value: Literal


@dataclass(frozen=True, slots=True)
class Duration:
    """Virtual time."""

    cycles: int
    text: str
    """As it was written, with its unit."""


@dataclass(frozen=True, slots=True)
class EventPattern:
    """An event of the kernel or a note of user space with some fields."""

    name: Word
    fields: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class ReplyField:
    """A part of the answer compares to a value: `reply.text contains "hello"`."""

    field: Word
    comparison: str
    value: Literal


@dataclass(frozen=True, slots=True)
class ReplySucceeds:
    """The answer is no error."""


@dataclass(frozen=True, slots=True)
class ReplyFails:
    """The answer is this error, or any."""

    error: Word | None


@dataclass(frozen=True, slots=True)
class NoReply:
    """There is no answer, and none comes."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Such an event has happened."""

    event: EventPattern


@dataclass(frozen=True, slots=True)
class Absent:
    """No such event has happened, and none does."""

    event: EventPattern


@dataclass(frozen=True, slots=True)
class Before:
    """Both have happened, and the first one first."""

    first: EventPattern
    second: EventPattern


@dataclass(frozen=True, slots=True)
class Counted:
    """So many such events have happened."""

    event: EventPattern
    comparison: str
    number: int


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How much virtual time lies between two events, the first of each kind."""

    first: EventPattern
    second: EventPattern
    comparison: str
    duration: Duration


@dataclass(frozen=True, slots=True)
class IsState:
    """A server is in a state; the last three narrow down `waiting` and `handling`."""

    server: Word
    state: Word
    negated: bool = False
    waits_for: Word | None = None
    interface: Word | None = None
    operation: Word | None = None
    asked_by: Word | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """A server can, or cannot, send to another one without help."""

    source: Word
    destination: Word
    possible: bool


@dataclass(frozen=True, slots=True)
class Holds:
    """A server holds what the manifest calls so or, with a dot, a capability to the object of that name."""

    server: Word
    capability: Word
    held: bool
    rights: tuple[Word, ...] = ()
    """All of these, if any are named."""


@dataclass(frozen=True, slots=True)
class Property:
    """A number of a server compares to another number: `disk.life == 2`."""

    server: Word
    name: Word
    comparison: str
    number: int


@dataclass(frozen=True, slots=True)
class Deadlock:
    """Some threads wait for each other in a circle."""

    servers: tuple[Word, ...] = ()
    """Exactly these, in any order; empty: any."""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ManifestChange:
    """Another value for a key of the manifest, or none."""

    path: Word
    value: Literal | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What would be said of the manifest of the system, with some changes."""

    changes: tuple[ManifestChange, ...]
    accepted: bool
    place: Word | None = None
    """The key at which it is refused."""


Condition = (
    ReplyField
    | ReplySucceeds
    | ReplyFails
    | NoReply
    | Happened
    | Absent
    | Before
    | Counted
    | Elapsed
    | IsState
    | Reach
    | Holds
    | Property
    | Deadlock
    | Judged
)
