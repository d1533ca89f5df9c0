"""Invocations of a CNode: Copy, Mint, Move, Mutate, Rotate, Delete, Revoke, CancelBadgedSends.

The order of the checks is seL4's (decodeCNodeInvocation): a request with several faults gets the same error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import costs, deletion, derivation, endpoint
from kernel.abi import Error, Label, LookupFailure, ObjectType, Rights
from kernel.cspace import ensure_empty, lookup_operand
from kernel.errors import refuse
from kernel.objects import Capability, Slot

if TYPE_CHECKING:
    from kernel.invocation import Invocation
    from kernel.kernel import Kernel

_INSERTING = frozenset({Label.CNODE_COPY, Label.CNODE_MINT, Label.CNODE_MOVE, Label.CNODE_MUTATE})


def invoke(kernel: Kernel, request: Invocation) -> tuple[int, ...]:
    """Carry out one CNode invocation."""
    label, words = request.label, request.words
    if not Label.CNODE_REVOKE <= label <= Label.CNODE_ROTATE:
        refuse(Error.ILLEGAL_OPERATION)
    if len(words) < 2:
        refuse(Error.TRUNCATED_MESSAGE)
    target = lookup_operand(request.cap, words[0], words[1], source=False)
    if label in _INSERTING:
        _insert(kernel, request, target)
    elif label == Label.CNODE_REVOKE:
        deletion.revoke(kernel, target)
    elif label == Label.CNODE_DELETE:
        deletion.delete(kernel, target, exposed=True)
    elif label == Label.CNODE_CANCEL_BADGED_SENDS:
        cap = target.cap
        if cap is None or cap.kind != ObjectType.ENDPOINT or cap.rights != Rights.ALL:
            refuse(Error.ILLEGAL_OPERATION)
        if cap.badge:
            endpoint.cancel_badged_sends(kernel, cap.object, cap.badge)
    else:
        _rotate(kernel, request, target)
    return ()


def _insert(kernel: Kernel, request: Invocation, target: Slot) -> None:
    label, words = request.label, request.words
    if len(words) < 4 or not request.extra:
        refuse(Error.TRUNCATED_MESSAGE)
    ensure_empty(target)
    source = lookup_operand(request.extra[0].cap, words[2], words[3], source=True)
    held = source.cap
    if held is None:
        refuse(Error.FAILED_LOOKUP, 1, LookupFailure.MISSING_CAPABILITY, words[3])
    needed = {Label.CNODE_COPY: 5, Label.CNODE_MINT: 6, Label.CNODE_MOVE: 4, Label.CNODE_MUTATE: 5}[Label(label)]
    if len(words) < needed:
        refuse(Error.TRUNCATED_MESSAGE)
    made: Capability | None
    if label == Label.CNODE_COPY:
        made = derivation.derive(source, derivation.mask_rights(held, words[4]))
    elif label == Label.CNODE_MINT:
        masked = derivation.mask_rights(held, words[4])
        made = derivation.derive(source, derivation.with_data(masked, words[5], preserve=False))
    elif label == Label.CNODE_MOVE:
        made = held
    else:
        made = derivation.with_data(held, words[4], preserve=True)
    if made is None:
        refuse(Error.ILLEGAL_OPERATION)
    kernel.now += costs.WORK_UNIT
    if label == Label.CNODE_COPY or label == Label.CNODE_MINT:
        derivation.insert(kernel, made, source, target)
    else:
        derivation.move(kernel, made, source, target)


def _rotate(kernel: Kernel, request: Invocation, target: Slot) -> None:
    words, extra = request.words, request.extra
    if len(words) < 8 or len(extra) < 2:
        refuse(Error.TRUNCATED_MESSAGE)
    pivot_data, pivot_index, pivot_depth, source_data, source_index, source_depth = words[2:8]
    source = lookup_operand(extra[1].cap, source_index, source_depth, source=True)
    pivot = lookup_operand(extra[0].cap, pivot_index, pivot_depth, source=True)
    if pivot is source or pivot is target:
        refuse(Error.ILLEGAL_OPERATION)
    if source is not target:
        ensure_empty(target)
    if source.cap is None:
        refuse(Error.FAILED_LOOKUP, 1, LookupFailure.MISSING_CAPABILITY, source_depth)
    if pivot.cap is None:
        refuse(Error.FAILED_LOOKUP, 0, LookupFailure.MISSING_CAPABILITY, pivot_depth)
    new_source = derivation.with_data(source.cap, source_data, preserve=True)
    new_pivot = derivation.with_data(pivot.cap, pivot_data, preserve=True)
    if new_source is None or new_pivot is None:
        refuse(Error.ILLEGAL_OPERATION)
    kernel.now += 2 * costs.WORK_UNIT
    if source is target:
        if new_source is not source.cap:
            source.cap = new_source
            derivation.emit_changed(kernel, source)
        if new_pivot is not pivot.cap:
            pivot.cap = new_pivot
            derivation.emit_changed(kernel, pivot)
        derivation.swap(kernel, source, pivot)
    else:
        derivation.move(kernel, new_pivot, pivot, target)
        derivation.move(kernel, new_source, source, pivot)
