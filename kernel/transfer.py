"""What travels with a message: words, and up to three extra capabilities (seL4: doIPCTransfer, transferCaps)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kernel import costs, derivation
from kernel.abi import MAX_EXTRA_CAPS, REGISTER_WORDS, Message, ObjectType, Rights
from kernel.cspace import lookup_operand, lookup_slot
from kernel.errors import LookupFailed, Refused
from kernel.objects import TCB, Endpoint, Slot

if TYPE_CHECKING:
    from kernel.kernel import Kernel


# Plain numbers: combining flags takes longer than the rest of the look.
_READ: Final = int(Rights.READ)
_READ_AND_WRITE: Final = int(Rights.READ | Rights.WRITE)


def has_buffer(thread: TCB, *, receiving: bool = False) -> bool:
    """Whether the thread has an IPC buffer that can be read, and to receive also written (seL4: lookupIPCBuffer).

    Without one only four words and no capabilities travel.
    """
    cap = thread.ipc_buffer.cap
    needed = _READ_AND_WRITE if receiving else _READ
    return cap is not None and cap.rights & needed == needed


def message(
    kernel: Kernel, sender: TCB, receiver: TCB, endpoint: Endpoint | None, badge: int, *, can_grant: bool
) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Copy the sender's message or fault to the receiver; the result is for the trace: label, words, objects moved."""
    moved: tuple[int, ...] = ()
    if sender.fault is not None:
        label, words = sender.fault
        if len(words) > REGISTER_WORDS and not has_buffer(receiver, receiving=True):
            words = words[:REGISTER_WORDS]
        receiver.value = Message(badge, label, words)
        return label, words, moved
    label, words, pointers = sender.message
    if len(words) > REGISTER_WORDS and not (has_buffer(sender) and has_buffer(receiver, receiving=True)):
        words = words[:REGISTER_WORDS]
    kernel.now += costs.MESSAGE_WORD * len(words)
    if pointers and can_grant and has_buffer(receiver, receiving=True) and has_buffer(sender):
        count, unwrapped, badges, moved = _capabilities(kernel, sender, receiver, endpoint, pointers)
        receiver.value = Message(badge, label, words, count, unwrapped, badges)
    else:
        receiver.value = Message(badge, label, words)
    return label, words, moved


def _capabilities(
    kernel: Kernel, sender: TCB, receiver: TCB, endpoint: Endpoint | None, pointers: tuple[int, ...]
) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    slots: list[Slot] = []
    try:
        for pointer in pointers[:MAX_EXTRA_CAPS]:
            slots.append(lookup_slot(sender, pointer))  # noqa: PERF401 - a failing look-up drops them all
    except LookupFailed:
        return 0, 0, (), ()
    destination = _receive_slot(receiver)
    unwrapped = 0
    badges: list[int] = []
    moved: list[int] = []
    for number, slot in enumerate(slots):
        cap = slot.cap
        if cap is None:
            break
        if cap.kind == ObjectType.ENDPOINT and cap.object is endpoint:
            unwrapped |= 1 << number
            badges.append(cap.badge)
            continue
        if destination is None:
            break
        try:
            derived = derivation.derive(slot, cap)
        except Refused:
            break
        if derived is None:
            break
        derivation.insert(kernel, derived, slot, destination)
        kernel.now += costs.WORK_UNIT
        destination = None
        badges.append(0)
        moved.append(cap.object.id)
    return len(badges), unwrapped, tuple(badges), tuple(moved)


def _receive_slot(receiver: TCB) -> Slot | None:
    """The empty slot that the receiver named in its IPC buffer, or None."""
    if receiver.rx is None:
        return None
    root, index, depth = receiver.rx
    try:
        slot = lookup_operand(lookup_slot(receiver, root).cap, index, depth, source=False)
    except (LookupFailed, Refused):
        return None
    return slot if slot.cap is None else None
