"""From one line of text to a Command, or to a complaint that says what would be right."""

from __future__ import annotations

import re
from typing import Final

from scenarios.language.errors import LanguageError, Problem, Trouble, unknown
from scenarios.language.syntax import Action, Command
from scenarios.language.verbs import VERBS

LONGEST_LINE: Final = 2_000

_CODE = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^"#])*')
"""A line up to its comment, or up to a quote that is never closed."""


def parse_line(text: str, file: str = "command line", line: int = 1) -> Command | None:
    """The command that a line is, or None if it is empty or only a comment. Raises LanguageError."""
    try:
        code = without_comment(text)
        if not code.strip():
            return None
        start = len(code) - len(code.lstrip())
        verb = _verb(code, start)
        return Command(file, line, start + 1, text, verb, _read(code, verb))
    except Trouble as trouble:
        shown = text if len(text) <= LONGEST_LINE else ""
        raise LanguageError(Problem(file, line, trouble.column, trouble.sentence, shown)) from None


def without_comment(text: str) -> str:
    """A line as far as it is a command. Raises Trouble for a text that is never closed."""
    if len(text) > LONGEST_LINE:
        raise Trouble(1, f"A line has at most {LONGEST_LINE:,} characters, this one has {len(text):,}")
    found = _CODE.match(text)
    end = found.end() if found else 0
    if text[end : end + 1] == '"':
        raise Trouble(end + 1, "This text has no closing quote; text is written in double quotes on one line")
    return text[:end].rstrip()


def _verb(code: str, start: int) -> str:
    verb = re.split(r"[\s\"=.]", code[start:], maxsplit=1)[0]
    if verb in VERBS:
        return verb
    if not re.match(r"[A-Za-z]", verb):
        raise Trouble(start + 1, f"A line begins with a verb, such as `call` or `expect`, not with `{code[start]}`")
    if verb == "record":
        raise Trouble(start + 1, "A lesson writes no files: record it from outside, with `--record FILE`")
    raise Trouble(start + 1, unknown("verb", verb, list(VERBS)))


def _read(code: str, verb: str) -> Action:
    from scenarios.language.grammar import read  # loads lark, which the first frame of the screens does not wait for

    return read(code, verb)
