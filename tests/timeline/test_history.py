"""Any moment of a run can be looked at, and is what the fold from the beginning says."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest

from playground.timeline import keyframe
from playground.timeline.history import DoesNotFit, History
from playground.view import fold
from playground.view.model import View
from playground.view.objects import CapView
from tests.timeline.plain_view import plain_view
from tests.timeline.runs import finished


def test_every_field_of_a_view_is_put_away() -> None:
    handled = {
        *keyframe.SCALARS, *keyframe.TABLES, *keyframe.GROWING, *keyframe.LISTS, *keyframe.CAPABILITIES,
        *keyframe.OTHERS,
    }  # fmt: skip
    assert handled == {one.name for one in fields(View)}


def test_capabilities_are_taken_out_in_the_order_of_their_fields() -> None:
    names = [one.name for one in fields(CapView)]
    assert names[8:10] == ["previous", "next"], "thaw puts the neighbours between the eighth and the ninth field"


@pytest.mark.parametrize("interval", [64, 2048])
def test_the_view_at_any_event_is_what_the_fold_from_the_beginning_says(
    interval: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.timeline.history.STEP", min(interval, 128))
    core = finished()
    events = core.kernel.events
    history = History(events, core.manifest, interval=interval)
    chance = random.Random(4)
    counts = [0, 1, 46, len(events), *(chance.randrange(len(events)) for _ in range(25))]
    chance.shuffle(counts)
    for count in counts:
        assert plain_view(history.view_at(count)) == plain_view(fold.view_at(events, count, core.manifest)), count
        assert history.view_at(count).servers == fold.view_at(events, count, core.manifest).servers


def test_a_view_of_the_past_goes_on_like_any_other() -> None:
    core = finished()
    events = core.kernel.events
    history = History(events, core.manifest, interval=2048)
    for count in (3000, 6001, len(events) // 2):
        again = history.fold_at(count)
        again.update(events[count:])
        assert plain_view(again.view) == plain_view(fold.view_at(events, len(events), core.manifest))


def test_looking_at_one_moment_does_not_change_another() -> None:
    core = finished()
    events = core.kernel.events
    history = History(events, core.manifest)
    before = plain_view(history.fold_at(4000).view)
    history.fold_at(4000).update(events[4000:])
    history.view_at(len(events))
    assert plain_view(history.fold_at(4000).view) == before


def test_a_history_follows_a_run_that_goes_on() -> None:
    core = finished()
    events = core.kernel.events
    growing = list(events[:3000])
    history = History(growing, core.manifest)
    assert history.view_at(10**9).event_count == 3000
    growing += events[3000:9000]
    assert history.prepare()
    assert history.view_at(8500).event_count == 8500
    assert plain_view(history.view_at(8500)) == plain_view(fold.view_at(events, 8500, core.manifest))


def test_the_number_of_keyframes_is_bounded_and_no_moment_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.timeline.history.STEP", 64)
    core = finished()
    events = core.kernel.events
    history = History(events, core.manifest, interval=64, most=10)
    history.prepare()
    assert history.keyframes <= 10
    assert history.interval > 64
    for count in (100, 5000, len(events) - 1):
        assert plain_view(history.view_at(count)) == plain_view(fold.view_at(events, count, core.manifest))


def test_events_of_a_file_that_cannot_have_happened_are_refused_in_a_sentence() -> None:
    core = finished()
    events = [*core.kernel.events[:3000], *core.kernel.events[6000:]]
    history = History(events, core.manifest, from_file=True)
    history.view_at(3000)
    with pytest.raises(DoesNotFit, match="does not fit those before it; the recording is not true"):
        history.prepare()


def test_preparing_stops_when_its_time_is_over() -> None:
    core = finished()
    history = History(core.kernel.events, core.manifest)
    assert not history.prepare(seconds=0)
    assert 0 < history.prepared < len(core.kernel.events)
    assert history.prepare()
