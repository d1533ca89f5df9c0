"""A recording is exported as the run was: whole, from its marks, and as far as it goes if it breaks off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.command_line import run
from playground.exports.jsonl import read
from playground.exports.offscreen import StillMachine
from playground.exports.source import from_recording
from playground.machine.core import Core
from playground.recording.recorder import Recorder
from playground.trace import Mark
from tests.exports.runs import call
from tests.playground.machines import machine


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[tuple[Core, Path]]:
    """A read and a crash with a mark between them, in a file."""
    path = tmp_path / "run.mkp"
    core = machine(seed=3)
    recorder = Recorder(path, core, block=256)
    for steps in (1_000, 1_000):
        core.advance(steps)
        recorder.follow()
    core.request(call("fs", "read", path="/etc/motd"))
    core.advance(300)
    core.trace.marks.append(Mark(len(core.kernel.events), "Before the crash"))
    core.crash("disk", "exit")
    core.advance(1_000)
    recorder.close()
    yield core, path
    core.close()


def test_a_recording_is_a_run_with_everything_in_it(recorded: tuple[Core, Path]) -> None:
    """Events, inputs, marks, system and seed."""
    core, path = recorded
    made = from_recording(path)
    assert list(made.events) == core.kernel.events
    assert list(made.inputs) == core.trace.inputs
    assert [mark.text for mark in made.marks] == ["Before the crash"]
    assert (made.manifest.name, made.seed, made.remark) == ("workshop", 3, "")


def test_the_command_exports_a_recording_from_a_mark_on(
    recorded: tuple[Core, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same events as the machine had."""
    core, path = recorded
    assert run(["export", str(path), "--format", "jsonl", "--from", "before the crash"]) == 0
    back = list(read(capsys.readouterr().out.splitlines()))
    mark = core.trace.marks[0].event
    assert back == list(enumerate(core.kernel.events))[mark:]


def test_a_recorded_run_knows_where_every_thread_stood(recorded: tuple[Core, Path]) -> None:
    """As the machine did at its end."""
    core, path = recorded
    machine = StillMachine(from_recording(path))
    machine.show(len(core.kernel.events))
    threads = [server.thread for server in machine.view.servers.values() if server.thread]
    assert len(threads) > 5
    assert [machine.where(thread) for thread in threads] == [core.where(thread) for thread in threads]
    assert machine.console_text == core.console.screen
    assert machine.past is not None
    machine.past.close()


def test_what_was_done_while_recording_becomes_a_lesson(recorded: tuple[Core, Path], tmp_path: Path) -> None:
    """With its seed."""
    target = tmp_path / "mine.md"
    assert run(["export", str(recorded[1]), "--format", "lesson", "-o", str(target)]) == 0
    text = target.read_text(encoding="utf-8")
    assert "seed = 3\n" in text
    assert "crash disk with=exit\n" in text


def test_a_recording_that_breaks_off_is_exported_as_far_as_it_goes(
    recorded: tuple[Core, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a sentence about it that does not get into the export."""
    core, path = recorded
    cut = tmp_path / "cut.mkp"
    cut.write_bytes(path.read_bytes()[:-2_000])
    assert run(["export", str(cut), "--format", "jsonl"]) == 0
    shown = capsys.readouterr()
    assert "cut.mkp" in shown.err
    back = [event for _, event in read(shown.out.splitlines())]
    assert 256 <= len(back) < len(core.kernel.events)
    assert back == core.kernel.events[: len(back)]
    assert json.loads(shown.out.splitlines()[0])["count"] == len(back)


def test_what_is_no_recording_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As `playground replay` says it."""
    other = tmp_path / "other.mkp"
    other.write_text("no recording", encoding="utf-8")
    assert run(["export", str(other), "--format", "jsonl"]) == 2
    assert "is not a recording of the playground" in capsys.readouterr().err
