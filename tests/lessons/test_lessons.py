"""The shipped lessons are tests of the whole system: they pass, twice with the same events."""

import re
from functools import cache
from pathlib import Path

import pytest

from playground.headless import FAILED, PASSED, play, run_lesson
from scenarios.language.syntax import Say
from scenarios.library import checked_lesson, lesson_names, manifest_of
from scenarios.player import LessonSession


@cache
def played(name: str) -> LessonSession:
    """One playing of a shipped lesson, on the system it names."""
    lesson = checked_lesson(name)
    return run_lesson(lesson, manifest_of(lesson), lesson.front.seed)


@pytest.mark.parametrize("name", lesson_names())
def test_every_shipped_lesson_passes(name: str) -> None:
    session = played(name)
    wrong = [f"{it.command.place}: {it.sentence}: {it.detail}" for it in session.outcomes if it.verdict != "passed"]
    assert session.verdict == "passed", "\n".join(wrong)


@pytest.mark.parametrize("name", lesson_names())
def test_every_shipped_lesson_has_beats_objectives_sources_and_predictions(name: str) -> None:
    lesson = checked_lesson(name)
    assert 6 <= len(lesson.beats) <= 15
    assert all(beat.narration and beat.commands for beat in lesson.beats)
    assert lesson.front.objectives
    assert lesson.front.sources
    assert lesson.front.minutes
    assert sum(command.verb == "ask" for command in lesson.commands) >= 2


@pytest.mark.parametrize("name", lesson_names())
def test_the_presenter_is_told_something_about_every_beat_and_how_long_it_takes(name: str) -> None:
    lesson = checked_lesson(name)
    minutes = 0
    for beat in lesson.beats:
        notes = [it.action.text for it in beat.commands if isinstance(it.action, Say) and it.action.aside]
        assert notes, f"“{beat.title}” has no note"
        minutes += sum(int(found) for found in re.findall(r"(\d+) minutes?\b", " ".join(notes)))
    assert minutes == lesson.front.minutes


def test_a_lesson_played_twice_gives_the_same_events() -> None:
    lesson = checked_lesson("reincarnation")
    again = run_lesson(lesson, manifest_of(lesson), lesson.front.seed)
    first = played("reincarnation")
    assert len(again.stage.events) == len(first.stage.events)
    assert again.stage.events == first.stage.events


def test_headless_prints_a_line_for_every_expectation_and_passes() -> None:
    lines: list[str] = []
    assert play(["reincarnation"], write=lines.append) == PASSED
    session = played("reincarnation")
    assert sum(line.startswith("  passed") for line in lines) == len(session.outcomes)
    assert lines[-1].strip() == f"reincarnation: {len(session.outcomes)} of {len(session.outcomes)} expectations hold"


def test_headless_says_in_one_line_what_failed(tmp_path: Path) -> None:
    lesson = tmp_path / "wrong.md"
    lesson.write_text(
        '+++\ntitle = "Wrong"\nsystem = "workshop"\n+++\n# Boot\n```play\n'
        "run until event system-ready within 2 s\nexpect disk is stopped\n```\n"
    )
    lines: list[str] = []
    assert play([str(lesson)], write=lines.append) == FAILED
    assert any(re.search(r"FAILED +.*wrong\.md:8:1  disk is stopped: disk is (idle|running)", line) for line in lines)
