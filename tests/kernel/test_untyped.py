"""Untyped memory: windows, watermark, reset."""

from __future__ import annotations

import pytest

from kernel.abi import Error, InitSlot, Label, ObjectType
from tests.kernel.bench import Bench, scenario

ROOT = int(InitSlot.CNODE)


async def retype(
    bench: Bench, untyped: int, kind: int, size_bits: int, slot: int, count: int = 1, node: int = ROOT
) -> object:
    words = (int(kind), size_bits, 0, 0, slot, count)
    return await bench.error(untyped, Label.UNTYPED_RETYPE, words, (node,))


@scenario
async def test_the_window_of_slots_must_lie_in_the_cnode_and_be_empty(bench: Bench) -> None:
    """sel4test RETYPE0000."""
    memory, node = await bench.untyped(16), await bench.make(ObjectType.CNODE, 3)

    async def make(slot: int, count: int) -> object:
        return await retype(bench, memory, ObjectType.CNODE, 1, slot, count, node)

    assert await make(0, 0) == (Error.RANGE_ERROR, 1, 256)
    assert await make(0, 257) == (Error.RANGE_ERROR, 1, 256)
    assert await make(8, 1) == (Error.RANGE_ERROR, 0, 7)
    assert await make(0, 9) == (Error.RANGE_ERROR, 1, 8)
    assert await make(6, 3) == (Error.RANGE_ERROR, 1, 2)
    assert await make(0, 8) == Error.NO_ERROR
    assert await make(0, 8) == Error.DELETE_FIRST
    assert await make(7, 1) == Error.DELETE_FIRST
    await bench.invoke(node, Label.CNODE_DELETE, (3, 3))
    assert await make(2, 2) == Error.DELETE_FIRST
    for index in range(8):
        await bench.invoke(node, Label.CNODE_DELETE, (index, 3))
    assert await make(0, 8) == Error.NO_ERROR


@pytest.mark.parametrize("excess", [1, 8, 40])
def test_an_object_larger_than_its_memory_is_refused(excess: int) -> None:
    """sel4test RETYPE0001: a CNode up to 2^40 times too large; the exact size succeeds."""

    @scenario
    async def too_large(bench: Bench) -> None:
        memory, slot = await bench.untyped(12), bench.empty_slots()
        assert await retype(bench, memory, ObjectType.CNODE, 7 + excess, slot) != Error.NO_ERROR
        assert await bench.is_empty(slot)
        assert await retype(bench, memory, ObjectType.CNODE, 7, slot) == Error.NO_ERROR

    too_large()


@scenario
async def test_sixteen_frames_fit_into_64_kib_and_not_one_more(bench: Bench) -> None:
    """sel4test RETYPE0002: the occupied slot is reported before the missing memory."""
    memory, slots = await bench.untyped(16), bench.empty_slots(17)
    assert await retype(bench, memory, ObjectType.FRAME, 0, slots, 1 << 20) == (Error.RANGE_ERROR, 1, 256)
    assert await retype(bench, memory, ObjectType.FRAME, 0, slots, 16) == Error.NO_ERROR
    assert await retype(bench, memory, ObjectType.FRAME, 0, slots, 16) == Error.DELETE_FIRST
    assert await retype(bench, memory, ObjectType.FRAME, 0, slots + 16) == (Error.NOT_ENOUGH_MEMORY, 0)


@scenario
async def test_memory_comes_back_only_when_nothing_made_from_it_is_left(bench: Bench) -> None:
    """seL4 untyped.c: an endpoint and a 2 KiB untyped in 4 KiB; deleting just the endpoint frees nothing."""
    memory, slots = await bench.untyped(12), bench.empty_slots(3)

    async def make(kind: ObjectType, size_bits: int, slot: int) -> object:
        return await retype(bench, memory, kind, size_bits, slot)

    assert await make(ObjectType.ENDPOINT, 0, slots) == Error.NO_ERROR
    assert await make(ObjectType.UNTYPED, 11, slots + 1) == Error.NO_ERROR
    assert await make(ObjectType.UNTYPED, 11, slots + 2) == (Error.NOT_ENOUGH_MEMORY, 0)
    await bench.delete(slots)
    assert await make(ObjectType.ENDPOINT, 0, slots) == (Error.NOT_ENOUGH_MEMORY, 0)
    await bench.delete(slots + 1)
    for slot in (slots, slots + 1):
        assert await make(ObjectType.UNTYPED, 11, slot) == Error.NO_ERROR
    assert await make(ObjectType.UNTYPED, 11, slots + 2) == (Error.NOT_ENOUGH_MEMORY, 0)


@scenario
async def test_a_copy_makes_the_original_full_until_it_is_gone(bench: Bench) -> None:
    """seL4 untyped.c: copying an Untyped with children is RevokeFirst; a copy can be used and revoked."""
    memory, slot = await bench.untyped(12), bench.empty_slots()
    copied = await bench.copy(memory)
    assert await retype(bench, memory, ObjectType.ENDPOINT, 0, slot) == (Error.NOT_ENOUGH_MEMORY, 0)
    assert await retype(bench, copied, ObjectType.ENDPOINT, 0, slot) == Error.NO_ERROR
    words = (bench.empty_slots(), 64, copied, 64, 15)
    assert await bench.error(ROOT, Label.CNODE_COPY, words, (ROOT,)) == Error.REVOKE_FIRST
    await bench.revoke(copied)
    assert await bench.is_empty(slot)
    await bench.revoke(memory)
    assert await bench.is_empty(copied)
    assert await retype(bench, memory, ObjectType.ENDPOINT, 0, slot) == Error.NO_ERROR


@pytest.mark.parametrize(
    ("kind", "size_bits", "error"),
    [
        (99, 0, (Error.INVALID_ARGUMENT, 0)),
        (ObjectType.UNTYPED, 3, (Error.INVALID_ARGUMENT, 1)),
        (ObjectType.UNTYPED, 48, (Error.RANGE_ERROR, 0, 47)),
        (ObjectType.CNODE, 0, (Error.INVALID_ARGUMENT, 1)),
        (ObjectType.CNODE, 64, (Error.RANGE_ERROR, 0, 47)),
        (ObjectType.SCHED_CONTEXT, 6, (Error.INVALID_ARGUMENT, 1)),
        (ObjectType.SCHED_CONTROL, 0, (Error.INVALID_ARGUMENT, 0)),
    ],
)
def test_impossible_types_and_sizes_are_refused(kind: int, size_bits: int, error: object) -> None:
    """seL4 decodeUntypedInvocation."""

    @scenario
    async def refused(bench: Bench) -> None:
        memory, slot = await bench.untyped(12), bench.empty_slots()
        assert await retype(bench, memory, kind, size_bits, slot) == error
        assert await bench.is_empty(slot)

    refused()


@scenario
async def test_revoke_reaches_objects_that_were_moved_to_other_cnodes(bench: Bench) -> None:
    """seL4 untyped.c: 'has children' counts any surviving descendant."""
    memory, node = await bench.untyped(12), await bench.make(ObjectType.CNODE, 2)
    endpoint = await bench.make(ObjectType.ENDPOINT, untyped=memory)
    await bench.invoke(node, Label.CNODE_MOVE, (1, 2, endpoint, 64), (ROOT,))
    assert await retype(bench, memory, ObjectType.UNTYPED, 12, bench.empty_slots()) == (
        Error.NOT_ENOUGH_MEMORY,
        4096 - 16,
    )
    await bench.revoke(memory)
    assert await bench.error(node, Label.CNODE_MOVE, (0, 2, 1, 2), (node,)) == (Error.FAILED_LOOKUP, 1, 2, 2)
    assert await bench.make(ObjectType.UNTYPED, 12, untyped=memory)
