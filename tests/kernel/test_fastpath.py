"""The fast path is no second semantics: with and without it the same events happen, cycle for cycle."""

from __future__ import annotations

import random
from collections.abc import Coroutine
from itertools import count
from typing import Any

import pytest

from kernel import CoroutineVehicle, Kernel
from kernel.abi import Label, ObjectType, ReceiveSlot
from kernel.events import MESSAGE, REPLIED, Event
from kernel.syscalls import call, nb_send, recv, reply_recv, signal, yield_

UNTYPED, ROOT = 16, 2
ENDPOINT, NOTIFICATION, OTHER_ENDPOINT = 100, 101, 102
REPLIES = (110, 111)


async def retype(kind: ObjectType, slot: int, size_bits: int = 0) -> None:
    """Make one object in a slot of the root CNode."""
    result = await call(UNTYPED, Label.UNTYPED_RETYPE, (kind, size_bits, 0, 0, slot, 1), (ROOT,))
    assert result.label == 0


async def start(slot: int, entry: int, priority: int, *, active: bool, period_us: int = 5000) -> None:
    """Make a thread that shares the root's spaces and start it; passive ones lose their context later."""
    await retype(ObjectType.TCB, slot)
    await retype(ObjectType.SCHED_CONTEXT, slot + 1, 8)
    words = (5000, period_us, 0, 0, 0)
    assert (await call(15, Label.SCHED_CONTROL_CONFIGURE, words, (slot + 1,))).label == 0
    assert (await call(slot, Label.TCB_CONFIGURE, (0, 0, 0x1000), (2, 3, 10))).label == 0
    assert (await call(slot, Label.TCB_SET_SCHED_PARAMS, (priority, priority), (1, slot + 1, 0))).label == 0
    assert (await call(slot, Label.TCB_WRITE_REGISTERS, (1, 1, entry))).label == 0
    if not active:
        await yield_()


def programs(seed: int, *, active: bool, server_priority: int, client_priority: int) -> dict[int, Any]:
    """Entry -> program: a server, two clients that choose lengths, rights and side calls by the seed."""

    async def server() -> None:
        message = await recv(ENDPOINT, REPLIES[0])
        for turn in count():
            words = tuple(word ^ 1 for word in message.words)
            caps = (NOTIFICATION,) if turn % 7 == 3 else ()
            slot = ReceiveSlot(ROOT, 301, 64) if turn % 5 == 3 else None
            message = await reply_recv(ENDPOINT, REPLIES[0], 7, words, caps, slot)
            if slot is not None and message.caps:
                await call(ROOT, Label.CNODE_DELETE, (301, 64))

    def client(number: int) -> Any:
        async def run() -> None:
            dice = random.Random(seed * 10 + number)
            for turn in range(60):
                words = tuple(dice.randrange(1 << 64) for _ in range(dice.choice((0, 0, 1, 2, 4, 5, 120))))
                caps = dice.choice(((), (), (), (NOTIFICATION,), (ENDPOINT, NOTIFICATION)))
                slot = dice.choice((None, None, None, ReceiveSlot(ROOT, 300, 64)))
                reply = await call(ENDPOINT, 300 + turn, words, caps, slot)
                assert reply.words == tuple(word ^ 1 for word in words)
                if dice.random() < 0.2:
                    await signal(NOTIFICATION)
                if dice.random() < 0.2:
                    await nb_send(OTHER_ENDPOINT, 1, (1,))
                if dice.random() < 0.2:
                    await yield_()

        return run

    async def root() -> None:
        await retype(ObjectType.ENDPOINT, ENDPOINT)
        await retype(ObjectType.NOTIFICATION, NOTIFICATION)
        await retype(ObjectType.ENDPOINT, OTHER_ENDPOINT)
        for slot in REPLIES:
            await retype(ObjectType.REPLY, slot)
        await start(200, 1, 254, active=active)
        await call(1, Label.TCB_SET_PRIORITY, (100,), (1,))
        if not active:
            assert (await call(201, Label.SCHED_CONTEXT_UNBIND, ())).label == 0
        await call(200, Label.TCB_SET_PRIORITY, (server_priority,), (1,))
        await call(1, Label.TCB_SET_PRIORITY, (255,), (1,))
        await start(210, 2, client_priority, active=True)
        await start(220, 3, client_priority, active=True, period_us=6000)
        await recv(OTHER_ENDPOINT, REPLIES[1])

    return {0: root, 1: server, 2: client(1), 3: client(2)}


def run(table: dict[int, Any], steps: int) -> list[Event]:
    """Boot and run to the end, `steps` entries at a time."""

    def load(entry: int, arguments: tuple[int, ...]) -> CoroutineVehicle:
        body: Coroutine[Any, Any, Any] = table[entry]()
        return CoroutineVehicle(body)

    kernel = Kernel(load)
    for _ in range(20_000):
        if kernel.run(steps) == 0:
            timeout = kernel.next_timeout()
            if timeout is None:
                break
            kernel.advance(timeout)
        kernel.check()
    return kernel.events


@pytest.mark.parametrize("active", [False, True], ids=["passive server", "active server"])
@pytest.mark.parametrize(("server_priority", "client_priority"), [(120, 100), (100, 100), (90, 100)])
@pytest.mark.parametrize("seed", [1, 2])
def test_fast_and_slow_path_make_the_same_events(
    seed: int, server_priority: int, client_priority: int, active: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def table() -> dict[int, Any]:
        return programs(seed, active=active, server_priority=server_priority, client_priority=client_priority)

    fast = run(table(), 7)
    monkeypatch.setattr("kernel.kernel.run_fast", lambda kernel, steps: 0)
    slow = run(table(), 1)
    assert sum(event[0] == MESSAGE for event in fast) >= 100
    assert sum(event[0] == REPLIED for event in fast) >= 100
    for number, (one, other) in enumerate(zip(fast, slow, strict=False)):
        assert one == other, f"event {number}"
    assert len(fast) == len(slow)


def test_slices_do_not_change_what_happens() -> None:
    def table() -> dict[int, Any]:
        return programs(3, active=True, server_priority=120, client_priority=100)

    assert run(table(), 1) == run(table(), 1000)
