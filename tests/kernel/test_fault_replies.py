"""What the answer to a fault does to the thread, and what is told of it."""

from __future__ import annotations

from kernel.abi import ThreadState
from kernel.events import REPLIED
from kernel.syscalls import nb_recv, send, trap
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
