"""The ways to play a lesson from the command line, and what is said when they cannot be gone."""

from __future__ import annotations

import gc
import io
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import headless, lesson_run, watching
from playground.actions import COMMANDS
from playground.command_line import MISTAKE, run
from playground.headless import FAILED, INVALID, PASSED, UNDECIDED, Progress, play
from playground.lesson_run import LessonResult, Wish, carry_out
from scenarios.language import VERBS
from tests.lessons.test_exit_codes import BOOT, lesson


def test_a_new_lesson_is_valid_passes_and_can_be_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "lesson", "my-first"]) == PASSED
    assert run(["check", "my-first.md"]) == PASSED
    assert run(["play", "--headless", "my-first.md"]) == PASSED
    assert run(["play", "--headless", "my-first.md", "--set", "victim=clock"]) == PASSED
    printed = capsys.readouterr().out
    assert "my-first: My first" in printed
    assert "life of clock is 2" in printed
    assert run(["new", "lesson", "my-first"]) == MISTAKE
    assert "my-first.md is there already" in capsys.readouterr().err


def test_the_words_that_a_new_lesson_is_told_with_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "lesson", "my first"]) == PASSED
    words = capsys.readouterr().out.split("`")[1]
    assert run(shlex.split(words)[1:]) == PASSED


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("victm=disk", "No parameter of this lesson is called `victm`; did you mean `victim`?"),
        ("victim=shell", "`victim` is one of disk, clock, not 'shell'"),
    ],
)
def test_a_setting_that_the_lesson_does_not_know_makes_it_no_valid_lesson(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    run(["new", "lesson", "mine"])
    assert run(["play", "--headless", "mine.md", "--set", setting]) == INVALID
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["play", "--all"], "add --headless"),
        (["play", "--headless", "--all", "reincarnation"], "leave out --all or the names"),
        (["play", "--headless", "--linear", "reincarnation"], "--headless plays without a person"),
        (["play", "--headless", "reincarnation", "--format", "juint"], "did you mean junit?"),
        (["play", "reincarnation", "--format", "tap"], "--format belongs to a headless run"),
        (["play", "reincarnation", "--watch"], "--watch belongs to a headless run"),
        (["play", "--linear", "reincarnation", "--events", "most"], "--events is one of talk, all, none, not 'most'"),
        (["play", "--linear", "reincarnation", "--results", "x"], "add --student"),
        (["play", "--headless", "reincarnation", "--set", "victim"], "'victim' is not NAME=VALUE"),
        (["play", "--headless", "reincarnation", "--set", "seed=x"], "'x' is not a whole number"),
        (["play", "--headless", "reincarnation", "-o", "/nowhere/x"], "the report cannot be written to /nowhere/x"),
        (["play", "--headless", "reincarnation", "-o", "/"], "the report cannot be written to /: is a directory"),
        (["new"], "`playground new lesson NAME`"),
    ],
)
def test_words_that_do_not_fit_together_are_answered_with_what_would_be_right(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert run(words) == MISTAKE
    assert said in capsys.readouterr().err


def test_the_seed_can_be_set_like_a_parameter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lesson(tmp_path, "seeded", f"{BOOT}\nexpect disk.life == 1")
    for words in (["--set", "seed=7"], ["--seed", "7"], ["--seed", "8"]):
        run(["play", "--headless", path, "--digest", *words])
    digests = [line for line in capsys.readouterr().out.splitlines() if line.startswith("digest")]
    assert digests[0] == digests[1] != digests[2]


def test_a_parameter_can_change_the_system(tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text(
        '+++\ntitle = "x"\nsystem = "workshop"\n[parameters]\n'
        'policy = { default = "permanent", sets = "servers.disk.restart" }\n+++\n# B\n```play\n'
        f"{BOOT}\nrun until fs is idle within 2 s\ncrash disk with=exit\n"
        "expect event restarted server=disk within 2 s\n```\n"
    )
    assert carry_out(Wish(str(path))).verdict == "passed"
    assert carry_out(Wish(str(path), values={"policy": "temporary"})).verdict == "failed"


BACK = f"""{BOOT}
run until fs is idle within 2 s
mark "calm"
crash disk with=exit
expect event restarted server=disk life=2 within 2 s
call fs.read "/etc/motd"
expect reply succeeds
goto "calm"
expect disk.life == 1
expect no event server-died
call fs.read "/etc/motd"
expect reply.data contains "welcome"
expect disk.life == 1"""


def test_going_back_in_time_really_undoes_what_happened(tmp_path: Path) -> None:
    result = carry_out(Wish(lesson(tmp_path, "back", BACK), digest=True))
    assert result.verdict == "passed", result.lines
    head, _, rest = BACK.partition("crash disk")
    straight = carry_out(Wish(lesson(tmp_path, "straight", head + rest.partition('goto "calm"\n')[2]), digest=True))
    assert straight.digest == result.digest, "what is left of the run is as if there had been nothing else"


def test_two_runs_from_one_moment_are_compared(tmp_path: Path) -> None:
    body = f"""{BOOT}
run until fs is idle within 2 s
mark "calm"
crash disk with=exit
expect event restarted server=disk life=2 within 2 s
branch "calm" as "with a crash"
call fs.read "/etc/motd"
compare "with a crash"
expect disk.life == 1"""
    result = carry_out(Wish(lesson(tmp_path, "two", body)))
    assert result.verdict == "passed", result.lines
    (told,) = [line for line in result.lines if line.startswith("    Compared: ")]
    assert "event" in told
    assert "disk: life 2, in the second run 1" in told
    assert "in the second run" in told


def test_every_action_that_can_be_typed_is_a_verb_of_lessons() -> None:
    """But for `record`: a lesson, which may come from a stranger, writes no files."""
    assert set(COMMANDS) - set(VERBS) == {"record"}


def test_a_lesson_that_goes_back_is_not_recorded_as_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lesson(tmp_path, "back", BACK)
    assert run(["play", "--headless", path, "--record", str(tmp_path / "run.mkp")]) == MISTAKE
    assert "goes back in time" in capsys.readouterr().err
    assert not (tmp_path / "run.mkp").exists()


def test_a_lesson_that_never_ends_is_stopped_and_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lesson(tmp_path, "long", f"{BOOT}\nexpect disk.life == 1\nwait 1000 s\nexpect disk.life == 1")
    monkeypatch.setattr(lesson_run, "LONGEST_CYCLES", 50_000_000_000)
    result = carry_out(Wish(path))
    assert result.verdict == "undecided"
    assert result.checks[-1].detail == "the lesson was stopped after 50,000,000,000 cycles of virtual time"
    monkeypatch.setattr(lesson_run, "LONGEST_SECONDS", 0.0)
    result = carry_out(Wish(path))
    assert result.verdict == "undecided"
    assert result.checks[-1].detail == "the lesson was stopped after 0 s of the host's time"
    assert play([path], write=lambda _: None) == UNDECIDED


@pytest.mark.parametrize(
    ("condition", "detail"),
    [
        ("disk.life == 1", "it is 2"),
        ("count event server-died server=disk == 0", "the count is 1"),
        ("event gave-up server=disk before event server-died server=disk", "gave-up (server disk) did not happen"),
    ],
)
def test_a_condition_that_cannot_come_true_any_more_fails_at_once(tmp_path: Path, condition: str, detail: str) -> None:
    setup = f"{BOOT}\nrun until fs is idle within 2 s\ncrash disk with=exit\nrun until event restarted within 2 s"
    result = carry_out(Wish(lesson(tmp_path, "late", f"{setup}\nexpect {condition} within 900 s")))
    assert (result.verdict, result.checks[-1].detail) == ("failed", detail)
    assert result.cycles < 100_000_000_000


def test_what_a_lesson_or_a_server_says_cannot_command_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = 'call log.write text="a\\e[31mred"\ncall log.tail count=9\nexpect reply.text contains "blue"'
    path = lesson(tmp_path, "bold", f'{BOOT}\nsay "x\\e]0;title"\nrun until fs is idle within 2 s\n{said}')
    assert run(["play", "--headless", path]) == FAILED
    assert run(["play", "--linear", path]) == FAILED
    printed = capsys.readouterr().out
    assert printed.count("a\ufffd[31mred") >= 2
    assert "\x1b" not in printed


def test_an_object_that_never_was_is_neither_held_nor_lacked(tmp_path: Path) -> None:
    body = f"{BOOT}\nexpect you lacks disk.block\nexpect fs lacks disk.blok\nexpect fs holds disk.blok within 1 ms"
    result = carry_out(Wish(lesson(tmp_path, "slip", body)))
    told = "no object was ever called `disk.blok` (did you mean `disk.block`?)"
    assert [(check.verdict, check.detail) for check in result.checks] == [
        ("passed", ""), ("failed", told), ("failed", f"{told} within 1,000,000 cycles"),
    ]  # fmt: skip


def test_running_until_what_cannot_come_true_any_more_ends_at_once(tmp_path: Path) -> None:
    result = carry_out(Wish(lesson(tmp_path, "late", f"{BOOT}\ncall clock.now\nrun until reply fails within 900 s")))
    assert result.verdict == "failed"
    assert result.checks[-1].detail.endswith(", and that cannot change any more")
    assert result.cycles < 100_000_000_000


def test_watching_plays_again_after_a_change_of_the_lesson_only(tmp_path: Path) -> None:
    path = lesson(tmp_path, "watched", f"{BOOT}\nexpect disk.life == 1")
    said: list[str] = []
    looks: Iterator[None] = iter([None, None])

    def pause() -> None:
        next(looks)
        if len(said) == 1 and not played[1:]:
            Path(path).write_text(Path(path).read_text().replace("== 1", "== 2"))

    played: list[int] = []

    def again() -> int:
        played.append(play([path], write=lambda _: None))
        return played[-1]

    assert watching.watch([path], again, said.append, pause, rounds=2) == FAILED
    assert played == [PASSED, FAILED]
    assert said == ["waiting for a change; Ctrl-C ends", "\nwatched.md changed"]


def test_a_process_that_is_started_for_a_lesson_never_hears_ctrl_c() -> None:
    """Not even while it starts, when it could only answer with a traceback."""
    asked = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))"
    told = []
    with headless._deaf():
        told.append(subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout)
    told.append(subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout)
    assert [line.strip() for line in told] == ["True", "False"]


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_lesson_may_end_while_a_server_could_still_tidy_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """The compiler waits on its way out of a translation; nothing of that is reported as an error of ours."""
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    body = (
        f'{BOOT}\nsend new.compile source="one" output=paper\n'
        f"run until event message sender=new operation=sheet.write\nrun until new is waiting\nstep {steps}"
    )
    carry_out(Wish(lesson(tmp_path, "halfway", body, system="deputy")))
    gc.collect()
    assert told == []


def test_a_terminal_sees_how_far_the_suite_is_and_a_pipe_does_not() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        progress = Progress(2, stream)
        progress.count(LessonResult("a", "passed"))
        progress.count(LessonResult("b", "failed"))
        progress.clear()
        assert ("[############............] 1 of 2 lessons played" in stream.getvalue()) is shown
        assert ("2 of 2 lessons played, 1 not passed" in stream.getvalue()) is shown
