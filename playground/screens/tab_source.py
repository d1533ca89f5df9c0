"""The program of a server with the line at which its thread stands: the servers are real and can be read."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from playground.screens.canvas import Row
from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Tab, entry
from servers.own_programs import short_name, text_of

LARGEST = 200_000
"""Bytes of a source file that are coloured; no file of ours is near it."""

_PLACE = re.compile(r"(?P<path>[\w/-]+\.py):(?P<line>\d+) in (?P<function>\w+)")

INKS = (
    ("Comment", "idle italic"),
    ("Literal.String.Doc", "idle italic"),
    ("Literal.String", "running"),
    ("Literal.Number", "handling"),
    ("Keyword", "you bold"),
    ("Name.Function", "title"),
    ("Name.Class", "title"),
    ("Name.Decorator", "restarting"),
    ("Name.Builtin", "waiting"),
    ("Operator.Word", "you bold"),
)
"""Kinds of token and their inks, the first that fits."""


@lru_cache(4096)
def _ink(token: str) -> str:
    return next((ink for prefix, ink in INKS if token.startswith(f"Token.{prefix}")), "text")


@lru_cache(16)
def coloured(path: str) -> tuple[Row, ...]:
    """The lines of a Python file as runs of (text, ink). Empty if it cannot be read."""
    from pygments.lexers.python import PythonLexer

    text = text_of(path) or ""
    try:
        text = text or Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ()
    if len(text) > LARGEST:
        return tuple(((line, "text"),) for line in text.splitlines())
    lines: list[list[tuple[str, str]]] = [[]]
    for token, value in PythonLexer(stripnl=False).get_tokens(text):
        ink = _ink(str(token))
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((part, ink))
    return tuple(tuple(line) for line in lines)


def short_path(path: str) -> str:
    """The path from the package on: servers/disk.py."""
    if text_of(path) is not None:
        return short_name(path)
    parts = Path(path).parts
    for package in ("servers", "kernel", "playground", "scenarios"):
        if package in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(package) :])
    return Path(path).name


def _last_place(desk: Desk) -> tuple[str, int, str] | None:
    """Where the selected server died, as the text of its fault says it."""
    record = desk.view.records.get(desk.selected)
    found = _PLACE.search(f"{record.fault.text} {record.fault.place}") if record and record.fault else None
    if found is None:
        return None
    if text_of(found["path"]) is not None:
        return found["path"], int(found["line"]), found["function"]
    root = Path(__file__).parents[2]
    return str(root / found["path"]), int(found["line"]), found["function"]


def page(desk: Desk, width: int) -> Page:
    """The file the selected server's thread stands in."""
    server = desk.server
    place = desk.looking.where(server.thread) if server and server.thread else None
    word = "in"
    if place is None:
        place, word = _last_place(desk), "died in"
    if place is None:
        return Page([entry(("It has no thread, so it stands nowhere.", "quiet"))])
    path, current, function = place
    lines = coloured(path)
    head = entry((f" {short_path(path)}:{current}", "title"), (f"  {word} {function}", "quiet"))
    if not lines:
        return Page([head, entry(("The source is not here.", "quiet"))])
    return Page([head, *(_line(runs, number, current) for number, runs in enumerate(lines, 1))], focus=current, head=1)


def _line(runs: Row, number: int, current: int) -> Entry:
    if number != current:
        return Entry(((f"{number:>4}  ", "line"), *runs))
    return Entry(((f"{number:>4}▶ ", "lit bold"), *((text, f"{ink} bold underline") for text, ink in runs)))


TAB = Tab("Source", "its program, and the line at which it stands", page, "↑↓ scroll")
