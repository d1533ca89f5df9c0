"""A mistake in a lesson or on the command line, as the person who made it wants to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servers.nearest import nearest

MOST_PROBLEMS = 50
"""After so many problems of one file the rest are only counted."""


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
        head = f"{self.file}:{self.line}:{self.column}: {self.sentence}"
        if not self.text.strip():
            return head
        shown = self.text.expandtabs(1)
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
