"""`playground export` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.command_line import run
from playground.exports.command import pace_of, write
from playground.exports.formats import FORMATS
from playground.exports.run import ExportProblem, moment_of, span_of
from tests.exports.runs import SAMPLE, hand_run, lesson_run


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_to_the_file_that_is_named(name: str, tmp_path: Path) -> None:
    """Whole, as UTF-8, and nothing beside it."""
    target = tmp_path / f"out{FORMATS[name][0]}"
    assert run(["export", "--lesson", str(SAMPLE), "--format", name, "-o", str(target)]) == 0
    assert target.read_text(encoding="utf-8").endswith("\n")
    assert list(tmp_path.iterdir()) == [target]


def test_without_a_file_it_goes_to_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else does."""
    words = ["export", "--lesson", str(SAMPLE), "--format", "jsonl", "--from", "who notices", "--to", "who repairs"]
    assert run(words) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    rows = [json.loads(line) for line in shown.out.splitlines()]
    assert rows[0]["count"] == len(rows) - 1 > 0


def test_the_help_explains_every_format_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """By name."""
    assert run(["export", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for name, (_, sentence) in FORMATS.items():
        assert f"{name} {' '.join(sentence.split())}" in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--format", "cast"], "say what to export"),
        (["a.mkp", "--lesson", "b", "--format", "cast"], "say what to export"),
        (["--lesson", str(SAMPLE), "--format", "casts"], "did you mean cast?"),
        (["--lesson", str(SAMPLE), "--format", "svg", "--from", "kill"], "say --to kill"),
        (["--lesson", str(SAMPLE), "--format", "lesson", "--from", "kill"], "leave out --from"),
        (["--lesson", str(SAMPLE), "--format", "svg", "--server", "dsk"], "no server is called 'dsk'"),
        (["--lesson", str(SAMPLE), "--format", "cast", "--size", "9x9"], "say for example 120x36"),
        (["--lesson", str(SAMPLE), "--format", "cast", "--pace", "fast"], "for example 0.4"),
        (["--lesson", str(SAMPLE), "--format", "cast", "--theme", "projekt"], "did you mean projector?"),
        (["--lesson", str(SAMPLE), "--format", "jsonl", "--from", "99_999_999"], "there is no event 99,999,999"),
        (["--lesson", str(SAMPLE), "--format", "jsonl", "--from", "who notises"], 'did you mean "who notices"?'),
        (["--lesson", str(SAMPLE), "--format", "jsonl", "--from", "deaf", "--to", "kill"], "before it begins"),
        (["--lesson", str(SAMPLE), "--format", "jsonl", "--from", "kill", "--to", "kill"], "is empty"),
        (["nothing.mkp", "--format", "jsonl"], "nothing.mkp"),
    ],
)
def test_a_mistake_is_one_sentence(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With what would be right, and exit code 2."""
    assert run(["export", *words]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert told in shown.err
    assert shown.err.count("\n") == 1


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """What was there before stays if the export fails in the middle."""
    target = tmp_path / "a.txt"
    target.write_text("before", encoding="utf-8")

    def failing() -> object:
        yield "half"
        raise ExportProblem("no more")

    with pytest.raises(ExportProblem, match="no more"):
        write(target, failing())  # type: ignore[arg-type]
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(ExportProblem, match="cannot be written: no such file or directory"):
        write(tmp_path / "no" / "a.txt", ["x"])


def test_moments_have_numbers_and_names() -> None:
    """Numbers may have separators, a part of a name is enough, the whole name wins."""
    lesson = lesson_run()
    marks = {mark.text: mark.event for mark in lesson.marks}
    assert moment_of(lesson, "1_200") == moment_of(lesson, "1,200") == 1200
    assert moment_of(lesson, "again") == marks["Again"]
    assert moment_of(lesson, "second try") == marks["The second try"]
    assert moment_of(lesson, "WHO") == marks["Who notices"]
    assert 0 < moment_of(hand_run(), "ready") < moment_of(hand_run(), "a crash")
    assert span_of(lesson, None, None) == lesson.everything


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "", "1e9"])
def test_a_pace_that_nobody_could_watch_is_refused(text: str) -> None:
    """A frame stands for a hundredth of a second to a minute."""
    with pytest.raises(ExportProblem, match="is no pace"):
        pace_of(text)
