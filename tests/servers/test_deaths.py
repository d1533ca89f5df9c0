"""Deaths on the real kernel: every kind is noticed, told apart, and repaired."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from kernel.vehicle import Runaway
from servers.runtime.sabotage import KINDS
from tests.servers.bench import SYSTEM, Bench

CAUSES = {
    "null-pointer": "page-fault",
    "exception": "exception",
    "exit": "exit",
    "endless-loop": "runaway",
    "memory-exhaustion": "memory",
}


@pytest.fixture
def bench() -> Bench:
    return Bench().boot()


@pytest.fixture
def watchdog() -> Iterator[None]:
    """Stops a thread that computes for half a second."""

    def bark(number: int, frame: FrameType | None) -> None:
        raise Runaway

    before = signal.signal(signal.SIGVTALRM, bark)
    timer = signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, *timer)  # a machine of another test may still be watched
    signal.signal(signal.SIGVTALRM, before)


def test_everything_boots_and_answers(bench: Bench) -> None:
    assert bench.ask("counter.increment", by=3) == "3"
    assert bench.ask("relay.value") == "3"
    assert not bench.notes("server-died")


@pytest.mark.parametrize("kind", [kind for kind in CAUSES if kind != "endless-loop"])
def test_a_server_that_dies_comes_back_with_a_fresh_state(bench: Bench, kind: str) -> None:
    bench.ask("counter.increment", by=3)
    bench.crash("counter", kind)
    bench.run_until_idle()
    assert [note["cause"] for note in bench.notes("server-died")] == [CAUSES[kind]]
    assert [(note["server"], note["life"]) for note in bench.notes("restarted")] == [("counter", 2)]
    assert bench.ask("counter.value") == "0"


@pytest.mark.usefixtures("watchdog")
def test_an_endless_loop_is_stopped_and_the_server_comes_back(bench: Bench) -> None:
    bench.crash("counter", "endless-loop")
    bench.run_until_idle()
    assert [note["cause"] for note in bench.notes("server-died")] == ["runaway"]
    assert bench.ask("counter.value") == "0"


def test_silence_is_noticed_by_missed_heartbeats_only(bench: Bench) -> None:
    bench.crash("counter", "silence")
    bench.run_until_idle()
    assert not bench.notes("server-died")
    bench.pass_time(8_000_000)
    assert [(note["server"], note["cause"]) for note in bench.notes("server-died")] == [("counter", "silence")]
    assert bench.ask("counter.value") == "0"


def test_a_wrong_answer_kills_nobody(bench: Bench) -> None:
    bench.ask("counter.increment", by=6)
    bench.crash("counter", "wrong-answer")
    assert bench.ask("counter.value") == "7"
    bench.pass_time(10_000_000)
    assert not bench.notes("server-died")


@pytest.mark.parametrize("victim", ["counter", "relay", "gate", "one", "two"])
def test_every_server_survives_every_quick_death(victim: str) -> None:
    bench = Bench(SYSTEM.replace("intensity = 3", "intensity = 20"), check_every=2000).boot()
    for kind in ("null-pointer", "exception", "exit", "memory-exhaustion"):
        bench.crash(victim, kind)
        bench.pass_time(100_000)
    assert bench.lives(victim) == 5
    assert bench.ask("relay.value", actor="one") == "0"


def test_a_caller_who_may_try_again_never_learns_of_the_death(bench: Bench) -> None:
    bench.crash("counter", "silence")
    bench.run_until_idle()
    number = bench.order("one", "counter.value")
    bench.pass_time(8_000_000)
    assert bench.answer(number) == "0"


def test_a_caller_inside_the_server_is_answered_by_the_supervisor() -> None:
    bench = Bench(check_every=1).boot()
    number = bench.order("one", "gate.read_line")
    bench.run_until_idle()
    assert bench.answer(number) is None
    bench.crash("gate", "exception")
    bench.run_until_idle()
    assert [note["attempt"] for note in bench.notes("retry")] == [2]
    assert bench.answer(number) is None
    bench.ask("gate.write", actor="two", text="late")
    assert bench.answer(number) == "late"


def test_an_operation_that_may_not_be_repeated_fails_with_server_died(bench: Bench) -> None:
    thread = bench.thread("counter")
    number = bench.order("one", "counter.increment", by=1)
    while not any(event[0] == 12 and event[3] == thread for event in bench.kernel.events[-3:]):
        assert bench.kernel.run(1)
    bench.crash("counter", "exception")
    bench.run_until_idle()
    assert bench.answer(number) == "SERVER_DIED"
    assert bench.ask("counter.value") == "0"


def test_a_server_that_waits_for_a_silent_one_is_not_blamed(bench: Bench) -> None:
    bench.crash("counter", "silence")
    bench.run_until_idle()
    number = bench.order("one", "relay.value")
    bench.pass_time(9_000_000)
    assert [(note["server"], note["cause"]) for note in bench.notes("server-died")] == [("counter", "silence")]
    assert bench.answer(number) == "0"


def test_repeated_deaths_wait_longer_each_time_and_end_in_giving_up(bench: Bench) -> None:
    for _ in range(4):
        bench.crash("counter", "exception")
        bench.pass_time(100_000)
    assert [note["backoff_us"] for note in bench.notes("policy")] == [0, 10_000, 20_000, 0]
    died = [note["cycle"] for note in bench.notes("server-died")]
    back = [note["cycle"] for note in bench.notes("restarted")]
    waits = [(after - before) // 1000 for before, after in zip(died, back, strict=False)]
    assert waits[0] < 1_000
    assert 10_000 <= waits[1] < 11_000
    assert 20_000 <= waits[2] < 21_000
    assert [note["server"] for note in bench.notes("gave-up")] == ["counter"]
    assert bench.ask("counter.value") == "UNAVAILABLE"


def test_deaths_long_ago_do_not_count(bench: Bench) -> None:
    for _ in range(5):
        bench.crash("counter", "exception")
        bench.pass_time(61_000_000)
    assert not bench.notes("gave-up")
    assert bench.lives("counter") == 6


def test_every_kind_of_crash_has_a_test() -> None:
    assert set(KINDS) == {*CAUSES, "silence", "wrong-answer"}
