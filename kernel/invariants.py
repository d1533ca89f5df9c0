"""What is always true between two kernel entries: each invariant a function, its docstring the sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kernel.abi import ObjectType, ThreadState
from kernel.derivation import same_region
from kernel.inspection import reachable
from kernel.objects import TCB, Endpoint, KernelBug, Notification, Object, Reply, SchedContext, Slot, Untyped
from kernel.scheduler import is_schedulable

if TYPE_CHECKING:
    from kernel.kernel import Kernel


class World:
    """Everything that exists, collected once for all invariants."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.objects, self.slots = reachable(kernel)


def _demand(true: bool, sentence: str) -> None:
    if not true:
        raise KernelBug(sentence)


def derivation_list_is_linked_both_ways(world: World) -> None:
    """A slot's neighbours in the derivation list name it as theirs, and hold capabilities."""
    for slot in world.slots:
        before, after = slot.prev, slot.next
        _demand(before is None or (before.next is slot and before.cap is not None), f"prev of {_name(slot)}")
        _demand(after is None or (after.prev is slot and after.cap is not None), f"next of {_name(slot)}")


def derivation_list_has_no_cycle(world: World) -> None:
    """Following the derivation list forwards comes to an end, and reaches every slot exactly once."""
    seen: set[int] = set()
    for slot in world.slots:
        if slot.prev is not None:
            continue
        at: Slot | None = slot
        while at is not None:
            _demand(id(at) not in seen, f"{_name(at)} stands twice in the derivation list")
            seen.add(id(at))
            at = at.next
    _demand(len(seen) == len(world.slots), "a slot of the derivation list cannot be reached from its head")


def empty_slots_are_clean(world: World) -> None:
    """An empty slot has no neighbours and no flags."""
    for found in world.objects.values():
        for slot in getattr(found, "slots", None) or ():
            if slot is not None and slot.cap is None:
                _demand(
                    slot.prev is None and slot.next is None and not slot.revocable and not slot.first_badged,
                    f"empty slot {_name(slot)} is still linked",
                )


def same_object_capabilities_are_neighbours(world: World) -> None:
    """All capabilities to one object stand together in the list, so that the last of them can be told."""
    for slot in world.slots:
        cap, after = slot.cap, slot.next
        assert cap is not None
        if after is None or after.cap is None or after.cap.object is cap.object:
            continue
        seen = after
        while seen is not None:
            assert seen.cap is not None
            _demand(
                seen.cap.object is not cap.object or cap.kind == ObjectType.UNTYPED,
                f"capabilities to object {cap.object.id} stand apart",
            )
            if not same_region(cap, seen.cap):
                break
            seen = seen.next  # type: ignore[assignment]


def objects_lie_in_their_untyped(world: World) -> None:
    """No two objects overlap unless one is an Untyped that contains the other."""
    placed = sorted(
        (found for found in world.objects.values() if found.size_bits),
        key=lambda one: (one.address, -one.size_bits, one.id),
    )
    stack: list[Object] = []
    for found in placed:
        while stack and stack[-1].address + (1 << stack[-1].size_bits) <= found.address:
            stack.pop()
        if stack:
            outer = stack[-1]
            _demand(isinstance(outer, Untyped), f"objects {outer.id} and {found.id} overlap")
            _demand(
                found.address + (1 << found.size_bits) <= outer.address + (1 << outer.size_bits),
                f"object {found.id} sticks out of untyped {outer.id}",
            )
        stack.append(found)


def watermarks_cover_children(world: World) -> None:
    """Everything made from an Untyped lies below its watermark."""
    for slot in world.slots:
        cap = slot.cap
        assert cap is not None
        if cap.kind != ObjectType.UNTYPED:
            continue
        base: int = cap.object.address
        after = slot.next
        while after is not None and after.cap is not None and same_region(cap, after.cap):
            target = after.cap.object
            if target is not cap.object:
                _demand(
                    target.address + (1 << target.size_bits) <= base + cap.badge,
                    f"object {target.id} lies above the watermark of {_name(slot)}",
                )
            after = after.next


def blocked_threads_are_queued(world: World) -> None:
    """A thread is in a wait queue exactly if its state says so, and only in the queue it is blocked on."""
    queued: dict[int, Object] = {}
    for found in world.objects.values():
        if isinstance(found, Endpoint | Notification):
            for thread in found.queue:
                _demand(thread.id not in queued, f"thread {thread.id} waits in two queues")
                queued[thread.id] = found
                expected = ThreadState.BLOCKED_ON_NOTIFICATION
                if isinstance(found, Endpoint):
                    expected = ThreadState.BLOCKED_ON_SEND if found.sending else ThreadState.BLOCKED_ON_RECEIVE
                _demand(thread.state == expected, f"thread {thread.id} is queued at {found.id} but {thread.state}")
    for thread in _threads(world):
        waits = thread.state in (
            ThreadState.BLOCKED_ON_SEND, ThreadState.BLOCKED_ON_RECEIVE, ThreadState.BLOCKED_ON_NOTIFICATION,
        )  # fmt: skip
        _demand(waits == (thread.blocked_on is not None), f"thread {thread.id} does not know what it waits for")
        if waits:
            _demand(queued.get(thread.id) is thread.blocked_on, f"thread {thread.id} is blocked but in no queue")


def wait_queues_are_in_priority_order(world: World) -> None:
    """In every wait queue nobody stands behind somebody of lower priority."""
    for found in world.objects.values():
        if isinstance(found, Endpoint | Notification):
            priorities = [thread.priority for thread in found.queue]
            _demand(priorities == sorted(priorities, reverse=True), f"the queue of {found.id} is out of order")


def notifications_are_active_or_waited_for(world: World) -> None:
    """Nobody waits for a notification that is active, and an idle one has no word."""
    for found in world.objects.values():
        if isinstance(found, Notification):
            _demand(not (found.active and found.queue.head), f"threads wait for the active notification {found.id}")
            _demand(found.active or found.word == 0, f"the idle notification {found.id} has a word")


def bindings_point_both_ways(world: World) -> None:
    """A bound notification, thread and scheduling context name each other."""
    for found in world.objects.values():
        if isinstance(found, Notification):
            _demand(found.bound is None or found.bound.bound_notification is found, f"binding of {found.id}")
            context = found.sched_context
            _demand(context is None or context.notification is found, f"scheduling context of {found.id}")
        elif isinstance(found, TCB):
            bound, held = found.bound_notification, found.sched_context
            _demand(bound is None or bound.bound is found, f"notification of thread {found.id}")
            _demand(held is None or held.tcb is found, f"scheduling context of thread {found.id}")
        elif isinstance(found, SchedContext):
            _demand(found.tcb is None or found.tcb.sched_context is found, f"thread of context {found.id}")


def replies_and_callers_agree(world: World) -> None:
    """A caller that waits for a reply is held by exactly one Reply object: at most one answer to each call."""
    for found in world.objects.values():
        if isinstance(found, Reply):
            if found.tcb is not None:
                _demand(found.tcb.reply is found, f"reply {found.id} holds a thread that does not know it")
        elif isinstance(found, TCB):
            if found.state == ThreadState.BLOCKED_ON_REPLY:
                _demand(
                    found.reply is not None and found.reply.tcb is found,
                    f"thread {found.id} waits for a reply that nobody can give",
                )
            elif found.reply is not None:
                _demand(found.state == ThreadState.BLOCKED_ON_RECEIVE, f"thread {found.id} keeps a reply object")


def call_stacks_are_linked(world: World) -> None:
    """Only replies that hold a caller stand in a call stack; its links name each other, the context knows its head."""
    for found in world.objects.values():
        if isinstance(found, Reply):
            above = found.next
            if above is not None or found.prev is not None:
                holds = found.tcb is not None and found.tcb.state == ThreadState.BLOCKED_ON_REPLY
                _demand(holds, f"reply {found.id} stands in a call stack and holds no caller")
            if isinstance(above, SchedContext):
                _demand(above.reply is found, f"head of the call stack of context {above.id}")
            elif above is not None:
                _demand(above.prev is found, f"call stack above reply {found.id}")
            _demand(found.prev is None or found.prev.next is found, f"call stack below reply {found.id}")


def ready_queues_hold_exactly_who_can_run(world: World) -> None:
    """Every thread that can run is the current one or in the queue of its priority, nobody else is."""
    kernel = world.kernel
    seen: set[int] = set()
    for priority in range(256):
        at = kernel.ready.heads[priority]
        _demand((at is not None) == bool(kernel.ready.bits >> priority & 1), f"ready bit of priority {priority}")
        while at is not None:
            _demand(at.priority == priority and at.queued, f"thread {at.id} is in the wrong ready queue")
            _demand(is_schedulable(at), f"thread {at.id} is ready but cannot run")
            _demand(at is not kernel.current, f"the current thread {at.id} is also queued")
            seen.add(at.id)
            at = at.ready_next
    for thread in _threads(world):
        if is_schedulable(thread) and thread is not kernel.current:
            _demand(thread.id in seen, f"thread {thread.id} can run but nobody will choose it")


def nobody_more_important_waits(world: World) -> None:
    """No ready thread has a higher priority than the current one."""
    kernel = world.kernel
    current = kernel.current
    if current is not None and is_schedulable(current):
        _demand(kernel.ready.highest_priority() <= current.priority, "a more important thread is ready")


def release_queue_is_in_order(world: World) -> None:
    """The release queue is ordered by the time of the head refill, and holds who says so."""
    queue = world.kernel.release
    times = [thread.sched_context.refills[0][0] for thread in queue if thread.sched_context is not None]
    _demand(len(times) == len(queue) and times == sorted(times), "the release queue is out of order")
    flagged = {thread.id for thread in _threads(world) if thread.in_release}
    _demand(flagged == {thread.id for thread in queue}, "the release queue does not hold exactly who waits for budget")


def refills_add_up_to_the_budget(world: World) -> None:
    """The refills of a configured context sum to its budget: time is neither made nor lost."""
    for found in world.objects.values():
        if isinstance(found, SchedContext) and found.refill_max:
            total = sum(amount for _, amount in found.refills)
            _demand(total == found.budget, f"context {found.id} has {total} of {found.budget} cycles")
            _demand(len(found.refills) <= found.refill_max, f"context {found.id} has too many refills")


def mappings_point_both_ways(world: World) -> None:
    """A page of an address space and the Frame capability that maps it name each other."""
    for slot in world.slots:
        cap = slot.cap
        assert cap is not None
        if cap.vspace is not None:
            _demand(cap.vspace.pages.get(cap.vaddr >> 12) is cap, f"mapping of {_name(slot)}")
    for address, frame in world.kernel.frames.items():
        _demand(frame.address == address, f"frame at {address:#x}")


def _threads(world: World) -> list[TCB]:
    return [found for found in world.objects.values() if isinstance(found, TCB)]


def _name(slot: Slot) -> str:
    return f"slot {slot.index} of object {slot.home.id}"


INVARIANTS: tuple[Callable[[World], None], ...] = (
    derivation_list_is_linked_both_ways,
    derivation_list_has_no_cycle,
    empty_slots_are_clean,
    same_object_capabilities_are_neighbours,
    objects_lie_in_their_untyped,
    watermarks_cover_children,
    blocked_threads_are_queued,
    wait_queues_are_in_priority_order,
    notifications_are_active_or_waited_for,
    bindings_point_both_ways,
    replies_and_callers_agree,
    call_stacks_are_linked,
    ready_queues_hold_exactly_who_can_run,
    nobody_more_important_waits,
    release_queue_is_in_order,
    refills_add_up_to_the_budget,
    mappings_point_both_ways,
)


def check(kernel: Kernel) -> None:
    """Verify all invariants. Raises KernelBug with the name of the first that does not hold and where."""
    world = World(kernel)
    for invariant in INVARIANTS:
        try:
            invariant(world)
        except KernelBug as bug:
            raise KernelBug(f"{invariant.__name__.replace('_', ' ')}: {bug}") from None
