"""The lesson on memory fails on a kernel that does not charge, or does not give back."""

from __future__ import annotations

from kernel import deletion, untyped
from tests.lessons.mutations import demand_failure, rewritten

SHARED = 95
"""Objects that there are when the bomb has done what it can."""


def test_who_pays_fails_when_nobody_is_charged_for_threads() -> None:
    charge = "cap.badge = aligned + (count << bits) - untyped.address"
    free = f"{charge} if kind != ObjectType.TCB else used"
    with rewritten(untyped.invoke, charge, free):
        demand_failure("who-pays", "`made` of the reply is 16", "the reply is the error NOT_ENOUGH_MEMORY")


def test_who_pays_fails_when_memory_is_not_given_back() -> None:
    with rewritten(untyped.invoke, "used = 0 if fresh else cap.badge", "used = cap.badge"):
        demand_failure("who-pays", "`made` of the reply is 16")


def test_who_pays_fails_when_revoking_an_untyped_leaves_the_last_thread() -> None:
    spared = (
        "while slot.next is not None and not (slot.cap.kind == ObjectType.UNTYPED and slot.cap.object.size_bits == 15 "
        "and slot.next.next is not None and not derivation.is_parent(slot, slot.next.next)) and"
    )
    with rewritten(deletion.revoke, "while slot.next is not None and", spared):
        demand_failure("who-pays", "the count of object-destroyed is 16: the count is 15")


def test_who_pays_fails_when_all_programs_share_one_stock() -> None:
    limit = "untyped.address + (1 << untyped.size_bits):"
    with rewritten(untyped.invoke, limit, f"{limit[:-1]} or kernel.object_count >= {SHARED}:"):
        demand_failure("who-pays", "`made` of the reply is 1: it has none")
