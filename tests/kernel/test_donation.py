"""Lending of scheduling contexts: who runs on whose time, and what happens when a link of the chain goes away."""

from __future__ import annotations

import pytest

from kernel.abi import Error, Fault, Label, Message, ThreadState
from kernel.syscalls import call, compute, load, nb_send, nb_send_recv, nb_send_wait, recv, reply_recv, send, wait
from tests.kernel.bench import Bench, Program, Thread, scenario


async def passive(bench: Bench, program: Program, priority: int = 100, fault_handler: int = 0) -> Thread:
    """A thread that ran until it blocked and then lost its scheduling context (which stays in `.sched_context`)."""
    thread = await bench.thread(program, priority, fault_handler=fault_handler)
    await bench.settle()
    await bench.invoke(thread.sched_context, Label.SCHED_CONTEXT_UNBIND)
    return thread


async def bind(bench: Bench, context: int, thread: Thread) -> None:
    await bench.invoke(context, Label.SCHED_CONTEXT_BIND, (), (thread.tcb,))


def adder(endpoint: int, reply: int) -> Program:
    """A server that answers every call with its first word plus one."""

    async def program() -> None:
        message = await recv(endpoint, reply)
        while True:
            message = await reply_recv(endpoint, reply, 0, (message.words[0] + 1,))

    return program


@scenario
async def test_a_call_lends_time_to_a_passive_server_and_the_reply_gives_it_back(bench: Bench) -> None:
    """sel4test IPC0014: one passive server, a client that calls it again and again."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    server = await passive(bench, adder(endpoint, reply))

    async def client() -> None:
        for number in range(10):
            bench.log.append((await call(endpoint, 256, (number,))).words)

    await bench.thread(client, 100)
    await bench.settle()
    assert bench.log == [(number + 1,) for number in range(10)]
    assert bench.state(server) == ThreadState.BLOCKED_ON_RECEIVE


@pytest.mark.parametrize("step", [0, 1, -1])
def test_time_travels_through_five_passive_proxies_and_back(step: int) -> None:
    """sel4test IPC0011, IPC0012, IPC0013, IPC0015: equal priorities, servers above, servers below the client."""

    @scenario
    async def chain(bench: Bench) -> None:
        endpoints = [await bench.endpoint() for _ in range(6)]
        replies = [await bench.reply() for _ in range(6)]

        def proxy(place: int) -> Program:
            async def program() -> None:
                message = await recv(endpoints[place], replies[place])
                while True:
                    answer = await call(endpoints[place + 1], 256, (message.words[0] + 1, *message.words[1:]))
                    message = await reply_recv(endpoints[place], replies[place], 0, answer.words)

            return program

        await passive(bench, adder(endpoints[5], replies[5]), 100 + 6 * step)
        for place in reversed(range(5)):
            await passive(bench, proxy(place), 100 + (place + 1) * step)

        async def client() -> None:
            for number in range(10):
                bench.log.append((await call(endpoints[0], 256, (number, 1, 2, 3, 4, 5, 6, 7))).words[0])

        await bench.thread(client, 100)
        await bench.settle()
        assert bench.log == [number + 6 for number in range(10)]

    chain()


@scenario
async def test_a_passive_server_that_only_replies_stops(bench: Bench) -> None:
    """sel4test IPC0016: Send on the reply object gives the time back; the client goes on, the server does not."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def server() -> None:
        await recv(endpoint, reply)
        await send(reply, 0, (7,))
        bench.log.append("server goes on")

    async def client() -> None:
        bench.log.append((await call(endpoint, 256)).words)

    await passive(bench, server)
    await bench.thread(client, 100)
    await bench.settle()
    assert bench.log == [(7,)]


@scenario
async def test_a_server_without_time_takes_a_message_but_does_not_run(bench: Bench) -> None:
    """sel4test IPC0017: Send and NBSend are accepted by a waiting server without time; the next Send blocks."""
    endpoint, other = await bench.endpoint(), await bench.endpoint()
    replies = [await bench.reply(), await bench.reply()]

    def server(source: int, reply: int) -> Program:
        async def program() -> None:
            while True:
                bench.log.append(("server", (await recv(source, reply)).words))

        return program

    async def sender() -> None:
        await nb_send(other, 256, (1,))
        await send(endpoint, 256, (2,))
        bench.log.append("first send returned")
        await send(endpoint, 256, (3,))
        bench.log.append("second send returned")

    first = await passive(bench, server(endpoint, replies[0]))
    second = await passive(bench, server(other, replies[1]))
    sending = await bench.thread(sender, 100)
    await bench.settle()
    assert bench.log == ["first send returned"]
    assert bench.state(sending) == ThreadState.BLOCKED_ON_SEND
    await bind(bench, first.sched_context, first)
    await bind(bench, second.sched_context, second)
    await bench.settle()
    assert sorted(map(str, bench.log)) == sorted(
        map(str, ["first send returned", ("server", (2,)), ("server", (3,)), "second send returned", ("server", (1,))])
    )


@scenario
async def test_a_sender_without_time_is_heard_but_does_not_run(bench: Bench) -> None:
    """sel4test IPC0018, IPC0019: the message of a blocked sender arrives; its context was unbound or deleted."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    def sender(word: int) -> Program:
        async def program() -> None:
            await send(endpoint, 256, (word,))
            bench.log.append(f"sender {word} goes on")

        return program

    one = await bench.thread(sender(1), 102)
    two = await bench.thread(sender(2), 101)
    await bench.settle()
    await bench.invoke(one.sched_context, Label.SCHED_CONTEXT_UNBIND)
    await bench.delete(two.sched_context)

    async def receiver() -> None:
        for _ in range(2):
            bench.log.append((await recv(endpoint, reply)).words)

    await bench.thread(receiver, 100)
    await bench.settle()
    assert bench.log == [(1,), (2,)]
    await bind(bench, one.sched_context, one)
    await bench.settle()
    assert bench.log == [(1,), (2,), "sender 1 goes on"]


@scenario
async def test_a_waiter_whose_context_was_deleted_stays_in_the_queue(bench: Bench) -> None:
    """sel4test IPC0020: it takes the message and runs once a new context is bound."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def receiver() -> None:
        bench.log.append((await recv(endpoint, reply)).words)

    waiting = await bench.thread(receiver, 100)
    await bench.settle()
    await bench.delete(waiting.sched_context)
    assert bench.state(waiting) == ThreadState.BLOCKED_ON_RECEIVE
    await nb_send(endpoint, 256, (9,))
    await bench.settle()
    assert bench.log == []
    await bind(bench, await bench.sched_context(), waiting)
    await bench.settle()
    assert bench.log == [(9,)]


@scenario
async def test_a_passive_fault_handler_runs_on_the_time_of_the_thread_that_faulted(bench: Bench) -> None:
    """sel4test IPC0021: the fault lends the context to the handler, whose reply returns it and restarts the thread."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    gate = await bench.notification()

    async def handler() -> None:
        message = await recv(endpoint, reply)
        for _ in range(3):
            bench.log.append(Fault(message.label))
            message = await reply_recv(endpoint, reply)
        await wait(gate)

    serving = await passive(bench, handler, 101)

    async def faulting() -> None:
        await load(0x7000_0000, 8)

    thread = await bench.thread(faulting, 100, fault_handler=endpoint)
    await bench.settle()
    assert bench.log == [Fault.VM_FAULT] * 3
    threads = bench.kernel.inspect().threads
    assert threads[serving.id].sched_context != 0
    assert threads[thread.id].sched_context == 0
    await send(reply)
    await bench.settle()
    assert bench.kernel.inspect().threads[thread.id].sched_context != 0


@scenario
async def test_ten_passive_workers_each_answer_the_client_whose_reply_object_they_were_given(bench: Bench) -> None:
    """sel4test IPC0022: a server forwards every client, with its time, to a worker of its own."""
    endpoint = await bench.endpoint()
    workers = 4
    doors = [await bench.endpoint() for _ in range(workers)]
    replies = [await bench.reply() for _ in range(workers)]
    handover = [await bench.reply() for _ in range(workers)]

    def worker(place: int) -> Program:
        async def program() -> None:
            message = await recv(doors[place], handover[place])
            await send(replies[place], 0, (message.words[0] * 10,))

        return program

    async def server() -> None:
        for place in range(workers):
            message = await recv(endpoint, replies[place])
            await nb_send(doors[place], 256, message.words)

    for place in range(workers):
        await bench.thread(worker(place), 90)
    await bench.settle()
    await bench.thread(server, 100)
    await bench.settle()

    def client(number: int) -> Program:
        async def program() -> None:
            bench.log.append((number, (await call(endpoint, 256, (number,))).words))

        return program

    for number in range(workers):
        await bench.thread(client(number), 100)
    await bench.settle()
    assert sorted(bench.log) == [(number, (number * 10,)) for number in range(workers)]


@scenario
async def test_a_context_deleted_while_lent_does_not_come_back(bench: Bench) -> None:
    """sel4test IPC0023: the answer arrives, but the client has no time to run."""
    endpoint, reply, gate = await bench.endpoint(), await bench.reply(), await bench.notification()

    async def server() -> None:
        await recv(endpoint, reply)
        await wait(gate)
        await send(reply, 0, (1,))

    async def client() -> None:
        await call(endpoint, 256)
        bench.log.append("client goes on")

    serving = await passive(bench, server)
    calling = await bench.thread(client, 100)
    await bench.settle()
    await bench.delete(calling.sched_context)
    await bind(bench, serving.sched_context, serving)
    await send(gate)
    await bench.settle()
    assert bench.state(calling) == ThreadState.RUNNING
    assert bench.log == []
    await bind(bench, await bench.sched_context(), calling)
    await bench.settle()
    assert bench.log == ["client goes on"]


@scenario
async def test_a_caller_whose_reply_object_and_then_context_are_deleted_does_not_run(bench: Bench) -> None:
    """sel4test IPC0024."""
    endpoint, reply, gate = await bench.endpoint(), await bench.reply(), await bench.notification()

    async def server() -> None:
        await recv(endpoint, reply)
        await wait(gate)
        bench.log.append("server goes on")

    async def client() -> None:
        await call(endpoint, 256)
        bench.log.append("client goes on")

    await passive(bench, server)
    calling = await bench.thread(client, 100)
    await bench.settle()
    await bench.delete(reply)
    assert bench.state(calling) == ThreadState.INACTIVE
    await bench.delete(calling.sched_context)
    await bench.resume(calling)
    await send(gate)
    await bench.settle()
    assert bench.log == []


@pytest.mark.parametrize("length", [0, 1, 4, 5, 64, 120])
def test_two_threads_answer_each_other_with_nb_send_recv(length: int) -> None:
    """sel4test IPC0025 (and IPC0026): the message arrives whole, whatever its length."""

    @scenario
    async def exchange(bench: Bench) -> None:
        one, two = await bench.endpoint(), await bench.endpoint()
        replies = [await bench.reply(), await bench.reply()]
        words = tuple(range(100, 100 + length))

        async def first() -> None:
            bench.log.append(("first", (await recv(one, replies[0])).words))
            message: Message = await nb_send_recv(two, 256, words, (), one, replies[0])
            bench.log.append(("first", message.words))

        async def second() -> None:
            for _ in range(2):
                message: Message = await nb_send_recv(one, 256, words, (), two, replies[1])
                bench.log.append(("second", message.words))

        await bench.thread(first, 101)
        await bench.thread(second, 100)
        await bench.settle()
        assert bench.log == [("first", words), ("second", words), ("first", words)]

    exchange()


@pytest.mark.parametrize("client_first", [True, False])
def test_a_client_above_its_passive_server_is_served(client_first: bool) -> None:
    """sel4test IPC0027: the server runs on the client's time at its own, lower priority; either may start first."""

    @scenario
    async def serve(bench: Bench) -> None:
        endpoint, reply = await bench.endpoint(), await bench.reply()

        async def client() -> None:
            bench.log.append((await call(endpoint, 256, (1,))).words)

        if client_first:
            await bench.thread(client, 120)
            await bench.settle()
        server = await bench.thread(adder(endpoint, reply), 100)
        await bench.settle()
        if not client_first:
            await bench.invoke(server.sched_context, Label.SCHED_CONTEXT_UNBIND)
            await bench.thread(client, 120)
            await bench.settle()
        assert bench.log == [(2,)]

    serve()


@scenario
async def test_nb_send_wait_lends_time_where_nb_send_does_not(bench: Bench) -> None:
    """seL4 manual, 'Scheduling Contexts': NBSendWait donates; SCHED_CONTEXT_0008 moves a context like this."""
    endpoint, gate = await bench.endpoint(), await bench.notification()
    reply = await bench.reply()

    async def server() -> None:
        bench.log.append((await recv(endpoint, reply)).words)

    async def client() -> None:
        await nb_send_wait(endpoint, 256, (5,), (), gate)

    serving = await passive(bench, server)
    calling = await bench.thread(client, 100)
    await bench.settle()
    assert bench.log == [(5,)]
    assert bench.kernel.inspect().threads[calling.id].sched_context == 0
    await bench.suspend(serving)


@scenario
async def test_a_thread_with_time_of_its_own_borrows_none(bench: Bench) -> None:
    """seL4 manual, 'Scheduling Contexts': only a thread without a context receives one with a call."""
    endpoint, reply, gate = await bench.endpoint(), await bench.reply(), await bench.notification()

    async def server() -> None:
        await recv(endpoint, reply)
        await compute(10)
        await wait(gate)

    async def client() -> None:
        await call(endpoint, 256)

    serving = await bench.thread(server, 100)
    calling = await bench.thread(client, 90)
    await bench.settle()
    threads = bench.kernel.inspect().threads
    assert threads[serving.id].sched_context != threads[calling.id].sched_context
    assert threads[calling.id].sched_context != 0


@scenario
async def test_a_context_that_wandered_to_a_server_can_be_bound_again_when_the_server_is_deleted(bench: Bench) -> None:
    """sel4test SCHED_CONTEXT_0008: NBSendWait moves it through a proxy; it is free once the holder's TCB is gone."""
    doors = [await bench.endpoint(), await bench.endpoint()]
    reply, never = await bench.reply(), await bench.notification()

    async def server() -> None:
        bench.log.append(("server", (await recv(doors[1], reply)).words))
        await wait(never)

    async def proxy() -> None:
        message = await wait(doors[0])
        await nb_send_wait(doors[1], 256, message.words, (), doors[0])

    async def client() -> None:
        await nb_send_wait(doors[0], 256, (7,), (), never)
        bench.log.append("client goes on")

    serving = await passive(bench, server)
    await passive(bench, proxy)
    calling = await bench.thread(client, 100)
    await bench.settle()
    assert bench.log == [("server", (7,))]
    illegal = await bench.error(calling.sched_context, Label.SCHED_CONTEXT_BIND, (), (calling.tcb,))
    assert illegal == Error.ILLEGAL_OPERATION
    await bench.delete(serving.tcb)
    await bind(bench, calling.sched_context, calling)
    await send(never)
    await bench.settle()
    assert bench.log == [("server", (7,)), "client goes on"]
