"""The table of thread states is the whole truth: no run leaves it, and every arrow of it is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel import Kernel, KernelBug, states
from kernel.abi import ThreadState
from kernel.objects import TCB
from kernel.vehicle import CoroutineVehicle
from tests.conformance import replay

DATA = Path(__file__).resolve().parent.parent / "conformance" / "data"
ONLY_ELSEWHERE = {
    (ThreadState.RUNNING, ThreadState.RESTART): "needs a budget that ends in the middle of a trap",
    (ThreadState.RESTART, ThreadState.BLOCKED_ON_SEND): "needs a timeout fault",
    (ThreadState.RESTART, ThreadState.BLOCKED_ON_REPLY): "needs a timeout fault",
}
"""Arrows that the recordings cannot take, because no budget ever runs out in them."""


def test_recorded_cases_take_every_arrow_that_needs_no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: set[tuple[int, int]] = set()
    enter = states.enter

    def recording(thread: TCB, state: int) -> None:
        before = thread.state
        enter(thread, state)
        taken.add((before, state))

    monkeypatch.setattr(states, "enter", recording)
    monkeypatch.setattr("kernel.kernel.run_fast", lambda kernel, steps: 0)
    for name in ("caps", "ipc", "faults", "sched"):
        for number, case in enumerate(replay.read_cases(DATA / f"{name}.jsonl.xz")):
            assert replay.replay(case) is None
            if number == 150:
                break
    missing = {(arrow.before, arrow.after) for arrow in states.TRANSITIONS} - taken
    assert missing <= set(ONLY_ELSEWHERE), missing - set(ONLY_ELSEWHERE)


def test_an_arrow_that_the_table_lacks_is_a_bug_of_the_kernel() -> None:
    async def nothing() -> None:
        return

    thread = next(iter(Kernel(lambda entry, arguments: CoroutineVehicle(nothing())).threads.values()))
    thread.state = ThreadState.INACTIVE
    with pytest.raises(KernelBug, match="cannot go from INACTIVE to BLOCKED_ON_REPLY"):
        states.enter(thread, ThreadState.BLOCKED_ON_REPLY)
    assert thread.state == ThreadState.INACTIVE


def test_diagram_has_every_state_and_every_arrow() -> None:
    text = states.mermaid()
    assert text.count("-->") == len(states.TRANSITIONS) + 1
    for state in ThreadState:
        assert state.name.replace("_", "").lower() in text.lower()
