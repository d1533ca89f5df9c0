"""A recording on screen: it plays, stands at its moments, and is looked into like the past of a machine that runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from playground.recording.reader import open_recording
from playground.screens.application import Playground
from playground.timeline.replayed import Replayed
from tests.playground.machines import machine, read_file
from tests.playground.screen_tools import desk_of, picture, press, text_of, type_line


@pytest.fixture(scope="module")
def recording_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workshop boots, a file is read, the disk driver fails."""
    path = tmp_path_factory.mktemp("recordings") / "run.mkp"
    core = machine()
    core.record(path)
    core.advance(2_000)
    core.request(read_file())
    core.advance(600)
    core.crash("disk", "exception")
    core.advance(1_500)
    core.close()
    return path


@asynccontextmanager
async def replaying(path: Path) -> AsyncIterator[tuple[Pilot[int], Replayed]]:
    """The screens over a recording; its clock stands still."""
    machine = Replayed(open_recording(path), clock=lambda: 0.0)
    machine.go_to_ready()
    async with Playground(machine).run_test(size=(120, 36)) as pilot:
        yield pilot, machine
    machine.past.close()


async def test_a_recording_begins_where_the_system_had_booted(recording_file: Path) -> None:
    """Nobody wants to wait for some thousand events without a server."""
    async with replaying(recording_file) as (pilot, machine):
        assert machine.view.ready
        assert "☐ not started" not in text_of(pilot, "#shelves")
        assert f"recording, of {len(machine.events):,}" in text_of(pilot, "#header")


async def test_the_cursor_of_the_stream_goes_from_line_to_line(recording_file: Path) -> None:
    """Each of them is a moment, and why asks about that event."""
    async with replaying(recording_file) as (pilot, machine):
        await press(pilot, "n", "tab", "tab")
        moments = []
        for _ in range(4):
            await press(pilot, "up")
            moments.append(desk_of(pilot).moment)
        assert moments == sorted(set(moments), reverse=True)
        assert "▸" in text_of(pilot, "#stream")
        await press(pilot, "question_mark")
        assert f"Why event {moments[-1]:,}?" in text_of(pilot, "#inspector")
        assert machine.moment == moments[-1] + 1


async def test_a_step_points_out_what_it_changed(recording_file: Path) -> None:
    """Also forwards, where the view of a recording that plays is changed in place."""
    async with replaying(recording_file) as (pilot, machine):
        fault = next(one.number for one in machine.past.moments if one.kind == "fault")
        await type_line(pilot, f"go {fault - 1}")
        await press(pilot, "full_stop")
        assert "∆ disk" in text_of(pilot, "#shelves")
        assert "∆ clock" not in text_of(pilot, "#shelves")


async def test_nothing_can_be_done_to_a_recording_and_nothing_moves_it_unasked(recording_file: Path) -> None:
    """Whoever wants to is told what can be done instead."""
    async with replaying(recording_file) as (pilot, _):
        await type_line(pilot, "go 1900")
        for key in ("s", "c", "r", "k"):
            await press(pilot, key)
            assert "This is a recording" in picture(pilot), key
        await type_line(pilot, "crash fs")
        assert "This is a recording" in picture(pilot)
        await press(pilot, "escape", "escape")
        assert desk_of(pilot).moment == 1900
        assert "b branch here" in picture(pilot)


async def test_it_plays_on_from_the_moment_it_shows_and_anew_once_it_is_over(recording_file: Path) -> None:
    """The same key as for a machine."""
    now = [0.0]
    machine = Replayed(open_recording(recording_file), clock=lambda: now[0])
    async with Playground(machine).run_test(size=(120, 36)) as pilot:
        await type_line(pilot, "go 1900")
        await press(pilot, "p")
        assert machine.running
        assert machine.moment == 1901
        now[0] = 3600.0
        assert machine.view.event_count == len(machine.events)
        assert not machine.running
        await press(pilot, "p")
        assert machine.running
        assert machine.view.ready
        assert machine.moment < 1900
    machine.past.close()


async def test_why_a_server_was_in_its_state_can_be_asked_at_any_moment(recording_file: Path) -> None:
    """By name, or with the shelves in focus; asking does not lead away from the moment."""
    async with replaying(recording_file) as (pilot, machine):
        fault = next(one.number for one in machine.past.moments if one.kind == "fault")
        await type_line(pilot, f"go {fault}")
        await type_line(pilot, "why disk")
        assert "Why is disk as it was?" in text_of(pilot, "#inspector")
        assert desk_of(pilot).moment == fault
        await press(pilot, "escape", "question_mark")
        assert "Why is disk as it was?" in text_of(pilot, "#inspector")
        await press(pilot, "down", "enter")
        assert f"Why event {desk_of(pilot).moment:,}?" in text_of(pilot, "#inspector")
