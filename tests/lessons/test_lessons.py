"""The shipped lessons are tests of the whole system: they pass, and they fail when what they teach is broken."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from playground.headless import FAILED, PASSED, play, run_lesson
from scenarios.lesson import Lesson
from scenarios.library import checked_lesson, lesson_names, manifest_of
from scenarios.player import LessonSession, Outcome
from servers.manifest import parse_manifest


@cache
def played(name: str) -> LessonSession:
    """One playing of a shipped lesson, on the system it names."""
    lesson = checked_lesson(name)
    return run_lesson(lesson, manifest_of(lesson), lesson.front.seed)


def failures(lesson: Lesson, change: Callable[[str], str]) -> list[Outcome]:
    """What fails when the lesson is played on a system whose manifest was changed."""
    manifest = manifest_of(lesson)
    changed = change(manifest.text)
    assert changed != manifest.text, "the change changes nothing"
    session = run_lesson(lesson, parse_manifest(changed, manifest.file), lesson.front.seed)
    return [outcome for outcome in session.outcomes if outcome.verdict != "passed"]


def in_disk(line: str) -> Callable[[str], str]:
    """Adds a line to the disk driver's table."""
    return lambda text: text.replace("[servers.disk]\n", f"[servers.disk]\n{line}\n")


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
    assert any(command.verb == "ask" for command in lesson.commands)


def test_a_lesson_played_twice_gives_the_same_events() -> None:
    lesson = checked_lesson("reincarnation")
    again = run_lesson(lesson, manifest_of(lesson), lesson.front.seed)
    first = played("reincarnation")
    assert len(again.stage.events) == len(first.stage.events)
    assert again.stage.events == first.stage.events


def test_reincarnation_fails_when_the_driver_is_never_restarted() -> None:
    found = failures(checked_lesson("reincarnation"), in_disk('restart = "temporary"'))
    first = found[0]
    assert first.sentence == "run until event restarted server=disk within 1 s"
    assert "disk stays stopped: it is temporary" in first.detail


def test_reincarnation_fails_when_nobody_asks_for_signs_of_life() -> None:
    def deaf(text: str) -> str:
        return re.sub(r"(\[servers\.disk\].*?)heartbeat_us = \d[\d_]*\n", r"\1", text, flags=re.DOTALL)

    sentences = [outcome.sentence for outcome in failures(checked_lesson("reincarnation"), deaf)]
    assert any("server-died (server disk, cause silence)" in sentence for sentence in sentences)


def test_reincarnation_fails_when_a_crash_loop_has_no_limit() -> None:
    def endless(text: str) -> str:
        return re.sub(r"intensity = \d+", "intensity = 100", text)

    sentences = [outcome.sentence for outcome in failures(checked_lesson("reincarnation"), endless)]
    assert any("gave-up (server disk)" in sentence for sentence in sentences)


def test_reincarnation_fails_when_the_person_may_ask_the_driver() -> None:
    def generous(text: str) -> str:
        return re.sub(r"(\[servers\.you\].*?uses = \{ )", r'\1disk = "disk.block", ', text, flags=re.DOTALL)

    sentences = [outcome.sentence for outcome in failures(checked_lesson("reincarnation"), generous)]
    assert "you cannot reach disk" in sentences


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
