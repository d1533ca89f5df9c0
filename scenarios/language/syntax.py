"""What a line of the language means, as plain data: the parser makes it, checker, player and screens read it.

Here is what a line can do; what it can say of a machine is in `condition_syntax.py` and can be had from here too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scenarios.language.condition_syntax import (
    Absent as Absent,
    Before as Before,
    Condition as Condition,
    Counted as Counted,
    Deadlock as Deadlock,
    Duration as Duration,
    Elapsed as Elapsed,
    EventPattern as EventPattern,
    Happened as Happened,
    Holds as Holds,
    IsState as IsState,
    Judged as Judged,
    Literal as Literal,
    ManifestChange as ManifestChange,
    NoReply as NoReply,
    Property as Property,
    Reach as Reach,
    ReplyFails as ReplyFails,
    ReplyField as ReplyField,
    ReplySucceeds as ReplySucceeds,
    Setting as Setting,
    Word as Word,
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
    """Type on the keyboard."""

    text: str


@dataclass(frozen=True, slots=True)
class Crash:
    """With the debug probe, make a server fail in one of the ways there are."""

    server: Word
    kind: Word


@dataclass(frozen=True, slots=True)
class Pause:
    """With the debug probe, hold a server where it stands."""

    server: Word


@dataclass(frozen=True, slots=True)
class Resume:
    """Let a server that is held go on."""

    server: Word


@dataclass(frozen=True, slots=True)
class Revoke:
    """As `you`, take back all that was derived from a capability."""

    server: Word
    capability: Word


@dataclass(frozen=True, slots=True)
class Delete:
    """As `you`, take one capability away."""

    server: Word
    capability: Word


@dataclass(frozen=True, slots=True)
class Restart:
    """As `you`, have a server built anew."""

    server: Word


@dataclass(frozen=True, slots=True)
class Step:
    """Let so many kernel entries pass."""

    count: int


@dataclass(frozen=True, slots=True)
class Run:
    """Let the machine run until something holds, or until every server waits."""

    until: Condition | None
    limit: Duration | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Let so much virtual time pass."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Expect:
    """Find out whether something holds, now or within a time."""

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
    """Point at a server."""

    server: Word


@dataclass(frozen=True, slots=True)
class Say:
    """One sentence to the audience."""

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
