"""The way to a moment of a long run is gone in portions, and leads to the same moment as at once."""

from __future__ import annotations

import pytest

from playground.machine.live import Live
from playground.screens.application import Playground
from playground.timeline import errands
from playground.timeline.errands import Errand, Finding, Jump, ToMoment
from playground.timeline.history import DoesNotFit
from playground.timeline.past import Past
from playground.timeline.search import Search, condition_of
from tests.playground.machines import machine, read_file
from tests.playground.screen_tools import picture, press, text_of, type_line

KINDS = ("fault", "restarted", "mark")


def run() -> Past:
    """The workshop, in which the disk driver crashes twice."""
    core = machine()
    core.advance(3_000)
    for _ in range(2):
        core.crash("disk", "exception")
        core.request(read_file())
        core.advance(2_000)
    return Past.of_core(core)


def gone(errand: Errand) -> int:
    """Go the whole way in the smallest portions; how many they were."""
    portions = 1
    while not errand.go(0.0):
        assert errand.words.endswith("esc gives up")
        portions += 1
    return portions


def test_a_jump_goes_through_what_is_on_the_way_once() -> None:
    past = run()
    end = len(past.events)
    far = Jump(past, end - 10)
    assert gone(far) > 3
    assert far.target == end - 10
    assert past.history.prepared >= end - 10
    assert gone(Jump(past, end - 500)) == 1
    assert Jump(past, end + 7).target == end


def test_the_next_moment_is_the_same_whether_all_is_read_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "READ_AT_ONCE", 64)
    known = run()
    end = len(known.events)
    known.moments.all()
    for here, by, server in ((0, 1, ""), (end, -1, ""), (0, 1, "disk"), (end, -1, "fs"), (end, 1, ""), (3, -1, "")):
        find = known.moments.next if by > 0 else known.moments.previous
        truth = find(here, KINDS, server)
        way = ToMoment(run(), here, by, KINDS, server)
        gone(way)
        assert way.target == (None if truth is None else truth.number + 1)


def test_the_next_moment_is_found_without_reading_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "READ_AT_ONCE", 64)
    past = run()
    way = ToMoment(past, 0, 1, ("fault",), "")
    gone(way)
    assert way.target is not None
    assert past.moments.read < len(past.events) - 1_000


def test_a_search_leads_to_the_moment_after_what_it_finds() -> None:
    past = run()
    search = Search(past, condition_of("disk is faulted", past.manifest), 0)
    way = Finding(past, search)
    gone(way)
    assert way.target is not None
    assert past.view_at(way.target).servers["disk"].status.key == "faulted"
    nothing = Finding(past, Search(past, condition_of("log is faulted", past.manifest), 0))
    gone(nothing)
    assert nothing.target is None


async def test_a_far_moment_is_said_to_be_on_the_way_and_escape_gives_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    core = machine()
    core.advance(6_000)
    app = Playground(Live(core, running=False))
    async with app.run_test(size=(120, 36)) as pilot:
        monkeypatch.setattr(Past, "prepare", lambda *_: False)
        await press(pilot, "comma")
        app.poll()
        assert "on the way to event" in text_of(pilot, "#command-line")
        assert app.desk.moment == -1
        await press(pilot, "escape")
        assert not app.desk.looking.underway
        monkeypatch.undo()
        await type_line(pilot, f"go {len(core.kernel.events) - 5}")
        for _ in range(200):
            app.poll()
            if app.desk.moment >= 0:
                break
        assert app.desk.moment == len(core.kernel.events) - 5
        assert "on the way" not in text_of(pilot, "#command-line")
    core.close()


async def test_a_file_whose_events_do_not_fit_is_said_to_and_the_screens_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    core = machine()
    core.advance(2_000)
    app = Playground(Live(core, running=False))

    def does_not_fit(*_: object) -> bool:
        raise DoesNotFit("an event between 1 and 2 does not fit those before it; the recording is not true")

    async with app.run_test(size=(120, 36)) as pilot:
        monkeypatch.setattr(Past, "prepare", does_not_fit)
        await press(pilot, "comma")
        assert "the recording is not true" in picture(pilot)
        await press(pilot, "tab")
        assert "the recording is not true" not in picture(pilot)
    core.close()
