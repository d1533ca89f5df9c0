"""Programs of one's own beyond one machine: while somebody edits them, in recordings, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from playground.command_line import DONE, MISTAKE, run
from playground.headless import carry_out_all
from playground.lesson_run import Wish
from playground.machine.live import Live
from playground.machine.own_files import LOOK
from playground.recording.problem import RecordingProblem
from playground.recording.reader import open_recording
from playground.recording.report import replay
from playground.timeline.replayed import Replayed
from playground.watching import files_of
from scenarios import own_programs
from servers import own_programs as known_programs
from tests.playground.machines import ask, notes
from tests.playground.own_system import PROGRAM, greet, machine, written

EVENING = PROGRAM.replace("Hello", "Good evening")
LESSON = """\
+++
title = "x"
system = "hello.toml"
+++

```play
call greeter.greet who="Ada"
expect reply succeeds
```
"""


def while_it_runs(live: Live, *texts: str, folder: Path) -> list[tuple[str, bool]]:
    """Write texts into the program's file, one after the other, while the machine runs; what was said of each."""
    said: list[tuple[str, bool]] = []

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(live.main)
            await trio.sleep(2 * LOOK)
            for text in texts:
                (folder / "greeter.py").write_text(text, encoding="utf-8")
                await trio.sleep(3 * LOOK)
                said.append((live.news.replace(f"{folder}/", ""), live.news_is_trouble))
                live.news = ""
                await trio.sleep(1)
            live.stop()
            nursery.cancel_scope.cancel()

    trio.run(main, clock=MockClock(autojump_threshold=0))
    return said


# -- while somebody edits them ----------------------------------------------------------------------------------------


def test_a_saved_file_is_taken_while_the_machine_runs_and_a_broken_one_is_not(tmp_path: Path) -> None:
    live = Live(machine(tmp_path))
    said = while_it_runs(live, "async def main(env):\n    pass pass\n", EVENING, folder=tmp_path)
    assert said[0] == ("greeter.py:2:10: this is not Python: invalid syntax; the old one runs on", True)
    assert said[1] == ("greeter.py has changed: its server begins anew with it", False)
    assert [note["cause"] for note in notes(live.core, "server-died")] == ["replaced"]
    assert [note["life"] for note in notes(live.core, "restarted")] == [2]


def test_a_server_that_was_given_up_is_started_again_with_its_new_program(tmp_path: Path) -> None:
    live = Live(machine(tmp_path))
    core = live.core
    while not notes(core, "gave-up"):
        if core.probe.can_touch("greeter"):
            core.crash("greeter", "exception")
        core.advance(20)
    while_it_runs(live, EVENING, folder=tmp_path)
    assert notes(core, "restarted")[-1]["life"] == 5


def test_a_standing_machine_has_the_new_program_when_it_goes_on(tmp_path: Path) -> None:
    live = Live(machine(tmp_path), running=False)
    while_it_runs(live, EVENING, folder=tmp_path)
    assert not notes(live.core, "restarted")


# -- in recordings ----------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A recording in which one program took the place of another."""
    core = machine(tmp_path)
    path = tmp_path / "run.mkp"
    core.record(path)
    ask(core, greet())
    core.replace_program(known_programs.load_program("./greeter.py", EVENING, "greeter.py"))
    core.advance(3000)
    assert ask(core, greet())["greeting"] == "Good evening, Ada, number 1"
    core.close()
    return path


@pytest.fixture
def stranger(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, in a process in which none of its programs was ever loaded."""
    monkeypatch.setattr(known_programs, "_known", {})
    monkeypatch.setattr(known_programs, "_texts", {})
    return kept


def test_a_recording_is_looked_at_without_running_what_it_holds(stranger: Path) -> None:
    recording = open_recording(stranger)
    assert [name for name, _ in recording.programs] == ["./greeter.py", "./greeter.py"]
    replayed = Replayed(recording, clock=lambda: 0.0)
    replayed.go(len(recording.events))
    assert any("Good evening, Ada" in message.text for message in replayed.view.messages)
    assert replayed.where(replayed.view.servers["greeter"].thread) is None
    assert replayed.console_text == ""
    with pytest.raises(RecordingProblem, match="--recorded-programs lets it run again"):
        replayed.past.branch(10)
    assert not known_programs._known


def test_a_recording_is_run_again_only_if_somebody_says_so(stranger: Path) -> None:
    said: list[str] = []
    sentence = r"run\.mkp holds greeter\.py, a program of its own; --recorded-programs lets it run again"
    with pytest.raises(RecordingProblem, match=sentence):
        replay(stranger, said.append)
    assert replay(stranger, said.append, run_programs=True) == 0
    assert "events happened again" in said[-1]


def test_a_changed_program_is_said_and_changes_nothing(stranger: Path) -> None:
    said: list[str] = []
    (stranger.parent / "greeter.py").write_text("raise SystemExit\n", encoding="utf-8")
    assert replay(stranger, said.append, run_programs=True) == 0
    assert "greeter.py has changed since; what the recording holds is the program as it was" in said
    (stranger.parent / "greeter.py").write_text(EVENING, encoding="utf-8")
    said.clear()
    replay(stranger, said.append, run_programs=True)
    assert not any("has changed since" in line for line in said)


def test_a_recorded_program_is_shown_at_the_line_where_its_thread_stood(kept: Path) -> None:
    recording = open_recording(kept)
    recording.load_programs()
    replayed = Replayed(recording, clock=lambda: 0.0)
    replayed.go(len(recording.events))
    replayed.past.look_up(len(recording.events))
    place = replayed.where(replayed.view.servers["greeter"].thread)
    assert place is not None
    assert known_programs.text_of(place[0]) == EVENING
    assert EVENING.splitlines()[place[1] - 1] == "    await env.serve(INTERFACE, Greeter())"
    replayed.past.close()


# -- on the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system and a lesson in the present folder; nothing may run yet."""
    monkeypatch.setattr(own_programs, "_allowed", [])
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    (tmp_path / "mine.md").write_text(LESSON, encoding="utf-8")
    return tmp_path


def test_a_lesson_with_a_program_of_its_own_is_played_once_it_is_allowed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["play", "--headless", "mine.md"]) == MISTAKE
    assert "to let it run, say --programs ." in capsys.readouterr().out
    assert run(["play", "--headless", "mine.md", "--programs", "."]) == DONE


def test_processes_side_by_side_may_run_what_this_one_may(folder: Path) -> None:
    own_programs.allow(folder)
    (folder / "other.md").write_text(LESSON, encoding="utf-8")
    results = list(carry_out_all([Wish("mine.md"), Wish("other.md")]))
    assert [result.verdict for result in results] == ["passed", "passed"]


def test_a_folder_that_is_none_is_a_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "hello.toml", "--programs", "nowhere"]) == MISTAKE
    assert capsys.readouterr().err == "playground: --programs names a folder, and there is no folder nowhere\n"


def test_systems_and_servers_are_begun_and_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "system", "my-system"]) == DONE
    assert run(["new", "server", "echo-of-mine"]) == DONE
    capsys.readouterr()
    assert run(["check", "my-system.toml", "echo-of-mine.py"]) == DONE
    assert capsys.readouterr().out.splitlines() == [
        "my-system.toml: 3 servers, all of it valid",
        "echo-of-mine.py: serves `echo_of_mine`, 1 operation, valid",
    ]
    assert run(["new", "server", "echo-of-mine"]) == MISTAKE
    assert "echo-of-mine.py is there already" in capsys.readouterr().err
    assert run(["new", "server", "1st"]) == MISTAKE
    assert run(["check", "nothing.py", "nothing.toml"]) == MISTAKE


def test_watching_looks_at_the_programs_beside_a_lesson(folder: Path) -> None:
    assert {Path("mine.md"), Path("hello.toml"), Path("greeter.py")} <= set(files_of(["mine.md"]))
