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
class Option:
    """A possible answer that is written down, and what would make it right; without a condition, all else would."""

    text: str
    condition: Condition | None
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AnswerReply:
    """A part of the next answer that `you` gets; `error` is the name of the error."""

    field: Word


@dataclass(frozen=True, slots=True)
class AnswerNext:
    """The server that gets the processor next."""


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How often something happens."""

    event: EventPattern


@dataclass(frozen=True, slots=True)
class AnswerWhether:
    """Yes or no."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AnswerProperty:
    """A number of a server, or its state, at the end."""

    server: Word
    name: Word


@dataclass(frozen=True, slots=True)
class AnswerField:
    """A part of the next event of that kind."""

    field: Word
    event: EventPattern


Source = AnswerReply | AnswerNext | AnswerCount | AnswerWhether | AnswerProperty | AnswerField
"""What the right answer of a question is read from, when it has happened."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, whose right answer only the run knows: one of the options, or what the source says."""

    question: str
    options: tuple[Option, ...] = ()
    source: Source | None = None
    also: tuple[str, ...] = ()
    """Offered beside what the source says; nothing is right because it stands here."""
    limit: Duration | None = None


@dataclass(frozen=True, slots=True)
class MarkMoment:
    """`mark`: give the present moment a name."""

    name: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Goto:
    """Go back to the moment with that name."""

    name: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """Go back to a marked moment, and keep the run up to now as a timeline with a name."""

    mark: str
    name: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """Say where this run and a kept one part."""

    name: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Show:
    """Something that only the screens do: `inspect`, `speed`, ... and the word after it."""

    verb: str
    word: Word | None = None
    condition: Condition | None = None
    """Of `find`."""
    servers: tuple[Word, ...] = ()
    """Of `why not` and of `find message to`."""


@dataclass(frozen=True, slots=True)
class Focus:
    server: Word


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    aside: bool = False
    """True for `note`: for the presenter, not for the audience."""


Action = (
    Call
    | Key
    | Crash
    | Pause
    | Resume
    | Revoke
    | Delete
    | Restart
    | Step
    | Run
    | Wait
    | Expect
    | Ask
    | Focus
    | Say
    | MarkMoment
    | Goto
    | Branch
    | Compare
    | Show
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
