"""A mistake in a lesson or on the command line, as the person who made it wants to read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from servers.nearest import nearest

MOST_PROBLEMS: Final = 2_000
"""After so many problems of one file the rest are only counted."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def control_in(text: str) -> int | None:
    """Where the first character stands that a terminal would obey instead of showing it, or None."""
    found = _CONTROL.search(text)
    return found.start() if found else None


def harmless(text: str) -> str:
    """With a mark in the place of every character that a terminal would obey: whoever wrote a lesson, or whatever a
    server of it says, changes nothing of the terminal of the one who reads it."""
    return _CONTROL.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is and what would be right."""

    file: str
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    sentence: str
    text: str
    """The whole source line."""

    def __str__(self) -> str:
        head = harmless(f"{self.file}:{self.line}:{self.column}: {self.sentence}")
        if not self.text.strip():
            return head
        shown = harmless(self.text.expandtabs(1))
        return f"{head}\n    {shown}\n    {' ' * (self.column - 1)}^"


class Trouble(Exception):
    """Something in a line cannot be, before it is known which file the line stands in."""

    def __init__(self, column: int, sentence: str) -> None:
        super().__init__(sentence)
        self.column = column
        self.sentence = sentence


class LanguageError(Exception):
    """One line of the language that cannot be understood. `sentence` alone is for beside a command line."""

    is_users_mistake = True

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem

    @property
    def sentence(self) -> str:
        """What is wrong and what would be right, without the place."""
        return self.problem.sentence


class LessonError(Exception):
    """A file that is not a valid lesson: everything that is wrong with it, in the order of its lines."""

    is_users_mistake = True

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
        shown = [str(problem) for problem in self.problems[:MOST_PROBLEMS]]
        if len(self.problems) > MOST_PROBLEMS:
            shown.append(f"... and {len(self.problems) - MOST_PROBLEMS} more")
        super().__init__("\n".join(shown))


def unknown(what: str, name: str, names: Sequence[str]) -> str:
    """A sentence about a name that nobody has."""
    clause = nearest(name, sorted(names)) or "; there is none"
    return f"No {what} is called `{name}`{clause}".removesuffix(".")
