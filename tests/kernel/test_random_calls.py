"""Random system calls from several threads: nothing leaves the kernel, every invariant holds after every entry.

The Hypothesis machine shrinks what it finds. `KERNEL_RANDOM_EXAMPLES=2000 pytest tests/kernel/test_random_calls.py`
runs it for longer and with fresh randomness; `tests/kernel/fuzz.py` runs without Hypothesis, much faster.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from kernel.abi import Fault, UserException
from kernel.syscalls import nb_recv, trap
from tests.kernel import fuzz
from tests.kernel.bench import Bench, scenario
from tests.kernel.random_system import RandomSystem
from tests.kernel.random_traps import ABSURD, absurd_trap, random_trap

LONG = int(os.environ.get("KERNEL_RANDOM_EXAMPLES", "0"))
randoms = st.randoms(use_true_random=False)


class RandomCalls(RuleBasedStateMachine):
    """Four threads of a small system do what Hypothesis draws; `RandomSystem.step` checks after every kernel entry."""

    def __init__(self) -> None:
        super().__init__()
        self.system = RandomSystem()

    @rule(random=randoms, place=st.integers(0, 3), entries=st.integers(1, 6))
    def a_thread_makes_a_system_call(self, random: Random, place: int, entries: int) -> None:
        system = self.system
        system.command(system.workers[place], random_trap(random, system.kinds), entries)

    @rule(random=randoms, place=st.integers(0, 3))
    def a_thread_traps_with_nonsense(self, random: Random, place: int) -> None:
        self.system.command(self.system.workers[place], absurd_trap(random), 2)

    @rule(random=randoms)
    def something_else_happens(self, random: Random) -> None:
        self.system.act(random)

    @rule(place=st.integers(0, 3))
    def a_thread_is_freed_from_where_it_is_stuck(self, place: int) -> None:
        self.system.repair(self.system.revivals[place])

    @rule()
    def time_passes(self) -> None:
        self.system.step(15)


TestRandomCalls = RandomCalls.TestCase
TestRandomCalls.settings = settings(
    max_examples=LONG or 20,
    stateful_step_count=40,
    deadline=None,
    derandomize=not LONG,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestRandomCalls.pytestmark = [pytest.mark.timeout(0 if LONG else 300)]  # type: ignore[attr-defined]


def test_a_thousand_random_calls_with_a_fixed_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--calls", "1000", "--seed", "7"]) == 0
    assert "every invariant after each, no failure" in capsys.readouterr().out


def test_the_fast_path_changes_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same random calls with and without it are told by the same events, to the byte."""
    digests = []
    for _ in range(2):
        random, system = Random(11), RandomSystem()
        while system.calls < 400:
            system.act(random)
        digests.append((system.entries, system.digest.hexdigest()))
        monkeypatch.setattr("kernel.kernel.run_fast", lambda kernel, steps: 0)
    assert digests[0] == digests[1]


@pytest.mark.parametrize("place", range(len(ABSURD)))
def test_an_absurd_trap_is_a_fault_of_the_thread_and_of_nobody_else(place: int) -> None:
    """Whatever a thread traps with, alone or as an argument: its handler hears of it, the kernel goes on."""

    @scenario
    async def nonsense(bench: Bench) -> None:
        value = ABSURD[place]
        endpoint, reply = await bench.endpoint(), await bench.reply()
        for request in (value, (value,), (1, value, 0, (), (), None), (1, 2, 17, value, (), None), (21, 0, value)):

            async def program(request: object = request) -> None:
                await trap(request)  # type: ignore[arg-type]

            await bench.thread(program, 100, fault_handler=endpoint, may_raise=True)
            await bench.settle()
            message = await nb_recv(endpoint, reply)
            assert message.label in (Fault.USER_EXCEPTION, Fault.UNKNOWN_SYSCALL, Fault.CAP_FAULT, Fault.VM_FAULT)
            if message.label == Fault.USER_EXCEPTION:
                assert message.words[3] in (UserException.MALFORMED_SYSCALL, UserException.EXIT)

    nonsense()
