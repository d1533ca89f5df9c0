"""Strategies and restart types on the real kernel, and deaths at every moment of a request."""

from __future__ import annotations

import pytest

from tests.servers.bench import SYSTEM, Bench


def with_policy(server: str, lines: str) -> Bench:
    head = f"[servers.{server}]\n"
    assert head in SYSTEM
    return Bench(SYSTEM.replace(head, f"{head}{lines}\n")).boot()


def test_rest_for_one_takes_those_after_it_down_in_reverse_and_starts_them_in_order() -> None:
    bench = with_policy("relay", 'strategy = "rest_for_one"')
    bench.crash("relay", "exception")
    bench.run_until_idle()
    assert [note["server"] for note in bench.notes("restarted")] == ["relay", "gate", "keeper", "one", "two"]
    assert [note["server"] for note in bench.notes("server-died")] == ["relay"]
    assert bench.ask("relay.value") == "0"


def test_one_for_all_stays_within_its_group() -> None:
    system = SYSTEM.replace("[servers.counter]", '[servers.counter]\ngroup = "sums"\nstrategy = "one_for_all"')
    bench = Bench(system.replace("[servers.relay]", '[servers.relay]\ngroup = "sums"')).boot()
    bench.crash("counter", "exception")
    bench.run_until_idle()
    assert [note["server"] for note in bench.notes("restarted")] == ["counter", "relay"]
    assert bench.ask("relay.value") == "0"


def test_a_transient_server_that_exits_stays_stopped() -> None:
    bench = with_policy("counter", 'restart = "transient"')
    bench.crash("counter", "exit")
    bench.run_until_idle()
    assert [note["text"] for note in bench.notes("stopped")] == [
        "counter stays stopped: it is transient and ended by itself"
    ]
    assert bench.ask("counter.value") == "UNAVAILABLE"


def test_a_transient_server_that_fails_is_restarted() -> None:
    bench = with_policy("counter", 'restart = "transient"')
    bench.crash("counter", "null-pointer")
    bench.run_until_idle()
    assert bench.ask("counter.value") == "0"


def test_a_temporary_server_is_never_restarted() -> None:
    bench = with_policy("counter", 'restart = "temporary"')
    bench.crash("counter", "null-pointer")
    bench.run_until_idle()
    assert bench.lives("counter") == 1


@pytest.mark.parametrize("victim", ["counter", "relay", "one"])
def test_a_death_at_any_moment_leaves_a_system_that_answers(victim: str) -> None:
    patient = SYSTEM.replace("intensity = 3", "intensity = 90").replace("backoff_us = 10_000", "backoff_us = 0")
    bench = Bench(patient).boot()
    for entries in range(1, 40):
        number = bench.order("one", "relay.value")
        bench.kernel.run(entries)
        bench.kernel.check()
        bench.crash(victim, ("exception", "null-pointer", "exit")[entries % 3])
        bench.pass_time(50_000)
        assert victim == "one" or bench.answer(number) == "0", f"the caller is left alone after {entries} entries"
        assert bench.ask("relay.value") == "0", f"after a death {entries} kernel entries into the request"
    assert bench.lives(victim) == 40
    assert not bench.notes("gave-up")


def test_the_same_deaths_give_the_same_events() -> None:
    def run() -> list[object]:
        bench = Bench(check_every=1000).boot()
        for kind in ("exception", "null-pointer", "silence"):
            bench.order("one", "relay.increment", by=2)
            bench.kernel.run(9)
            bench.crash("counter", kind)
            bench.pass_time(9_000_000)
        return list(bench.kernel.events)

    assert run() == run()
