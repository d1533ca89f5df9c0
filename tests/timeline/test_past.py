"""Going back is looking: moments, source lines, searches; and a branch goes on from any moment."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from kernel.abi import Label
from kernel.events import MESSAGE, NOTE
from playground.recording.reader import open_recording
from playground.timeline.asking import answer
from playground.timeline.compare import Comparison, changed_slots, changes
from playground.timeline.past import Past
from playground.timeline.search import Search, condition_of
from playground.timeline.timelines import NoSuchTimeline, Timelines
from playground.trace import first_difference
from playground.view.fold import view_at
from scenarios.language import LanguageError
from tests.playground.machines import machine, read_file
from tests.timeline.runs import eventful, finished


@pytest.fixture(scope="module")
def past() -> Past:
    """The past of the eventful run."""
    return Past.of_core(finished())


def found_by_looking_everywhere(past: Past, server: str, key: str) -> list[int]:
    """Numbers of the events after which a server began to be in a state."""
    from playground.view.fold import Fold
    from playground.view.servers import describe_one

    fold, numbers, held = Fold(past.manifest), [], False
    for number, event in enumerate(past.events):
        fold.update([event])
        before, held = held, describe_one(fold.view, server).status.key == key
        if held and not before:
            numbers.append(number)
    return numbers


def test_every_fault_death_and_restart_is_a_moment_in_its_order(past: Past) -> None:
    moments = past.moments.all()
    assert [one.number for one in moments] == sorted(one.number for one in moments)
    restarted = [number for number, event in enumerate(past.events) if event[0] == NOTE and event[3] == "restarted"]
    assert [one.number for one in moments if one.kind == "restarted"] == restarted
    assert {one.kind for one in moments} >= {"ready", "fault", "died", "restarted", "revoke", "probe", "input", "mark"}
    assert [one.text for one in moments if one.kind == "mark"] == ["after the revocation"]
    assert {one.server for one in moments if one.kind == "restarted"} == {"disk", "counter"}


def test_what_you_take_away_is_a_moment_whether_revoked_or_deleted() -> None:
    core = machine()
    core.advance(1500)
    core.request({"operation": "delete", "server": "fs", "capability": "disk"})
    core.advance(400)
    core.request({"operation": "revoke", "server": "supervisor", "capability": "disk_irq"})
    core.advance(400)
    core.close()
    past = Past.of_core(core)
    taken = [past.events[one.number][5] for one in past.moments.all() if one.kind == "revoke"]
    assert taken == [Label.CNODE_DELETE, Label.CNODE_REVOKE]


def test_stepping_by_moment_goes_there_and_back(past: Past) -> None:
    numbers, here = [], -1
    while (moment := past.moments.next(here, ("restarted",), "disk")) is not None:
        here = moment.number
        numbers.append(here)
    back = [here]
    while (moment := past.moments.previous(back[-1], ("restarted",), "disk")) is not None:
        back.append(moment.number)
    assert len(numbers) >= 2
    assert back == numbers[::-1]
    assert past.moments.next(0, ("restarted",), "fs") is None


def test_stepping_by_message_stops_at_each(past: Past) -> None:
    first = past.moments.next_message(-1)
    assert first is not None
    assert all(event[0] != MESSAGE for event in past.events[:first])
    second = past.moments.next_message(first)
    assert second is not None
    assert past.moments.previous_message(second) == first
    assert past.moments.previous_message(first) is None


@pytest.mark.parametrize(
    ("text", "server", "key"), [("disk is faulted", "disk", "faulted"), ("fs is waiting", "fs", "waiting")]
)
def test_a_state_is_found_where_it_began_forwards_and_backwards(past: Past, text: str, server: str, key: str) -> None:
    truth = found_by_looking_everywhere(past, server, key)
    assert truth
    condition = condition_of(text, past.manifest)
    numbers, here = [], -1
    while True:
        search = Search(past, condition, here)
        while not search.go(seconds=0):
            pass
        if search.found is None:
            break
        here = search.found
        numbers.append(here)
        if len(numbers) >= 6:
            break
    assert numbers == truth[: len(numbers)]
    assert len(numbers) == min(6, len(truth))
    search = Search(past, condition, len(past.events), forward=False)
    assert search.go()
    assert search.found == truth[-1]
    search = Search(past, condition, truth[0], forward=False)
    assert search.go()
    assert search.found is None


def test_an_event_is_found_forwards_and_backwards(past: Past) -> None:
    condition = condition_of("event restarted server=disk", past.manifest)
    truth = [one.number for one in past.moments.all() if (one.kind, one.server) == ("restarted", "disk")]
    forward = Search(past, condition, 0)
    forward.go()
    assert forward.found == truth[0]
    backward = Search(past, condition, len(past.events), forward=False)
    backward.go()
    assert backward.found == truth[-1]


def test_messages_are_found_by_who_gets_them_and_what_they_ask(past: Past) -> None:
    search = Search(past, condition_of("event message receiver=disk operation=block.read", past.manifest), 0)
    search.go()
    assert search.found is not None
    told = past.view_at(search.found + 1).messages[-1]
    assert (told.receiver, told.interface, told.operation) == ("disk", "block", "read")


def test_the_moment_a_capability_was_lost_is_found(past: Past) -> None:
    search = Search(past, condition_of("disk lacks irq", past.manifest), len(past.events), forward=False)
    search.go()
    assert search.found is not None
    before, after = past.view_at(search.found), past.view_at(search.found + 1)
    assert len(changed_slots(before, after)) == 1


@pytest.mark.parametrize(
    "text", ["reply succeeds", "no event faulted", "disk is asleep", "", "event restarted within 3 s"]
)
def test_what_cannot_be_searched_for_is_refused_with_what_can(past: Past, text: str) -> None:
    with pytest.raises(LanguageError):
        condition_of(text, past.manifest)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("you can reach fs", "✓ you can reach fs"),
        ("fs can reach disk", "✗ not so: fs can reach disk; fs cannot reach disk"),
        ("fs lacks disk.block", "✓ fs lacks a capability to disk.block"),
        ("disk.life > 90", "✗ not so: life of disk is more than 90; it is "),
        ("no deadlock", "✓ nobody waits in a circle"),
        ("manifest without servers.fs.uses.disk is accepted", "manifest"),
    ],
)
def test_whether_something_holds_at_a_moment_is_answered(text: str, words: str) -> None:
    core = machine()
    core.advance(1500)
    core.request({"operation": "delete", "server": "fs", "capability": "disk"})
    core.advance(400)
    past = Past.of_core(core)
    assert words in answer(text, past.view_at(len(past.events)), past.manifest)
    assert answer("fs can reach disk", past.view_at(1200), past.manifest).startswith("✓")
    core.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reply succeeds", "about the moment on screen"),
        ("event restarted server=disk", "about the moment on screen"),
        ("fs is idle within 1 s", "about the moment on screen"),
        ("fs is odd", "No state of a server is called `odd`"),
        ("fs lacks disk.blok", "No object is called `disk.blok`; did you mean `disk.block`?"),
    ],
)
def test_what_does_not_hold_at_a_moment_is_not_asked(past: Past, text: str, words: str) -> None:
    with pytest.raises(LanguageError, match=re.escape(words)):
        answer(text, past.view_at(2000), past.manifest)


def test_what_changed_between_two_moments_is_told(past: Past) -> None:
    died = next(one.number for one in past.moments.all() if one.kind == "died")
    told = changes(past.view_at(died), past.view_at(died + 1))
    assert [(one.server, one.part) for one in told if one.part == "status"] == [("disk", "status")]
    assert told[0].text.startswith("disk: ")
    assert changes(past.view_at(died), past.view_at(died)) == []


@pytest.mark.parametrize("count", [0, 46, 1000, 4321, 9000])
def test_a_branch_has_the_same_past(past: Past, count: int) -> None:
    core = past.branch(count)
    made = core.kernel.events
    assert count <= len(made) <= count + 60
    assert first_difference(past.events[: len(made)], made) is None
    core.kernel.check()
    core.close()


def test_a_branch_goes_on_as_the_run_did_if_the_same_is_done(past: Past) -> None:
    later = [one for one in past.inputs if one.event >= 5000]
    core = past.branch(5000)
    core.replay(later, finished().steps)
    assert first_difference(past.events, core.kernel.events[: len(past.events)]) is None
    core.close()


def test_a_branch_goes_on_differently_if_something_else_is_done(past: Past) -> None:
    core = past.branch(3000)
    core.crash("counter", "null-pointer")
    core.advance(1000)
    number = first_difference(past.events[: len(core.kernel.events)], core.kernel.events)
    assert number is not None
    assert number >= 3000
    core.close()


def test_source_lines_and_console_of_the_past_are_those_of_then() -> None:
    core = eventful(seed=8)
    past = Past.of_core(core)
    core.run(10_000)
    assert core.idle
    end = len(core.kernel.events)
    view = view_at(core.kernel.events, end, core.manifest)
    places = {thread: core.where(thread) for thread in view.threads}
    screen = core.console.screen
    core.crash("fs", "null-pointer")
    core.advance(3000)
    assert {thread: past.where(end, thread) for thread in view.threads} == places
    assert past.console(end) == screen
    assert past.console(100) == ""
    past.close()
    core.close()


def test_looking_for_a_source_line_keeps_nobody_waiting(past: Past) -> None:
    end = len(past.events)
    assert past.where(end, 1, seconds=0) is None
    for _ in range(100_000):
        if past.look_up(end, seconds=0):
            break
    assert past.look_up(end, seconds=0)
    past.close()


def test_timelines_are_a_tree(past: Past) -> None:
    timelines = Timelines(past)
    late = timelines.branch(1, 6000, "late")
    early = timelines.branch(1, 2500)
    inner = timelines.branch(late.id, 4000)
    assert [(depth, one.id) for depth, one in timelines.tree()] == [(0, 1), (1, early.id), (1, late.id), (2, inner.id)]
    assert early.title == "from event 2,500 of 1"
    assert inner.parent == late.id
    assert inner.begins >= 4000
    with pytest.raises(NoSuchTimeline, match="there is no timeline 9; there is 1 to 4"):
        timelines.branch(9, 0)
    timelines.close()
    assert inner.core is not None
    assert inner.core.closed


def test_a_timeline_keeps_the_marks_of_what_it_shares(past: Past) -> None:
    mark = past.marks[0]
    timelines = Timelines(past)
    with_it, without_it = timelines.branch(1, mark.event), timelines.branch(1, mark.event - 500)
    assert with_it.past.marks == [mark]
    assert without_it.past.marks == []
    timelines.close()


def test_a_timeline_can_be_begun_in_portions(past: Past) -> None:
    timelines = Timelines(past)
    rerun = past.rerun()
    portions = 1
    while not rerun.go(8000, seconds=0):
        portions += 1
    assert portions > 10
    made = timelines.add(1, rerun.core, "slowly")
    assert made.begins >= 8000
    assert first_difference(past.events[: made.begins], made.past.events) is None
    timelines.close()
    assert rerun.core.closed


def test_two_timelines_are_compared_from_where_they_part(past: Past) -> None:
    timelines = Timelines(past)
    other = timelines.branch(1, 3000)
    assert other.core is not None
    comparison = Comparison(past, other.past)
    assert comparison.first_difference() is None
    assert Comparison(past, past).describe() == f"all {len(past.events):,} events of the two are the same"
    same = f"the first {len(other.past.events):,} events are the same"
    assert comparison.describe() == f"{same}, and only the first goes on after them"
    other.core.crash("counter", "null-pointer")
    other.core.advance(2000)
    number = comparison.first_difference()
    assert number is not None
    assert number >= 3000
    assert comparison.describe().startswith(f"event {number:,} differs; the first: ")
    assert comparison.partner(100) == 100
    later = comparison.partner(number + 500)
    assert later >= number
    assert other.past.events[later - 1][1] <= past.events[number + 499][1]
    told = comparison.changes((number + 500, later))
    assert "counter" in {one.server for one in told}
    timelines.close()


def test_one_key_steps_two_timelines_and_goes_the_same_way_back(past: Past) -> None:
    timelines = Timelines(past)
    other = timelines.branch(1, 3000)
    assert other.core is not None
    other.core.crash("counter", "null-pointer")
    other.core.advance(2000)
    comparison = Comparison(past, other.past)
    number = comparison.first_difference()
    assert number is not None
    places = [(number - 5, number - 5)]
    for _ in range(200):
        places.append(comparison.step(places[-1]))
    assert places[5] == (number, number)
    assert all(
        0 <= after[0] - before[0] <= 1 and 0 <= after[1] - before[1] <= 1 and after != before
        for before, after in pairwise(places)
    )
    here = places[-1]
    for _ in range(1000):
        here = comparison.back(here)
        if here == places[0]:
            break
    assert here == places[0]
    timelines.close()


def test_a_recording_is_looked_at_like_a_machine(tmp_path: Path, past: Past) -> None:
    core = machine(seed=4)
    core.advance(1500)
    core.record(tmp_path / "run.mkp")
    core.request(read_file())
    core.crash("disk", "null-pointer")
    core.advance(3000)
    core.close()
    recorded = Past.of_recording(open_recording(tmp_path / "run.mkp"))
    live = Past.of_core(core)
    assert recorded.moments.all() == live.moments.all()
    assert recorded.view_at(3333).servers == live.view_at(3333).servers
    branch = recorded.branch(3333)
    assert first_difference(branch.kernel.events, core.kernel.events[: len(branch.kernel.events)]) is None
    branch.close()
