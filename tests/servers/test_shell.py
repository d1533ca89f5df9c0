"""The shell, typed at through the console device: what a line does, and what is said about a wrong one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from playground.machine.core import Core
from tests.playground.machines import machine

PROMPT = "\n$ "
Typed = Callable[[str], str]


@pytest.fixture
def typed() -> Typed:
    """Type a line into a machine and get what it shows before the next prompt."""
    core: Core = machine()
    core.advance(20_000)

    def type_line(line: str) -> str:
        begun = len(core.console.screen)
        core.key(f"{line}\n")
        for _ in range(2_000):
            core.advance(50)
            shown = core.console.screen[begun:]
            if shown.endswith(PROMPT) and len(shown) > len(line):
                return shown[len(line) + 1 : -len(PROMPT) + 1]
        raise AssertionError(f"no prompt after {line!r}: {core.console.screen[begun:]!r}")

    return type_line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("frobnicate", "there is no command `frobnicate`; try `help`\n"),
        ("wriet /a b", "there is no command `wriet`; did you mean `write`?\n"),
        ("cat", "usage: cat FILE\n"),
        ("cat /nosuch", "files.read: there is no such file or folder\n"),
        ('write /x "half', "a quotation mark is open at the end of the line; close it, or write"),
        ("count many", "a whole number from 0 on is expected, not `many`\n"),
        ("sleep -1", "a whole number from 0 on is expected, not `-1`\n"),
    ],
)
def test_a_wrong_line_gets_one_sentence(typed: Typed, line: str, said: str) -> None:
    """What was wrong, and what would be right."""
    shown = typed(line)
    assert shown.startswith(said)
    assert shown.count("\n") == 1


def test_a_file_is_written_and_read_with_quotes_long_names_and_other_letters(typed: Typed) -> None:
    """As in any shell."""
    assert typed('write "/a long name with spaces.text" "two  words" more') == ""
    assert typed('cat "/a long name with spaces.text"') == "two  words more\n"
    assert typed("write /täst ö€") == ""
    assert typed("cat /TÄST") == "ö€\n"


def test_every_answer_ends_with_a_line_of_its_own(typed: Typed) -> None:
    """So that the prompt stands at the beginning of the next one."""
    for line in ("ps", "ls", "help", "df", "log", "names", "date"):
        assert typed(line).endswith("\n"), line


def test_cat_says_what_it_leaves_out_of_a_large_file(typed: Typed) -> None:
    """Nobody takes a part for the whole."""
    for _ in range(45):
        typed(f"append /big {'z' * 380}")
    assert typed("stat /big") == "/big: file, 17145 bytes\n"
    assert typed("cat /big").endswith("... and 761 more bytes; cat shows the first 16,384\n")
