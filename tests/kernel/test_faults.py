"""Faults: what the handler is told, and what its answer does to the thread."""

from __future__ import annotations

import pytest

from kernel.abi import Error, Fault, InitSlot, Label, ObjectType, Rights, ThreadState, UserException
from kernel.syscalls import call, compute, load, nb_recv, nb_wait, recv, reply_recv, send, store, trap, undefined, wait
from tests.kernel.bench import Bench, Program, scenario

NOWHERE = 0x7000_0000


async def read_nowhere() -> None:
    await load(NOWHERE, 8)


async def write_nowhere() -> None:
    await store(NOWHERE + 16, b"12345678")


async def unknown_call() -> None:
    await trap((199, 1, 2))


async def undefined_instruction() -> None:
    await undefined(7)


async def raising() -> None:
    raise ValueError("no such thing")


async def ending() -> None:
    return


async def malformed() -> None:
    await send(-1, 0)


async def unresolvable() -> None:
    await call(1 << 40, 256)


@pytest.mark.parametrize(
    ("program", "fault", "words"),
    [
        (read_nowhere, Fault.VM_FAULT, {1: NOWHERE, 2: 0, 3: 0}),
        (write_nowhere, Fault.VM_FAULT, {1: NOWHERE + 16, 2: 0, 3: 1}),
        (unknown_call, Fault.UNKNOWN_SYSCALL, {12: 199}),
        (undefined_instruction, Fault.USER_EXCEPTION, {3: UserException.UNDEFINED_INSTRUCTION, 4: 7}),
        (raising, Fault.USER_EXCEPTION, {3: UserException.EXCEPTION}),
        (ending, Fault.USER_EXCEPTION, {3: UserException.EXIT}),
        (malformed, Fault.USER_EXCEPTION, {3: UserException.MALFORMED_SYSCALL}),
        (unresolvable, Fault.CAP_FAULT, {1: 1 << 40, 2: 0, 3: 4, 4: 64, 5: 0, 6: 50}),
    ],
)
def test_the_handler_is_told_what_happened(program: Program, fault: Fault, words: dict[int, int]) -> None:
    """sel4test PAGEFAULT0001, 0002, 0004, 0005 and PAGEFAULT1001 to 1005: the badge says who, the words say what."""

    @scenario
    async def fault_once(bench: Bench) -> None:
        endpoint, reply = await bench.endpoint(), await bench.reply()
        badged = await bench.mint(endpoint, 77)
        thread = await bench.thread(program, 100, fault_handler=badged, may_raise=True)
        await bench.settle()
        message = await nb_recv(endpoint, reply)
        assert (message.badge, message.label) == (77, fault)
        assert {place: message.words[place] for place in words} == words
        assert bench.state(thread) == ThreadState.BLOCKED_ON_REPLY

    fault_once()


@pytest.mark.parametrize(
    ("program", "label", "state"),
    [
        (unresolvable, 0, ThreadState.RESTART),
        (unresolvable, 5, ThreadState.RESTART),
        (read_nowhere, 5, ThreadState.RESTART),
        (unknown_call, 0, ThreadState.RESTART),
        (unknown_call, 5, ThreadState.INACTIVE),
        (undefined_instruction, 0, ThreadState.RESTART),
        (undefined_instruction, 5, ThreadState.INACTIVE),
    ],
)
def test_the_label_of_the_answer_decides_only_for_some_faults(program: Program, label: int, state: ThreadState) -> None:
    """seL4 doReplyTransfer: CapFault and VMFault always restart; UnknownSyscall and UserException with label 0 only."""

    @scenario
    async def answer(bench: Bench) -> None:
        endpoint, reply = await bench.endpoint(), await bench.reply()
        thread = await bench.thread(program, 100, fault_handler=endpoint, may_raise=True)
        await bench.settle()
        await nb_recv(endpoint, reply)
        await send(reply, label)
        assert bench.state(thread) == state

    answer()


@scenario
async def test_a_handler_that_repairs_the_cause_lets_the_thread_go_on(bench: Bench) -> None:
    """sel4test PAGEFAULT0001: a frame is mapped where the thread read, and the read is executed again."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    frame = await bench.make(ObjectType.FRAME)

    async def reader() -> None:
        bench.log.append(await load(NOWHERE, 4))

    await bench.thread(reader, 100, fault_handler=endpoint)
    await bench.settle()
    await nb_recv(endpoint, reply)
    await bench.invoke(frame, Label.FRAME_MAP, (NOWHERE, int(Rights.READ | Rights.WRITE)), (InitSlot.VSPACE,))
    await store(NOWHERE, b"back")
    await send(reply)
    await bench.settle()
    assert bench.log == [b"back"]


@scenario
async def test_a_moved_instruction_pointer_skips_the_unknown_system_call(bench: Bench) -> None:
    """sel4test PAGEFAULT0004: the answer rewrites the registers; here that means: go on after it."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def program() -> None:
        await trap((199,))
        bench.log.append("after")

    await bench.thread(program, 100, fault_handler=endpoint)
    await bench.settle()
    message = await nb_recv(endpoint, reply)
    words = list(message.words)
    words[8] += 4
    await send(reply, 0, tuple(words))
    await bench.settle()
    assert bench.log == ["after"]


@pytest.mark.parametrize("rights", [Rights.WRITE, Rights.GRANT | Rights.READ, Rights.NONE])
def test_a_handler_that_cannot_be_called_is_refused(rights: Rights) -> None:
    """seL4 tcb.c: Write and one of Grant, GrantReply are needed; SetSchedParams says which argument."""

    @scenario
    async def refused(bench: Bench) -> None:
        endpoint = await bench.endpoint()
        weak = await bench.copy(endpoint, rights)
        thread = await bench.thread(ending, 100, start=False)
        words = (100, 100)
        caps = (int(InitSlot.TCB), bench.empty_slots(), weak)
        assert await bench.error(thread.tcb, Label.TCB_SET_SCHED_PARAMS, words, caps) == (Error.INVALID_CAPABILITY, 3)
        timeout = await bench.error(thread.tcb, Label.TCB_SET_TIMEOUT_ENDPOINT, (), (weak,))
        assert timeout == (Error.INVALID_CAPABILITY, 1)

    refused()


@scenario
async def test_a_fault_without_a_handler_leaves_the_thread_inactive(bench: Bench) -> None:
    """seL4 faulthandler.c: and so does one whose handler capability was revoked in the meantime."""
    endpoint = await bench.endpoint()
    handler = await bench.mint(endpoint, 5)
    bare = await bench.thread(read_nowhere, 100)
    orphan = await bench.thread(read_nowhere, 100, fault_handler=handler)
    await bench.revoke(endpoint)
    await bench.settle()
    assert bench.state(bare) == ThreadState.INACTIVE
    assert bench.state(orphan) == ThreadState.INACTIVE
    assert (await nb_wait(endpoint)).badge == 0


@scenario
async def test_deleting_the_handlers_endpoint_stops_threads_that_wait_with_a_fault(bench: Bench) -> None:
    """seL4 finaliseCap: a thread with a pending fault becomes Inactive instead of restarting."""
    endpoint = await bench.endpoint()
    handler = await bench.mint(endpoint, 5)
    thread = await bench.thread(read_nowhere, 100, fault_handler=handler)
    await bench.settle()
    assert bench.state(thread) == ThreadState.BLOCKED_ON_SEND
    await bench.revoke(endpoint)
    assert bench.state(thread) == ThreadState.BLOCKED_ON_SEND, "other capabilities to the endpoint exist"
    await bench.delete(endpoint)
    assert bench.state(thread) == ThreadState.INACTIVE


@scenario
async def test_a_receive_with_an_invalid_reply_object_names_the_reply_pointer(bench: Bench) -> None:
    """seL4 endpoint.c and thread.c: CapFault on the reply pointer, after the endpoint's read right was checked."""
    endpoint, faults = await bench.endpoint(), await bench.endpoint()
    missing = bench.empty_slots()

    async def receiver() -> None:
        await recv(endpoint, missing)

    await bench.thread(receiver, 100, fault_handler=faults)
    await bench.settle()
    assert (await nb_wait(faults)).words[1:] == (missing, 1, 2, 0)


@scenario
async def test_an_exhausted_budget_is_reported_to_the_timeout_handler(bench: Bench) -> None:
    """sel4test TIMEOUTFAULT0001: the fault carries the context's badge and the time it consumed."""
    timeouts, reply = await bench.endpoint(), await bench.reply()

    async def spinner() -> None:
        while True:
            await compute(10_000)

    context = await bench.sched_context(1_000, 50_000, badge=123)
    thread = await bench.thread(spinner, 100, context=context, timeout_handler=timeouts)
    await bench.let_pass(3_000)
    message = await nb_recv(timeouts, reply)
    assert message.label == Fault.TIMEOUT
    assert message.words[0] == 123
    assert 900 <= message.words[1] <= 1_100
    await send(reply)
    await bench.let_pass(60_000)
    assert (await nb_recv(timeouts, reply)).label == Fault.TIMEOUT, "a label of 0 lets it run on with its next budget"
    await send(reply, 1)
    assert bench.state(thread) == ThreadState.INACTIVE


@scenario
async def test_a_timeout_handler_frees_the_client_of_a_passive_server_that_used_up_its_time(bench: Bench) -> None:
    """sel4test TIMEOUTFAULT0002: the client gets an error, the server goes back to its loop, five times."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    timeouts, answers = await bench.endpoint(), await bench.reply()
    gate = await bench.notification()

    async def server() -> None:
        await recv(endpoint, reply)
        while True:
            await compute(200_000_000)
            await reply_recv(endpoint, reply, 300)

    async def handler() -> None:
        message = await recv(timeouts, answers)
        while True:
            bench.log.append(Fault(message.label))
            await send(reply, 400)
            await bench.invoke(serving.tcb, Label.TCB_WRITE_REGISTERS, (0, 1, entry))
            await wait(gate)
            message = await recv(timeouts, answers)

    async def client() -> None:
        bench.log.append((await call(endpoint, 256)).label)

    serving = await bench.thread(server, 110, timeout_handler=timeouts)
    entry = len(bench.events(22)) - 1
    await bench.settle()
    await bench.invoke(serving.sched_context, Label.SCHED_CONTEXT_UNBIND)
    await bench.thread(handler, 120)
    context = await bench.sched_context(1_000, 20_000)
    await bench.thread(client, 100, context=context)
    await bench.let_pass(25_000)
    assert bench.log == [Fault.TIMEOUT, 400]


@scenario
async def test_a_used_up_budget_is_reported_for_whoever_runs_on_it(bench: Bench) -> None:
    """sel4test TIMEOUTFAULT0003: client, passive proxy, passive server; first the server times out, then the proxy."""
    doors = [await bench.endpoint(), await bench.endpoint()]
    replies = [await bench.reply(), await bench.reply()]
    timeouts, answers = await bench.endpoint(), await bench.reply()

    async def server() -> None:
        await recv(doors[1], replies[1])
        while True:
            await compute(1 << 40)

    async def proxy() -> None:
        await recv(doors[0], replies[0])
        await call(doors[1], 256)
        while True:
            await compute(1 << 40)

    async def client() -> None:
        bench.log.append((await call(doors[0], 256)).label)

    names = {}
    for number, program in ((1, server), (2, proxy)):
        badged = await bench.mint(timeouts, number)
        thread = await bench.thread(program, 110, timeout_handler=badged)
        await bench.settle()
        await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_UNBIND)
        names[number] = thread
    await bench.thread(client, 100, context=await bench.sched_context(1_000, 20_000, badge=5))
    for number in (1, 2):
        await bench.let_pass(25_000)
        message = await nb_recv(timeouts, answers)
        assert (message.badge, message.label, message.words[0]) == (number, Fault.TIMEOUT, 5)
        await send(answers, 1)
        assert bench.state(names[number]) == ThreadState.INACTIVE
        await send(replies[2 - number], 400)
    await bench.let_pass(25_000)
    assert bench.log == [400]
