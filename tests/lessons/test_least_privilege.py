"""No server of a lesson's system holds a capability that the lesson could do without: one line less, and it fails.

`you` is left out, whose capabilities are there to poke around with. Looked at are the lessons that play fast.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest

from scenarios.library import checked_lesson, manifest_of
from tests.lessons.mutations import Change, played

FAST = ("confused-deputy", "delegation", "replies", "revoke-the-tree", "who-is-calling", "who-pays")
ENTRY = r'(?:,\s*)?\b{name}\s*=\s*(?:\{{[^}}]*\}}|"[^"]*")'


def held(lesson: str) -> Iterator[tuple[str, str, str]]:
    """Lesson, server and name of everything under `uses`."""
    servers = tomllib.loads(manifest_of(checked_lesson(lesson)).text)["servers"]
    for server, table in servers.items():
        if server != "you":
            yield from ((lesson, server, name) for name in table.get("uses", {}))


def without(server: str, name: str) -> Change:
    """Takes one entry out of the `uses` of a server, which stand on one line."""

    def change(text: str) -> str:
        head, mark, rest = text.partition(f"[servers.{server}]\n")
        line = re.search(r"^uses = \{.*\}$", rest, re.MULTILINE)
        assert line is not None
        fewer = re.sub(r"\{\s*,", "{", re.sub(ENTRY.format(name=re.escape(name)), "", line[0], count=1))
        return head + mark + rest[: line.start()] + fewer + rest[line.end() :]

    return change


@pytest.mark.parametrize(("lesson", "server", "name"), [row for lesson in FAST for row in held(lesson)])
def test_a_lesson_fails_without_any_capability_that_a_server_is_granted(lesson: str, server: str, name: str) -> None:
    session = played(lesson, without(server, name))
    assert session.verdict == "failed", f"{lesson} is {session.verdict} without {server}.{name}"
