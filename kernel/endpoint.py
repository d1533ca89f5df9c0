"""Endpoints: synchronous messages (seL4: sendIPC, receiveIPC, cancelIPC, doIPCTransfer)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import events, notification, refills, reply, schedcontext, scheduler, states, transfer
from kernel.abi import UNTOUCHED, Message, ThreadState
from kernel.objects import TCB, Capability, Endpoint, Reply

if TYPE_CHECKING:
    from kernel.kernel import Kernel

NOTHING = Message(0, UNTOUCHED, ())
"""What a non-blocking receive gives back when nobody was sending."""

_SEND, _CALL, _FAULT = 0, 1, 2


def send(
    kernel: Kernel,
    thread: TCB,
    endpoint: Endpoint,
    badge: int,
    *,
    blocking: bool,
    is_call: bool,
    can_grant: bool,
    can_grant_reply: bool,
    can_donate: bool,
) -> None:
    """Send `thread.message` (or its fault). Rights are sampled now and kept while it waits."""
    if endpoint.queue.head is None or endpoint.sending:
        if blocking:
            thread.badge = badge
            thread.can_grant = can_grant
            thread.can_grant_reply = can_grant_reply
            thread.is_call = is_call
            thread.blocked_on = endpoint
            kernel.set_state(thread, ThreadState.BLOCKED_ON_SEND, endpoint.id, badge)
            endpoint.sending = True
            endpoint.queue.enqueue(thread)
        else:
            kernel.emit((events.DROPPED, kernel.now, thread.id, 0, endpoint.id, "no receiver"))
        return
    receiver = endpoint.queue.head
    endpoint.queue.remove(receiver)
    receiver.blocked_on = None
    held = receiver.reply
    if held is not None:
        receiver.reply = None
        held.tcb = None
    thread.is_call = is_call
    deliver(
        kernel, thread, receiver, endpoint, badge, held if can_grant or can_grant_reply else None,
        can_grant=can_grant, can_donate=can_donate,
    )  # fmt: skip
    if held is not None and held.tcb is None:
        kernel.emit((events.REPLY_BOUND, kernel.now, held.id, 0))
    refills.unblock_if_sporadic(kernel, receiver.sched_context)
    scheduler.possible_switch_to(kernel, receiver)


def deliver(
    kernel: Kernel,
    sender: TCB,
    receiver: TCB,
    endpoint: Endpoint,
    badge: int,
    held: Reply | None,
    *,
    can_grant: bool,
    can_donate: bool,
) -> None:
    """Move one message and set both threads' states. `held`: the reply object for the caller, if it may have one."""
    how = _FAULT if sender.fault is not None else _CALL if sender.is_call else _SEND
    label, words, moved = transfer.message(kernel, sender, receiver, endpoint, badge, can_grant=can_grant)
    lent = 0
    states.enter(receiver, ThreadState.RUNNING)
    caller_waits = how != _SEND and held is not None
    if caller_waits and can_donate and sender.sched_context is not None and receiver.sched_context is None:
        lent = sender.sched_context.id
    kernel.emit(
        (
            events.MESSAGE, kernel.now, sender.id, receiver.id, endpoint.id, badge, label, words, moved, how,
            held.id if caller_waits and held is not None else 0, lent,
        )
    )
    if how == _SEND:
        if can_donate and receiver.sched_context is None and sender.sched_context is not None:
            context = sender.sched_context
            schedcontext.donate(kernel, context, receiver)
            kernel.emit((events.SC_BOUND, kernel.now, context.id, receiver.id))
    elif held is not None:
        reply.push(kernel, sender, receiver, held, can_donate=can_donate)
    else:
        states.enter(sender, ThreadState.INACTIVE)
        scheduler.left_processor(kernel, sender)


def receive(kernel: Kernel, thread: TCB, cap: Capability, held: Reply | None, *, blocking: bool) -> None:
    """Receive from an endpoint; a pending bound notification comes first."""
    endpoint: Endpoint = cap.object
    if held is not None and held.tcb is not None and held.tcb is not thread:
        cancel_ipc(kernel, held.tcb)
    bound = thread.bound_notification
    if bound is not None and bound.active:
        notification.consume(kernel, bound, thread)
        return
    if bound is not None and blocking:
        notification.maybe_return_sched_context(kernel, bound, thread)
    sender = endpoint.queue.head
    if sender is None or not endpoint.sending:
        if not blocking:
            thread.value = NOTHING
            return
        thread.blocked_on = endpoint
        thread.reply = held
        kernel.set_state(thread, ThreadState.BLOCKED_ON_RECEIVE, endpoint.id, held.id if held is not None else 0)
        if held is not None:
            held.tcb = thread
        endpoint.sending = False
        endpoint.queue.enqueue(thread)
        return
    endpoint.queue.remove(sender)
    sender.blocked_on = None
    refills.unblock_if_sporadic(kernel, sender.sched_context)
    plain = sender.fault is None and not sender.is_call
    can_reply = sender.can_grant or sender.can_grant_reply
    is_timeout = sender.fault is not None and sender.fault[0] == 5
    deliver(
        kernel, sender, thread, endpoint, sender.badge, held if can_reply else None,
        can_grant=sender.can_grant, can_donate=not plain and not is_timeout,
    )  # fmt: skip
    if plain:
        states.enter(sender, ThreadState.RUNNING)
        sender.value = None
        scheduler.possible_switch_to(kernel, sender)


def cancel_ipc(kernel: Kernel, thread: TCB) -> None:
    """Take a thread out of whatever it waits for; it becomes Inactive (seL4: cancelIPC)."""
    state = thread.state
    thread.fault = None
    if state == ThreadState.BLOCKED_ON_SEND or state == ThreadState.BLOCKED_ON_RECEIVE:
        leave(kernel, thread)
        kernel.set_state(thread, ThreadState.INACTIVE)
    elif state == ThreadState.BLOCKED_ON_NOTIFICATION:
        notification.cancel(kernel, thread)
    elif state == ThreadState.BLOCKED_ON_REPLY:
        reply.remove_tcb(kernel, thread)


def leave(kernel: Kernel, thread: TCB) -> None:
    """Take a thread out of an endpoint's queue; the caller gives it its next state."""
    waited = thread.blocked_on
    assert waited is not None
    waited.queue.remove(thread)
    thread.blocked_on = None
    unlink_reply(kernel, thread)


def unlink_reply(kernel: Kernel, thread: TCB) -> None:
    """Free the reply object that a blocked receiver offered."""
    held = thread.reply
    if held is not None:
        held.tcb = None
        thread.reply = None
        kernel.emit((events.REPLY_BOUND, kernel.now, held.id, 0))


def _restart(kernel: Kernel, thread: TCB) -> None:
    unlink_reply(kernel, thread)
    thread.blocked_on = None
    if thread.fault is None:
        kernel.set_state(thread, ThreadState.RESTART)
        refills.unblock_if_sporadic(kernel, thread.sched_context)
        scheduler.possible_switch_to(kernel, thread)
    else:
        kernel.set_state(thread, ThreadState.INACTIVE)


def cancel_all(kernel: Kernel, endpoint: Endpoint) -> None:
    """The endpoint goes: everybody who waits executes the system call again (seL4: cancelAllIPC)."""
    if endpoint.queue.head is None:
        return
    waiting = list(endpoint.queue)
    for thread in waiting:
        endpoint.queue.remove(thread)
    for thread in waiting:
        _restart(kernel, thread)
    scheduler.reschedule_required(kernel)


def cancel_badged_sends(kernel: Kernel, endpoint: Endpoint, badge: int) -> None:
    """Senders that wait with this badge execute their system call again."""
    if endpoint.queue.head is None or not endpoint.sending:
        return
    for thread in [waiting for waiting in endpoint.queue if waiting.badge == badge]:
        endpoint.queue.remove(thread)
        _restart(kernel, thread)
    scheduler.reschedule_required(kernel)
