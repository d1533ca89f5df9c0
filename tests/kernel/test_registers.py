"""Registers: what WriteRegisters and CopyRegisters start, and what they leave alone; and where a kernel begins."""

from __future__ import annotations

from kernel import Kernel
from kernel.abi import Error, InitSlot, Label, ThreadState
from kernel.events import BOOTED
from kernel.syscalls import recv, signal, wait
from kernel.vehicle import CoroutineVehicle
from tests.kernel.bench import Bench, scenario

SUSPEND_SOURCE, RESUME, COPY = 1, 2, 4


@scenario
async def test_copying_a_program_does_not_start_it(bench: Bench) -> None:
    async def program() -> None:
        bench.log.append("ran")

    source = await bench.thread(program, start=False)
    target = await bench.thread(program, start=False)
    await bench.invoke(target.tcb, Label.TCB_COPY_REGISTERS, (COPY,), (source.tcb,))
    await bench.settle()
    assert bench.log == []
    assert bench.state(target) == ThreadState.INACTIVE
    await bench.invoke(target.tcb, Label.TCB_COPY_REGISTERS, (RESUME,), (source.tcb,))
    await bench.settle()
    assert bench.log == ["ran"]


@scenario
async def test_copying_can_suspend_the_source(bench: Bench) -> None:
    endpoint = await bench.endpoint()

    async def waits() -> None:
        await recv(endpoint, await bench.reply())

    source = await bench.thread(waits)
    target = await bench.thread(waits, start=False)
    await bench.settle()
    assert bench.state(source) == ThreadState.BLOCKED_ON_RECEIVE
    await bench.invoke(target.tcb, Label.TCB_COPY_REGISTERS, (0,), (source.tcb,))
    assert bench.state(source) == ThreadState.BLOCKED_ON_RECEIVE
    await bench.invoke(target.tcb, Label.TCB_COPY_REGISTERS, (SUSPEND_SOURCE,), (source.tcb,))
    assert bench.state(source) == ThreadState.INACTIVE


@scenario
async def test_fewer_registers_than_announced_are_refused(bench: Bench) -> None:
    async def program() -> None:
        bench.log.append("ran")

    thread = await bench.thread(program, start=False)
    assert await bench.error(thread.tcb, Label.TCB_WRITE_REGISTERS, (1, 2, 1)) == Error.TRUNCATED_MESSAGE
    assert await bench.error(thread.tcb, Label.TCB_WRITE_REGISTERS, (1, 0)) == (Error.RANGE_ERROR, 1, 36)
    await bench.settle()
    assert bench.log == []


@scenario
async def test_a_thread_of_priority_0_runs_when_nobody_else_wants_to(bench: Bench) -> None:
    async def program() -> None:
        bench.log.append("ran")

    notification = await bench.notification()
    awaiter = await bench.mint(notification, 1)

    async def wakes_the_test() -> None:
        await signal(awaiter)

    await bench.thread(wakes_the_test, priority=0)
    await bench.thread(program, priority=0)  # the last to be made ready is the first to run
    await wait(notification)
    assert bench.log == ["ran"]


def test_a_kernel_begins_at_cycle_0_with_the_root_task_running() -> None:
    async def root() -> None:
        return

    kernel = Kernel(lambda entry, arguments: CoroutineVehicle(root()))
    assert kernel.now == 0
    assert kernel.events[0][:2] == (BOOTED, 0)
    assert not kernel.idle
    thread = kernel.threads[kernel.current_thread]
    assert thread.priority == thread.mcp == 255
    assert thread.cspace.cap is not None
    assert thread.cspace.cap.object.slot(InitSlot.CNODE).cap is not None
