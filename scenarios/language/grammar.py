"""The grammar file at work: one line by the rule of its verb, or a complaint that says how the verb is written.

The only module that loads lark's parser; it is loaded when the first line is read.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from lark import Lark, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr, Token

from scenarios.language.build import Builder
from scenarios.language.errors import Trouble
from scenarios.language.syntax import Action
from scenarios.language.verbs import VERBS
from servers.nearest import nearest

GRAMMAR: Final = Path(__file__).with_name("verbs.lark")
MOST_OPTIONS: Final = 6
"""More possible continuations than this are not listed in a complaint."""

_KINDS: Final = {
    "NAME": "a name",
    "STRING": 'a text in "double quotes"',
    "PATH": "a path that begins with `/`",
    "NUMBER": "a number",
    "COMPARISON": "a comparison such as `==`",
}

_DURATION: Final = re.compile(r"(?:\bwithin|^\s*wait|[<>=])\s+([\d_]+)$")
"""A line that ends where the unit of a duration should stand."""
_UNITS: Final = ["`cycles`", "`us`", "`ms`", "`s`"]


@cache
def grammar() -> Lark:
    """The parser of verbs.lark, made once: it has one entry for each verb."""
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        start=list(VERBS),
        propagate_positions=True,
        maybe_placeholders=True,
    )


def read(code: str, verb: str) -> Action:
    """What a line without comment means. Raises Trouble."""
    try:
        tree: Tree[Token] = grammar().parse(code, start=verb)
    except UnexpectedInput as error:
        raise Trouble(*_explain(error, verb, code)) from None
    return Builder().action(tree)


def _explain(error: UnexpectedInput, verb: str, code: str) -> tuple[int, str]:
    """Where a line stopped making sense, and what would be right."""
    usage = f"`{verb}` is written: {VERBS[verb].usage}"
    if isinstance(error, UnexpectedCharacters):
        wrong = code[error.column - 1]
        if wrong in "'“”‘’`":
            return error.column, f'Text is written in "double quotes", not with {wrong}'
        return error.column, f"`{wrong}` means nothing here; {usage}"
    if not isinstance(error, UnexpectedToken):
        return 1, usage
    keywords, kinds = _expected(error)
    if error.token.type == "$END":
        if (number := _DURATION.search(code)) is not None:
            return len(code) + 1, f"A unit of time is missing after {number[1]}, such as {_either(_UNITS)}"
        options = [*kinds, *(f"`{keyword}`" for keyword in keywords)]
        missing = f"The line ends where {_either(options)} should come"
        return len(code) + 1, f"{missing if len(options) <= MOST_OPTIONS else 'The line is not complete'}; {usage}"
    wrong = str(error.token)
    clause = nearest(wrong, keywords) if keywords else ""
    column = error.token.column or 1
    return column, f"`{wrong}` does not belong here{clause if clause.endswith('?') else f'; {usage}'}"


def _expected(error: UnexpectedToken) -> tuple[list[str], list[str]]:
    """What could have come instead: keywords as they are written, and kinds of things in words."""
    keywords, kinds = [], []
    for name in sorted(error.accepts or error.expected):
        if name in _KINDS:
            kinds.append(_KINDS[name])
        elif name != "$END":
            pattern = grammar().get_terminal(name).pattern
            keywords.append(pattern.value if isinstance(pattern, PatternStr) else name.strip("_").lower())
    return keywords, kinds


def _either(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"
