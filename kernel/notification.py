"""Notifications: a word of signals, delivered to one waiter or kept (seL4: sendSignal, receiveSignal)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import endpoint, events, refills, schedcontext, scheduler, states
from kernel.abi import UNTOUCHED, Message, ThreadState
from kernel.objects import TCB, Notification

if TYPE_CHECKING:
    from kernel.kernel import Kernel


def signal(kernel: Kernel, sender: int, notification: Notification, badge: int) -> None:
    """Signal on behalf of thread id `sender` (0: an interrupt)."""
    woken: TCB | None = None
    if notification.active:
        notification.word |= badge
    elif notification.queue.head is not None:
        woken = notification.queue.head
        notification.queue.remove(woken)
    elif notification.bound is not None and notification.bound.state == ThreadState.BLOCKED_ON_RECEIVE:
        woken = notification.bound
        endpoint.leave(kernel, woken)
    else:
        notification.active = True
        notification.word = badge
    kernel.emit(
        (
            events.SIGNALLED, kernel.now, sender, notification.id, badge, notification.word,
            woken.id if woken is not None else 0,
        )
    )
    if woken is None:
        return
    woken.blocked_on = None
    states.enter(woken, ThreadState.RUNNING)
    woken.value = Message(badge, UNTOUCHED, ())
    maybe_donate(kernel, woken, notification)
    refills.unblock_if_sporadic(kernel, woken.sched_context)
    scheduler.possible_switch_to(kernel, woken)


def consume(kernel: Kernel, notification: Notification, thread: TCB) -> None:
    """Give the pending word to a thread that asks (seL4: completeSignal)."""
    word = notification.word
    notification.word = 0
    notification.active = False
    thread.value = Message(word, UNTOUCHED, ())
    kernel.emit((events.CONSUMED, kernel.now, thread.id, notification.id, word))
    maybe_donate(kernel, thread, notification)


def receive(kernel: Kernel, thread: TCB, notification: Notification, *, blocking: bool) -> None:
    """Wait or Poll: whether it is active decides, not whether the word is zero."""
    if notification.active:
        consume(kernel, notification, thread)
    elif not blocking:
        thread.value = endpoint.NOTHING
    else:
        thread.blocked_on = notification
        kernel.set_state(thread, ThreadState.BLOCKED_ON_NOTIFICATION, notification.id)
        maybe_return_sched_context(kernel, notification, thread)
        notification.queue.enqueue(thread)


def cancel(kernel: Kernel, thread: TCB) -> None:
    """Take a waiter out of the queue; it becomes Inactive."""
    waited = thread.blocked_on
    assert waited is not None
    waited.queue.remove(thread)
    thread.blocked_on = None
    kernel.set_state(thread, ThreadState.INACTIVE)


def cancel_all(kernel: Kernel, notification: Notification) -> None:
    """The notification goes: waiters execute their system call again (seL4: cancelAllSignals)."""
    if notification.queue.head is None:
        return
    waiting = list(notification.queue)
    for thread in waiting:
        notification.queue.remove(thread)
    for thread in waiting:
        thread.blocked_on = None
        kernel.set_state(thread, ThreadState.RESTART)
        refills.unblock_if_sporadic(kernel, thread.sched_context)
        scheduler.possible_switch_to(kernel, thread)
    scheduler.reschedule_required(kernel)


def bind(kernel: Kernel, thread: TCB, notification: Notification) -> None:
    """Its signals now also reach the thread where it receives on an endpoint."""
    thread.bound_notification = notification
    notification.bound = thread
    kernel.emit((events.NTFN_BOUND, kernel.now, thread.id, notification.id))


def unbind(kernel: Kernel, thread: TCB) -> None:
    """Nothing happens if none is bound."""
    bound = thread.bound_notification
    if bound is not None:
        bound.bound = None
        thread.bound_notification = None
        kernel.emit((events.NTFN_BOUND, kernel.now, thread.id, 0))


def maybe_donate(kernel: Kernel, thread: TCB, notification: Notification) -> None:
    """A passive thread that is woken runs on the notification's scheduling context, if that is free."""
    context = notification.sched_context
    if thread.sched_context is None and context is not None and context.tcb is None:
        schedcontext.donate(kernel, context, thread)
        kernel.emit((events.SC_BOUND, kernel.now, context.id, thread.id))
        schedcontext.resume(kernel, context)


def maybe_return_sched_context(kernel: Kernel, notification: Notification, thread: TCB) -> None:
    """A thread that waits again gives the notification's scheduling context back."""
    context = notification.sched_context
    if context is not None and context is thread.sched_context:
        thread.sched_context = None
        context.tcb = None
        kernel.emit((events.SC_BOUND, kernel.now, context.id, 0))
        if thread is kernel.current:
            scheduler.reschedule_required(kernel)
