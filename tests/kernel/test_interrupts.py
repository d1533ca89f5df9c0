"""Interrupts: handlers, masking, and drivers that run on the notification's time."""

from __future__ import annotations

from kernel.abi import UNTOUCHED, Error, InitSlot, Label, Message, Rights
from kernel.syscalls import nb_wait, wait
from tests.kernel.bench import Bench, Thread, scenario

CONTROL = int(InitSlot.IRQ_CONTROL)
ROOT = int(InitSlot.CNODE)


async def handler(bench: Bench, number: int, notification: int) -> int:
    """A handler capability for an interrupt that signals `notification`."""
    slot = bench.empty_slots()
    await bench.invoke(CONTROL, Label.IRQ_ISSUE_HANDLER, (number, slot, 64), (ROOT,))
    await bench.invoke(slot, Label.IRQ_SET_HANDLER, (), (notification,))
    return slot


@scenario
async def test_an_interrupt_signals_once_until_it_is_acknowledged(bench: Bench) -> None:
    """seL4 interrupt.c: masked until Ack; what came meanwhile is delivered then."""
    notification = await bench.notification()
    line = await handler(bench, 5, await bench.mint(notification, 16))
    bench.kernel.interrupt(5)
    assert (await nb_wait(notification)).badge == 16
    bench.kernel.interrupt(5)
    assert await nb_wait(notification) == Message(0, UNTOUCHED, ())
    await bench.invoke(line, Label.IRQ_ACK)
    assert (await nb_wait(notification)).badge == 16
    await bench.invoke(line, Label.IRQ_ACK)
    assert await nb_wait(notification) == Message(0, UNTOUCHED, ())


@scenario
async def test_an_interrupt_has_one_handler_and_is_free_again_without_it(bench: Bench) -> None:
    """seL4 interrupt.c: RevokeFirst while active; a deleted handler silences the line."""
    notification = await bench.notification()
    line = await handler(bench, 5, notification)
    words = (5, bench.empty_slots(), 64)
    assert await bench.error(CONTROL, Label.IRQ_ISSUE_HANDLER, words, (ROOT,)) == Error.REVOKE_FIRST
    assert await bench.error(CONTROL, Label.IRQ_ISSUE_HANDLER, (6, line, 64), (ROOT,)) == Error.DELETE_FIRST
    await bench.delete(line)
    bench.kernel.interrupt(5)
    assert await nb_wait(notification) == Message(0, UNTOUCHED, ())
    assert await bench.error(CONTROL, Label.IRQ_ISSUE_HANDLER, words, (ROOT,)) == Error.NO_ERROR


@scenario
async def test_a_handler_needs_a_notification_that_may_be_written(bench: Bench) -> None:
    """seL4 interrupt.c: InvalidCapability(0); Clear silences it."""
    notification = await bench.notification()
    line = await handler(bench, 9, notification)
    weak = await bench.copy(notification, Rights.READ)
    assert await bench.error(line, Label.IRQ_SET_HANDLER, (), (weak,)) == (Error.INVALID_CAPABILITY, 0)
    assert await bench.error(line, Label.IRQ_SET_HANDLER, (), (ROOT,)) == (Error.INVALID_CAPABILITY, 0)
    await bench.invoke(line, Label.IRQ_CLEAR_HANDLER)
    bench.kernel.interrupt(9)
    assert await nb_wait(notification) == Message(0, UNTOUCHED, ())


@scenario
async def test_an_interrupt_that_nobody_hears_is_lost_and_masks_the_line(bench: Bench) -> None:
    """seL4: handleInterrupt; it masks whether or not there was somebody to signal. So a driver begins with Ack."""
    notification = await bench.notification()
    line = await handler(bench, 5, notification)
    await bench.invoke(line, Label.IRQ_CLEAR_HANDLER)
    bench.kernel.interrupt(5)
    await bench.invoke(line, Label.IRQ_SET_HANDLER, (), (await bench.mint(notification, 16),))
    await bench.invoke(line, Label.IRQ_ACK)
    assert await nb_wait(notification) == Message(0, UNTOUCHED, ())
    await bench.invoke(line, Label.IRQ_CLEAR_HANDLER)
    bench.kernel.interrupt(5)
    await bench.invoke(line, Label.IRQ_SET_HANDLER, (), (await bench.mint(notification, 8),))
    bench.kernel.interrupt(5)
    assert await nb_wait(notification) == Message(0, UNTOUCHED, ())
    await bench.invoke(line, Label.IRQ_ACK)
    assert (await nb_wait(notification)).badge == 8


@scenario
async def test_revoking_irq_control_deletes_every_handler(bench: Bench) -> None:
    """seL4 isMDBParentOf: IRQControl contains every IRQHandler."""
    lines = [await handler(bench, number, await bench.notification()) for number in (1, 2)]
    await bench.revoke(CONTROL)
    assert [await bench.is_empty(line) for line in lines] == [True, True]


async def drivers(bench: Bench, count: int, *, own_time: bool) -> tuple[list[Thread], int, int]:
    """Threads that wait for interrupt 7, its notification, and the context bound to that."""
    notification, context = await bench.notification(), await bench.sched_context()

    async def driver() -> None:
        while True:
            await wait(notification)
            bench.log.append(bench.kernel.current_thread)

    threads = []
    for _ in range(count):
        thread = await bench.thread(driver, 100)
        await bench.settle()
        if not own_time:
            await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_UNBIND)
        threads.append(thread)
    await handler(bench, 7, notification)
    return threads, notification, context


@scenario
async def test_a_driver_without_time_runs_on_the_notifications_context(bench: Bench) -> None:
    """sel4test INTERRUPT0002."""
    threads, notification, context = await drivers(bench, 1, own_time=False)
    await bench.invoke(context, Label.SCHED_CONTEXT_BIND, (), (notification,))
    bench.kernel.interrupt(7)
    await bench.settle()
    assert bench.log == [threads[0].id]


@scenario
async def test_a_driver_with_time_does_not_take_the_notifications_context(bench: Bench) -> None:
    """sel4test INTERRUPT0003."""
    threads, notification, context = await drivers(bench, 1, own_time=True)
    await bench.invoke(context, Label.SCHED_CONTEXT_BIND, (), (notification,))
    before = bench.kernel.inspect().threads[threads[0].id].sched_context
    bench.kernel.interrupt(7)
    await bench.settle()
    assert bench.log == [threads[0].id]
    assert bench.kernel.inspect().threads[threads[0].id].sched_context == before != 0


@scenario
async def test_without_any_time_the_interrupt_is_delivered_and_nobody_runs(bench: Bench) -> None:
    """sel4test INTERRUPT0004, and INTERRUPT0006 when the context was deleted."""
    _, notification, context = await drivers(bench, 1, own_time=False)
    await bench.invoke(context, Label.SCHED_CONTEXT_BIND, (), (notification,))
    await bench.delete(context)
    bench.kernel.interrupt(7)
    await bench.settle()
    assert bench.log == []


@scenario
async def test_one_context_is_not_lent_to_two_threads(bench: Bench) -> None:
    """sel4test INTERRUPT0005: a second waiter is woken but has to do without."""
    notification, context = await bench.notification(), await bench.sched_context()
    never = await bench.notification()

    async def driver() -> None:
        await wait(notification)
        bench.log.append(bench.kernel.current_thread)
        await wait(never)

    threads = []
    for _ in range(2):
        thread = await bench.thread(driver, 100)
        await bench.settle()
        await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_UNBIND)
        threads.append(thread)
    line = await handler(bench, 7, notification)
    await bench.invoke(context, Label.SCHED_CONTEXT_BIND, (), (notification,))
    for _ in range(2):
        bench.kernel.interrupt(7)
        await bench.settle()
        await bench.invoke(line, Label.IRQ_ACK)
    assert bench.log == [threads[0].id]
