"""Untyped memory: the only source of kernel objects (seL4: decodeUntypedInvocation, invokeUntyped_Retype)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import costs, derivation, events
from kernel.abi import (
    MAX_RETYPE_OBJECTS,
    MAX_UNTYPED_BITS,
    MIN_SCHED_CONTEXT_BITS,
    MIN_UNTYPED_BITS,
    OBJECT_SIZE_BITS,
    SLOT_BITS,
    WORD_BITS,
    Error,
    Label,
    LookupFailure,
    ObjectType,
    Rights,
)
from kernel.cspace import ensure_empty, lookup_operand
from kernel.errors import refuse
from kernel.objects import (
    TCB,
    Capability,
    CNode,
    Endpoint,
    Frame,
    Notification,
    Object,
    Reply,
    SchedContext,
    Slot,
    Untyped,
    VSpace,
)

if TYPE_CHECKING:
    from kernel.invocation import Invocation
    from kernel.kernel import Kernel

_CLASSES: dict[ObjectType, type[Object]] = {
    ObjectType.TCB: TCB,
    ObjectType.ENDPOINT: Endpoint,
    ObjectType.NOTIFICATION: Notification,
    ObjectType.CNODE: CNode,
    ObjectType.SCHED_CONTEXT: SchedContext,
    ObjectType.REPLY: Reply,
    ObjectType.FRAME: Frame,
    ObjectType.VSPACE: VSpace,
}

_RIGHTS = {
    ObjectType.ENDPOINT: int(Rights.ALL),
    ObjectType.NOTIFICATION: int(Rights.READ | Rights.WRITE),
    ObjectType.REPLY: int(Rights.GRANT),
    ObjectType.FRAME: int(Rights.READ | Rights.WRITE),
}


def object_size_bits(kind: ObjectType, size_bits: int) -> int:
    """log2 of the bytes that one object takes."""
    if kind == ObjectType.CNODE:
        return size_bits + SLOT_BITS
    return OBJECT_SIZE_BITS.get(kind, size_bits)


def invoke(kernel: Kernel, request: Invocation) -> tuple[int, ...]:
    """Untyped_Retype: words (type, size_bits, node_index, node_depth, node_offset, count), capability (root)."""
    words = request.words
    if request.label != Label.UNTYPED_RETYPE:
        refuse(Error.ILLEGAL_OPERATION)
    if len(words) < 6 or not request.extra:
        refuse(Error.TRUNCATED_MESSAGE)
    type_word, size_bits, node_index, node_depth, offset, count = words[:6]
    kind = _checked_type(type_word, size_bits)
    node = _destination(request.extra[0], node_index, node_depth)
    slots = _window(node, offset, count)
    slot, cap = request.slot, request.cap
    untyped: Untyped = cap.object
    fresh = not derivation.has_children(slot)
    used = 0 if fresh else cap.badge
    bits = object_size_bits(kind, size_bits)
    available = (1 << untyped.size_bits) - used
    start = untyped.address + used
    aligned = (start + (1 << bits) - 1) >> bits << bits
    if (available >> bits) < count or aligned + (count << bits) > untyped.address + (1 << untyped.size_bits):
        refuse(Error.NOT_ENOUGH_MEMORY, available)
    if untyped.device and kind not in (ObjectType.FRAME, ObjectType.UNTYPED):
        refuse(Error.INVALID_ARGUMENT, 1)
    if fresh and cap.badge:
        _reset(kernel, slot, cap)
        aligned = untyped.address
    cap.badge = aligned + (count << bits) - untyped.address
    derivation.emit_changed(kernel, slot)
    for number, destination in enumerate(slots):
        kernel.now += costs.WORK_UNIT
        make(kernel, kind, aligned + (number << bits), bits, destination, slot)
    return ()


def make(kernel: Kernel, kind: ObjectType, address: int, bits: int, slot: Slot, parent: Slot | None) -> Object:
    """Create one object and put its original capability into `slot`."""
    untyped: Untyped | None = parent.cap.object if parent is not None and parent.cap is not None else None
    device = untyped is not None and untyped.device
    made: Object
    if kind == ObjectType.UNTYPED:
        made = Untyped(kernel.new_id(), address, bits, device)
    else:
        made = _CLASSES[kind](kernel.new_id(), address, bits)
        kernel.object_count += 1
    if isinstance(made, Frame):
        kernel.frames[address] = made
        if device:
            kernel.attach_device(made)
    elif isinstance(made, TCB):
        kernel.threads[made.id] = made
    kernel.emit(
        (events.OBJECT_CREATED, kernel.now, made.id, int(kind), bits, address, untyped.id if untyped else 0)
    )
    derivation.insert_original(kernel, Capability(kind, made, _RIGHTS.get(kind, 0)), slot, parent)
    return made


def _checked_type(type_word: int, size_bits: int) -> ObjectType:
    if type_word > ObjectType.VSPACE:
        refuse(Error.INVALID_ARGUMENT, 0)
    kind = ObjectType(type_word)
    if size_bits >= WORD_BITS or object_size_bits(kind, size_bits) > MAX_UNTYPED_BITS:
        refuse(Error.RANGE_ERROR, 0, MAX_UNTYPED_BITS)
    smallest = {
        ObjectType.CNODE: 1,
        ObjectType.UNTYPED: MIN_UNTYPED_BITS,
        ObjectType.SCHED_CONTEXT: MIN_SCHED_CONTEXT_BITS,
    }.get(kind, 0)
    if size_bits < smallest:
        refuse(Error.INVALID_ARGUMENT, 1)
    return kind


def _destination(root: Slot, index: int, depth: int) -> CNode:
    cap = root.cap if depth == 0 else lookup_operand(root.cap, index, depth, source=False).cap
    if cap is None or cap.kind != ObjectType.CNODE:
        refuse(Error.FAILED_LOOKUP, 0, LookupFailure.MISSING_CAPABILITY, depth)
    node: CNode = cap.object
    return node


def _window(node: CNode, offset: int, count: int) -> list[Slot]:
    size = 1 << node.radix
    if offset > size - 1:
        refuse(Error.RANGE_ERROR, 0, size - 1)
    if not 1 <= count <= MAX_RETYPE_OBJECTS:
        refuse(Error.RANGE_ERROR, 1, MAX_RETYPE_OBJECTS)
    if count > size - offset:
        refuse(Error.RANGE_ERROR, 1, size - offset)
    slots = [node.slot(offset + number) for number in range(count)]
    for slot in slots:
        ensure_empty(slot)
    return slots


def _reset(kernel: Kernel, slot: Slot, cap: Capability) -> None:
    """Clear what was used, chunk by chunk from the top, with preemption points (seL4: resetUntypedCap)."""
    step = costs.CLEAR_CHUNK_BYTES * costs.PREEMPTION_UNITS
    while cap.badge > 0:
        cleared = min(step, cap.badge)
        cap.badge -= cleared
        kernel.now += costs.CLEAR_CHUNK * (cleared // costs.CLEAR_CHUNK_BYTES + 1)
        if cap.badge > 0:
            derivation.emit_changed(kernel, slot)
            kernel.preemption_point(costs.PREEMPTION_UNITS)
