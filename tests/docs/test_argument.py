"""The page about the argument is true: every beat that it names exists, and every line it quotes stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenarios.lesson import Beat
from scenarios.library import checked_lesson, lesson_names
from tests.docs.pages import blocks_of
from tests.docs.test_writing_your_own import do

PAGE = Path(__file__).resolve().parents[2] / "docs" / "argument.md"
ENTRY = re.compile(r"^\* `([a-z0-9-]+)`, \*(.+?)\*: (.+)$", re.MULTILINE)
ENTRIES = ENTRY.findall(PAGE.read_text(encoding="utf-8"))


def beat_of(lesson: str, title: str) -> Beat:
    (found,) = [beat for beat in checked_lesson(lesson).beats if beat.title == title]
    return found


def test_every_item_of_a_list_names_a_beat() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(ENTRIES) == len(re.findall(r"^\* ", text, re.MULTILINE)) > 20


@pytest.mark.parametrize(("lesson", "title", "told"), ENTRIES, ids=[f"{one}-{two}" for one, two, _ in ENTRIES])
def test_what_is_quoted_stands_in_the_beat_that_is_named(lesson: str, title: str, told: str) -> None:
    quoted = re.findall(r"`(expect [^`]+)`", told)
    assert quoted
    assert {*quoted} <= {command.text for command in beat_of(lesson, title).commands}


def test_every_lesson_has_a_part_in_the_argument() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in lesson_names() if f"`{name}`" not in text] == []


def test_every_sentence_says_what_its_test_cannot_say() -> None:
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        title = section.partition("\n")[0]
        assert "\n> " in section, f"“{title}” quotes nothing"
        assert "What this cannot say:" in section, f"“{title}” has no limits"


def test_the_commands_of_the_page_do_what_it_says(tmp_path: Path) -> None:
    for block in blocks_of(PAGE.read_text(encoding="utf-8")):
        do(block, tmp_path)
