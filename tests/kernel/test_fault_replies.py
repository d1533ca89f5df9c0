"""Faults beside replies: what the answer to a fault does, and a fault right after an answer."""

from __future__ import annotations

from kernel.abi import Fault, Rights, ThreadState
from kernel.events import REPLIED
from kernel.syscalls import call, nb_recv, recv, reply_recv, send, trap
from tests.kernel.bench import Bench, scenario


@scenario
async def test_an_answer_with_a_label_leaves_the_thread_stopped(bench: Bench) -> None:
    """seL4: handleFaultReply; after an unknown system call a label other than 0 means: do not restart it."""
    endpoint, reply = await bench.endpoint(), await bench.reply()

    async def calling_nothing() -> None:
        await trap((199,))

    threads = [await bench.thread(calling_nothing, 100, fault_handler=endpoint) for _ in range(2)]
    await bench.settle()
    for label in (1, 0):
        await nb_recv(endpoint, reply)
        await send(reply, label)
    told = {event[3]: event[8] for event in bench.events(REPLIED)}
    states = {told[thread.id]: bench.state(thread) for thread in threads}
    assert states == {2: ThreadState.INACTIVE, 1: ThreadState.RESTART}


@scenario
async def test_a_server_that_may_not_receive_answers_first_and_then_faults(bench: Bench) -> None:
    """seL4: handleRecv; the right to receive is asked for after the reply has gone out."""
    endpoint, reply, faults = await bench.endpoint(), await bench.reply(), await bench.endpoint()
    deaf = await bench.copy(endpoint, Rights.WRITE)

    async def server() -> None:
        message = await recv(endpoint, reply)
        await reply_recv(deaf, reply, 0, message.words)
        bench.log.append("received")

    async def client() -> None:
        bench.log.append((await call(endpoint, 256, (7,))).words)
        await call(endpoint, 256, (8,))

    await bench.thread(server, 100, fault_handler=faults)
    await bench.thread(client, 100)
    await bench.settle()
    assert bench.log == [(7,)]
    assert (await nb_recv(faults, await bench.reply())).label == Fault.CAP_FAULT
