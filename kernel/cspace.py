"""Finding slots: guarded capability pointers resolved through CNodes (seL4 manual, 'CSpace Addressing')."""

from __future__ import annotations

from kernel.abi import WORD_BITS, Error, LookupFailure, ObjectType
from kernel.errors import LookupFailed, Refused
from kernel.objects import TCB, Capability, Slot


def resolve(root: Capability | None, pointer: int, bits: int) -> tuple[Slot, int]:
    """The slot that `bits` bits of `pointer` lead to, and how many bits were left over.

    Raises LookupFailed with the details that seL4 reports.
    """
    if root is None or root.kind != ObjectType.CNODE:
        raise LookupFailed(LookupFailure.INVALID_ROOT)
    node = root
    while True:
        guard_bits = node.guard_bits
        radix: int = node.object.radix
        if guard_bits > bits or (pointer >> (bits - guard_bits)) & ((1 << guard_bits) - 1) != node.badge:
            raise LookupFailed(LookupFailure.GUARD_MISMATCH, bits, node.badge, guard_bits)
        level = radix + guard_bits
        if level > bits:
            raise LookupFailed(LookupFailure.DEPTH_MISMATCH, bits, level)
        slot: Slot = node.object.slot((pointer >> (bits - level)) & ((1 << radix) - 1))
        bits -= level
        if bits == 0:
            return slot, 0
        inner = slot.cap
        if inner is None or inner.kind != ObjectType.CNODE:
            return slot, bits
        node = inner


def lookup_slot(thread: TCB, pointer: int) -> Slot:
    """The slot that a capability pointer names in a thread's CSpace; bits beyond a leaf are ignored."""
    root = thread.cspace.cap
    if root is not None and root.flat is not None and pointer < len(root.flat):
        return root.flat[pointer] or root.object.slot(pointer)
    return resolve(root, pointer, WORD_BITS)[0]


def lookup_operand(root: Capability | None, index: int, depth: int, *, source: bool) -> Slot:
    """The slot that an argument of a CNode operation names; exactly `depth` bits must be used up.

    Raises Refused (FailedLookup with `source` as its first word, or RangeError for the depth).
    """
    if root is None or root.kind != ObjectType.CNODE:
        raise Refused(Error.FAILED_LOOKUP, int(source), LookupFailure.INVALID_ROOT)
    if not 1 <= depth <= WORD_BITS:
        raise Refused(Error.RANGE_ERROR, 1, WORD_BITS)
    try:
        slot, left = resolve(root, index, depth)
    except LookupFailed as failed:
        raise Refused(Error.FAILED_LOOKUP, int(source), failed.failure, *failed.details) from None
    if left:
        raise Refused(Error.FAILED_LOOKUP, int(source), LookupFailure.DEPTH_MISMATCH, left, 0)
    return slot


def ensure_empty(slot: Slot) -> None:
    """Refuse with DeleteFirst if the slot holds something."""
    if slot.cap is not None:
        raise Refused(Error.DELETE_FIRST)
