"""Threads: their spaces, their registers, and how they end."""

from __future__ import annotations

from kernel.abi import Error, InitSlot, Label, ObjectType, Rights, ThreadState
from kernel.syscalls import call, compute, recv, send, wait
from tests.kernel.bench import Bench, scenario

VSPACE, CNODE = int(InitSlot.VSPACE), int(InitSlot.CNODE)


async def nothing() -> None:
    return


@scenario
async def test_a_thread_needs_a_cspace_and_a_vspace(bench: Bench) -> None:
    """sel4test THREADS0004, THREADS0005: Configure and SetSpace with something else are refused and change nothing."""
    tcb, empty, endpoint = await bench.make(ObjectType.TCB), bench.empty_slots(), await bench.endpoint()
    for root in (empty, endpoint, VSPACE):
        configure = await bench.error(tcb, Label.TCB_CONFIGURE, (0, 0, 0), (root, VSPACE, empty))
        assert configure == Error.ILLEGAL_OPERATION
        assert await bench.error(tcb, Label.TCB_SET_SPACE, (0, 0), (empty, root, VSPACE)) == Error.ILLEGAL_OPERATION
    assert await bench.error(tcb, Label.TCB_SET_SPACE, (0, 0), (empty, CNODE, CNODE)) == Error.ILLEGAL_OPERATION
    assert await bench.error(tcb, Label.TCB_SET_SPACE, (0, 0), (empty, CNODE, VSPACE)) == Error.NO_ERROR


@scenario
async def test_an_ipc_buffer_is_an_aligned_frame(bench: Bench) -> None:
    """kernel.md 1.11: IllegalOperation for anything else, AlignmentError below 1 KiB."""
    tcb, frame = await bench.make(ObjectType.TCB), await bench.make(ObjectType.FRAME)
    assert await bench.error(tcb, Label.TCB_SET_IPC_BUFFER, (0x1000,), (CNODE,)) == Error.ILLEGAL_OPERATION
    assert await bench.error(tcb, Label.TCB_SET_IPC_BUFFER, (0x1010,), (frame,)) == Error.ALIGNMENT_ERROR
    assert await bench.error(tcb, Label.TCB_SET_IPC_BUFFER, (0x1400,), (frame,)) == Error.NO_ERROR


@scenario
async def test_without_an_ipc_buffer_four_words_travel(bench: Bench) -> None:
    """kernel.md 1.7: only the register words move, and no capability."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def sender() -> None:
        await send(endpoint, 256, tuple(range(9)), (CNODE,))

    thread = await bench.thread(sender, 100, start=False)
    await bench.invoke(thread.tcb, Label.TCB_SET_IPC_BUFFER, (0,), (bench.empty_slots(),))
    await bench.resume(thread)
    await bench.settle()
    message = await recv(endpoint, reply)
    assert (message.words, message.caps) == ((0, 1, 2, 3), 0)


@scenario
async def test_write_registers_starts_a_program_anew(bench: Bench) -> None:
    """sel4test REGRESSIONS0001: also one that is in the middle of something."""
    gate = await bench.notification()

    async def program() -> None:
        bench.log.append("from the start")
        await wait(gate)

    thread = await bench.thread(program, 100)
    await bench.settle()
    await bench.invoke(thread.tcb, Label.TCB_WRITE_REGISTERS, (1, 1, 1))
    await bench.settle()
    assert bench.log == ["from the start"] * 2


@scenario
async def test_a_thread_does_not_rewrite_its_own_registers(bench: Bench) -> None:
    """kernel.md 1.11: IllegalOperation; a count of 0 or above 36 is RangeError."""
    thread = await bench.thread(nothing, 100, start=False)
    assert await bench.error(InitSlot.TCB, Label.TCB_WRITE_REGISTERS, (0, 1, 1)) == Error.ILLEGAL_OPERATION
    for count in (0, 37):
        words = (0, count, *([1] * 40))
        assert await bench.error(thread.tcb, Label.TCB_WRITE_REGISTERS, words) == (Error.RANGE_ERROR, 1, 36)


@scenario
async def test_a_thread_that_deletes_itself_is_gone(bench: Bench) -> None:
    """kernel.md 1.9: the last TCB capability, deleted by the thread's own system call."""

    async def program() -> None:
        bench.log.append("before")
        await bench.delete(thread.tcb)
        bench.log.append("after")

    thread = await bench.thread(program, 100)
    await bench.settle()
    assert bench.log == ["before"]
    assert thread.id not in bench.kernel.inspect().threads


@scenario
async def test_a_thread_that_suspends_itself_does_so_again_when_resumed(bench: Bench) -> None:
    """conformance README: 'one that suspended itself suspends itself again when resumed'."""

    async def program() -> None:
        await bench.invoke(thread.tcb, Label.TCB_SUSPEND)
        bench.log.append("after")

    thread = await bench.thread(program, 100)
    for _ in range(2):
        await bench.settle()
        assert bench.state(thread) == ThreadState.INACTIVE
        await bench.resume(thread)
    assert bench.log == []


@scenario
async def test_revoking_the_memory_of_a_whole_program_leaves_nothing_behind(bench: Bench) -> None:
    """kernel.md 1.9: thread, CSpace, context, reply and endpoint go at once; partners are set free."""
    memory = await bench.untyped(18)
    endpoint, reply = await bench.endpoint(), await bench.reply()
    before = bench.kernel.inspect().objects

    async def partner() -> None:
        bench.log.append((await call(private, 256)).label)

    private = await bench.make(ObjectType.ENDPOINT, untyped=memory)
    caller = await bench.thread(partner, 100)
    tcb = await bench.make(ObjectType.TCB, untyped=memory)
    node = await bench.make(ObjectType.CNODE, 4, untyped=memory)
    await bench.make(ObjectType.SCHED_CONTEXT, 8, untyped=memory)
    await bench.make(ObjectType.REPLY, untyped=memory)
    await bench.invoke(tcb, Label.TCB_SET_SPACE, (60, 0), (endpoint, node, VSPACE))
    await bench.invoke(node, Label.CNODE_COPY, (1, 4, endpoint, 64, 15), (CNODE,))
    await bench.settle()
    await bench.revoke(memory)
    await bench.settle()
    assert bench.log == [Error.INVALID_CAPABILITY]
    await bench.delete(caller.tcb)
    left = bench.kernel.inspect().objects.keys() - before.keys()
    kinds = {bench.kernel.inspect().objects[number][0] for number in left}
    assert kinds <= {ObjectType.FRAME, ObjectType.SCHED_CONTEXT}, "only what the caller was made of"
    assert not await bench.is_empty(reply)


@scenario
async def test_a_more_important_thread_runs_during_a_long_revoke(bench: Bench) -> None:
    """sel4test PREEMPT_REVOKE: a thread whose budget comes back runs several times while thousands of copies go."""
    endpoint = await bench.endpoint()
    node = await bench.make(ObjectType.CNODE, 12)
    bench.checking = False
    for index in range(4000):
        await bench.invoke(node, Label.CNODE_COPY, (index, 12, endpoint, 64, 15), (CNODE,))

    async def ticking() -> None:
        while True:
            bench.log.append(bench.kernel.now)
            await compute(20_000)

    async def revoker() -> None:
        await bench.revoke(endpoint)
        bench.log.append("revoked")

    await bench.thread(revoker, 100)
    await bench.thread(ticking, 110, context=await bench.sched_context(20, 100))
    bench.checking = True
    await bench.let_pass(1_500)
    assert bench.log.index("revoked") >= 2


@scenario
async def test_a_program_in_spaces_of_its_own_reports_back(bench: Bench) -> None:
    """sel4test VSPACE0000: it holds one capability, in the only CNode it knows, and says 42 through it."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    node, space = await bench.make(ObjectType.CNODE, 2), await bench.make(ObjectType.VSPACE)
    await bench.invoke(node, Label.CNODE_MINT, (1, 2, endpoint, 64, int(Rights.WRITE), 7), (CNODE,))

    async def program() -> None:
        await send(1, 256, (42,))

    thread = await bench.thread(program, 100, start=False, may_raise=True)
    await bench.invoke(thread.tcb, Label.TCB_SET_SPACE, (62, 0), (bench.empty_slots(), node, space))
    await bench.resume(thread)
    await bench.settle()
    message = await recv(endpoint, reply)
    assert (message.badge, message.words) == (7, (42,))
