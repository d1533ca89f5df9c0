"""A timeline begins where a person looked, without what somebody did at that very moment, while the screens go on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from playground.app import LivePlayground
from playground.machine.live import Live
from playground.recording.reader import open_recording
from playground.settings import Settings
from playground.timeline import branching
from playground.timeline.branching import Branching
from playground.timeline.compare import Comparison
from playground.timeline.past import Past
from playground.timeline.replayed import Replayed
from playground.trace import first_difference
from tests.playground.machines import machine, read_file
from tests.playground.screen_tools import press, text_of, type_line


@pytest.fixture(scope="module")
def past() -> Past:
    """The workshop, in which the disk driver crashes while it has nothing to do."""
    core = machine()
    core.advance(2_000)
    core.request(read_file())
    core.advance(300)
    core.crash("disk", "null-pointer")
    core.advance(1_000)
    return Past.of_core(core)


def crash_of(past: Past) -> int:
    """Number of the event at which the probe makes the driver crash."""
    return next(one.number for one in past.moments if one.kind == "probe")


def test_in_the_midst_of_what_somebody_did_the_timeline_begins_before_it(past: Past) -> None:
    number = crash_of(past)
    deed = max(one.event for one in past.inputs if one.event < number)
    for count in range(deed + 1, number + 2):
        made = Branching(past, count)
        while not made.go():
            pass
        assert made.count == deed
        assert first_difference(past.events[:deed], made.core.kernel.events) is None
        assert not any(one.event >= deed for one in made.core.trace.inputs)
        made.close()


def test_before_and_after_it_the_timeline_begins_where_it_was_asked_to(past: Past) -> None:
    number = crash_of(past)
    deed = max(one.event for one in past.inputs if one.event < number)
    for count in (deed, deed + 200):
        made = Branching(past, count)
        while not made.go():
            pass
        assert made.count == count
        assert len(made.core.kernel.events) >= count
        made.close()


def test_a_run_with_and_one_without_a_crash_differ_in_what_the_crash_did(past: Past) -> None:
    made = Branching(past, crash_of(past))
    while not made.go():
        pass
    made.core.request(read_file())
    made.core.advance(200)
    comparison = Comparison(past, Past.of_core(made.core))
    parting = comparison.parting()
    assert parting is not None
    assert parting[0] == made.count
    assert "crash disk" in parting[1]
    assert "call fs.read" in parting[2]
    fault = next(one.number for one in past.moments if one.kind == "fault") + 1
    told = {
        change.server for change in comparison.changes((fault, comparison.partner(fault))) if change.part == "status"
    }
    assert "disk" in told
    assert not told & {"log", "names", "counter", "shell"}
    assert not [change for change in comparison.changes((made.count, made.count)) if change.part == "waits_for"]
    made.close()


async def until(app: LivePlayground, what: str, pane: str) -> None:
    """Wait until a pane shows something."""
    from playground.screens.pane import Pane

    for _ in range(1000):
        shown = app.screen.query_one(pane, Pane)
        shown.repaint()
        if what in shown.text():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{what!r} never appears in {app.screen.query_one(pane, Pane).text()}")


async def test_a_long_run_is_run_again_in_portions_and_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screens say how far it is."""
    monkeypatch.setattr(branching, "AT_ONCE", 0.0)
    monkeypatch.setattr(branching, "PORTION", 0.0)
    core = machine()
    core.advance(4_000)
    app = LivePlayground(Settings(), Live(core, running=False))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(app, "for a request", "#shelves")
        await press(pilot, "comma", "b")
        assert "running again up to event" in text_of(pilot, "#command-line")
        assert "timeline 2" not in text_of(pilot, "#header")
        await press(pilot, "escape")
        assert "running again" not in text_of(pilot, "#command-line")
        monkeypatch.setattr(branching, "PORTION", 0.02)
        await press(pilot, "comma", "b")
        await until(app, "timeline 2", "#header")
        app.leave()


async def test_a_recording_goes_on_in_a_timeline_and_still_stands_where_one_left_it(tmp_path: Path) -> None:
    """Coming back to it is coming back to that moment."""
    core = machine()
    core.record(tmp_path / "run.mkp")
    core.advance(3_000)
    core.close()
    replayed = Replayed(open_recording(tmp_path / "run.mkp"), clock=lambda: 0.0)
    app = LivePlayground(Settings(), replayed)
    async with app.run_test(size=(120, 36)) as pilot:
        await type_line(pilot, "go 2000")
        await press(pilot, "b")
        await until(app, "timeline 2", "#header")
        assert "◉ live" in text_of(pilot, "#header")
        await press(pilot, "t", "up", "enter")
        assert app.desk.moment == 2000
        assert "recording, of" in text_of(pilot, "#header")
        app.leave()
