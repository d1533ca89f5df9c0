"""CNode operations and the derivation tree: every capability that a test makes is accounted for afterwards."""

from __future__ import annotations

import pytest

from kernel.abi import Error, InitSlot, Label, LookupFailure, ObjectType, Rights
from kernel.syscalls import call
from tests.kernel.bench import Bench, scenario

ROOT = int(InitSlot.CNODE)
MISSING = (Error.FAILED_LOOKUP, 1, int(LookupFailure.MISSING_CAPABILITY), 64)


async def survivors(bench: Bench, slots: dict[str, int]) -> str:
    """Names of the slots that hold something."""
    return " ".join([name for name, slot in slots.items() if not await bench.is_empty(slot)])


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (Label.CNODE_COPY, (15,)),
        (Label.CNODE_MINT, (15, 0)),
        (Label.CNODE_MOVE, ()),
        (Label.CNODE_MUTATE, (0,)),
    ],
)
def test_destination_is_looked_at_before_source(label: Label, words: tuple[int, ...]) -> None:
    """sel4test CNODEOP0001, CNODEOP0003, CNODEOP0004, CNODEOP0005: the same four situations for each operation."""

    @scenario
    async def situations(bench: Bench) -> None:
        first, second = await bench.make(ObjectType.TCB), await bench.make(ObjectType.TCB)
        empty, other = bench.empty_slots(), bench.empty_slots()

        async def attempt(to: int, source: int) -> object:
            return await bench.error(ROOT, label, (to, 64, source, 64, *words), (ROOT,))

        assert await attempt(second, first) == Error.DELETE_FIRST
        assert await attempt(second, empty) == Error.DELETE_FIRST
        assert await attempt(other, empty) == MISSING
        assert await attempt(other, first) == Error.NO_ERROR
        assert not await bench.is_empty(other)
        assert await bench.is_empty(first) == (label in (Label.CNODE_MOVE, Label.CNODE_MUTATE))
        assert await attempt(empty, empty) == MISSING
        assert await attempt(other, other) == Error.DELETE_FIRST

    situations()


@scenario
async def test_delete_and_revoke_of_an_empty_slot_succeed(bench: Bench) -> None:
    """sel4test CNODEOP0002, CNODEOP0007: and Revoke keeps the capability itself."""
    endpoint, empty = await bench.endpoint(), bench.empty_slots()
    await bench.delete(empty)
    await bench.revoke(empty)
    await bench.revoke(endpoint)
    assert not await bench.is_empty(endpoint)
    await bench.delete(endpoint)
    assert await bench.is_empty(endpoint)


@scenario
async def test_rotate_moves_two_capabilities_or_swaps_them(bench: Bench) -> None:
    """sel4test CNODEOP0008."""
    source, pivot = await bench.make(ObjectType.TCB), await bench.make(ObjectType.TCB)
    target, empty = bench.empty_slots(), bench.empty_slots()

    async def rotate(to: int, middle: int, origin: int) -> object:
        words = (to, 64, 0, middle, 64, 0, origin, 64)
        return await bench.error(ROOT, Label.CNODE_ROTATE, words, (ROOT, ROOT))

    assert await rotate(target, pivot, pivot) == Error.ILLEGAL_OPERATION
    assert await rotate(pivot, pivot, source) == Error.ILLEGAL_OPERATION
    assert await rotate(target, pivot, empty) == MISSING
    assert await rotate(target, empty, source) == (Error.FAILED_LOOKUP, 0, *MISSING[2:])
    assert await rotate(target, pivot, source) == Error.NO_ERROR
    assert await survivors(bench, {"source": source, "pivot": pivot, "target": target}) == "pivot target"
    assert await rotate(target, pivot, target) == Error.NO_ERROR, "destination is the source: they are swapped"
    assert await rotate(target, source, pivot) == Error.DELETE_FIRST


@scenario
async def test_cancel_badged_sends_needs_an_endpoint_with_all_rights(bench: Bench) -> None:
    """sel4test CNODEOP0006."""
    endpoint, notification, empty = await bench.endpoint(), await bench.notification(), bench.empty_slots()
    weak = await bench.copy(endpoint, Rights.WRITE | Rights.READ | Rights.GRANT)

    async def cancel(slot: int) -> object:
        return await bench.error(ROOT, Label.CNODE_CANCEL_BADGED_SENDS, (slot, 64))

    assert await cancel(endpoint) == Error.NO_ERROR
    assert not await bench.is_empty(endpoint)
    for slot in (notification, empty, weak):
        assert await cancel(slot) == Error.ILLEGAL_OPERATION


@scenario
async def test_a_badge_is_given_once_and_only_by_mint(bench: Bench) -> None:
    """sel4test SMC0002 to SMC0006 by analogy: copy, mint once, never again, not even with the same badge or 0."""
    endpoint = await bench.endpoint()
    badged = await bench.mint(endpoint, 5)
    copied = await bench.copy(badged)
    for badge in (0, 5, 6):
        slot = bench.empty_slots()
        words = (slot, 64, copied, 64, 15, badge)
        assert await bench.error(ROOT, Label.CNODE_MINT, words, (ROOT,)) == Error.ILLEGAL_OPERATION
        mutate = (slot, 64, endpoint, 64, badge)
        assert await bench.error(ROOT, Label.CNODE_MUTATE, mutate, (ROOT,)) == Error.ILLEGAL_OPERATION
        assert await bench.is_empty(slot)


async def family(bench: Bench) -> dict[str, int]:
    """seL4 isMDBParentOf, on this tree: EP -> A, B (of A), M1 (badge 5) -> C1 -> C2, M2 (badge 5), M3 (badge 6)."""
    ep = await bench.endpoint()
    a = await bench.copy(ep)
    b = await bench.copy(a)
    m1, m2 = await bench.mint(ep, 5), await bench.mint(ep, 5)
    c1 = await bench.copy(m1)
    m3 = await bench.mint(ep, 6)
    c2 = await bench.copy(c1)
    return {"EP": ep, "A": a, "B": b, "M1": m1, "M2": m2, "M3": m3, "C1": c1, "C2": c2}


@pytest.mark.parametrize(
    ("revoked", "left"),
    [
        ("A", "EP A B M1 M2 M3 C1 C2"),
        ("C1", "EP A B M1 M2 M3 C1 C2"),
        ("M1", "EP A B M1 M2 M3"),
        ("M2", "EP A B M1 M2 M3 C1 C2"),
        ("EP", "EP"),
    ],
)
def test_revoke_deletes_what_was_derived_from_an_original_and_nothing_else(revoked: str, left: str) -> None:
    """sel4test SMC0003, SMC0007, SMC0008 by analogy, and the tree that seL4's isMDBParentOf makes."""

    @scenario
    async def revoke(bench: Bench) -> None:
        slots = await family(bench)
        await bench.revoke(slots[revoked])
        assert await survivors(bench, slots) == left

    revoke()


@scenario
async def test_copies_of_a_deleted_badged_original_do_not_become_children_of_its_namesake(bench: Bench) -> None:
    """seL4 isMDBParentOf: delete M1, then revoke M2 (same badge): C1 and C2 stay."""
    slots = await family(bench)
    await bench.delete(slots["M1"])
    await bench.revoke(slots["M2"])
    assert await survivors(bench, slots) == "EP A B M2 M3 C1 C2"


@scenario
async def test_a_moved_original_keeps_its_children(bench: Bench) -> None:
    """seL4 isMDBParentOf: Move EP -> N, then Revoke N deletes the whole family."""
    slots = await family(bench)
    moved = bench.empty_slots()
    await bench.invoke(ROOT, Label.CNODE_MOVE, (moved, 64, slots["EP"], 64), (ROOT,))
    await bench.revoke(moved)
    assert await survivors(bench, slots) == ""
    assert not await bench.is_empty(moved)


@scenario
async def test_what_a_copy_minted_is_a_child_of_the_original(bench: Bench) -> None:
    """seL4 isMDBParentOf: minting from copy A is allowed and revoking EP takes the result."""
    slots = await family(bench)
    minted = await bench.mint(slots["A"], 9)
    await bench.revoke(slots["EP"])
    assert await bench.is_empty(minted)


@scenario
async def test_only_the_exact_pointer_resolves_through_a_chain_of_one_bit_cnodes(bench: Bench) -> None:
    """sel4test CSPACE0001: 64 CNodes of radix 1; one bit off is another slot."""
    pointer = 0xA5A5_5A5A_C3C3_3C3C
    bits = [(pointer >> (63 - place)) & 1 for place in range(64)]
    first = await bench.make(ObjectType.CNODE, 1, count=64)
    for place in range(63):
        words = (bits[place], 1, first + place + 1, 64, 15)
        await bench.invoke(first + place, Label.CNODE_COPY, words, (ROOT,))
    await bench.invoke(first + 63, Label.CNODE_COPY, (bits[63], 1, InitSlot.TCB, 64, 15), (ROOT,))
    chain = first

    async def prober() -> None:
        bench.log.append(Error((await call(pointer, 0)).label))
        for place in range(64):
            bench.log.append(Error((await call(pointer ^ (1 << place), 0)).label))
        for other in range(64):
            bench.log.append(Error((await call(other, 0)).label))

    faults = await bench.endpoint()
    await bench.thread(prober, 100, cspace=chain, fault_handler=faults, may_raise=True)
    await bench.settle()
    assert bench.log[0] == Error.ILLEGAL_OPERATION, "the TCB was found; label 0 means nothing to it"
    assert set(bench.log[1:]) == {Error.INVALID_CAPABILITY}
    assert len(bench.log) == 129


@pytest.mark.parametrize(("depth", "error"), [(0, (Error.RANGE_ERROR, 1, 64)), (65, (Error.RANGE_ERROR, 1, 64))])
def test_a_depth_outside_1_to_64_is_a_range_error(depth: int, error: object) -> None:
    """seL4 lookupSlotForCNodeOp."""

    @scenario
    async def depths(bench: Bench) -> None:
        assert await bench.error(ROOT, Label.CNODE_DELETE, (5, depth)) == error

    depths()


@scenario
async def test_guard_and_depth_mismatches_say_what_they_found(bench: Bench) -> None:
    """seL4 cspace.c: GuardMismatch(bits left, guard, guard bits), DepthMismatch(bits left, bits found)."""
    node = await bench.make(ObjectType.CNODE, 4)
    guarded = await bench.mint(node, 0b101 << 6 | 3)

    async def delete(cnode: int, index: int, depth: int) -> object:
        return await bench.error(cnode, Label.CNODE_DELETE, (index, depth))

    assert await delete(guarded, 0b101_0011, 7) == Error.NO_ERROR
    assert await delete(guarded, 0b100_0011, 7) == (Error.FAILED_LOOKUP, 0, LookupFailure.GUARD_MISMATCH, 7, 0b101, 3)
    assert await delete(guarded, 0b101, 3) == (Error.FAILED_LOOKUP, 0, LookupFailure.DEPTH_MISMATCH, 3, 7)
    assert await delete(guarded, 0b101_0011_0, 8) == (Error.FAILED_LOOKUP, 0, LookupFailure.DEPTH_MISMATCH, 1, 0)
    again = await bench.mint(guarded, 0)
    assert await delete(again, 3, 4) == Error.NO_ERROR, "data 0 takes the guard away"


@scenario
async def test_deleting_the_last_capability_of_a_cnode_deletes_what_was_only_in_it(bench: Bench) -> None:
    """seL4 finaliseCap: slots elsewhere survive; a nested CNode is cut off, and its memory comes back by Revoke."""
    memory = await bench.untyped(12)
    outer = await bench.make(ObjectType.CNODE, 3)
    inner = await bench.make(ObjectType.CNODE, 3, untyped=memory)
    endpoint = await bench.endpoint()
    copied = await bench.copy(endpoint)
    await bench.invoke(inner, Label.CNODE_MOVE, (2, 3, endpoint, 64), (ROOT,))
    await bench.invoke(outer, Label.CNODE_MOVE, (5, 3, inner, 64), (ROOT,))
    await bench.delete(outer)
    assert await survivors(bench, {"outer": outer, "inner": inner, "copy": copied}) == "copy"
    await bench.revoke(memory)
    assert await bench.make(ObjectType.UNTYPED, 12, untyped=memory)


@scenario
async def test_a_cnode_that_holds_its_own_only_capability_can_be_deleted_by_revoking_its_memory(bench: Bench) -> None:
    """seL4 finaliseCap: a cycle of Zombies ends."""
    memory = await bench.untyped(12)
    node = await bench.make(ObjectType.CNODE, 3, untyped=memory)
    await bench.invoke(node, Label.CNODE_MOVE, (1, 3, node, 64), (ROOT,))
    assert await bench.is_empty(node)
    await bench.revoke(memory)
    assert await bench.make(ObjectType.UNTYPED, 12, untyped=memory)
