"""The derivation list: who came from whom (seL4's mapping database).

All capabilities made from one original stand in one doubly linked list, parents before their children; that one
capability is the parent of another is decided by comparing them, never stored. Source of every rule: seL4's
cteInsert, cteMove, isMDBParentOf, sameRegionAs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import events
from kernel.abi import Error, ObjectType, Rights
from kernel.errors import Refused
from kernel.objects import Capability, Slot

if TYPE_CHECKING:
    from kernel.kernel import Kernel

_UNTYPED = ObjectType.UNTYPED
_ENDPOINT = ObjectType.ENDPOINT
_NOTIFICATION = ObjectType.NOTIFICATION
_CNODE = ObjectType.CNODE
_FRAME = ObjectType.FRAME
_IRQ_CONTROL = ObjectType.IRQ_CONTROL
_IRQ_HANDLER = ObjectType.IRQ_HANDLER
_ZOMBIE = ObjectType.ZOMBIE
_NOT_IN_MEMORY = frozenset({ObjectType.IRQ_CONTROL, ObjectType.IRQ_HANDLER, ObjectType.SCHED_CONTROL})


def same_region(left: Capability, right: Capability) -> bool:
    """Whether `right` lies inside what `left` names."""
    kind = left.kind
    if kind is _UNTYPED:
        if right.kind in _NOT_IN_MEMORY:
            return False
        base = left.object.address
        start = right.object.address
        return bool(
            base <= start and start + (1 << right.object.size_bits) <= base + (1 << left.object.size_bits)
        )
    if kind is _IRQ_CONTROL:
        return right.kind is _IRQ_CONTROL or right.kind is _IRQ_HANDLER
    return kind is right.kind and left.object is right.object and kind is not _ZOMBIE


def same_object(left: Capability, right: Capability) -> bool:
    """Whether both are capabilities to one object (which then is not final in either)."""
    if left.kind is _UNTYPED or (left.kind is _IRQ_CONTROL and right.kind is _IRQ_HANDLER):
        return False
    return same_region(left, right)


def is_parent(left: Slot, right: Slot) -> bool:
    """Whether the capability in `left` is an ancestor of the one in `right`, given that they are neighbours."""
    parent, child = left.cap, right.cap
    if parent is None or child is None or not left.revocable or not same_region(parent, child):
        return False
    if parent.kind is _ENDPOINT or parent.kind is _NOTIFICATION:
        return parent.badge == 0 or (parent.badge == child.badge and not right.first_badged)
    return True


def has_children(slot: Slot) -> bool:
    """Whether the capability behind it in the list was derived from it (seL4: isMDBParentOf)."""
    return slot.next is not None and is_parent(slot, slot.next)


def is_final(slot: Slot) -> bool:
    """Whether this is the last capability to its object."""
    cap = slot.cap
    assert cap is not None
    before, after = slot.prev, slot.next
    if before is not None and before.cap is not None and same_object(before.cap, cap):
        return False
    return not (after is not None and after.cap is not None and same_object(cap, after.cap))


def derive(slot: Slot, cap: Capability | None) -> Capability | None:
    """What a copy of `cap`, which stands in `slot`, is; None if this kind cannot be copied (seL4: deriveCap)."""
    if cap is None:
        return None
    kind = cap.kind
    if kind is _UNTYPED and has_children(slot):
        raise Refused(Error.REVOKE_FIRST)
    if kind is _ZOMBIE or kind is _IRQ_CONTROL:
        return None
    return cap.copy()


def mask_rights(cap: Capability, rights: int) -> Capability:
    """A copy with at most these rights. Kinds without rights are unaffected."""
    masked = cap.copy()
    kind = cap.kind
    if kind is _ENDPOINT:
        masked.rights &= rights
    elif kind is _NOTIFICATION or kind is _FRAME:
        masked.rights &= rights & (Rights.READ | Rights.WRITE)
    elif kind is ObjectType.REPLY:
        masked.rights &= rights & Rights.GRANT
    masked.rights = int(masked.rights)
    return masked


def with_data(cap: Capability, data: int, *, preserve: bool) -> Capability | None:
    """A copy with a new badge or guard; None if that is not allowed (seL4: updateCapData)."""
    kind = cap.kind
    if kind is _ENDPOINT or kind is _NOTIFICATION:
        if preserve or cap.badge != 0:
            return None
        changed = cap.copy()
        changed.badge = data
        return changed
    if kind is _CNODE:
        guard_bits = data & 63
        if guard_bits + cap.object.radix > 64:
            return None
        guard = (data >> 6) & ((1 << guard_bits) - 1)
        return Capability(_CNODE, cap.object, cap.rights, guard, guard_bits)
    return cap


def cap_word(cap: Capability) -> int:
    """The word about a capability that events carry: badge, watermark, or guard."""
    if cap.kind is _CNODE:
        return cap.badge << 6 | cap.guard_bits
    return cap.badge


def _becomes_revocable(derived: Capability, source: Capability) -> bool:
    kind = derived.kind
    if kind is _ENDPOINT or kind is _NOTIFICATION:
        return derived.badge != source.badge
    if kind is _IRQ_HANDLER:
        return source.kind is _IRQ_CONTROL
    return kind is _UNTYPED


def _emit_inserted(kernel: Kernel, slot: Slot, after: Slot | None) -> None:
    cap = slot.cap
    assert cap is not None
    kernel.emit(
        (
            events.CAP_INSERTED, kernel.now, slot.home.id, slot.index, int(cap.kind), cap.object.id, int(cap.rights),
            cap_word(cap), int(slot.revocable), int(slot.first_badged), after.home.id if after else 0,
            after.index if after else 0,
        )
    )


def emit_changed(kernel: Kernel, slot: Slot) -> None:
    """Tell the trace that the capability in a slot has new content."""
    cap = slot.cap
    assert cap is not None
    kernel.emit(
        (
            events.CAP_CHANGED, kernel.now, slot.home.id, slot.index, int(cap.kind), cap.object.id, int(cap.rights),
            cap_word(cap), int(slot.revocable), int(slot.first_badged),
        )
    )


def _link_after(slot: Slot, before: Slot) -> None:
    slot.prev = before
    slot.next = before.next
    before.next = slot
    if slot.next is not None:
        slot.next.prev = slot


def insert(kernel: Kernel, cap: Capability, source: Slot, slot: Slot) -> None:
    """Put a capability derived from `source` into an empty slot (seL4: cteInsert)."""
    origin = source.cap
    assert origin is not None
    assert slot.cap is None
    slot.cap = cap
    slot.revocable = slot.first_badged = _becomes_revocable(cap, origin)
    _link_after(slot, source)
    if cap.kind is _UNTYPED and cap.object is origin.object:
        origin.badge = 1 << origin.object.size_bits
        emit_changed(kernel, source)
    _emit_inserted(kernel, slot, source)


def insert_original(kernel: Kernel, cap: Capability, slot: Slot, parent: Slot | None) -> None:
    """Put the first capability to a new object into an empty slot, as a child of `parent` (seL4: insertNewCap)."""
    slot.cap = cap
    slot.revocable = slot.first_badged = True
    if parent is not None:
        _link_after(slot, parent)
    _emit_inserted(kernel, slot, parent)


def move(kernel: Kernel, cap: Capability, source: Slot, slot: Slot) -> None:
    """Move a capability, as `cap`, to an empty slot, with its place in the list (seL4: cteMove)."""
    changed = cap is not source.cap
    moved = source.cap
    assert moved is not None
    assert slot.cap is None
    cap.vspace, cap.vaddr, cap.mapped_rights = moved.vspace, moved.vaddr, moved.mapped_rights
    if moved.vspace is not None:
        moved.vspace.pages[moved.vaddr >> 12] = cap
    slot.cap = cap
    source.cap = None
    slot.revocable, slot.first_badged = source.revocable, source.first_badged
    source.revocable = source.first_badged = False
    before, after = source.prev, source.next
    source.prev = source.next = None
    slot.prev, slot.next = before, after
    if before is not None:
        before.next = slot
    if after is not None:
        after.prev = slot
    kernel.emit((events.CAP_MOVED, kernel.now, source.home.id, source.index, slot.home.id, slot.index))
    if changed:
        emit_changed(kernel, slot)


def swap(kernel: Kernel, one: Slot, other: Slot) -> None:
    """Exchange two slots, also when they are neighbours or empty (seL4: cteSwap)."""
    if one is other:
        return
    one_before, one_after, other_before, other_after = one.prev, one.next, other.prev, other.next
    one.cap, other.cap = other.cap, one.cap
    one.revocable, other.revocable = other.revocable, one.revocable
    one.first_badged, other.first_badged = other.first_badged, one.first_badged
    one.prev = one if other_before is one else other_before
    one.next = one if other_after is one else other_after
    other.prev = other if one_before is other else one_before
    other.next = other if one_after is other else one_after
    # Neighbours point at each other: what stood before the other is now the other itself.
    if one.prev is one:
        one.prev = other
    if one.next is one:
        one.next = other
    if other.prev is other:
        other.prev = one
    if other.next is other:
        other.next = one
    for slot in (one, other):
        if slot.prev is not None:
            slot.prev.next = slot
        if slot.next is not None:
            slot.next.prev = slot
    kernel.emit((events.CAPS_SWAPPED, kernel.now, one.home.id, one.index, other.home.id, other.index))


def remove(kernel: Kernel, slot: Slot) -> None:
    """Empty a slot; copies of a badged capability keep their own original (seL4: emptySlot)."""
    cap = slot.cap
    assert cap is not None
    before, after = slot.prev, slot.next
    if before is not None:
        before.next = after
    if after is not None:
        after.prev = before
        after.first_badged = after.first_badged or slot.first_badged
    slot.cap = None
    slot.prev = slot.next = None
    slot.revocable = slot.first_badged = False
    kernel.emit((events.CAP_REMOVED, kernel.now, slot.home.id, slot.index, cap.object.id))
