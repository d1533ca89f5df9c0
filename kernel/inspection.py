"""The kernel's state as plain data, in the words of the event vocabulary: what a fold of the events must equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kernel.abi import ThreadState
from kernel.derivation import cap_word
from kernel.objects import TCB, CNode, Endpoint, IRQHandler, Notification, Object, Reply, SchedContext, Slot

if TYPE_CHECKING:
    from kernel.kernel import Kernel

Place = tuple[int, int]
"""Object id of a CNode, TCB or IRQHandler, and index."""


@dataclass(frozen=True, slots=True)
class SlotState:
    """One filled slot."""

    kind: int
    object: int
    rights: int
    badge: int
    revocable: bool
    first_badged: bool
    before: Place | None
    after: Place | None


@dataclass(frozen=True, slots=True)
class ThreadInspection:
    """One thread."""

    state: int
    blocked_on: int
    """Endpoint, Notification or Reply, or 0."""
    priority: int
    mcp: int
    sched_context: int
    bound_notification: int
    in_release: bool


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that the events tell."""

    cycle: int
    current: int
    objects: dict[int, tuple[int, int, int]]
    """Id -> (type, size_bits, address), of everything that a capability leads to; Untypeds included."""
    slots: dict[Place, SlotState]
    threads: dict[int, ThreadInspection]
    queues: dict[int, tuple[bool, tuple[int, ...]]]
    """Endpoint id -> (senders wait, thread ids in order)."""
    notifications: dict[int, tuple[bool, int, tuple[int, ...]]]
    """Id -> (active, word, waiting thread ids in order)."""
    replies: dict[int, int]
    """Reply id -> thread it holds, or 0."""
    contexts: dict[int, tuple[int, int, tuple[tuple[int, int], ...]]]
    """Id -> (thread, notification, refills)."""


def slots_of(target: Object) -> Iterator[Slot]:
    """The filled slots inside an object."""
    if isinstance(target, CNode):
        yield from (slot for slot in target.slots if slot is not None and slot.cap is not None)
    elif isinstance(target, TCB):
        yield from (slot for slot in target.slots if slot.cap is not None)
    elif isinstance(target, IRQHandler) and target.slot.cap is not None:
        yield target.slot


def reachable(kernel: Kernel) -> tuple[dict[int, Object], list[Slot]]:
    """Every object and every filled slot, starting from the root CNode.

    The derivation list is followed too: a Zombie that was swapped into its own first slot, and what is still in its
    CNode, can be reached in no other way until their memory is revoked.
    """
    objects: dict[int, Object] = {}
    slots: list[Slot] = []
    waiting: list[Object] = [*(slot.home for slot in kernel.roots), *kernel.threads.values()]
    while waiting:
        target = waiting.pop()
        if target.id in objects:
            continue
        objects[target.id] = target
        for slot in slots_of(target):
            slots.append(slot)
            assert slot.cap is not None
            waiting.append(slot.cap.object)
            waiting.extend(neighbour.home for neighbour in (slot.prev, slot.next) if neighbour is not None)
    return objects, slots


def _id(target: Object | None) -> int:
    return target.id if target is not None else 0


def _place(slot: Slot | None) -> Place | None:
    return (slot.home.id, slot.index) if slot is not None else None


def _slot(slot: Slot) -> SlotState:
    cap = slot.cap
    assert cap is not None
    return SlotState(
        int(cap.kind), cap.object.id, int(cap.rights), cap_word(cap), slot.revocable, slot.first_badged,
        _place(slot.prev), _place(slot.next),
    )  # fmt: skip


def _thread(thread: TCB) -> ThreadInspection:
    target: Object | None = thread.blocked_on
    if thread.state == ThreadState.BLOCKED_ON_REPLY:
        target = thread.reply
    return ThreadInspection(
        int(thread.state), _id(target), thread.priority, thread.mcp, _id(thread.sched_context),
        _id(thread.bound_notification), thread.in_release,
    )  # fmt: skip


def inspect(kernel: Kernel) -> Inspection:
    """Collect everything. Takes time proportional to the number of slots."""
    objects, slots = reachable(kernel)
    values = objects.values()
    return Inspection(
        cycle=kernel.now,
        current=_id(kernel.current),
        objects={found.id: (int(found.type), found.size_bits, found.address) for found in values},
        slots={(slot.home.id, slot.index): _slot(slot) for slot in slots},
        threads={found.id: _thread(found) for found in values if isinstance(found, TCB)},
        queues={
            found.id: (found.sending and found.queue.head is not None, tuple(thread.id for thread in found.queue))
            for found in values
            if isinstance(found, Endpoint)
        },
        notifications={
            found.id: (found.active, found.word, tuple(thread.id for thread in found.queue))
            for found in values
            if isinstance(found, Notification)
        },
        replies={found.id: _id(found.tcb) for found in values if isinstance(found, Reply)},
        contexts={
            found.id: (
                _id(found.tcb),
                _id(found.notification),
                tuple((at, amount) for at, amount in found.refills),
            )
            for found in values
            if isinstance(found, SchedContext)
        },
    )
