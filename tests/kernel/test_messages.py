"""Messages between threads: rendezvous, rights, length, and capabilities that travel."""

from __future__ import annotations

import pytest

from kernel.abi import UNTOUCHED, Error, Fault, InitSlot, Label, Message, ObjectType, ReceiveSlot, Rights, ThreadState
from kernel.syscalls import Caps, call, nb_recv, nb_send, nb_wait, recv, reply_recv, send
from tests.kernel.bench import Bench, Program, Thread, scenario

LENGTHS = (0, 1, 3, 4, 5, 31, 119, 120)
PRIORITIES = (98, 99, 100, 101, 102)


async def start_both(bench: Bench, first: Program, second: Program, priority: int, first_starts: bool) -> None:
    """`first` at `priority`, `second` at 100; one of them runs until it blocks before the other exists."""
    pair = [(first, priority), (second, 100)]
    for program, level in pair if first_starts else reversed(pair):
        await bench.thread(program, level)
        await bench.settle()


@pytest.mark.parametrize("first_starts", [True, False])
@pytest.mark.parametrize("priority", PRIORITIES)
def test_a_sent_message_arrives_whole(priority: int, first_starts: bool) -> None:
    """sel4test IPC0001, IPC1001: sender priorities around the receiver's, both start orders, lengths up to 120."""

    @scenario
    async def exchange(bench: Bench) -> None:
        endpoint, reply = await bench.endpoint(), await bench.reply()

        async def sender() -> None:
            for length in LENGTHS:
                await send(endpoint, 300 + length, tuple(range(length)))

        async def receiver() -> None:
            for _ in LENGTHS:
                bench.log.append(await recv(endpoint, reply))

        await start_both(bench, sender, receiver, priority, first_starts)
        assert bench.log == [Message(0, 300 + length, tuple(range(length))) for length in LENGTHS]

    exchange()


@pytest.mark.parametrize("separately", [True, False])
@pytest.mark.parametrize("priority", PRIORITIES)
def test_a_call_is_answered(priority: int, separately: bool) -> None:
    """sel4test IPC0002 (ReplyRecv), IPC0003 (Send on the reply object, then Recv), IPC1002, IPC1003."""

    @scenario
    async def exchange(bench: Bench) -> None:
        endpoint, reply = await bench.endpoint(), await bench.reply()

        async def client() -> None:
            for length in LENGTHS:
                bench.log.append(await call(endpoint, 256, tuple(range(length))))

        async def server() -> None:
            message = await recv(endpoint, reply)
            while True:
                answer = tuple(word + 1 for word in message.words)
                if separately:
                    await send(reply, 400, answer)
                    message = await recv(endpoint, reply)
                else:
                    message = await reply_recv(endpoint, reply, 400, answer)

        await start_both(bench, client, server, priority, first_starts=True)
        assert bench.log == [Message(0, 400, tuple(range(1, length + 1))) for length in LENGTHS]

    exchange()


@scenario
async def test_a_non_blocking_send_is_lost_unless_somebody_waits(bench: Bench) -> None:
    """sel4test IPC0004, IPC1004."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def receiver() -> None:
        bench.log.append((await recv(endpoint, reply)).words)

    await nb_send(endpoint, 256, (1,))
    await bench.thread(receiver, 100)
    await bench.settle()
    assert bench.log == []
    await nb_send(endpoint, 256, (2,))
    await nb_send(endpoint, 256, (3,))
    await bench.settle()
    assert bench.log == [(2,)]


@scenario
async def test_more_than_120_words_are_cut_to_120(bench: Bench) -> None:
    """seL4 endpoint.c and thread.c: the length is clamped."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def sender() -> None:
        await send(endpoint, 256, tuple(range(130)))

    await bench.thread(sender, 100)
    await bench.settle()
    assert (await recv(endpoint, reply)).words == tuple(range(120))


@scenario
async def test_a_caller_may_be_suspended_resumed_and_deleted_while_it_waits(bench: Bench) -> None:
    """sel4test IPC0010: a resumed caller repeats its call; answering a suspended one does nothing."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def client() -> None:
        await call(endpoint, 256, (1,))
        bench.log.append("answered")

    async def server() -> None:
        for _ in range(3):
            bench.log.append((await recv(endpoint, reply)).words)

    await bench.thread(server, 100)
    thread = await bench.thread(client, 90)
    await bench.settle()
    await bench.suspend(thread)
    await send(reply, 0, ())
    await bench.resume(thread)
    await bench.settle()
    await bench.suspend(thread)
    await bench.delete(thread.tcb)
    await bench.settle()
    assert bench.log == [(1,), (1,)]


@scenario
async def test_senders_are_received_most_important_first_then_in_order(bench: Bench) -> None:
    """sel4test SCHED0007, SCHED0008: and a new priority moves a queued thread behind the others of that priority."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    def sender(word: int) -> Program:
        async def program() -> None:
            await call(endpoint, 256, (word,))

        return program

    threads: list[Thread] = []
    for word, priority in enumerate((50, 150, 100, 150, 60)):
        threads.append(await bench.thread(sender(word), priority))
    await bench.settle()
    await bench.set_priority(threads[4], 100)
    await bench.set_priority(threads[1], 40)
    received = [(await nb_recv(endpoint, reply)).words[0] for _ in range(5)]
    assert received == [3, 2, 4, 0, 1]


@scenario
async def test_a_call_goes_to_the_most_important_waiting_server(bench: Bench) -> None:
    """sel4test SCHED0009: it falls back to the next one as servers are suspended."""
    endpoint = await bench.endpoint()

    def server(name: int) -> Program:
        async def program() -> None:
            reply = replies[name]
            await recv(endpoint, reply)
            while True:
                await reply_recv(endpoint, reply, 0, (name,))

        return program

    replies = [await bench.reply() for _ in range(3)]
    servers = [await bench.thread(server(name), 100 + name) for name in range(3)]
    await bench.settle()

    async def client() -> None:
        bench.log.append((await call(endpoint, 256)).words[0])

    for name in (2, 1, 0):
        await bench.thread(client, 90)
        await bench.settle()
        assert bench.log[-1] == name
        await bench.suspend(servers[name])


@pytest.mark.parametrize("mask", range(16))
def test_a_send_without_write_is_dropped(mask: int) -> None:
    """sel4test IPCRIGHTS0001: all sixteen masks; a Call gets InvalidCapability instead."""

    @scenario
    async def masked(bench: Bench) -> None:
        endpoint, reply = await bench.endpoint(), await bench.reply()
        weak = await bench.copy(endpoint, Rights(mask))

        async def receiver() -> None:
            bench.log.append((await recv(endpoint, reply)).words)

        await bench.thread(receiver, 100)
        await bench.settle()
        if not mask & Rights.WRITE:
            assert await call(weak, 256) == Message(0, Error.INVALID_CAPABILITY, (0,))
        await send(weak, 256, (mask,))
        await bench.settle()
        assert bench.log == ([(mask,)] if mask & Rights.WRITE else [])

    masked()


@pytest.mark.parametrize("mask", range(16))
def test_a_receive_without_read_is_a_fault(mask: int) -> None:
    """sel4test IPCRIGHTS0002."""

    @scenario
    async def masked(bench: Bench) -> None:
        endpoint, reply, faults = await bench.endpoint(), await bench.reply(), await bench.endpoint()
        weak = await bench.copy(endpoint, Rights(mask))

        async def receiver() -> None:
            bench.log.append((await recv(weak, reply)).words)

        await bench.thread(receiver, 100, fault_handler=faults)
        await bench.settle()
        await nb_send(endpoint, 256, (mask,))
        await bench.settle()
        fault = await nb_wait(faults)
        if mask & Rights.READ:
            assert bench.log == [(mask,)]
            assert fault.label == UNTOUCHED
        else:
            assert (fault.label, fault.words[1:]) == (Fault.CAP_FAULT, (weak, 1, 2, 0))

    masked()


async def transfer(bench: Bench, sender_cap: int, caps: Caps, rx: ReceiveSlot | None, endpoint: int) -> Message:
    """One message with capabilities through `sender_cap`, received by the root task."""

    async def sender() -> None:
        await send(sender_cap, 256, (), caps)

    await bench.thread(sender, 100)
    await bench.settle()
    return await nb_recv(endpoint, await bench.reply(), rx)


@pytest.mark.parametrize("mask", [Rights.WRITE, Rights.WRITE | Rights.GRANT, Rights.WRITE | Rights.GRANT_REPLY])
def test_a_capability_travels_only_with_grant(mask: Rights) -> None:
    """sel4test IPCRIGHTS0003."""

    @scenario
    async def masked(bench: Bench) -> None:
        endpoint, slot = await bench.endpoint(), bench.empty_slots()
        weak = await bench.copy(endpoint, mask)
        message = await transfer(bench, weak, (InitSlot.TCB,), ReceiveSlot(InitSlot.CNODE, slot), endpoint)
        assert message.caps == int(bool(mask & Rights.GRANT))
        assert await bench.is_empty(slot) == (not mask & Rights.GRANT)

    masked()


@pytest.mark.parametrize(
    ("names", "slot", "caps", "unwrapped", "badges"),
    [
        (("tcb",), "empty", 1, 0b0, (0,)),
        (("badged", "tcb"), "empty", 2, 0b01, (7, 0)),
        (("tcb", "badged"), "empty", 2, 0b10, (0, 7)),
        (("tcb", "cnode"), "empty", 1, 0b0, (0,)),
        (("tcb",), "occupied", 0, 0b0, ()),
        (("tcb",), "none", 0, 0b0, ()),
        (("nothing", "tcb"), "empty", 0, 0b0, ()),
        (("badged", "tcb"), "occupied", 1, 0b1, (7,)),
        (("badged", "badged", "badged"), "none", 3, 0b111, (7, 7, 7)),
    ],
)
def test_which_capabilities_arrive(
    names: tuple[str, ...], slot: str, caps: int, unwrapped: int, badges: tuple[int, ...]
) -> None:
    """seL4 transferCaps: unwrapping, one receive slot, the first failure stops the rest."""

    @scenario
    async def arrive(bench: Bench) -> None:
        endpoint = await bench.endpoint()
        named = {
            "tcb": int(InitSlot.TCB),
            "cnode": int(InitSlot.CNODE),
            "badged": await bench.mint(endpoint, 7),
            "nothing": bench.empty_slots(),
        }
        places = {"empty": bench.empty_slots(), "occupied": int(InitSlot.TCB)}
        rx = ReceiveSlot(InitSlot.CNODE, places[slot]) if slot in places else None
        message = await transfer(bench, endpoint, tuple(named[name] for name in names), rx, endpoint)
        assert (message.caps, message.unwrapped, message.badges) == (caps, unwrapped, badges)

    arrive()


@scenario
async def test_a_transferred_capability_is_a_child_of_the_senders(bench: Bench) -> None:
    """seL4 transferCaps: revoking the sender's original removes it."""
    endpoint, slot = await bench.endpoint(), bench.empty_slots()
    gift = await bench.endpoint()
    await transfer(bench, endpoint, (gift,), ReceiveSlot(InitSlot.CNODE, slot), endpoint)
    assert not await bench.is_empty(slot)
    await bench.revoke(gift)
    assert await bench.is_empty(slot)


@scenario
async def test_deleting_the_senders_capability_does_not_cancel_a_queued_message(bench: Bench) -> None:
    """seL4 sendIPC: rights and badge were sampled when it blocked."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    badged = await bench.mint(endpoint, 9)

    async def sender() -> None:
        await send(badged, 256, (1,))

    await bench.thread(sender, 100)
    await bench.settle()
    await bench.delete(badged)
    assert await nb_recv(endpoint, reply) == Message(9, 256, (1,))


@scenario
async def test_deleting_an_endpoint_makes_everybody_who_waits_repeat_the_call(bench: Bench) -> None:
    """seL4 cancelAllIPC: a Call gets InvalidCapability, a Send returns, a Recv faults."""
    doors = [await bench.endpoint(), await bench.endpoint()]
    reply, faults = await bench.reply(), await bench.endpoint()

    async def caller() -> None:
        bench.log.append((await call(doors[0], 256)).label)

    async def sender() -> None:
        await send(doors[0], 256)
        bench.log.append("sent")

    async def receiver() -> None:
        await recv(doors[1], reply)

    await bench.thread(caller, 102)
    await bench.thread(sender, 101)
    await bench.thread(receiver, 100, fault_handler=faults)
    await bench.settle()
    for door in doors:
        await bench.delete(door)
    await bench.settle()
    assert bench.log == [Error.INVALID_CAPABILITY, "sent"]
    assert (await nb_wait(faults)).words[1:] == (doors[1], 1, 2, 0)


@scenario
async def test_a_call_without_grant_or_grant_reply_is_heard_and_never_answered(bench: Bench) -> None:
    """seL4 receiveIPC: the caller is simply Inactive; resumed, it calls again."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    weak = await bench.copy(endpoint, Rights.WRITE)

    async def client() -> None:
        await call(weak, 256, (3,))
        bench.log.append("answered")

    thread = await bench.thread(client, 100)
    await bench.settle()
    assert (await nb_recv(endpoint, reply)).words == (3,)
    assert bench.state(thread) == ThreadState.INACTIVE
    await send(reply, 0, ())
    await bench.resume(thread)
    await bench.settle()
    assert (await nb_recv(endpoint, reply)).words == (3,)
    assert bench.log == []


@scenario
async def test_receiving_with_a_reply_object_that_holds_a_caller_gives_that_caller_up(bench: Bench) -> None:
    """seL4 endpoint.c and thread.c: the first caller becomes Inactive and is never answered."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def client() -> None:
        bench.log.append((await call(endpoint, 256)).words)

    first = await bench.thread(client, 101)
    second = await bench.thread(client, 100)
    await bench.settle()
    await nb_recv(endpoint, reply)
    await nb_recv(endpoint, reply)
    assert bench.state(first) == ThreadState.INACTIVE
    await send(reply, 0, (1,))
    await bench.settle()
    assert bench.log == [(1,)]
    assert bench.state(second) == ThreadState.INACTIVE, "it suspended itself after its program"


async def badged_callers(bench: Bench, endpoint: int, count: int) -> list[int]:
    """`count` threads that call `endpoint` with badges 1.. and log (badge, label of the answer)."""
    caps = [await bench.mint(endpoint, badge + 1) for badge in range(count)]

    def client(badge: int) -> Program:
        async def program() -> None:
            answer = await call(caps[badge], 256)
            bench.log.append((badge + 1, answer.label))

        return program

    for badge in range(count):
        await bench.thread(client(badge), 100)
    await bench.settle()
    return caps


@scenario
async def test_cancel_badged_sends_cancels_exactly_one_badge(bench: Bench) -> None:
    """sel4test CANCEL_BADGED_SENDS_0001: after Revoke and CancelBadgedSends its Call returns InvalidCapability."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    caps = await badged_callers(bench, endpoint, 8)
    for badge in (3, 6):
        derived = caps[badge - 1]
        saved = bench.empty_slots()
        await bench.invoke(InitSlot.CNODE, Label.CNODE_MOVE, (saved, 64, derived, 64), (InitSlot.CNODE,))
        await bench.invoke(InitSlot.CNODE, Label.CNODE_CANCEL_BADGED_SENDS, (saved, 64))
        await bench.settle()
    assert bench.log == [(3, Error.INVALID_CAPABILITY), (6, Error.INVALID_CAPABILITY)]
    waiting = []
    while (message := await nb_recv(endpoint, reply)).label != UNTOUCHED:
        waiting.append(message.badge)
    assert sorted(waiting) == [1, 2, 4, 5, 7, 8]


@scenario
async def test_cancelled_senders_whose_capability_lives_queue_again(bench: Bench) -> None:
    """sel4test CANCEL_BADGED_SENDS_0002: only those whose capability is gone see the error."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    caps = await badged_callers(bench, endpoint, 3)
    await bench.invoke(InitSlot.CNODE, Label.CNODE_CANCEL_BADGED_SENDS, (caps[1], 64))
    await bench.settle()
    assert bench.log == []
    badges = [(await nb_recv(endpoint, reply)).badge for _ in range(3)]
    assert badges == [3, 1, 2], "the last thread made started first; the cancelled one is now the last"


@pytest.mark.parametrize("kind", [ObjectType.TCB, ObjectType.CNODE, ObjectType.SCHED_CONTEXT, ObjectType.UNTYPED])
def test_sending_to_a_kernel_object_what_it_does_not_understand_returns_quietly(kind: ObjectType) -> None:
    """sel4test SYSCALL0001, 0002, 0004, 0005, 0014, 0015, 0017: only a Call learns of the error."""

    @scenario
    async def nonsense(bench: Bench) -> None:
        sizes = {ObjectType.CNODE: 2, ObjectType.SCHED_CONTEXT: 8, ObjectType.UNTYPED: 12}
        target = await bench.make(kind, sizes.get(kind, 0))
        await send(target, 999, (1, 2))
        await nb_send(target, 999, (1, 2))
        assert (await call(target, 999, (1, 2))).label == Error.ILLEGAL_OPERATION

    nonsense()
