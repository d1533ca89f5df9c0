"""What a tab of the inspector is: a function from the desk to lines, each of which may lead somewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from playground.screens.canvas import Row
from playground.screens.desk import Desk


class Target(NamedTuple):
    """Where enter leads from a line."""

    server: str = ""
    slot: tuple[int, int] | None = None
    """A capability, by CNode and index."""
    moment: int = -1
    """Number of an event."""
    object: int = 0
    """Id of a kernel object."""
    through: tuple[int, int] | None = None
    """The slot whose capability leads to that object."""


class Entry(NamedTuple):
    """One line of a tab."""

    runs: Row
    target: Target | None = None
    """None: the cursor passes over it."""


class Page(NamedTuple):
    """What a tab shows now."""

    entries: list[Entry]
    focus: int = -1
    """The line that must be visible, such as the line of source a thread stands at; -1 is none."""
    head: int = 0
    """How many lines at the top stay when the rest is scrolled."""


class Tab(NamedTuple):
    """One tab of the inspector."""

    name: str
    help: str
    page: Callable[[Desk, int], Page]
    """Makes the page for a width in cells."""
    hint: str = ""
    """Keys that do something here."""


def entry(*runs: tuple[str, str], target: Target | None = None) -> Entry:
    """A line from runs of (text, ink)."""
    return Entry(runs, target)


def wrapped(text: str, width: int, ink: str = "text", indent: str = "") -> list[Entry]:
    """A sentence as lines of at most `width` cells, broken between words."""
    lines: list[Entry] = []
    line = indent
    for word in text.split():
        if len(line) + len(word) + (len(line) > len(indent)) > width and len(line) > len(indent):
            lines.append(entry((line, ink)))
            line = indent + word
        else:
            line += (" " if len(line) > len(indent) else "") + word
    lines.append(entry((line, ink)))
    return lines
