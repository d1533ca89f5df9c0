"""Threads: their spaces, their registers, and how they end."""

from __future__ import annotations

from kernel.abi import Error, InitSlot, Label, LookupFailure, ObjectType, Rights, ThreadState
from kernel.syscalls import call, compute, recv, send, wait
from tests.kernel.bench import SECOND, TOP, Bench, Program, scenario

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
    """seL4 tcb.c: IllegalOperation for anything else, AlignmentError below 1 KiB."""
    tcb, frame = await bench.make(ObjectType.TCB), await bench.make(ObjectType.FRAME)
    assert await bench.error(tcb, Label.TCB_SET_IPC_BUFFER, (0x1000,), (CNODE,)) == Error.ILLEGAL_OPERATION
    assert await bench.error(tcb, Label.TCB_SET_IPC_BUFFER, (0x1010,), (frame,)) == Error.ALIGNMENT_ERROR
    assert await bench.error(tcb, Label.TCB_SET_IPC_BUFFER, (0x1400,), (frame,)) == Error.NO_ERROR


@scenario
async def test_without_an_ipc_buffer_four_words_travel(bench: Bench) -> None:
    """seL4 endpoint.c and thread.c: only the register words move, and no capability."""
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
    """seL4 tcb.c: IllegalOperation; a count of 0 or above 36 is RangeError."""
    thread = await bench.thread(nothing, 100, start=False)
    assert await bench.error(InitSlot.TCB, Label.TCB_WRITE_REGISTERS, (0, 1, 1)) == Error.ILLEGAL_OPERATION
    for count in (0, 37):
        words = (0, count, *([1] * 40))
        assert await bench.error(thread.tcb, Label.TCB_WRITE_REGISTERS, words) == (Error.RANGE_ERROR, 1, 36)


@scenario
async def test_a_thread_that_deletes_itself_is_gone(bench: Bench) -> None:
    """seL4 finaliseCap: the last TCB capability, deleted by the thread's own system call."""

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
    """As in the recordings: one that suspended itself suspends itself again when it is resumed."""

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
    """seL4 finaliseCap: thread, CSpace, context, reply and endpoint go at once; partners are set free."""
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


@scenario
async def test_without_an_ipc_buffer_an_invocation_has_four_words_and_no_capabilities(bench: Bench) -> None:
    """seL4: handleInvocation, lookupExtraCaps; what does not fit into registers was never sent, and never answered."""

    async def invoking() -> None:
        words = (int(ObjectType.ENDPOINT), 0, 0, 0, empty, 1)
        bench.log.append(await call(bench.information.untyped[0].slot, Label.UNTYPED_RETYPE, words, (CNODE,)))
        bench.log.append(await call(CNODE, Label.CNODE_DELETE, (1 << 14, 64), (1 << 63,)))
        await send(CNODE, 0, (), (1 << 63,))
        bench.log.append("no fault")

    empty = bench.empty_slots()
    thread = await bench.thread(invoking, 100, start=False)
    await bench.invoke(thread.tcb, Label.TCB_SET_IPC_BUFFER, (0,), (empty,))
    await bench.resume(thread)
    await bench.settle()
    retype, delete, after = bench.log
    assert retype.label == Error.TRUNCATED_MESSAGE
    assert (delete.label, delete.words) == (Error.FAILED_LOOKUP, (0, LookupFailure.GUARD_MISMATCH, 64, 0))
    assert after == "no fault"


@scenario
async def test_a_buffer_that_cannot_be_written_is_good_for_sending_only(bench: Bench) -> None:
    """seL4: lookupIPCBuffer; the receiver's buffer needs both rights, the sender's can be read-only."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def talking() -> None:
        await send(endpoint, 256, tuple(range(9)))
        bench.log.append((await recv(endpoint, reply)).words)

    thread = await bench.thread(talking, 100, start=False)
    frame = await bench.copy(await bench.make(ObjectType.FRAME), Rights.READ)
    await bench.invoke(thread.tcb, Label.TCB_SET_IPC_BUFFER, (0x1000,), (frame,))
    await bench.resume(thread)
    await bench.settle()
    assert (await recv(endpoint, reply)).words == tuple(range(9))
    await bench.settle()
    await send(endpoint, 256, tuple(range(9)))
    await bench.settle()
    assert bench.log == [(0, 1, 2, 3)]


@scenario
async def test_a_label_has_fifty_two_bits(bench: Bench) -> None:
    """seL4 types.bf: the message information holds no more of it; the rest is lost."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def sender() -> None:
        await call(endpoint, (1 << 52) + 300)

    async def waiting() -> None:
        bench.log.append((await recv(endpoint, reply)).label)

    await bench.thread(waiting, 101)
    await bench.settle()
    await bench.thread(sender, 100)
    await bench.settle()
    assert bench.log == [300]


@scenario
async def test_sched_params_bind_a_context_as_bind_does(bench: Bench) -> None:
    """seL4: decodeSetSchedParams; not twice, and not to a blocked thread one that cannot be used."""
    gate = await bench.notification()

    async def waiting() -> None:
        await wait(gate)

    thread = await bench.thread(waiting, 100)
    await bench.settle()
    empty, unconfigured = bench.empty_slots(), await bench.make(ObjectType.SCHED_CONTEXT, 8)

    async def set_context(context: int) -> object:
        return await bench.error(
            thread.tcb, Label.TCB_SET_SCHED_PARAMS, (100, 100), (int(InitSlot.TCB), context, empty)
        )

    assert await set_context(thread.sched_context) == Error.ILLEGAL_OPERATION
    assert await set_context(empty) == Error.NO_ERROR
    assert bench.kernel.inspect().threads[thread.id].sched_context == 0
    assert await set_context(unconfigured) == Error.ILLEGAL_OPERATION
    assert await set_context(thread.sched_context) == Error.NO_ERROR
    assert bench.kernel.inspect().threads[thread.id].sched_context != 0


@scenario
async def test_a_thread_given_time_queues_behind_the_others_of_its_priority(bench: Bench) -> None:
    """seL4: invokeSchedControl_ConfigureFlags switches to the thread, which for an equal means: to the tail."""
    names = ("first", "second")

    def program(name: str) -> Program:
        async def run() -> None:
            bench.log.append(name)

        return run

    for name in names:
        await bench.thread(program(name), TOP)
    context = await bench.make(ObjectType.SCHED_CONTEXT, 8)
    await bench.thread(program("configured"), TOP, context=context)
    await bench.configure(context, SECOND, SECOND)
    await bench.settle()
    assert bench.log == [*names, "configured"]


@scenario
async def test_a_thread_that_loses_itself_with_its_cspace_gets_no_new_one(bench: Bench) -> None:
    """seL4: installTCBCap; the last capability to the TCB lies in the CSpace that Configure takes away."""
    radix, rest = 4, 14
    node = await bench.make(ObjectType.CNODE, radix)

    async def program() -> None:
        spaces = (1 << rest | CNODE, 1 << rest | VSPACE, 1 << rest)
        await call(2 << rest, Label.TCB_CONFIGURE, (64 - 14, 0, 0), spaces)
        bench.log.append("still here")

    thread = await bench.thread(program, 100, cspace=node, guard=64 - radix - rest, start=False)
    await bench.invoke(node, Label.CNODE_MINT, (1, radix, CNODE, 64, 15, 0), (CNODE,))
    await bench.resume(thread)
    await bench.invoke(node, Label.CNODE_MOVE, (2, radix, thread.tcb, 64), (CNODE,))
    await bench.delete(node)
    await bench.settle()
    assert bench.log == []
    assert thread.id not in bench.kernel.inspect().threads
    await bench.revoke(VSPACE)
