"""Deleting and revoking capabilities, and what the last capability to an object takes with it.

Long deletions are preemptible: a slot then holds a Zombie, and the system call is executed again until it is done.
Source of the algorithm: seL4's cteDelete, finaliseSlot, reduceZombie, cteRevoke, finaliseCap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import derivation, endpoint, events, irq, memory, notification, reply, schedcontext, tcb
from kernel.abi import ObjectType, ThreadState
from kernel.objects import Capability, CNode, Slot

if TYPE_CHECKING:
    from kernel.kernel import Kernel


def revoke(kernel: Kernel, slot: Slot) -> None:
    """Delete every descendant of a capability; the capability stays. Raises Preempted."""
    while slot.next is not None and derivation.is_parent(slot, slot.next):
        delete(kernel, slot.next, exposed=True)
        kernel.preemption_point()


def delete(kernel: Kernel, slot: Slot, *, exposed: bool) -> None:
    """Empty a slot; finalise the object if this was its last capability. Raises Preempted."""
    cap = slot.cap
    if cap is None:
        return
    removable = _finalise_slot(kernel, slot, exposed)
    if (exposed or removable) and slot.cap is not None:
        gone = slot.cap
        last = gone.kind == ObjectType.ZOMBIE or derivation.is_final(slot)
        derivation.remove(kernel, slot)
        if last:
            _destroyed(kernel, gone)


def _destroyed(kernel: Kernel, cap: Capability) -> None:
    """Tell that an object is gone, after its last reference is."""
    kind = cap.kind
    if kind == ObjectType.UNTYPED:
        return
    if kind == ObjectType.IRQ_HANDLER:
        irq.forget(kernel, cap.object)
    elif kind == ObjectType.FRAME:
        kernel.frames.pop(cap.object.address, None)
    if kind != ObjectType.IRQ_CONTROL and kind != ObjectType.SCHED_CONTROL:
        kernel.object_count -= 1
        kernel.threads.pop(cap.object.id, None)
        kernel.emit((events.OBJECT_DESTROYED, kernel.now, cap.object.id))


def _slots_of(cap: Capability, number: int) -> Slot:
    target = cap.object
    if isinstance(target, CNode):
        return target.slot(number)
    slot: Slot = target.slots[number]
    return slot


def _finalise_slot(kernel: Kernel, slot: Slot, exposed: bool) -> bool:
    """Do what must happen before the slot can be emptied; False if it holds a Zombie that leads to itself."""
    while slot.cap is not None:
        _finalise(kernel, slot, derivation.is_final(slot))
        cap = slot.cap
        if cap.kind != ObjectType.ZOMBIE:
            return True
        first = _slots_of(cap, 0)
        if cap.slots_left == 0 or (cap.slots_left == 1 and first is slot):
            return True
        if not exposed and first is slot:
            return False
        _reduce_zombie(kernel, slot, cap, exposed)
        kernel.preemption_point()
    return True


def _reduce_zombie(kernel: Kernel, slot: Slot, cap: Capability, exposed: bool) -> None:
    first = _slots_of(cap, 0)
    if not exposed:
        derivation.swap(kernel, first, slot)
        return
    left = cap.slots_left
    target = cap.object
    while left > 1 and isinstance(target, CNode) and target.slots[left - 1] is None:
        left -= 1  # never touched, hence empty: no work
    cap.slots_left = left
    last = _slots_of(cap, left - 1)
    delete(kernel, last, exposed=False)
    now = slot.cap
    if now is cap:
        cap.slots_left = left - 1


def _finalise(kernel: Kernel, slot: Slot, final: bool) -> None:
    """Cut what leads to an object whose last capability is about to go (seL4: finaliseCap)."""
    cap = slot.cap
    assert cap is not None
    kind, target = cap.kind, cap.object
    if kind == ObjectType.FRAME:
        memory.unmap(kernel, slot)
    if not final or kind == ObjectType.ZOMBIE:
        return
    if kind == ObjectType.ENDPOINT:
        endpoint.cancel_all(kernel, target)
    elif kind == ObjectType.NOTIFICATION:
        schedcontext.unbind_notification(kernel, target.sched_context)
        if target.bound is not None:
            notification.unbind(kernel, target.bound)
        notification.cancel_all(kernel, target)
    elif kind == ObjectType.REPLY:
        _finalise_reply(kernel, target)
    elif kind == ObjectType.SCHED_CONTEXT:
        schedcontext.finalise(kernel, target)
    elif kind == ObjectType.VSPACE:
        memory.clear(kernel, target)
    elif kind == ObjectType.IRQ_HANDLER:
        irq.clear_handler(kernel, target)
    elif kind == ObjectType.CNODE:
        _make_zombie(kernel, slot, 1 << target.radix)
    elif kind == ObjectType.TCB:
        notification.unbind(kernel, target)
        context = target.sched_context
        if context is not None:
            schedcontext.unbind_tcb(kernel, context)
            if context.yield_from is not None:
                schedcontext.complete_yield_to(kernel, context.yield_from)
        tcb.suspend(kernel, target)
        tcb.stop_vehicle(target)
        _make_zombie(kernel, slot, len(target.slots))


def _finalise_reply(kernel: Kernel, target: reply.Reply) -> None:
    holder = target.tcb
    if holder is None:
        return
    if holder.state == ThreadState.BLOCKED_ON_REPLY:
        reply.remove(kernel, target, holder)
    else:
        endpoint.cancel_ipc(kernel, holder)


def _make_zombie(kernel: Kernel, slot: Slot, slots: int) -> None:
    cap = slot.cap
    assert cap is not None
    zombie = Capability(ObjectType.ZOMBIE, cap.object)
    zombie.slots_left = slots
    slot.cap = zombie
    derivation.emit_changed(kernel, slot)
