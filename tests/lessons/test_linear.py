"""A lesson line by line: the same events as headless, a sentence each, prompts by line; a student who predicts."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import lesson_run
from playground.headless import FAILED, PASSED, UNDECIDED, CannotWrite
from playground.lesson_run import Wish, carry_out, rehearse
from playground.linear import Linear, play
from playground.plain_text import plain_lines
from playground.rehearsal import Rehearsal
from scenarios.library import checked_lesson, manifest_of
from scenarios.student import score
from tests.lessons.test_exit_codes import BOOT, lesson

PLAYGROUND = [sys.executable, "-m", "playground", "play"]
ASKING = (
    f'{BOOT}\nrun until fs is idle within 2 s\nask "Which?" answer=reply.error\ncall fs.read "/nothing"\n'
    'ask "And now?" "again" if event restarted server=disk, "for ever" otherwise within 2 s\n'
    "crash disk with=exit\nexpect event restarted server=disk within 2 s"
)


def linear(name: str, answers: list[str | None] | None = None, events: str = "talk") -> tuple[Linear, list[str]]:
    """A lesson played to its end, with the lines that were written."""
    lines: list[str] = []
    found = checked_lesson(name)
    queue: Iterator[str | None] = iter(answers or [])
    read = None if answers is None else lambda: next(queue, None)
    reader = Linear(found, manifest_of(found), found.front.seed, write=lines.append, read=read, events=events)
    reader.play()
    return reader, lines


def test_the_events_are_those_of_the_headless_run() -> None:
    reader, lines = linear("reincarnation")
    headless = carry_out(Wish("reincarnation", digest=True))
    assert reader.stage.core.trace.digest() == headless.digest
    assert len(reader.stage.events) == headless.events
    assert lines[-1] == "The end. The lesson has passed."


def test_a_lesson_without_end_is_stopped_and_it_is_said_by_which_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lesson(tmp_path, "endless", "\n".join([BOOT, *["wait 1000 s"] * 5]))
    for name, bound, said in (
        ("LONGEST_CYCLES", 50_000_000_000, "50,000,000,000 cycles of virtual time"),
        ("LONGEST_SECONDS", 0.0, "0 s of the host's time"),
    ):
        monkeypatch.setattr(lesson_run, name, bound)
        _, lines = linear(path)
        assert any(f"the lesson was stopped after {said}" in line for line in lines)
        assert lines[-1] == "The end. The lesson has not been decided."


def test_a_person_who_answers_sees_the_same_events_too() -> None:
    reader, _ = linear("reincarnation", ["1", "2", "3", "4"])
    assert reader.stage.core.trace.digest() == carry_out(Wish("reincarnation", digest=True)).digest


def test_nothing_is_redrawn_or_framed() -> None:
    _, lines = linear("reincarnation", events="all")
    text = "\n".join(lines)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u2500-\u259f]", text)


def test_every_event_is_one_sentence_if_all_are_wanted() -> None:
    reader, lines = linear("reincarnation", events="all")
    told = [line for line in lines if line.startswith("Cycle ")]
    assert len(told) == len(reader.stage.events)
    assert all(line.endswith(".") for line in told)


def test_narration_comes_after_its_heading_and_before_the_commands_that_follow_it() -> None:
    _, lines = linear("reincarnation", events="none")
    heading = lines.index("\nBeat: Read a file.")
    assert lines[heading + 1].startswith("An ordinary request, before anything goes wrong.")
    assert "Command: focus fs" in lines[heading + 2 : heading + 5]


def test_a_student_is_asked_before_the_step_and_told_afterwards(tmp_path: Path) -> None:
    path = lesson(tmp_path, "asking", ASKING)
    offered = carry_out(Wish(path)).answers
    assert [answer.answer for answer in offered] == ["NOT_FOUND", "again"]
    right = offered[0].choices.index("NOT_FOUND") + 1
    wrong = offered[1].choices.index("for ever") + 1
    reader, lines = linear(path, ["9", str(right), str(wrong)])
    reader.tell_score()
    reached = score(reader.session)
    assert (reached.right, reached.asked, reached.skipped) == (1, 2, 0)
    asked = lines.index("Question: Which?")
    assert lines[asked + 1 : asked + 5] == [f"{n}. {choice}" for n, choice in enumerate(offered[0].choices, 1)]
    assert "9 is none of them." in lines
    done = next(number for number, line in enumerate(lines) if line.startswith("Cycle") and "/nothing" in line)
    assert asked < done, "the question comes before the step"
    assert any(line.startswith("Answer: You predicted it: NOT_FOUND") for line in lines)
    assert any(line.startswith("Answer: You did not predict it: again") for line in lines)


def test_the_screens_offer_what_a_rehearsal_in_a_process_of_its_own_found(tmp_path: Path) -> None:
    found = checked_lesson(lesson(tmp_path, "asking", ASKING))
    manifest = manifest_of(found)
    rehearsal = Rehearsal(found, manifest, 0)
    assert rehearsal.choices() == rehearse(found, manifest, 0)
    assert "NOT_FOUND" in rehearsal.choices()[0]
    abandoned = Rehearsal(found, manifest, 0)
    abandoned.close()
    assert abandoned.choices() == ()


def test_results_that_cannot_be_written_are_told_before_the_lesson(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CannotWrite, match="the results cannot be written to"):
        play(lesson(tmp_path, "asking", ASKING), student=True, results=tmp_path / "nowhere" / "x.json")
    assert capsys.readouterr().out == ""


def test_results_are_kept_if_the_student_leaves_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["1"])

    def read() -> str:
        for answer in answers:
            return answer
        raise KeyboardInterrupt

    monkeypatch.setattr("playground.linear._line", read)
    path = tmp_path / "results.json"
    with pytest.raises(KeyboardInterrupt):
        play(lesson(tmp_path, "asking", ASKING), student=True, results=path)
    found = json.loads(path.read_text())
    assert (found["finished"], len(found["predictions"])) == (False, 2)


def test_results_are_written_as_json(tmp_path: Path) -> None:
    path = lesson(tmp_path, "asking", ASKING)
    results = tmp_path / "results.json"
    command = [*PLAYGROUND, "--student", path, "--results", str(results)]
    done = subprocess.run(command, input="1\n", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == PASSED, done.stderr
    found = json.loads(results.read_text())
    assert (found["lesson"], found["verdict"], found["finished"], found["of"]) == ("asking", "passed", True, 2)
    first, second = found["predictions"]
    assert first["predicted"] == first["choices"][0]
    assert first["right"] is (first["predicted"] == "NOT_FOUND")
    assert (second["predicted"], second["right"], second["answer"]) == (None, None, "again")
    assert found["score"] == int(first["right"])
    assert f"You predicted {found['score']} of 2 right. You left out 1." in done.stdout


@pytest.mark.parametrize(
    ("commands", "code"),
    [(f"{BOOT}\nexpect disk.life == 1", PASSED), (f"{BOOT}\nexpect disk.life == 2", FAILED), (BOOT, UNDECIDED)],
)
def test_in_a_pipe_nobody_is_asked_and_the_exit_code_is_that_of_the_lesson(
    tmp_path: Path, commands: str, code: int
) -> None:
    path = lesson(tmp_path, "piped", commands)
    command = [*PLAYGROUND, "--linear", path]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code
    assert done.stderr == ""
    assert "Press return" not in done.stdout


def test_markdown_is_told_as_plain_lines() -> None:
    text = (
        "A *paragraph* with `code`,\nover two lines and a [link](x).\n\n1. one\n2. **two**\n\n* dot\n\n"
        "| a | b |\n| - | - |\n| 1 | 2 |\n\n```\ncode  here\n```\n"
    )
    assert [line for line in plain_lines(text) if line] == [
        "A paragraph with code, over two lines and a link.", "1. one", "2. two", "- dot", "a; b", "1; 2", "code  here",
    ]  # fmt: skip


def test_an_answer_that_went_nowhere_is_told_and_the_rounds_of_the_supervisor_are_not() -> None:
    """The second answer of the desk in the lesson of replies; after a death all Reply objects are answered by."""
    _, lines = linear("replies", answers=[])
    lost = [line for line in lines if "went nowhere" in line and line.startswith("Cycle ")]
    assert any("a message of desk to desk.reply0 went nowhere: nobody waits for this reply" in line for line in lost)
    assert not any("message of supervisor" in line for line in lost)
    _, all_lines = linear("replies", answers=[], events="all")
    assert any("a message of supervisor" in line and "went nowhere" in line for line in all_lines)
