"""Breaks what a lesson teaches, to see the lesson fail.

A lesson is a test. It is worth something only if it fails on a kernel or a system in which the feature that it teaches
does not work. Every lesson has at least one test of this form (see `test_mutations.py`):

    def test_delegation_fails_when_minting_forgets_to_mask_the_rights() -> None:
        with rewritten(cnode.mint, "rights & source.rights", "rights"):
            demand_failure("delegation", 'reader cannot write')

Ways to break something, all of them undone at the end of the `with` block:

* `rewritten(function, old, new)` changes the source text of a function or method of kernel, servers or playground:
  the first `old` in it becomes `new`. The code of the function itself is exchanged, so it does not matter who has
  imported it. `old` must occur, and the new text must be valid: a mutation that changes nothing is an error.
* `replaced(owner, name, other)` puts another object in the place of an attribute of a class or module.
* `manifest=change` of `demand_failure` plays the lesson on a changed manifest: `change` takes its text and gives
  another. `with_line("servers.disk", 'restart = "temporary"')` and `without_line(section, key)` make such changes.

`demand_failure(name, *sentences, manifest=None)` plays the lesson and demands that it *fails*: a lesson that only
breaks down (undecided) has noticed nothing. Each of the `sentences` must be part of what failed, as the headless run
prints it (`Outcome.sentence`, then `: ` and the detail). It gives back all failures, for further questions.
`demand_pass(name)` is for the other side: that the mutation is undone, and the lesson passes without it.

Lessons are played in this process, so that the mutation is there. A mutated kernel may loop: a lesson is stopped after
`playground.lesson_run.LONGEST_SECONDS`.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

from playground.headless import run_lesson
from scenarios.library import checked_lesson, manifest_of
from scenarios.logbook import Outcome
from scenarios.player import LessonSession
from servers.manifest import parse_manifest

Change = Callable[[str], str]
"""From the text of a manifest to another."""


def played(name: str, manifest: Change | None = None) -> LessonSession:
    """The lesson, on its system or on a changed one."""
    lesson = checked_lesson(name)
    system = manifest_of(lesson)
    if manifest is not None:
        changed = manifest(system.text)
        assert changed != system.text, "the change of the manifest changes nothing"
        system = parse_manifest(changed, system.file)
    return run_lesson(lesson, system, lesson.front.seed)


def demand_failure(name: str, *sentences: str, manifest: Change | None = None) -> list[Outcome]:
    """Play a lesson that must fail, in these sentences among others; all that failed."""
    session = played(name, manifest)
    failures = [outcome for outcome in session.outcomes if outcome.verdict == "failed"]
    told = "\n".join(in_words(outcome) for outcome in session.outcomes if outcome.verdict != "passed")
    assert session.verdict == "failed", f"{name} is {session.verdict} although what it teaches is broken\n{told}"
    for sentence in sentences:
        assert any(sentence in in_words(outcome) for outcome in failures), f"{sentence!r} is not what failed:\n{told}"
    return failures


def demand_pass(name: str) -> None:
    """Play a lesson that must pass."""
    session = played(name)
    wrong = [in_words(outcome) for outcome in session.outcomes if outcome.verdict != "passed"]
    assert session.verdict == "passed", "\n".join(wrong)


def in_words(outcome: Outcome) -> str:
    """One line for an outcome, as the headless run prints it."""
    return f"{outcome.command.place}: {outcome.sentence}: {outcome.detail}"


@contextmanager
def rewritten(function: Callable[..., Any], old: str, new: str) -> Iterator[None]:
    """A function with other source text."""
    plain = inspect.unwrap(function)
    assert isinstance(plain, FunctionType), f"{function!r} is not written in Python"
    source = textwrap.dedent(inspect.getsource(plain))
    assert old in source, f"{plain.__qualname__} has no {old!r} in it:\n{source}"
    before = plain.__code__
    plain.__code__ = _compiled(plain, source.replace(old, new, 1))
    try:
        yield
    finally:
        plain.__code__ = before


def _compiled(function: FunctionType, source: str) -> CodeType:
    """The code of the changed function; names of enclosing functions must stay the same."""
    tree = ast.parse(source)
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef)
    definition.decorator_list = []
    wrapped: ast.AST = tree
    free = function.__code__.co_freevars
    if free:
        outer = ast.parse(f"def outer({', '.join(free)}):\n    pass").body[0]
        assert isinstance(outer, ast.FunctionDef)
        outer.body = [definition]
        wrapped = ast.Module([outer], [])
    ast.fix_missing_locations(wrapped)
    code = compile(wrapped, function.__code__.co_filename, "exec", flags=_flags(function), dont_inherit=True)  # type: ignore[call-overload]
    made = next(found for found in _codes(code) if found.co_name == function.__name__)
    assert made.co_freevars == free, f"the new text uses other outer names: {made.co_freevars} instead of {free}"
    return made


def _flags(function: FunctionType) -> int:
    """Of `from __future__ import annotations`, if the module has it."""
    import __future__

    return function.__code__.co_flags & __future__.annotations.compiler_flag


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


@contextmanager
def replaced(owner: Any, name: str, other: Any) -> Iterator[None]:
    """A class or module with another object under a name."""
    before = inspect.getattr_static(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, before)


def with_line(section: str, line: str) -> Change:
    """Adds a line to a table of the manifest, in the place of one with the same key if there is one."""
    key = re.escape(line.partition("=")[0].strip())

    def change(text: str) -> str:
        assert f"[{section}]\n" in text, f"the manifest has no [{section}]"
        cleared = _cleared(text, section, key)
        return cleared.replace(f"[{section}]\n", f"[{section}]\n{line}\n", 1)

    return change


def without_line(section: str, key: str) -> Change:
    """Takes a key out of a table of the manifest."""

    def change(text: str) -> str:
        return _cleared(text, section, re.escape(key))

    return change


def _cleared(text: str, section: str, key: str) -> str:
    head, mark, rest = text.partition(f"[{section}]\n")
    body, following = re.split(r"(?=^\[)", f"{rest}\n[", maxsplit=1, flags=re.MULTILINE)
    body = re.sub(rf"^{key}\s*=.*\n", "", body, count=1, flags=re.MULTILINE)
    return head + mark + (body + following).removesuffix("\n[")
