"""The page about writing one's own can be followed: every file, change, command, key and answer on it is tried."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pyte
import pytest

from tests.docs.pages import Block, blocks_of, change, commands_of, matches
from tests.playground.terminals import Terminal

PAGE = Path(__file__).resolve().parents[2] / "docs" / "writing-your-own.md"
PLAYGROUND = [sys.executable, "-m", "playground"]
SECONDS = 20.0
"""Until something that a page shows has to be on the screen."""
SIZES = ((120, 36), (80, 24))


def shell(command: str, folder: Path) -> str:
    """What a command says, standard output first; `playground` is this one."""
    python = f'"{sys.executable}" -m playground'
    words = command.replace("playground ", f"{python} ", 1) if "playground " in command else command
    done = subprocess.run(
        ["sh", "-c", f"({shell_status(folder)}); {words}; echo $? > .status"],
        cwd=folder, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def shell_status(folder: Path) -> str:
    """Commands that make `$?` what the command before left."""
    status = folder / ".status"
    return f"exit {status.read_text().strip()}" if status.exists() else "exit 0"


class Screen:
    """The playground in a terminal, as a reader sees it."""

    def __init__(self, command: str, folder: Path, width: int, height: int) -> None:
        words = command.removeprefix("$ ").split()
        assert words[0] == "playground"
        there = f"import os, sys; os.chdir({str(folder)!r}); sys.argv = {words!r}"
        program = [sys.executable, "-c", f"{there}; from playground.__main__ import main; sys.exit(main())"]
        environment = {"XDG_DATA_HOME": str(folder / "data")}
        self.terminal = Terminal(program, width=width, height=height, environment=environment)
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self._taken = 0

    def see(self, text: str) -> None:
        """Wait until a text is on the screen."""
        deadline = time.monotonic() + SECONDS
        while not self.shows(text):
            shown = "\n".join(self.screen.display)
            assert time.monotonic() < deadline, f"{text!r} is not on the screen:\n{shown}"
            assert self.take(), f"the playground ended before {text!r} was seen:\n{shown}"

    def shows(self, text: str) -> bool:
        """Whether a text is on the screen."""
        return any(text in row for row in self.screen.display)

    def take(self) -> bool:
        """Show what the program has written since; False once it has ended."""
        runs = self.terminal.read(0.1)
        self.stream.feed(self.terminal.written[self._taken :])
        self._taken = len(self.terminal.written)
        return runs

    def command(self, text: str) -> None:
        """Type a command."""
        self.terminal.type(":")
        self.terminal.type(f"{text}\r")


def follow(blocks: list[Block], folder: Path, width: int, height: int) -> int:
    """Do what a page says; how many blocks there were. The screens are open from the first screen block to the last."""
    last = max((number for number, block in enumerate(blocks) if block.kind == "screen"), default=-1)
    with ExitStack() as running:
        screen: Screen | None = None
        for number, block in enumerate(blocks):
            if block.kind != "screen":
                do(block, folder)
                continue
            if screen is None:
                screen = Screen(block.body.partition("\n")[0], folder, width, height)
                running.enter_context(screen.terminal)
            look(block, screen)
            if number == last:
                screen.terminal.type("q")
                assert screen.terminal.finish().code == 0
    return len(blocks)


def do(block: Block, folder: Path) -> None:
    """A file, a change, or commands with what they say."""
    path = folder / block.file
    match block.kind:
        case "file":
            path.write_text(block.body, encoding="utf-8")
        case "same":
            assert path.read_text(encoding="utf-8") == block.body, f"line {block.line}: {block.file} is another"
        case "diff":
            change(path, block.body, block.line)
        case _:
            for command, shown in commands_of(block.body):
                said = shell(command, folder)
                assert matches(shown, said), f"line {block.line}: `{command}` says\n{said}"


def look(block: Block, screen: Screen) -> None:
    """Type what a screen block says, and see what it shows."""
    for row in block.body.splitlines():
        if row.startswith(": "):
            screen.command(row.removeprefix(": "))
        elif not row.startswith("$ "):
            screen.see(row)


@pytest.mark.parametrize(("width", "height"), SIZES, ids=lambda size: str(size))
def test_the_page_can_be_followed_word_by_word(tmp_path: Path, width: int, height: int) -> None:
    assert follow(blocks_of(PAGE.read_text(encoding="utf-8")), tmp_path, width, height) > 30


def test_a_page_that_shows_something_else_is_noticed(tmp_path: Path) -> None:
    page = "```toml x.toml\n[system]\n```\n\n```console\n$ playground check x.toml\nx.toml: valid\n```\n"
    with pytest.raises(AssertionError, match=r"line 5: `playground check x\.toml` says"):
        follow(blocks_of(page), tmp_path, 80, 24)


def test_a_block_that_would_not_be_tested_is_noticed() -> None:
    with pytest.raises(AssertionError, match="line 1: a block that says neither what it is nor which file"):
        blocks_of("```python\nprint()\n```\n")


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        ("a\n…\nz\n", "a\nb\nc\nz\n", True),
        ("a\n…\nz\n", "a\nb\n", False),
        ("took … ms\n", "took 12 ms\n", True),
        ("took … ms\n", "took 12 s\n", False),
        ("", "", True),
        ("", "something\n", False),
    ],
)
def test_dots_on_a_page_stand_for_what_is_left_out(shown: str, real: str, same: bool) -> None:
    assert matches(shown, real) is same
