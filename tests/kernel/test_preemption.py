"""Long operations stop half-way for somebody more urgent, and are finished later (sel4test: PREEMPT_REVOKE)."""

from __future__ import annotations

from itertools import pairwise

from kernel.abi import Error, InitSlot, Label, ObjectType
from kernel.costs import MIN_BUDGET, PREEMPTION_UNITS, WORK_UNIT
from kernel.events import CAP_REMOVED, SCHEDULED
from kernel.syscalls import call, compute, yield_
from tests.kernel.bench import Bench, scenario

COPIES = 2_000
SHORTEST_SLICE = 21
LONGEST_WITHOUT_A_POINT = PREEMPTION_UNITS * WORK_UNIT


async def many_copies(bench: Bench) -> int:
    """An endpoint with COPIES copies in a CNode of their own; the pointer of the original."""
    bench.checking = False
    endpoint = await bench.endpoint()
    node = await bench.make(ObjectType.CNODE, 11)
    view = await bench.mint(node, 64 - 11)
    for index in range(COPIES):
        await bench.invoke(view, Label.CNODE_COPY, (index, 64, endpoint, 64, 15), (InitSlot.CNODE,))
    return endpoint


@scenario
async def test_an_equal_thread_runs_again_and_again_during_one_revoke(bench: Bench) -> None:
    endpoint = await many_copies(bench)
    short = await bench.sched_context(SHORTEST_SLICE, SHORTEST_SLICE)

    async def revokes() -> None:
        answer = await call(InitSlot.CNODE, Label.CNODE_REVOKE, (endpoint, 64))
        assert answer.label == Error.NO_ERROR
        bench.log.append("revoked")

    async def rival() -> None:
        while "revoked" not in bench.log:
            bench.log.append("rival")
            await yield_()

    await bench.thread(revokes, context=short)
    await bench.thread(rival)
    before = len(bench.kernel.events)
    await bench.settle()
    events = bench.kernel.events[before:]
    assert sum(event[0] == CAP_REMOVED for event in events) == COPIES
    assert bench.log.count("rival") >= COPIES * WORK_UNIT // (SHORTEST_SLICE * 1_000) - 1
    assert bench.log.count("rival") >= 5
    switches = [event[1] for event in events if event[0] == SCHEDULED]
    longest = max(later - earlier for earlier, later in pairwise(switches))
    assert longest <= MIN_BUDGET + LONGEST_WITHOUT_A_POINT + 5_000
    bench.kernel.check()


@scenario
async def test_without_a_rival_and_with_time_left_a_revoke_is_one_kernel_entry(bench: Bench) -> None:
    endpoint = await many_copies(bench)
    before = len(bench.kernel.events)
    await bench.revoke(endpoint)
    assert all(event[0] != SCHEDULED for event in bench.kernel.events[before:])


def test_a_device_that_is_due_interrupts_a_revoke() -> None:
    removed: list[int] = []

    async def test(bench: Bench) -> None:
        endpoint = await many_copies(bench)
        removed.append(len(bench.events(CAP_REMOVED)))
        await compute(1)
        await bench.revoke(endpoint)
        removed.append(len(bench.events(CAP_REMOVED)))

    bench = Bench(test)
    kernel = bench.kernel
    while not removed:
        kernel.run(1)
    due = kernel.now + 20_000
    kernel.run(1_000, until=due)
    half = sum(event[0] == CAP_REMOVED for event in kernel.events)
    assert removed[0] < half < removed[0] + COPIES
    assert due <= kernel.now <= due + LONGEST_WITHOUT_A_POINT + 1_000
    kernel.check()
    bench.run()
    assert removed[1] == removed[0] + COPIES


@scenario
async def test_time_for_a_runnable_thread_that_had_none_starts_it(bench: Bench) -> None:
    async def program() -> None:
        bench.log.append("ran")

    context = await bench.make(ObjectType.SCHED_CONTEXT, 9)
    await bench.thread(program, context=context)
    await bench.settle()
    assert bench.log == []
    await bench.configure(context, 1_000, 2_000)
    await bench.settle()
    assert bench.log == ["ran"]
