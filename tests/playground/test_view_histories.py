"""What the view remembers of the past, so that it can be drawn: states, runs, refills, and what is left of objects."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from kernel import events as ev
from kernel.abi import ThreadState
from kernel.states import TRANSITIONS
from playground.view.objects import REFILLS_KEPT, REMAINS_KEPT, RUNS_KEPT, STATES_KEPT
from tests.playground.workshop import Workshop, workshop

ARROWS = {(arrow.before, arrow.after) for arrow in TRANSITIONS}


@pytest.fixture
def system() -> Iterator[Workshop]:
    """The default system, after a file was read."""
    with workshop() as made:
        made.read()
        made.until(lambda: any(note.topic == "you-reply" for note in made.view.notes))
        yield made


def test_the_last_states_of_every_thread_follow_the_arrows_of_the_state_machine(system: Workshop) -> None:
    """Each remembered step is one of the table, and the last is the state it is in."""
    steps = 0
    for thread in system.view.threads.values():
        states = [state for _, state in thread.states]
        for before, after in pairwise(states):
            assert (before, after) in ARROWS
            steps += 1
        assert not states or states[-1] == thread.state
    assert steps > 20


def test_the_number_of_a_remembered_state_is_that_of_the_event_which_brought_it(system: Workshop) -> None:
    """The event concerns the thread."""
    server = system.server("fs")
    for number, _ in system.view.threads[server.thread].states:
        event = system.events[number]
        row = ev.TABLE[event[0]]
        assert server.thread in [ev.field(event, name) for name in row.fields if isinstance(ev.field(event, name), int)]


def test_a_thread_remembers_waiting_for_an_answer_and_going_on(system: Workshop) -> None:
    """The call of fs to disk and its answer."""
    states = [state for _, state in system.view.threads[system.server("fs").thread].states]
    place = states.index(ThreadState.BLOCKED_ON_REPLY)
    assert states[place - 1] == states[place + 1] == ThreadState.RUNNING


def test_runs_of_a_context_are_apart_in_order_and_add_up_to_what_it_used(system: Workshop) -> None:
    """As far as they are remembered."""
    ran = 0
    for context in system.view.sched_contexts.values():
        ends = [cycle for run in context.runs for cycle in run]
        assert ends == sorted(ends)
        assert all(start < end for start, end in context.runs)
        if len(context.runs) < RUNS_KEPT:
            assert context.used == sum(end - start for start, end in context.runs)
        ran += context.used
    assert 0 < ran <= system.view.cycle


def test_the_refills_of_the_pulse_are_remembered_with_their_cycles(system: Workshop) -> None:
    """The newest is what is true now."""
    context = next(it for key, it in system.view.sched_contexts.items()
                   if system.view.name_of(key) == "supervisor.pulse.sc")  # fmt: skip
    assert context.history[-1][1] == context.refills
    assert [cycle for cycle, _ in context.history] == sorted(cycle for cycle, _ in context.history)


def test_what_is_left_of_a_dead_server_stays_in_its_untyped_until_the_memory_is_used_again(system: Workshop) -> None:
    """Revoked, but the watermark has not fallen yet; building the next life clears it."""
    view = system.view
    life = view.objects[system.server("log").thread].untyped
    children = {thing.id for thing in view.objects.values() if thing.untyped == life}
    assert life not in view.remains
    system.core.crash("log", "null-pointer")
    system.until(lambda: not any(thing.untyped == life for thing in view.objects.values()))
    assert {thing.id for thing in view.remains[life]} == children
    system.until(lambda: any(thing.untyped == life for thing in view.objects.values()))
    assert life not in view.remains


def test_histories_are_bounded(system: Workshop) -> None:
    """However long it runs."""
    for _ in range(60):
        system.read()
        system.core.advance(500)
        system.look()
    view = system.view
    assert max(len(thread.states) for thread in view.threads.values()) == STATES_KEPT
    assert max(len(context.runs) for context in view.sched_contexts.values()) == RUNS_KEPT
    assert all(len(context.history) <= REFILLS_KEPT for context in view.sched_contexts.values())
    assert all(len(gone) <= REMAINS_KEPT for gone in view.remains.values())
