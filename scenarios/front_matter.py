"""What a lesson says about itself, in TOML between two lines of `+++` at its top."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from scenarios.language.errors import Problem, control_in
from scenarios.parameters import Parameter, read_parameters
from servers.nearest import nearest

MARK: Final = "+++"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The head of a lesson."""

    title: str = ""
    system: str = ""
    """Name of a manifest in `scenarios/systems`, or the path of one beside the lesson."""
    seed: int = 0
    minutes: int = 0
    """How long it takes to show; 0 if it does not say."""
    objectives: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    system_line: int = 1
    """Where `system` stands, for messages about it."""


@dataclass(frozen=True, slots=True)
class _Key:
    what: str
    right: Callable[[Any], bool]
    required: bool = False


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and control_in(value) is None


def _is_system(value: Any) -> bool:
    """A name, or a file beside the lesson: a lesson from a stranger names no other folder."""
    return _is_text(value) and not (value.startswith(("/", "~")) or "\\" in value or ".." in value.split("/"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 64


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(part) for part in value)


_KEYS: Final = {
    "title": _Key("a text that is not empty, without control characters", _is_text, required=True),
    "system": _Key(
        'the name of a system, such as "workshop", or of a .toml file in the folder of the lesson',
        _is_system,
        required=True,
    ),
    "seed": _Key("a whole number from 0", _is_number),
    "minutes": _Key("a whole number from 0", _is_number),
    "objectives": _Key("a list of texts without control characters", _is_texts),
    "sources": _Key("a list of texts without control characters", _is_texts),
}


def read_front_matter(lines: Sequence[str], file: str) -> tuple[FrontMatter, int, list[Problem]]:
    """The front matter, the index of the first line after it, and what is wrong with it."""

    def problem(line: int, column: int, sentence: str) -> Problem:
        return Problem(file, line, column, sentence, lines[line - 1] if 0 < line <= len(lines) else "")

    if not lines or lines[0].rstrip() != MARK:
        return FrontMatter(), 0, [problem(1, 1, f"A lesson begins with a line {MARK}, then TOML, then {MARK} again")]
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == MARK), None)
    if end is None:
        return FrontMatter(), 0, [problem(1, 1, f"The front matter is never closed: a second line {MARK} is missing")]
    try:
        table = tomllib.loads("\n".join(lines[1:end]) + "\n")
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]) + 1, int(place[2])) if place else (end + 1, 1)
        sentence = f"The front matter is not TOML: {str(error).partition(' (at ')[0]}"
        return FrontMatter(), end + 1, [problem(line, column, sentence)]
    problems = []
    parameters, complaints = read_parameters(table.pop("parameters", {}))
    for key, sentence in complaints:
        problems.append(problem(_line_of(key, lines[:end]), 1, sentence))
    for key, value in table.items():
        line = _line_of(key, lines[:end])
        if key not in _KEYS:
            clause = nearest(key, [*_KEYS, "parameters"])
            problems.append(problem(line, 1, f"The front matter has no key `{key}`{clause}"))
        elif not _KEYS[key].right(value):
            problems.append(problem(line, 1, f"`{key}` is {_KEYS[key].what}, not {value!r}"))
    for key, row in _KEYS.items():
        if row.required and key not in table:
            problems.append(problem(end + 1, 1, f"The front matter lacks `{key}`: {row.what}"))
    wrong = {name for name in table if name not in _KEYS or not _KEYS[name].right(table[name])}
    good: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items() if key not in wrong
    }
    good["parameters"] = tuple(replace(row, line=_line_of(row.name, lines[:end])) for row in parameters)
    return FrontMatter(**good, system_line=_line_of("system", lines[:end])), end + 1, problems


def _line_of(key: str, lines: Sequence[str]) -> int:
    pattern = re.compile(rf"\s*[\"\[]*{re.escape(key)}[\"\]]*\s*(?:[=.]|$)")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)
