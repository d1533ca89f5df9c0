"""Decisions about deaths, without a kernel: OTP's vocabulary, intensity, back-off, and whose heart to blame."""

from __future__ import annotations

import pytest

from kernel.abi import Fault, LookupFailure, UserException
from servers.manifest import Manifest, parse_manifest
from servers.runtime.errors import OUT_OF_MEMORY_CODE
from servers.supervision.causes import Cause, by_hand, cause_of_fault, silence
from servers.supervision.heartbeats import Heartbeats
from servers.supervision.policy import (
    CYCLES_PER_MICROSECOND,
    GIVE_UP,
    LEAVE,
    RESTART,
    History,
    affected_by,
    backoff_us,
    decide,
)

SECOND = 1_000_000 * CYCLES_PER_MICROSECOND
CRASH = Cause("exception", "")
EXIT = Cause("exit", "")


def system(*servers: str) -> Manifest:
    """A manifest of servers, each given as 'name key=value ...', that all run the program of the counter."""
    text = '[system]\nname = "x"\n[supervision]\nintensity = 3\nperiod_us = 10_000_000\nbackoff_us = 10_000\n'
    text += 'backoff_max_us = 30_000\n[servers.supervisor]\nshelf = "servers"\npriority = 9\nmemory = "256K"\n'
    for server in servers:
        name, *lines = server.split(" ", 1)[0], *server.split(";")[1:]
        text += f'[servers.{name}]\nprogram = "counter"\nshelf = "servers"\npriority = 5\n' + "\n".join(lines) + "\n"
    return parse_manifest(text)


def decisions(manifest: Manifest, name: str, cause: Cause, cycles: list[int]) -> list[str]:
    history = History()
    return [decide(manifest, manifest.servers[name], cause, history, cycle).action for cycle in cycles]


@pytest.mark.parametrize(
    ("restart", "cause", "action"),
    [
        ("permanent", CRASH, RESTART),
        ("permanent", EXIT, RESTART),
        ("transient", CRASH, RESTART),
        ("transient", EXIT, LEAVE),
        ("temporary", CRASH, LEAVE),
        ("temporary", EXIT, LEAVE),
    ],
)
def test_the_restart_type_says_whether_to_restart(restart: str, cause: Cause, action: str) -> None:
    manifest = system(f'a ;restart = "{restart}"')
    assert decisions(manifest, "a", cause, [0]) == [action]


def test_more_deaths_than_the_intensity_within_the_period_end_in_giving_up() -> None:
    assert decisions(system("a"), "a", CRASH, [0, 1, 2, 3]) == [RESTART, RESTART, RESTART, GIVE_UP]


def test_the_period_slides() -> None:
    times = [0, 4 * SECOND, 8 * SECOND, 11 * SECOND, 15 * SECOND, 17 * SECOND]
    assert decisions(system("a"), "a", CRASH, times) == [RESTART] * 5 + [GIVE_UP]


def test_a_restart_by_hand_is_never_given_up_and_never_waits() -> None:
    manifest, history = system("a"), History()
    for _ in range(6):
        decision = decide(manifest, manifest.servers["a"], by_hand("you"), history, 0)
        assert (decision.action, decision.backoff_us) == (RESTART, 0)


def test_the_back_off_doubles_up_to_its_limit() -> None:
    supervision = system("a").supervision
    assert [backoff_us(supervision, attempt) for attempt in range(1, 6)] == [0, 10_000, 20_000, 30_000, 30_000]


def test_a_decision_says_what_it_is_in_words() -> None:
    manifest, history = system('a ;strategy = "one_for_all"', "b"), History([0])
    decision = decide(manifest, manifest.servers["a"], CRASH, history, 1)
    assert decision.text == "permanent, one_for_all: restart 2 of a in 10 s, with b, after 10,000 us"


def test_strategies_reach_whom_they_should() -> None:
    manifest = system(
        "a", 'b ;strategy = "rest_for_one"', 'c ;strategy = "one_for_all"', 'd ;group = "x"',
        'e ;group = "x";strategy = "one_for_all"',
    )  # fmt: skip
    assert {name: affected_by(manifest, manifest.servers[name]) for name in "abcde"} == {
        "a": ("a",),
        "b": ("b", "c"),
        "c": ("a", "b", "c"),
        "d": ("d",),
        "e": ("d", "e"),
    }


@pytest.mark.parametrize(
    ("label", "words", "name"),
    [
        (Fault.USER_EXCEPTION, (9, 0, 0, UserException.EXCEPTION, 0), "exception"),
        (Fault.USER_EXCEPTION, (9, 0, 0, UserException.EXIT, 0), "exit"),
        (Fault.USER_EXCEPTION, (9, 0, 0, UserException.RUNAWAY, 0), "runaway"),
        (Fault.USER_EXCEPTION, (9, 0, 0, UserException.MALFORMED_SYSCALL, 0), "bad-system-call"),
        (Fault.USER_EXCEPTION, (9, 0, 0, UserException.UNDEFINED_INSTRUCTION, 1), "undefined-instruction"),
        (Fault.USER_EXCEPTION, (9, 0, 0, UserException.UNDEFINED_INSTRUCTION, OUT_OF_MEMORY_CODE), "memory"),
        (Fault.VM_FAULT, (9, 0, 0, 0), "page-fault"),
        (Fault.CAP_FAULT, (9, 77, 1, LookupFailure.MISSING_CAPABILITY, 0), "capability-fault"),
        (Fault.UNKNOWN_SYSCALL, (0, 99), "bad-system-call"),
        (Fault.TIMEOUT, (1, 2), "timeout"),
        (99, (), "fault"),
        (Fault.USER_EXCEPTION, (), "fault"),
    ],
)
def test_a_fault_message_names_its_cause(label: int, words: tuple[int, ...], name: str) -> None:
    cause = cause_of_fault(label, words)
    assert cause.name == name
    assert cause.detail


def test_a_page_fault_says_what_was_touched() -> None:
    assert cause_of_fault(Fault.VM_FAULT, (9, 0x40, 0, 1)).detail.startswith("write to address 0x40")


def test_silence_counts_its_misses() -> None:
    assert silence(2, 2_000_000).detail == "it left 2 signs of life in a row unanswered, one each 2,000,000 us"


BEAT = ";heartbeat_us = 2_000_000;heartbeat_misses = 2"


def tick(hearts: Heartbeats, seconds: int, numbers: int = 0) -> list[str]:
    """One tick each second up to `seconds`, with these servers answering at once; who was found silent."""
    found: list[str] = []
    for second in range(1, seconds + 1):
        silent, _ = hearts.tick(second * SECOND)
        found += silent
        for name in silent:
            hearts.ended(name)
        hearts.answered(numbers)
    return found


def started(manifest: Manifest) -> Heartbeats:
    hearts = Heartbeats(manifest)
    for name in manifest.servers:
        hearts.started(name, 0)
    return hearts


def test_who_answers_is_not_silent() -> None:
    assert tick(started(system(f"a {BEAT}")), 30, numbers=1 << 2) == []


def test_who_does_not_answer_is_silent_after_its_misses() -> None:
    manifest = system(f"a {BEAT}")
    assert tick(started(manifest), 6) == []
    assert tick(started(manifest), 7) == ["a"]


def test_who_is_never_asked_is_never_silent() -> None:
    assert tick(started(system("a")), 60) == []


def test_a_late_answer_starts_the_count_again() -> None:
    hearts = started(system(f"a {BEAT}"))
    assert tick(hearts, 6) == []
    hearts.answered(1 << 2)
    assert hearts.tick(7 * SECOND)[0] == []


CHAIN = (
    f'low {BEAT};provides = {{ counter = "counter" }}',
    'middle ;heartbeat_us = 1_000_000;heartbeat_misses = 1;provides = { counter = "counter" };'
    'uses = { below = "low.counter" }',
    'high ;heartbeat_us = 1_000_000;heartbeat_misses = 1;uses = { below = "middle.counter" }',
)


def test_whoever_may_wait_for_a_silent_server_is_excused() -> None:
    hearts = started(system(*CHAIN))
    assert tick(hearts, 7) == ["low"]
    assert hearts.blamed("high") == "low"


def test_a_server_that_is_being_rebuilt_excuses_those_above_it() -> None:
    hearts = started(system(*CHAIN))
    hearts.ended("low")
    assert tick(hearts, 30) == []


def test_a_silent_server_above_healthy_ones_is_blamed_itself() -> None:
    assert tick(started(system(*CHAIN)), 10, numbers=1 << 2 | 1 << 3) == ["high"]


def test_servers_that_call_each_other_in_a_circle_do_not_excuse_each_other() -> None:
    manifest = system(
        f'a {BEAT};provides = {{ counter = "counter" }};uses = {{ other = "b.counter" }}',
        f'b {BEAT};provides = {{ counter = "counter" }};uses = {{ other = "a.counter" }}',
    )
    assert tick(started(manifest), 10) == ["a", "b"]
