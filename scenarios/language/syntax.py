"""What a line of the language means, as plain data: the parser makes it, checker, player and screens read it."""

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
    field: Word
    comparison: str
    value: Literal


@dataclass(frozen=True, slots=True)
class ReplySucceeds:
    pass


@dataclass(frozen=True, slots=True)
class ReplyFails:
    error: Word | None


@dataclass(frozen=True, slots=True)
class NoReply:
    pass


@dataclass(frozen=True, slots=True)
class Happened:
    event: EventPattern


@dataclass(frozen=True, slots=True)
class Absent:
    event: EventPattern


@dataclass(frozen=True, slots=True)
class Before:
    first: EventPattern
    second: EventPattern


@dataclass(frozen=True, slots=True)
class Counted:
    event: EventPattern
    comparison: str
    number: int


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
    source: Word
    destination: Word
    possible: bool


@dataclass(frozen=True, slots=True)
class Holds:
    server: Word
    capability: Word
    held: bool


@dataclass(frozen=True, slots=True)
class Property:
    server: Word
    name: Word
    comparison: str
    number: int


Condition = (
    ReplyField
    | ReplySucceeds
    | ReplyFails
    | NoReply
    | Happened
    | Absent
    | Before
    | Counted
    | IsState
    | Reach
    | Holds
    | Property
)


@dataclass(frozen=True, slots=True)
class Call:
    """Ask as `you`; `waits` is False for `send`, which goes on without the answer."""

    server: Word
    operation: Word
    arguments: tuple[Setting, ...]
    limit: Duration | None = None
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    text: str


@dataclass(frozen=True, slots=True)
class Crash:
    server: Word
    kind: Word


@dataclass(frozen=True, slots=True)
class Pause:
    server: Word


@dataclass(frozen=True, slots=True)
class Resume:
    server: Word


@dataclass(frozen=True, slots=True)
class Revoke:
    server: Word
    capability: Word


@dataclass(frozen=True, slots=True)
class Delete:
    server: Word
    capability: Word


@dataclass(frozen=True, slots=True)
class Restart:
    server: Word


@dataclass(frozen=True, slots=True)
class Step:
    count: int


@dataclass(frozen=True, slots=True)
class Run:
    until: Condition | None
    limit: Duration | None


@dataclass(frozen=True, slots=True)
class Wait:
    duration: Duration


@dataclass(frozen=True, slots=True)
class Expect:
    condition: Condition
    limit: Duration | None


@dataclass(frozen=True, slots=True)
class Ask:
    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Focus:
    server: Word


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    aside: bool = False
    """True for `note`: for the presenter, not for the audience."""


Action = (
    Call | Key | Crash | Pause | Resume | Revoke | Delete | Restart | Step | Run | Wait | Expect | Ask | Focus | Say
)


@dataclass(frozen=True, slots=True)
class Command:
    """One line of a lesson or of the command line."""

    file: str
    line: int
    """From 1, in the file."""
    column: int
    """Of the verb, from 1."""
    source: str
    """The whole line as it stands in the file."""
    verb: str
    action: Action

    @property
    def text(self) -> str:
        """The line without indentation; what a screen shows."""
        return self.source.strip()

    @property
    def place(self) -> str:
        """file:line:column."""
        return f"{self.file}:{self.line}:{self.column}"
