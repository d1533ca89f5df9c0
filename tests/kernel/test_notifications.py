"""Notifications: signals, binding to a thread, and scheduling contexts that a notification lends."""

from __future__ import annotations

import pytest

from kernel.abi import UNTOUCHED, Error, Fault, Label, Message, Rights, ThreadState
from kernel.syscalls import nb_recv, nb_send_recv, nb_wait, recv, reply_recv, send, signal, wait
from tests.kernel.bench import Bench, scenario


async def bind(bench: Bench, tcb: int, notification: int) -> None:
    await bench.invoke(tcb, Label.TCB_BIND_NOTIFICATION, (), (notification,))


@scenario
async def test_a_bound_thread_receives_signals_and_messages_at_its_endpoint(bench: Bench) -> None:
    """sel4test BIND0001: ten signals with badge 1 and ten sends with badge 2 all arrive."""
    endpoint, notification = await bench.endpoint(), await bench.notification()
    signals, sends = await bench.mint(notification, 1), await bench.mint(endpoint, 2)

    async def receiver() -> None:
        while True:
            bench.log.append((await wait(endpoint)).badge)

    thread = await bench.thread(receiver, 100)
    await bind(bench, thread.tcb, notification)

    async def signaller() -> None:
        for _ in range(10):
            await signal(signals)
            await send(sends)

    await bench.thread(signaller, 90)
    await bench.settle()
    assert bench.log == [1, 2] * 10


@pytest.mark.parametrize("waiter_priority", [110, 90])
def test_a_thread_waits_on_its_own_bound_notification(waiter_priority: int) -> None:
    """sel4test BIND0002, BIND0003, BIND0004: whether the waiter or the signaller comes first."""

    @scenario
    async def run(bench: Bench) -> None:
        notification = await bench.notification()
        badged = await bench.mint(notification, 4)

        async def waiter() -> None:
            for _ in range(10):
                bench.log.append((await wait(notification)).badge)
                await signal(acknowledged)

        async def signaller() -> None:
            for _ in range(10):
                await signal(badged)
                await wait(acknowledged)

        acknowledged = await bench.notification()
        thread = await bench.thread(waiter, waiter_priority, start=False)
        await bind(bench, thread.tcb, notification)
        await bench.resume(thread)
        await bench.thread(signaller, 100)
        await bench.settle()
        assert bench.log == [4] * 10

    run()


@scenario
async def test_a_signal_wakes_a_bound_thread_without_time_which_runs_when_it_gets_some(bench: Bench) -> None:
    """sel4test BIND005."""
    endpoint, notification = await bench.endpoint(), await bench.notification()
    badged = await bench.mint(notification, 8)

    async def receiver() -> None:
        bench.log.append((await wait(endpoint)).badge)

    thread = await bench.thread(receiver, 100)
    await bind(bench, thread.tcb, notification)
    await bench.settle()
    await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_UNBIND)
    await signal(badged)
    await bench.settle()
    assert bench.state(thread) == ThreadState.RUNNING
    assert bench.log == []
    await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_BIND, (), (thread.tcb,))
    await bench.settle()
    assert bench.log == [8]


@scenario
async def test_a_notification_lends_its_scheduling_context_to_the_passive_thread_it_wakes(bench: Bench) -> None:
    """sel4test BIND006: Signal delivers, the thread runs at once on the notification's context and returns it."""
    endpoint, notification = await bench.endpoint(), await bench.notification()
    badged = await bench.mint(notification, 8)

    async def receiver() -> None:
        while True:
            bench.log.append((await wait(endpoint)).badge)

    thread = await bench.thread(receiver, 100)
    await bind(bench, thread.tcb, notification)
    await bench.settle()
    await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_UNBIND)
    await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_BIND, (), (notification,))
    for _ in range(3):
        await signal(badged)
        await bench.settle()
    assert bench.log == [8] * 3
    assert bench.kernel.inspect().threads[thread.id].sched_context == 0


@scenario
async def test_a_signal_without_a_badge_still_makes_the_notification_active(bench: Bench) -> None:
    """sel4test SYSCALL0010, SYSCALL0011, SYSCALL0012, SYSCALL0013: a receive after it returns at once, ten times."""
    notification = await bench.notification()
    for _ in range(10):
        await signal(notification)
        assert await wait(notification) == Message(0, UNTOUCHED, ())
        await signal(notification)
        assert await nb_recv(notification) == Message(0, UNTOUCHED, ())
        await signal(notification)
        assert await recv(notification) == Message(0, UNTOUCHED, ())
        await signal(notification)
        assert await reply_recv(notification, 0) == Message(0, UNTOUCHED, ())


@scenario
async def test_nb_send_recv_to_a_cnode_sends_nothing_and_still_receives(bench: Bench) -> None:
    """sel4test SYSCALL0018: the send phase is ignored, the receive phase takes the pending signal."""
    notification = await bench.notification()
    badged = await bench.mint(notification, 3)
    await signal(badged)
    assert await nb_send_recv(2, Label.CNODE_DELETE, (5, 64), (), notification, 0) == Message(3, UNTOUCHED, ())


@scenario
async def test_pending_signals_are_joined_and_taken_once(bench: Bench) -> None:
    """sel4test NBWAIT0001: polling gives 0 when empty; a bound signal is seen once, then the queued message."""
    endpoint, notification = await bench.endpoint(), await bench.notification()
    one, two = await bench.mint(notification, 1), await bench.mint(notification, 2)
    assert await nb_wait(notification) == Message(0, UNTOUCHED, ())
    await signal(one)
    await signal(two)
    assert (await nb_wait(notification)).badge == 3
    assert (await nb_wait(notification)).badge == 0

    async def sender() -> None:
        await send(endpoint, 256, (5,))

    async def receiver() -> None:
        for _ in range(3):
            bench.log.append(await nb_wait(endpoint))

    await bench.thread(sender, 100)
    thread = await bench.thread(receiver, 90, start=False)
    await bind(bench, thread.tcb, notification)
    await signal(one)
    await bench.resume(thread)
    await bench.settle()
    assert bench.log == [Message(1, UNTOUCHED, ()), Message(0, 256, (5,)), Message(0, UNTOUCHED, ())]


@scenario
async def test_each_signal_wakes_one_waiter_the_most_important_first(bench: Bench) -> None:
    """seL4 MCS: notification queues are ordered by priority; a waiter gets the badge of its own signal only."""
    notification = await bench.notification()
    badges = [await bench.mint(notification, 1 << number) for number in range(3)]

    async def waiter() -> None:
        name = bench.kernel.current_thread
        bench.log.append((name, (await wait(notification)).badge))

    threads = [await bench.thread(waiter, priority) for priority in (50, 150, 100)]
    await bench.settle()
    for badge in badges:
        await signal(badge)
    await bench.settle()
    assert bench.log == [(threads[1].id, 1), (threads[2].id, 2), (threads[0].id, 4)]


@scenario
async def test_binding_is_refused_when_either_side_is_taken_or_read_is_missing(bench: Bench) -> None:
    """seL4 notification.c: IllegalOperation, and nothing changes."""
    notification, other = await bench.notification(), await bench.notification()
    write_only = await bench.copy(other, Rights.WRITE)

    async def nothing() -> None:
        await wait(other)

    thread = await bench.thread(nothing, 100)
    second = await bench.thread(nothing, 100, start=False)
    illegal = Error.ILLEGAL_OPERATION
    assert await bench.error(thread.tcb, Label.TCB_UNBIND_NOTIFICATION) == illegal
    assert await bench.error(thread.tcb, Label.TCB_BIND_NOTIFICATION, (), (write_only,)) == illegal
    assert await bench.error(thread.tcb, Label.TCB_BIND_NOTIFICATION, (), (thread.tcb, notification)) == illegal
    await bind(bench, thread.tcb, notification)
    assert await bench.error(thread.tcb, Label.TCB_BIND_NOTIFICATION, (), (other,)) == illegal
    assert await bench.error(second.tcb, Label.TCB_BIND_NOTIFICATION, (), (notification,)) == illegal
    await bench.settle()
    assert await bench.error(second.tcb, Label.TCB_BIND_NOTIFICATION, (), (other,)) == illegal, "it has a waiter"


@scenario
async def test_waiting_on_a_notification_bound_to_another_thread_is_a_fault(bench: Bench) -> None:
    """seL4 notification.c: CapFault with MissingCapability, in the receive phase."""
    notification, faults = await bench.notification(), await bench.endpoint()

    async def other() -> None:
        await wait(notification)

    async def intruder() -> None:
        await wait(notification)

    owner = await bench.thread(other, 100, start=False)
    await bind(bench, owner.tcb, notification)
    await bench.thread(intruder, 100, fault_handler=faults)
    await bench.settle()
    message = await nb_wait(faults)
    assert message.label == Fault.CAP_FAULT
    assert message.words[1:4] == (notification, 1, 2)


@scenario
async def test_deleting_a_notification_makes_its_waiters_repeat_their_call_and_fault(bench: Bench) -> None:
    """seL4 finaliseCap: waiters are set to Restart and meet the empty slot."""
    notification, faults = await bench.notification(), await bench.endpoint()

    async def waiter() -> None:
        await wait(notification)

    thread = await bench.thread(waiter, 100, fault_handler=faults)
    await bench.settle()
    await bench.delete(notification)
    await bench.settle()
    assert (await nb_wait(faults)).label == Fault.CAP_FAULT
    assert bench.state(thread) == ThreadState.INACTIVE
