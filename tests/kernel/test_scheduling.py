"""Who runs, and for how long: priorities, budgets, refills, Yield and YieldTo."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from kernel.abi import Error, InitSlot, Label, ObjectType, ThreadState
from kernel.costs import CYCLES_PER_MICROSECOND, MIN_BUDGET_MICROSECONDS
from kernel.events import REFILLS, RELEASED, SC_BOUND
from kernel.syscalls import call, compute, signal, wait, yield_
from tests.kernel.bench import IDLE_PRIORITY, SECOND, Bench, Program, scenario

ILLEGAL = Error.ILLEGAL_OPERATION


def spinning(bench: Bench, name: str) -> Program:
    """A thread that works in pieces of 100 microseconds and logs its name after each."""

    async def program() -> None:
        while True:
            await compute(100 * CYCLES_PER_MICROSECOND)
            bench.log.append(name)

    return program


@scenario
async def test_threads_run_strictly_from_high_to_low(bench: Bench) -> None:
    """sel4test SCHED0004: one thread per priority."""

    def program(priority: int) -> Program:
        async def body() -> None:
            bench.log.append(priority)

        return body

    priorities = [3, 200, 77, 254, 2, 128, 129]
    for priority in priorities:
        await bench.thread(program(priority), priority)
    await bench.settle()
    assert bench.log == sorted(priorities, reverse=True)


@scenario
async def test_suspend_stops_a_thread_and_resume_lets_it_go_on(bench: Bench) -> None:
    """sel4test SCHED0000, SCHED0002: Resume of a running thread, also of itself, changes nothing."""
    thread = await bench.thread(spinning(bench, "x"), 100)
    await bench.resume(thread)
    await bench.invoke(InitSlot.TCB, Label.TCB_RESUME)
    await bench.suspend(thread)
    await bench.let_pass(1_000)
    assert bench.log == []
    await bench.resume(thread)
    context = thread.sched_context
    await bench.configure(context, 1_000, 10 * SECOND)
    await bench.let_pass(2_000)
    assert 8 <= len(bench.log) <= 10


@scenario
async def test_a_priority_is_limited_by_the_authority_and_takes_effect_at_once(bench: Bench) -> None:
    """sel4test SCHED0005, SCHED0020: above the authority's MCP is RangeError; the target's own MCP is not asked."""

    async def low() -> None:
        bench.log.append("low runs")

    async def raiser() -> None:
        words = (120,)
        bench.log.append(await bench.error(one.tcb, Label.TCB_SET_PRIORITY, (121,), (two.tcb,)))
        bench.log.append(await bench.error(one.tcb, Label.TCB_SET_PRIORITY, (121,), (5,)))
        await bench.invoke(one.tcb, Label.TCB_SET_PRIORITY, words, (two.tcb,))
        bench.log.append("raiser goes on")

    one = await bench.thread(low, 90, mcp=1)
    two = await bench.thread(raiser, 100, mcp=120)
    await bench.settle()
    assert bench.log == [(Error.RANGE_ERROR, 0, 120), (Error.INVALID_CAPABILITY, 1), "low runs", "raiser goes on"]
    assert await bench.error(one.tcb, Label.TCB_SET_MC_PRIORITY, (121,), (two.tcb,)) == (Error.RANGE_ERROR, 0, 120)


@scenario
async def test_resume_of_a_thread_without_time_succeeds_and_it_does_not_run(bench: Bench) -> None:
    """sel4test SCHED0010, SCHED_CONTEXT_0005, SCHED_CONTEXT_0007: bind, then it runs; in either order."""

    async def program() -> None:
        bench.log.append("ran")

    thread = await bench.thread(program, 100, passive=True)
    await bench.resume(thread)
    await bench.settle()
    assert bench.log == []
    context = await bench.sched_context()
    await bench.invoke(context, Label.SCHED_CONTEXT_BIND, (), (thread.tcb,))
    await bench.settle()
    assert bench.log == ["ran"]


@scenario
async def test_equal_priorities_take_turns_of_one_slice(bench: Bench) -> None:
    """sel4test SCHED0011: a round-robin thread (budget = period) runs its slice, then the next of its priority does."""
    contexts = [await bench.sched_context(2_000, 2_000) for _ in range(2)]
    for name, context in zip("ab", contexts, strict=True):
        await bench.thread(spinning(bench, name), IDLE_PRIORITY, context=context)
    await bench.let_pass(20_000)
    runs = [(name, len(list(group))) for name, group in groupby(bench.log)]
    assert {name for name, _ in runs} == {"a", "b"}
    assert all(one[0] != two[0] for one, two in pairwise(runs))
    assert all(19 <= count <= 21 for _, count in runs[:-1])


@scenario
async def test_a_budget_is_used_once_per_period(bench: Bench) -> None:
    """sel4test SCHED0012, SCHED0013, SCHED0014: 1 of 10 ms, so that 50 ms give five pieces of work of 1 ms."""
    context = await bench.sched_context(1_000, 10_000)
    await bench.thread(spinning(bench, "x"), 100, context=context)
    await bench.let_pass(49_000)
    assert 45 <= len(bench.log) <= 50


@pytest.mark.parametrize(("budget", "period", "share"), [(2_000, 5_000, 40), (2_000, 10_000, 20), (2_000, 20_000, 10)])
def test_shares_follow_budget_over_period(budget: int, period: int, share: int) -> None:
    """sel4test SCHED0014: never more than the budget in any period."""

    @scenario
    async def run(bench: Bench) -> None:
        context = await bench.sched_context(budget, period, refills=4)
        await bench.thread(spinning(bench, "x"), 100, context=context)
        await bench.let_pass(100_000)
        percent = len(bench.log) * 100 / 1_000
        assert share - 3 <= percent <= share + 2

    run()


@scenario
async def test_suspend_and_resume_do_not_refill_a_used_up_budget(bench: Bench) -> None:
    """sel4test SCHED0016."""
    context = await bench.sched_context(1_000, SECOND)
    thread = await bench.thread(spinning(bench, "x"), 100, context=context)
    await bench.let_pass(3_000)
    used = len(bench.log)
    assert 8 <= used <= 10
    await bench.suspend(thread)
    await bench.resume(thread)
    await bench.let_pass(3_000)
    assert len(bench.log) == used
    assert bench.kernel.inspect().threads[thread.id].in_release


@scenario
async def test_refills_always_add_up_to_the_budget(bench: Bench) -> None:
    """seL4 sporadic.c and schedcontext.c: whatever is charged comes back one period later."""
    context = await bench.sched_context(1_000, 5_000, refills=5)

    there, back = await bench.notification(), await bench.notification()

    async def blinking() -> None:
        while True:
            await compute(70 * CYCLES_PER_MICROSECOND)
            await signal(there)
            await wait(back)

    async def partner() -> None:
        while True:
            await wait(there)
            await compute(50 * CYCLES_PER_MICROSECOND)
            await signal(back)

    await bench.thread(partner, 100)
    thread = await bench.thread(blinking, 100, context=context)
    await bench.let_pass(30_000)
    number = next(event[2] for event in bench.events(SC_BOUND) if event[3] == thread.id)
    lists = [event[3] for event in bench.events(REFILLS) if event[2] == number]
    assert {sum(amount for _, amount in refills) for refills in lists} == {1_000 * CYCLES_PER_MICROSECOND}
    assert max(map(len, lists)) == 7, "as many as were asked for, and the two that every context has"
    assert bench.events(RELEASED)


@scenario
async def test_yield_gives_the_rest_of_the_budget_away(bench: Bench) -> None:
    """sel4test SCHED0012, SCHED0021: equal threads each run once during one Yield; a budget is spent by it."""

    def program(name: str) -> Program:
        async def body() -> None:
            for _ in range(3):
                bench.log.append(name)
                await yield_()

        return body

    for name in "abcd":
        await bench.thread(program(name), 100)
    await bench.settle()
    assert bench.log == list("dcba" * 3)


@scenario
async def test_yield_of_a_sporadic_thread_waits_for_its_next_period(bench: Bench) -> None:
    """sel4test SCHED0012: Yield spends the head refill."""

    async def program() -> None:
        for _ in range(3):
            bench.log.append(bench.kernel.now // CYCLES_PER_MICROSECOND)
            await yield_()

    context = await bench.sched_context(1_000, 10_000)
    await bench.thread(program, 100, context=context)
    await bench.let_pass(35_000)
    one, two, three = bench.log
    assert 9_900 <= two - one <= 10_200
    assert 9_900 <= three - two <= 10_200


@scenario
async def test_yield_to_is_refused_for_itself_an_unbound_context_and_a_too_important_thread(bench: Bench) -> None:
    """sel4test SCHED0017: an unrunnable target returns at once with consumed 0."""
    unbound = await bench.sched_context()
    target = await bench.thread(spinning(bench, "x"), 200, start=False)

    async def yielder() -> None:
        for context in (mine.sched_context, unbound, target.sched_context):
            bench.log.append(await bench.error(context, Label.SCHED_CONTEXT_YIELD_TO))
        await bench.invoke(target.tcb, Label.TCB_SET_PRIORITY, (100,), (mine.tcb,))
        reply = await call(target.sched_context, Label.SCHED_CONTEXT_YIELD_TO)
        bench.log.append((reply.label, reply.words))

    mine = await bench.thread(yielder, 150, mcp=160)
    await bench.settle()
    assert bench.log == [ILLEGAL, ILLEGAL, ILLEGAL, (0, (0,))]


@scenario
async def test_yield_to_runs_the_target_and_tells_what_it_consumed(bench: Bench) -> None:
    """sel4test SCHED0019."""
    pulse = await bench.notification()

    async def worker() -> None:
        await compute(500 * CYCLES_PER_MICROSECOND)
        bench.log.append("worked")
        await wait(pulse)

    target = await bench.thread(worker, 100)

    async def yielder() -> None:
        bench.log.append((await call(target.sched_context, Label.SCHED_CONTEXT_YIELD_TO)).words)

    await bench.thread(yielder, 100)
    await bench.settle()
    assert bench.log[0] == "worked"
    assert 500 <= bench.log[1][0] <= 520


@pytest.mark.parametrize("victim", ["target", "yielder", "context"])
def test_yield_to_ends_when_either_side_goes_away(victim: str) -> None:
    """sel4test SCHED0018."""

    @scenario
    async def run(bench: Bench) -> None:
        pulse = await bench.notification()

        async def worker() -> None:
            await signal(pulse)
            await compute(500 * CYCLES_PER_MICROSECOND)
            bench.log.append("worked")

        async def yielder() -> None:
            await call(target.sched_context, Label.SCHED_CONTEXT_YIELD_TO)
            bench.log.append("yielder goes on")

        async def breaker() -> None:
            await wait(pulse)
            if victim == "context":
                await bench.delete(target.sched_context)
            else:
                await bench.suspend(target if victim == "target" else waiting)

        await bench.thread(breaker, 120)
        target = await bench.thread(worker, 100)
        waiting = await bench.thread(yielder, 100)
        await bench.settle()
        expected = {"target": ["yielder goes on"], "yielder": ["worked"], "context": ["yielder goes on"]}
        assert bench.log == expected[victim]
        assert (bench.state(waiting) == ThreadState.INACTIVE) is True

    run()


@pytest.mark.parametrize(
    ("budget", "period", "error"),
    [
        (0, 1_000, Error.RANGE_ERROR),
        (1_000, 0, Error.RANGE_ERROR),
        (2_000, 1_000, Error.RANGE_ERROR),
        (MIN_BUDGET_MICROSECONDS - 1, 1_000, Error.RANGE_ERROR),
        (MIN_BUDGET_MICROSECONDS, 1_000, Error.NO_ERROR),
        (MIN_BUDGET_MICROSECONDS, MIN_BUDGET_MICROSECONDS, Error.NO_ERROR),
        (1_000, 1 << 63, Error.RANGE_ERROR),
    ],
)
def test_a_budget_must_fit_into_its_period_and_be_worth_having(budget: int, period: int, error: Error) -> None:
    """sel4test SCHED_CONTEXT_0001."""

    @scenario
    async def configure(bench: Bench) -> None:
        context = await bench.make(ObjectType.SCHED_CONTEXT, 8)
        words = (budget, period, 0, 0, 0)
        found = await bench.error(InitSlot.SCHED_CONTROL, Label.SCHED_CONTROL_CONFIGURE, words, (context,))
        assert (found[0] if isinstance(found, tuple) else found) == error
        tcb = await bench.make(ObjectType.TCB)
        found = await bench.error(InitSlot.SCHED_CONTROL, Label.SCHED_CONTROL_CONFIGURE, words, (tcb,))
        assert found == (Error.INVALID_CAPABILITY, 1)

    configure()


@scenario
async def test_a_context_in_use_can_be_made_larger_and_smaller(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0002: while its thread is suspended and while it runs."""
    context = await bench.sched_context(1_000, 10_000)
    thread = await bench.thread(spinning(bench, "x"), 100, context=context)
    for budget in (5_000, 200, 3_000):
        await bench.suspend(thread)
        await bench.configure(context, budget, 10_000)
        await bench.resume(thread)
        await bench.let_pass(5_000)
        await bench.configure(context, budget // 2, 20_000)
        await bench.let_pass(5_000)
        await bench.configure(context, budget * 2, 20_000)
        await bench.let_pass(5_000)
    assert bench.log


@scenario
async def test_binding_has_one_place_for_a_thread_and_one_for_a_notification(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0003: both at once are allowed; anything else is refused."""
    context, other = await bench.sched_context(), await bench.sched_context()
    endpoint, notification = await bench.endpoint(), await bench.notification()
    thread = await bench.thread(spinning(bench, "x"), 100, passive=True, start=False)
    second = await bench.thread(spinning(bench, "y"), 100, passive=True, start=False)

    async def bind(which: int, target: int) -> object:
        return await bench.error(which, Label.SCHED_CONTEXT_BIND, (), (target,))

    async def unbind(which: int, target: int) -> object:
        return await bench.error(which, Label.SCHED_CONTEXT_UNBIND_OBJECT, (), (target,))

    assert await bind(context, endpoint) == (Error.INVALID_CAPABILITY, 1)
    assert await unbind(context, endpoint) == (Error.INVALID_CAPABILITY, 1)
    assert await unbind(context, thread.tcb) == ILLEGAL
    assert await unbind(context, notification) == ILLEGAL
    assert await bind(context, thread.tcb) == Error.NO_ERROR
    assert await bind(context, notification) == Error.NO_ERROR
    for which, target in ((context, second.tcb), (context, notification), (other, thread.tcb), (other, notification)):
        assert await bind(which, target) == ILLEGAL
    assert await unbind(context, thread.tcb) == Error.NO_ERROR
    assert await unbind(context, notification) == Error.NO_ERROR
    assert await bind(other, thread.tcb) == Error.NO_ERROR


@scenario
async def test_a_thread_cannot_take_its_own_time_away(bench: Bench) -> None:
    """seL4 sporadic.c and schedcontext.c: Unbind and UnbindObject of the running thread's context are refused."""

    async def program() -> None:
        bench.log.append(await bench.error(mine.sched_context, Label.SCHED_CONTEXT_UNBIND))
        bench.log.append(await bench.error(mine.sched_context, Label.SCHED_CONTEXT_UNBIND_OBJECT, (), (mine.tcb,)))

    mine = await bench.thread(program, 100)
    await bench.settle()
    assert bench.log == [ILLEGAL, ILLEGAL]


@scenario
async def test_deleting_a_thread_returns_the_notifications_time_for_the_next_waiter(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0006."""
    notification, context = await bench.notification(), await bench.sched_context()

    async def waiter() -> None:
        await wait(notification)
        bench.log.append(bench.kernel.current_thread)
        await wait(await bench.notification())

    threads = []
    for _ in range(2):
        thread = await bench.thread(waiter, 100)
        await bench.settle()
        await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_UNBIND)
        threads.append(thread)
    await bench.invoke(context, Label.SCHED_CONTEXT_BIND, (), (notification,))
    await signal(notification)
    await bench.settle()
    await bench.delete(threads[0].tcb)
    await signal(notification)
    await bench.settle()
    assert bench.log == [threads[0].id, threads[1].id]


@scenario
async def test_three_threads_take_steps_by_suspending_and_resuming_each_other(bench: Bench) -> None:
    """sel4test SCHED0003: the two that spin run only while the third lets them."""
    spinners = [await bench.thread(spinning(bench, name), 100, start=False) for name in "ab"]

    async def conductor() -> None:
        for spinner in spinners * 2:
            await bench.resume(spinner)
            await wait(pause)
            await bench.suspend(spinner)
            bench.log.append("|")

    pause = await bench.notification()
    await bench.thread(conductor, 110)
    for _ in range(4):
        await bench.configure(spinners[0].sched_context, 1_000, 2 * SECOND)
        await bench.configure(spinners[1].sched_context, 1_000, 2 * SECOND)
        await bench.let_pass(2_000)
        await signal(pause)
    await bench.settle()
    steps = "".join(bench.log).split("|")
    assert [set(step) for step in steps] == [{"a"}, {"b"}, {"a"}, {"b"}, set()]


@scenario
async def test_yield_alone_returns_at_once(bench: Bench) -> None:
    """sel4test SYSCALL0000: ten times, with nobody else to run."""

    async def program() -> None:
        for _ in range(10):
            await yield_()
        bench.log.append(bench.kernel.now)

    await bench.thread(program, 100)
    began = bench.kernel.now
    await bench.settle()
    assert bench.log[0] - began < 20 * CYCLES_PER_MICROSECOND
