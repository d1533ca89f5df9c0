"""Chains of lent scheduling contexts: what happens to the time when a link of the chain goes away."""

from __future__ import annotations

from kernel.abi import Error, Label, ThreadState
from kernel.syscalls import call, compute, recv, reply_recv, send, wait
from tests.kernel.bench import Bench, Thread, scenario
from tests.kernel.test_donation import bind, passive


async def three_deep(bench: Bench) -> tuple[list[Thread], list[int], int]:
    """A calls passive B, which calls passive C, which waits: threads, reply objects of B and C, C's gate."""
    doors = [await bench.endpoint(), await bench.endpoint()]
    replies = [await bench.reply(), await bench.reply()]
    gate = await bench.notification()

    async def last() -> None:
        message = await recv(doors[1], replies[1])
        while True:
            await wait(gate)
            bench.log.append("C")
            message = await reply_recv(doors[1], replies[1], 0, message.words)

    async def middle() -> None:
        message = await recv(doors[0], replies[0])
        while True:
            answer = await call(doors[1], 256, message.words)
            bench.log.append("B")
            message = await reply_recv(doors[0], replies[0], 0, answer.words)

    async def first() -> None:
        await call(doors[0], 256, (1,))
        bench.log.append("A")

    c = await passive(bench, last)
    b = await passive(bench, middle)
    a = await bench.thread(first, 100)
    await bench.settle()
    return [a, b, c], replies, gate


def have_time(bench: Bench, threads: list[Thread]) -> list[bool]:
    inspected = bench.kernel.inspect().threads
    return [inspected[thread.id].sched_context != 0 for thread in threads]


async def step_over(bench: Bench, thread: Thread) -> None:
    """Let an Inactive caller whose reply object is gone run on: it repeats its call, which is what Resume means."""
    await bench.resume(thread)
    await bench.settle()


@scenario
async def test_deleting_the_reply_object_returns_the_time_to_the_caller(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0009: the passive server stops; the Inactive client can be resumed on its own time."""
    endpoint, reply, gate = await bench.endpoint(), await bench.reply(), await bench.notification()

    async def server() -> None:
        await recv(endpoint, reply)
        await wait(gate)
        bench.log.append("server goes on")

    async def client() -> None:
        bench.log.append("client starts")
        await call(endpoint, 256)

    serving = await passive(bench, server)
    calling = await bench.thread(client, 100)
    await bench.settle()
    await bench.delete(reply)
    inspection = bench.kernel.inspect()
    assert inspection.threads[calling.id].state == ThreadState.INACTIVE
    assert inspection.threads[calling.id].sched_context != 0
    assert inspection.threads[serving.id].sched_context == 0
    await send(gate)
    await step_over(bench, calling)
    assert bench.log == ["client starts"]
    assert bench.state(calling) == ThreadState.BLOCKED_ON_SEND


@scenario
async def test_unbinding_a_server_from_a_lent_context_stops_the_server(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0010: and the context can be bound to the client again."""
    endpoint, reply, gate = await bench.endpoint(), await bench.reply(), await bench.notification()

    async def server() -> None:
        await recv(endpoint, reply)
        await wait(gate)
        bench.log.append("server goes on")

    async def client() -> None:
        await call(endpoint, 256)

    serving = await passive(bench, server)
    calling = await bench.thread(client, 100)
    await bench.settle()
    await bench.invoke(calling.sched_context, Label.SCHED_CONTEXT_UNBIND_OBJECT, (), (serving.tcb,))
    await send(gate)
    await bench.settle()
    assert bench.log == []
    await bind(bench, calling.sched_context, calling)
    await bench.settle()
    assert bench.state(calling) == ThreadState.BLOCKED_ON_REPLY


@scenario
async def test_time_walks_back_when_reply_objects_are_deleted_from_the_top(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0011: A -> B -> C; delete C's reply object, then B's: A has its context again."""
    threads, (reply_b, reply_c), _ = await three_deep(bench)
    assert have_time(bench, threads) == [False, False, True]
    await bench.delete(reply_c)
    assert have_time(bench, threads) == [False, True, False]
    await bench.delete(reply_b)
    assert have_time(bench, threads) == [True, False, False]


@scenario
async def test_deleting_a_middle_reply_object_breaks_the_chain(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0012: A -> B -> C; delete B's reply object, then C's: A does not get its context back."""
    threads, (reply_b, reply_c), _ = await three_deep(bench)
    await bench.delete(reply_b)
    assert have_time(bench, threads) == [False, False, True]
    await bench.delete(reply_c)
    assert have_time(bench, threads) == [False, True, False]
    assert bench.state(threads[0]) == ThreadState.INACTIVE


@scenario
async def test_deleting_a_lent_context_stops_the_server_and_every_thread_can_be_given_a_new_one(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0013."""
    threads, _, gate = await three_deep(bench)
    await bench.delete(threads[0].sched_context)
    await send(gate)
    await bench.settle()
    assert bench.log == []
    for thread in reversed(threads):
        await bind(bench, await bench.sched_context(), thread)
    await bench.settle()
    assert bench.log == ["C", "B", "A"]


@scenario
async def test_suspending_a_caller_breaks_the_chain_and_the_time_stays_where_it_is(bench: Bench) -> None:
    """seL4 reply_remove_tcb: the callee keeps the context, its answer goes nowhere."""
    (a, b, c), _, gate = await three_deep(bench)
    await bench.suspend(b)
    await send(gate)
    await bench.settle()
    inspection = bench.kernel.inspect()
    assert bench.log == ["C"]
    assert inspection.threads[c.id].sched_context != 0
    assert inspection.threads[a.id].sched_context == 0
    assert bench.state(a) == ThreadState.BLOCKED_ON_REPLY


@scenario
async def test_a_caller_that_was_given_time_meanwhile_runs_on_that_and_the_server_keeps_what_was_lent(
    bench: Bench,
) -> None:
    """seL4: reply_pop; a reply returns lent time only to a caller that has none."""
    endpoint, reply, gate = await bench.endpoint(), await bench.reply(), await bench.notification()

    async def server() -> None:
        message = await recv(endpoint, reply)
        while True:
            await wait(gate)
            bench.log.append("server")
            message = await reply_recv(endpoint, reply, 0, message.words)

    async def client() -> None:
        await call(endpoint, 256, (1,))
        bench.log.append("client")

    serving = await passive(bench, server)
    calling = await bench.thread(client, 100)
    await bench.settle()
    lent = bench.kernel.inspect().threads[serving.id].sched_context
    await bind(bench, await bench.sched_context(), calling)
    own = bench.kernel.inspect().threads[calling.id].sched_context
    await send(gate)
    await bench.settle()
    assert bench.log == ["server", "client"]
    threads = bench.kernel.inspect().threads
    assert (threads[serving.id].sched_context, threads[calling.id].sched_context) == (lent, own)
    assert lent != own


@scenario
async def test_time_that_is_used_up_cannot_be_bound_to_a_thread_that_waits(bench: Bench) -> None:
    """seL4: decodeSchedContext_Bind; whatever a blocked thread waits for, it takes only a context that could run."""
    endpoint, reply, gate = await bench.endpoint(), await bench.reply(), await bench.notification()

    async def receiving() -> None:
        await recv(endpoint, reply)

    async def waiting() -> None:
        await wait(gate)

    async def spending() -> None:
        while True:
            await compute(1_000)

    receiver, waiter = await passive(bench, receiving), await passive(bench, waiting)
    spent = await bench.sched_context(1_000, 1_000_000)
    spender = await bench.thread(spending, 100, context=spent)
    await bench.let_pass(5_000)
    await bench.invoke(spent, Label.SCHED_CONTEXT_UNBIND_OBJECT, (), (spender.tcb,))
    for thread in (receiver, waiter):
        refused = await bench.error(spent, Label.SCHED_CONTEXT_BIND, (), (thread.tcb,))
        assert refused == Error.ILLEGAL_OPERATION
    fresh = await bench.sched_context()
    assert await bench.error(fresh, Label.SCHED_CONTEXT_BIND, (), (receiver.tcb,)) == Error.NO_ERROR
