"""Whether a condition of the language holds at the moment on screen: `expect` for those who look for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from playground.timeline.search import Onlooker
from scenarios.conditions import Judge, Scope
from scenarios.language import LanguageError, Problem, check_command, parse_line, syntax, world_of
from scenarios.language.errors import unknown
from scenarios.language.words import condition_in_words
from scenarios.stage import Stage

if TYPE_CHECKING:
    from playground.view.model import View
    from servers.manifest import Manifest

ASKED: Final = (
    syntax.IsState, syntax.Reach, syntax.Holds, syntax.Property, syntax.Deadlock, syntax.Judged,
)  # fmt: skip
"""What holds at a moment or does not."""


def answer(text: str, view: View, manifest: Manifest) -> str:
    """What a person asked, answered with what is, or was, true. Raises LanguageError, a mistake of the user."""
    line = f"expect {text}"
    command = parse_line(line)
    assert command is not None
    assert isinstance(command.action, syntax.Expect)
    if problems := check_command(command, world_of(manifest)):
        raise LanguageError(problems[0])
    condition = command.action.condition
    if command.action.limit is not None or not isinstance(condition, ASKED):
        sentence = "Here `expect` is about the moment on screen, such as `expect fs is idle`; `find` looks for an event"
        raise LanguageError(Problem(command.file, 1, 1, sentence, line))
    if isinstance(condition, syntax.Holds):
        name, known = condition.capability.text, sorted(set(view.names.values()))
        if "." in name and name not in known:
            raise LanguageError(Problem(command.file, 1, 1, unknown("object", name, known), line))
    finding = Judge(cast(Stage, Onlooker(view, manifest))).judge(condition, Scope(0))
    words = condition_in_words(condition)
    return f"✓ {words}" if finding.holds else f"✗ not so: {words}; {finding.instead}"
