"""Lessons and systems are found by the names of those that are shipped, and by the paths of files."""

from pathlib import Path

import pytest

from scenarios.library import NotFound, manifest_of, read_lesson, read_system


def test_a_file_with_another_ending_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.txt").write_text("+++\n+++\n", encoding="utf-8")
    with pytest.raises(NotFound, match=r"^the file mine\.txt is not read: the name of a lesson's file ends in \.md$"):
        read_lesson("mine.txt")
    with pytest.raises(NotFound, match=r"^the file mine\.txt is not read: the name of a system's file ends in \.toml$"):
        read_system("mine.txt")


def test_a_path_without_its_ending_is_told_the_file_it_probably_means(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("+++\n+++\n", encoding="utf-8")
    with pytest.raises(NotFound, match=r"but there is a file .*mine\.md: say the ending too$"):
        read_lesson(str(tmp_path / "mine"))


def test_a_shipped_lesson_is_found_beside_a_file_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pager").write_text("something else", encoding="utf-8")
    assert read_lesson("pager").name == "pager"


def test_a_parameter_that_says_what_holds_anyway_leaves_the_system_as_it_is() -> None:
    lesson = read_lesson("reincarnation")
    assert lesson.values["policy"] == "permanent"
    assert manifest_of(lesson) == read_system("workshop")
    changed = manifest_of(read_lesson("reincarnation", {"policy": "temporary"}))
    assert changed.servers["disk"].restart == "temporary"
