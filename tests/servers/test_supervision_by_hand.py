"""The supervisor's own interface: looking, stopping, starting."""

from __future__ import annotations

import pytest

from tests.servers.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench().boot()


def test_status_has_a_line_for_every_server(bench: Bench) -> None:
    lines = bench.ask("supervisor.status").splitlines()
    assert lines[0] == "counter running life 1 restarts 0"
    assert len(lines) == 6


def test_policy_is_a_sentence(bench: Bench) -> None:
    assert bench.ask("supervisor.policy", server="relay") == (
        "relay is always restarted (one_for_one), at most 3 restarts in 60 s; "
        "it is asked for a sign of life each 1 s and is dead after 1 missed ones."
    )


def test_an_unknown_server_is_refused(bench: Bench) -> None:
    assert bench.ask("supervisor.stop", server="nobody") == "UNKNOWN_SERVER"
    assert bench.ask("supervisor.restart", server="supervisor") == "UNKNOWN_SERVER"


def test_a_stopped_server_refuses_its_clients_until_it_is_started(bench: Bench) -> None:
    bench.ask("counter.increment", by=2)
    bench.ask("supervisor.stop", server="counter")
    assert "counter stopped life 1 restarts 0" in bench.ask("supervisor.status").splitlines()
    assert bench.ask("counter.value") == "UNAVAILABLE"
    assert bench.ask("relay.value") == "UNAVAILABLE"
    bench.ask("supervisor.start", server="counter")
    assert bench.ask("counter.value") == "0"
    assert bench.ask("relay.value") == "0"


def test_whoever_waits_for_a_server_that_is_stopped_is_refused(bench: Bench) -> None:
    bench.crash("counter", "silence")
    bench.run_until_idle()
    waiting = bench.order("two", "counter.value")
    bench.run_until_idle()
    assert bench.answer(waiting) is None
    bench.ask("supervisor.stop", server="counter")
    assert bench.answer(waiting) == "UNAVAILABLE"


def test_a_restart_by_hand_does_not_count_against_the_intensity(bench: Bench) -> None:
    for _ in range(6):
        bench.ask("supervisor.restart", server="counter")
    assert bench.lives("counter") == 7
    assert not bench.notes("gave-up")


def test_a_client_that_is_rebuilt_while_a_server_is_stopped_gets_it_back_later(bench: Bench) -> None:
    bench.ask("supervisor.stop", server="counter")
    bench.crash("two", "exception")
    bench.run_until_idle()
    assert bench.ask("counter.value", actor="two") == "UNAVAILABLE"
    bench.ask("supervisor.start", server="counter")
    assert bench.ask("counter.value", actor="two") == "0"


def test_several_callers_can_be_kept_waiting_at_once(bench: Bench) -> None:
    first = bench.order("one", "gate.read_line")
    second = bench.order("two", "gate.read_line")
    bench.run_until_idle()
    assert (bench.answer(first), bench.answer(second)) == (None, None)
    bench.crash("gate", "exception")
    bench.run_until_idle()
    bench.pass_time(10_000_000)
    assert (bench.answer(first), bench.answer(second)) == (None, None)
    assert len(bench.notes("retry")) == 2
    assert len(bench.notes("server-died")) == 1, "a server that keeps all its callers waiting still answers heartbeats"
