"""The fold of the events is the kernel's state, whatever threads do: the vocabulary of events is complete."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from kernel import events as ev
from playground.view.fold import STEPS, Fold
from tests.playground.fold_check import differences
from tests.playground.random_steps import STORIES, Step, runs
from tests.playground.random_system import RandomSystem


def follow(run: list[Step], chunk: int) -> RandomSystem:
    """Perform a run, and compare after every step."""
    system = RandomSystem()
    events = system.kernel.events
    fold = Fold()
    for step in run:
        system.perform(step)
        system.kernel.check()
        while fold.view.event_count < len(events):
            start = fold.view.event_count
            fold.update(events[start : start + chunk])
        assert differences(fold.view, system.kernel.inspect()) == []
    return system


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(run=runs, chunk=st.integers(1, 50))
def test_the_fold_of_the_events_is_the_state_of_the_kernel(run: list[Step], chunk: int) -> None:
    """After every step, and however the events are cut into pieces."""
    follow(run, chunk)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_folds_to_the_state_of_the_kernel(name: str) -> None:
    """Event by event."""
    follow(STORIES[name], 1)


def test_every_kind_of_event_happens_in_a_story() -> None:
    """So the comparison covers the whole vocabulary; INPUT comes from outside the kernel."""
    seen = {event[0] for name in STORIES for event in follow(STORIES[name], 100).kernel.events}
    missing = [kind.name for kind in ev.TABLE.values() if kind.code not in seen and kind.code != ev.INPUT]
    assert missing == []


def test_the_fold_has_a_step_for_every_kind_of_event() -> None:
    """A new kind cannot be forgotten."""
    assert set(STEPS) == set(ev.TABLE)


def test_a_forgotten_event_is_noticed() -> None:
    """The comparison can fail: without the last change of a slot the view differs."""
    system = RandomSystem()
    events = system.kernel.events
    whole, without = Fold(), Fold()
    whole.update(events)
    assert differences(whole.view, system.kernel.inspect()) == []
    last = max(number for number, event in enumerate(events) if event[0] == ev.CAP_INSERTED)
    without.update([*events[:last], *events[last + 1 :]])
    assert differences(without.view, system.kernel.inspect())
