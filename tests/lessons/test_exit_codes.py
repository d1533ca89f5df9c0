"""The exit codes of a headless run, and what it prints for each."""

from pathlib import Path

import pytest

from kernel import Kernel, KernelBug
from playground.headless import FAILED, INVALID, PASSED, UNDECIDED, play

BOOT = "run until event system-ready within 2 s"


def lesson(folder: Path, name: str, commands: str, system: str = "workshop") -> str:
    """The path of a lesson with one beat."""
    path = folder / f"{name}.md"
    path.write_text(f'+++\ntitle = "{name}"\nsystem = "{system}"\n+++\n# Beat\n```play\n{commands}\n```\n')
    return str(path)


def test_a_lesson_whose_expectations_hold_passes(tmp_path: Path) -> None:
    assert play([lesson(tmp_path, "good", f"{BOOT}\nexpect disk.life == 1")]) == PASSED


def test_a_lesson_that_is_not_valid_is_not_played(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert play([lesson(tmp_path, "bad", "expect dsk is running\ncrash disk with=exti")]) == INVALID
    printed = capsys.readouterr().out
    assert "bad.md:7:8: No server is called `dsk`; did you mean `disk`?" in printed
    assert "bad.md:8:17: No kind of crash is called `exti`; did you mean `exit`?" in printed
    assert "passed" not in printed


def test_a_lesson_on_a_system_that_does_not_exist_is_not_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play([lesson(tmp_path, "lost", BOOT, system="wrokshop")]) == INVALID
    assert "lost.md:3:1: No system is called `wrokshop`; did you mean `workshop`?" in capsys.readouterr().out


def test_a_lesson_that_does_not_exist_is_not_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert play(["reincarnatoin"]) == INVALID
    assert "No lesson is called `reincarnatoin`; did you mean `reincarnation`?" in capsys.readouterr().out


def test_a_lesson_that_expects_nothing_is_never_a_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert play([lesson(tmp_path, "empty", BOOT)]) == UNDECIDED
    assert "nothing is expected, so nothing was decided" in capsys.readouterr().out


def test_a_machine_that_breaks_down_is_never_a_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Kernel.run

    def break_down(kernel: Kernel, steps: int, until: int | None = None) -> int:
        if kernel.now > 100_000:
            raise KernelBug("a queue is broken")
        return run(kernel, steps, until)

    monkeypatch.setattr(Kernel, "run", break_down)
    assert play([lesson(tmp_path, "broken", f"{BOOT}\nexpect disk.life == 1\nexpect disk.life == 7")]) == UNDECIDED
    printed = capsys.readouterr().out
    assert "the machine broke down: a queue is broken" in printed
    assert "0 of 3 expectations hold, 3 could not be decided" in printed


def test_of_several_lessons_the_worst_counts(tmp_path: Path) -> None:
    good = lesson(tmp_path, "good", f"{BOOT}\nexpect disk.life == 1")
    wrong = lesson(tmp_path, "wrong", f"{BOOT}\nexpect disk.life == 2")
    empty = lesson(tmp_path, "empty", BOOT)
    bad = lesson(tmp_path, "bad", "expct")
    assert play([good, empty]) == UNDECIDED
    assert play([good, empty, wrong]) == FAILED
    assert play([good, empty, wrong, bad]) == INVALID
