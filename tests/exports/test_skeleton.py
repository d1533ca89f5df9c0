"""The beginning of a lesson: valid, and what happened by hand happens again when it is played."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground import headless
from playground.exports.outcomes import duration, quoted
from playground.exports.run import ExportProblem, Run, Span, span_of
from playground.exports.skeleton import lesson
from playground.exports.source import from_lesson
from scenarios.language import parse_line
from scenarios.language.syntax import Key, Wait
from scenarios.library import checked_lesson
from tests.exports.runs import hand_run, lesson_run


def written(run: Run, folder: Path, span: Span | None = None) -> Path:
    """The lesson as a file."""
    path = folder / "mine.md"
    path.write_text("".join(lesson(run, span or run.everything)), encoding="utf-8")
    return path


@pytest.mark.parametrize("make", [hand_run, lesson_run])
def test_it_is_a_valid_lesson_that_passes_when_it_is_played(make: object, tmp_path: Path) -> None:
    """Checked as `playground check` does and played headless, with every expectation decided."""
    assert callable(make)
    path = written(make(), tmp_path)
    checked = checked_lesson(str(path))
    assert len(list(checked.commands)) > 20
    lines: list[str] = []
    assert headless.play([str(path)], write=lines.append) == headless.PASSED, "\n".join(lines)
    assert "expectations hold" in lines[-1]


@pytest.mark.parametrize("name", ["reincarnation", "mars-1997"])
def test_a_run_of_a_shipped_lesson_comes_to_the_same_again(name: str, tmp_path: Path) -> None:
    """A whole evening of crashes, and a system that lives by its deadlines."""
    path = written(from_lesson(name), tmp_path)
    lines: list[str] = []
    assert headless.play([str(path)], write=lines.append) == headless.PASSED, "\n".join(lines)


def test_it_does_what_was_done_by_hand_in_the_same_order(tmp_path: Path) -> None:
    """Requests, the crash in the middle of a read, the revocation, the keys as one line, the pause."""
    text = written(hand_run(), tmp_path).read_text(encoding="utf-8")
    parts = [
        "run until event system-ready",
        'call fs.read path="/etc/motd"\nexpect reply succeeds\nexpect reply.data contains "',
        "call counter.increment by=5\nexpect reply succeeds\nexpect reply.value == 5\n",
        "expect reply fails with",
        'send fs.read path="/etc/motd"\nexpect no reply\nrun until disk is handling block.read from fs within 1 s\n'
        "expect you is waiting for fs\n",
        "crash disk with=null-pointer\nexpect event server-died server=disk cause=page-fault within",
        "expect event restarted server=disk life=2 within",
        "revoke supervisor.disk_irq\nexpect disk lacks irq within 1 s\n",
        'key "ls /\\n"\nexpect event message sender=shell receiver=fs operation=files.list within',
        "pause counter\nexpect counter is paused\n",
        "expect disk.life == 2\n",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_what_the_language_cannot_say_is_a_remark(tmp_path: Path) -> None:
    """A revocation by the number of a slot has no name."""
    text = written(hand_run(), tmp_path).read_text(encoding="utf-8")
    assert "cannot be said in a lesson, so it is left out" in text
    assert "# by hand: revoke you.4000" in text


def test_a_range_that_ends_earlier_is_a_shorter_lesson(tmp_path: Path) -> None:
    """Nothing from after it."""
    text = written(hand_run(), tmp_path, span_of(hand_run(), None, "a crash")).read_text(encoding="utf-8")
    assert "call counter.increment" in text
    assert "crash" not in text


def test_a_run_in_which_nobody_did_anything_is_no_lesson() -> None:
    """One sentence instead of an empty file."""
    with pytest.raises(ExportProblem, match="nothing was done by hand"):
        list(lesson(hand_run(), span_of(hand_run(), None, "ready")))


@pytest.mark.parametrize("text", ['say "hi"', "a\\b\n\t\r\x1b", "", "ls /\n", "é"])
def test_a_text_in_quotes_is_read_back_as_it_was(text: str) -> None:
    """By the parser of the language."""
    command = parse_line(f"key {quoted(text)}")
    assert command is not None
    assert command.action == Key(text)


@pytest.mark.parametrize(
    ("cycles", "words"),
    [
        (1, "1 cycles"), (499, "499 cycles"), (2_000, "2 us"), (150_001, "150 us"), (1_000_000, "1 ms"),
        (99_500_000, "99_500 us"), (2_000_000_000, "2 s"), (2_000_000_001, "2 s"), (250_000_600_001, "250_000_600 us"),
    ],
)  # fmt: skip
def test_a_duration_is_right_to_the_microsecond(cycles: int, words: str) -> None:
    """In the largest unit that says so."""
    assert duration(cycles) == words
    command = parse_line(f"wait {words}")
    assert command is not None
    assert isinstance(command.action, Wait)
    assert abs(command.action.duration.cycles - cycles) <= 500
