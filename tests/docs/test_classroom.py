"""The page for teachers can be followed: every command, key and answer on it is tried, with two terminals at once."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.pages import Block, blocks_of
from tests.docs.test_writing_your_own import SIZES, Screen, do

PAGE = Path(__file__).resolve().parents[2] / "docs" / "classroom.md"
KEYS = {"space": " ", "left": "\x1b[D"}
KEY = re.compile(r"^<(\w+)>(?: until (.*))?$")
PATIENCE = 1.5
"""Seconds for a key to show what it does, before it is pressed again."""
MOST_PRESSES = 12


@pytest.mark.parametrize(("width", "height"), SIZES, ids=lambda size: str(size))
def test_the_page_can_be_followed_word_by_word(
    tmp_path: Path, width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    (tmp_path / "run").mkdir(mode=0o700)
    screens: dict[str, Screen] = {}
    with ExitStack() as running:
        for block in blocks_of(PAGE.read_text(encoding="utf-8")):
            if block.kind != "screen":
                do(block, tmp_path)
                continue
            if block.file not in screens:
                screen = screens[block.file] = Screen(block.body.partition("\n")[0], tmp_path, width, height)
                running.enter_context(screen.terminal)
            follow(block, screens[block.file])
    assert set(screens) == {"show", "notes", "student"}


def follow(block: Block, screen: Screen) -> None:
    """Press the keys of a block, type its commands, and see what it shows; `q` is the end of the program."""
    for row in block.body.splitlines():
        key = KEY.match(row)
        if row.startswith("$ "):
            continue
        if row.startswith(": "):
            screen.command(row.removeprefix(": "))
        elif key is None:
            screen.see(row)
        elif key[1] == "q":
            screen.terminal.type("q")
            assert screen.terminal.finish().code == 0
        elif key[2] is None:
            screen.terminal.type(KEYS.get(key[1], key[1]))
        else:
            press_until(screen, KEYS[key[1]], key[2])


def press_until(screen: Screen, key: str, text: str) -> None:
    """Press a key as often as it takes; how often is a matter of the size of the terminal."""
    for _ in range(MOST_PRESSES):
        screen.terminal.type(key)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if screen.shows(text):
                return
            screen.take()
    screen.see(text)
