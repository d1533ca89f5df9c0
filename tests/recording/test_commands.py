"""`--record`, `--digest` and `playground replay` on the command line, and a recording on screen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from playground.command_line import run
from playground.recording.reader import open_recording
from playground.screens.application import Playground
from playground.settings import Settings
from playground.timeline.replayed import OnlyRecorded, Replayed
from playground.view.fold import view_at
from tests.playground.terminals import Terminal
from tests.timeline.runs import eventful


@pytest.fixture(scope="module")
def lesson_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording of a shipped lesson."""
    path = tmp_path_factory.mktemp("lesson") / "lesson.mkp"
    assert run(["play", "--headless", "--record", str(path), "reincarnation"]) == 0
    return path


@pytest.fixture
def replayed(lesson_file: Path) -> Replayed:
    """It, as the screens know machines, with a clock that stands still."""
    return Replayed(open_recording(lesson_file), clock=lambda: 0.0)


def test_a_headless_lesson_prints_its_digest_when_asked(capsys: pytest.CaptureFixture[str], lesson_file: Path) -> None:
    assert run(["play", "--headless", "--digest", "reincarnation"]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    recording = open_recording(lesson_file)
    assert line == f"digest {recording.digest} over {len(recording.events):,} events"


def test_a_recorded_lesson_is_verified(capsys: pytest.CaptureFixture[str], lesson_file: Path) -> None:
    assert run(["replay", "--headless", str(lesson_file)]) == 0
    output = capsys.readouterr().out
    recording = open_recording(lesson_file)
    assert "workshop, seed 1, recorded with playground" in output
    assert f"digest {recording.digest}: the same {len(recording.events):,} events happened again" in output


def test_a_cut_off_recording_is_verified_as_far_as_it_goes(
    capsys: pytest.CaptureFixture[str], lesson_file: Path, tmp_path: Path
) -> None:
    data = lesson_file.read_bytes()
    cut = tmp_path / "cut.mkp"
    cut.write_bytes(data[: len(data) - 5000])
    assert run(["replay", "--headless", str(cut)]) == 0
    output = capsys.readouterr().out
    assert "was never finished" in output
    assert "happened again" in output
    cut.write_bytes(data[:-5000] + b"\xff" * 5000)
    assert run(["replay", "--headless", str(cut)]) == 3
    assert "is damaged" in capsys.readouterr().out


def test_a_run_that_is_not_true_is_an_exit_code_and_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.mkp"
    core = eventful()
    core.record(path)
    core.close()
    monkeypatch.setattr("playground.machine.latency.DISK_READ", 5_000_000)
    assert run(["replay", "--headless", str(path)]) == 1
    output = capsys.readouterr().out
    assert "differs; recorded: " in output
    assert "; now: " in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["play", "--headless", "--record", "x.mkp", "reincarnation", "reincarnation"],
            "a recording holds one run, not 2",
        ),
        (["play", "--digest", "reincarnation"], "--digest is printed at the end of a headless run; add --headless"),
        (["replay", "--headless", "missing.mkp"], "there is no file missing.mkp"),
        (["replay", "--headless", "."], "is a directory, not a recording"),
        (["replay"], "FILE"),
        (["replay", "--headless", __file__], "is not a recording of the playground"),
    ],
)
def test_mistakes_are_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert len(complaint.splitlines()) == 1


def test_a_file_that_exists_is_not_recorded_over(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    assert run(["play", "--headless", "--record", str(mine), "reincarnation"]) == 2
    assert "exists already and is not overwritten" in capsys.readouterr().err
    assert mine.read_text() == "mine"


def test_a_replay_plays_at_its_pace_and_stands_at_its_end(lesson_file: Path) -> None:
    now = [0.0]
    machine = Replayed(open_recording(lesson_file), speed=100, clock=lambda: now[0])
    assert machine.view.event_count == 0
    now[0] = 1.5
    assert machine.view.event_count == 150
    machine.pause()
    now[0] = 9.0
    assert machine.view.event_count == 150
    machine.run()
    now[0] = 9.25
    assert machine.view.event_count == 175
    machine.set_speed(0)
    now[0] = 100.0
    assert machine.view.event_count == len(machine.events)


def test_a_replay_steps_by_event_and_by_message_and_back(replayed: Replayed) -> None:
    replayed.pause()
    replayed.step(700)
    assert replayed.moment == 700
    replayed.step_message()
    assert replayed.moment - 1 == replayed.past.moments.next_message(699)
    replayed.step(-replayed.moment + 50)
    assert replayed.moment == 50
    assert replayed.view.servers == view_at(replayed.events, 50, replayed.manifest).servers


def test_nothing_can_be_done_to_the_past(replayed: Replayed) -> None:
    for attempt in (
        lambda: replayed.request({}),
        lambda: replayed.key("x"),
        lambda: replayed.crash("disk", "silence"),
        lambda: replayed.pause_server("disk"),
        lambda: replayed.resume_server("disk"),
    ):
        with pytest.raises(OnlyRecorded, match="what happened stays as it was"):
            attempt()


async def test_the_screens_show_a_recording(replayed: Replayed) -> None:
    app = Playground(replayed, Settings())
    async with app.run_test(size=(120, 36)) as pilot:
        replayed.go(5000)
        app.poll()
        await pilot.pause()
        await pilot.press("p", "down", "i")
        app.poll()
        assert replayed.moment == 5000
        assert "disk" in str(app.export_screenshot())
        replayed.past.close()


def test_the_machine_on_screen_is_recorded_and_the_file_replayed(tmp_path: Path) -> None:
    path = tmp_path / "screen.mkp"
    home = {"XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "playground"]
    with Terminal([*command, "--record", str(path)], width=120, height=36, environment=home) as terminal:
        terminal.wait_for("running")
        terminal.type("q")
        assert terminal.finish().code == 0
    recording = open_recording(path)
    assert recording.complete
    assert recording.header.system == "workshop"
    with Terminal([*command, "replay", str(path)], width=120, height=36, environment=home) as terminal:
        terminal.wait_for("kernel")
        terminal.type("q")
        assert terminal.finish().code == 0
