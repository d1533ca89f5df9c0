"""What the player of a lesson writes down: lines for whoever shows it, outcomes for whoever judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scenarios.language.syntax import Command
from scenarios.tasks import Verdict

State = Literal["ready", "running", "asking", "beat-over", "over"]
LineKind = Literal["beat", "do", "check", "ask", "answer", "compare", "say", "note"]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of what the player did, for a screen or a terminal."""

    kind: LineKind
    place: str
    """file:line:column, or file:line of a heading."""
    text: str
    """The command, or what was said."""
    verdict: Verdict | Literal[""] = ""
    """Of a check; of an answer, whether it was predicted, if anybody did."""
    detail: str = ""
    """What came of it, in words."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that had to hold, and whether it did."""

    command: Command
    sentence: str
    """What had to hold, as a clause."""
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class Question:
    """A prediction that is open."""

    text: str
    choices: tuple[str, ...]
