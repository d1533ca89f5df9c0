"""The part of the fold about threads: states, queues, messages, signals, budgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kernel import events as ev
from kernel.abi import ThreadState
from kernel.events import Event
from playground.view.model import BUCKET_BITS, HISTORY_BUCKETS, ServerRecord, View
from playground.view.objects import FaultView, ReplyView, SchedContextView, ThreadView
from servers.own_programs import short_name

if TYPE_CHECKING:
    from playground.view.message_log import Entry

_INACTIVE: Final = int(ThreadState.INACTIVE)
_RUNNING: Final = int(ThreadState.RUNNING)
_RESTART: Final = int(ThreadState.RESTART)
_ON_RECEIVE: Final = int(ThreadState.BLOCKED_ON_RECEIVE)
_ON_SEND: Final = int(ThreadState.BLOCKED_ON_SEND)
_ON_ENDPOINT: Final = (_ON_RECEIVE, _ON_SEND)
_ON_REPLY: Final = int(ThreadState.BLOCKED_ON_REPLY)
_ON_NOTIFICATION: Final = int(ThreadState.BLOCKED_ON_NOTIFICATION)
_WAITING: Final = (*_ON_ENDPOINT, _ON_NOTIFICATION)
_AFTER_REPLY: Final = (_RUNNING, _RESTART, _INACTIVE)
"""State of the caller by the `restarts` field of a reply."""


def _leave_queue(view: View, thread: ThreadView) -> None:
    state = thread.state
    if state in _ON_ENDPOINT:
        view.endpoints[thread.blocked_on].queue.remove(thread.id)
    elif state == _ON_NOTIFICATION:
        view.notifications[thread.blocked_on].queue.remove(thread.id)


def _enqueue(view: View, queue: list[int], thread: ThreadView) -> None:
    """Highest priority first, first come first served within one."""
    threads = view.threads
    priority = thread.priority
    place = len(queue)
    while place and threads[queue[place - 1]].priority < priority:
        place -= 1
    queue.insert(place, thread.id)


def _wake(view: View, number: int, thread: ThreadView, state: int) -> None:
    """Out of whatever it waited for."""
    before = thread.state
    if before >= _ON_RECEIVE:
        _leave_queue(view, thread)
    if before != state:
        thread.states.append((number, state))
    thread.state = state
    thread.blocked_on = 0
    thread.since = number


def _thread_state(view: View, number: int, event: Event) -> None:
    _, _, thread_id, state, object_id, badge = event
    thread = view.threads[thread_id]
    if thread.state >= _ON_RECEIVE:
        _leave_queue(view, thread)
    if thread.state != state:
        thread.states.append((number, state))
    thread.state = state
    thread.blocked_on = object_id
    thread.badge = badge
    thread.since = number
    if state in _WAITING:
        view.uses.setdefault((thread_id, object_id), number)
    if state in _ON_ENDPOINT:
        endpoint = view.endpoints[object_id]
        endpoint.sending = state == _ON_SEND
        _enqueue(view, endpoint.queue, thread)
        if state == _ON_RECEIVE and badge:
            _hold(view.replies[badge], thread_id, 0, -1)
    elif state == _ON_NOTIFICATION:
        _enqueue(view, view.notifications[object_id].queue, thread)
    if state != _ON_REPLY and thread.call >= 0:
        thread.call = -1
        view.calls.pop(thread_id, None)


def _scheduled(view: View, number: int, event: Event) -> None:
    _, cycle, view.current_thread, context_id = event
    before = view.current_sched_context
    if before == context_id:
        return
    context = view.sched_contexts.get(before)
    if context is not None:
        _ran(context, view.run_start, cycle)
    view.current_sched_context = context_id
    view.run_start = cycle


def _ran(context: SchedContextView, start: int, end: int) -> None:
    context.used += end - start
    runs = context.runs
    if runs and runs[-1][1] == start:
        runs[-1] = (runs[-1][0], end)
    else:
        runs.append((start, end))


def _count(record: ServerRecord, entry: Entry) -> None:
    record.messages += 1
    record.last = entry
    bucket = entry[1][1] >> BUCKET_BITS
    buckets = record.buckets
    if bucket == record.bucket:
        buckets[-1] += 1
        return
    gap = bucket - record.bucket
    if not buckets or gap >= HISTORY_BUCKETS:
        record.buckets = [1]
    else:
        buckets.extend([0] * (gap - 1))
        buckets.append(1)
        del buckets[:-HISTORY_BUCKETS]
    record.bucket = bucket


def _message(view: View, number: int, event: Event) -> None:
    _, _, sender_id, receiver_id, endpoint_id, _, _, _, _, how, reply_id, context_id = event
    view.uses.setdefault((sender_id, endpoint_id), number)
    view.uses.setdefault((receiver_id, endpoint_id), number)
    threads = view.threads
    sender, receiver = threads[sender_id], threads[receiver_id]
    _wake(view, number, receiver, _RUNNING)
    context = None
    if how == 0:
        _wake(view, number, sender, _RUNNING)
    else:
        if how == 2:
            context = view.calls.get(sender_id)
        if reply_id:
            _wake(view, number, sender, _ON_REPLY)
            sender.blocked_on = reply_id
            view.uses.setdefault((receiver_id, reply_id), number)
            sender.call = number
            view.calls[sender_id] = (number, event)
            _hold(view.replies[reply_id], sender_id, receiver_id, number, context_id)
        else:
            _wake(view, number, sender, _INACTIVE)
        if context_id:
            _lend(view, context_id, sender, receiver)
    entry = (number, event, context)
    view.log.entries.append(entry)
    owners = view.owners
    if sender_id in owners:
        _count(owners[sender_id], entry)
    if receiver_id in owners:
        _count(owners[receiver_id], entry)


def _replied(view: View, number: int, event: Event) -> None:
    _, _, replier_id, caller_id, reply_id, _, _, _, restarts, context_id = event
    view.uses.setdefault((replier_id, reply_id), number)
    threads = view.threads
    caller = threads[caller_id]
    call = view.calls.pop(caller_id, None)
    caller.state = _AFTER_REPLY[restarts]
    caller.states.append((number, caller.state))
    caller.blocked_on = 0
    caller.call = -1
    caller.since = number
    caller.fault = None
    reply = view.replies.get(reply_id)
    if reply is not None:
        _hold(reply, 0, 0, -1)
    if context_id:
        _lend(view, context_id, threads.get(replier_id), caller)
    entry = (number, event, call)
    view.log.entries.append(entry)
    owners = view.owners
    if replier_id in owners:
        _count(owners[replier_id], entry)
    if caller_id in owners:
        _count(owners[caller_id], entry)


def _hold(reply: ReplyView, thread: int, server: int, call: int, lent: int = 0) -> None:
    reply.thread = thread
    reply.server = server
    reply.call = call
    reply.lent = lent


def _lend(view: View, context_id: int, giver: ThreadView | None, taker: ThreadView) -> None:
    context = view.sched_contexts[context_id]
    holder = view.threads.get(context.thread, giver)
    if holder is not None and holder.sched_context == context_id:
        holder.sched_context = 0
    context.thread = taker.id
    taker.sched_context = context_id


def _faulted(view: View, number: int, event: Event) -> None:
    _, _, thread_id, fault, details, endpoint, text = event
    thread = view.threads[thread_id]
    view.calls[thread_id] = (number, event)
    record = view.owners.get(thread_id)
    place = record.sabotage if record is not None else ""
    text, _, found = text.partition(" at /") if " at /" in text else (text, "", "")
    place = place or source_place(found)
    text = text.removesuffix(f" at {place}")
    thread.fault = FaultView(number, fault, details, endpoint, text, place)
    if place:
        view.places[number] = place
    if record is not None:
        record.fault = thread.fault


def source_place(where: str) -> str:
    """ "servers/disk.py:88 in read" for "venv/lib/servers/disk.py:88 in read": where people find it."""
    if where.startswith("own/"):
        return short_name(where)
    for package in ("servers/", "kernel/", "scenarios/", "tests/"):
        start = where.rfind(package)
        if start >= 0:
            return where[start:]
    return where


def _signalled(view: View, number: int, event: Event) -> None:
    _, _, thread_id, notification_id, _, word, woken = event
    view.uses.setdefault((thread_id, notification_id), number)
    if woken:
        _wake(view, number, view.threads[woken], _RUNNING)
    else:
        notification = view.notifications[notification_id]
        notification.word = word
        notification.active = True
    view.log.entries.append((number, event, None))


def _consumed(view: View, number: int, event: Event) -> None:
    view.uses.setdefault((event[2], event[3]), number)
    notification = view.notifications[event[3]]
    notification.word = 0
    notification.active = False


def _priority(view: View, number: int, event: Event) -> None:
    _, _, thread_id, priority, mcp = event
    thread = view.threads[thread_id]
    queued_again = thread.mcp == mcp
    thread.priority = priority
    thread.mcp = mcp
    if queued_again and thread.state >= _ON_RECEIVE and thread.state != _ON_REPLY:
        _leave_queue(view, thread)
        waited = view.endpoints.get(thread.blocked_on) or view.notifications[thread.blocked_on]
        _enqueue(view, waited.queue, thread)


def _notification_bound(view: View, number: int, event: Event) -> None:
    _, _, thread_id, notification_id = event
    thread = view.threads[thread_id]
    before = view.notifications.get(thread.notification)
    if before is not None:
        before.thread = 0
    thread.notification = notification_id
    if notification_id:
        view.notifications[notification_id].thread = thread_id


def _reply_bound(view: View, number: int, event: Event) -> None:
    _hold(view.replies[event[2]], event[3], 0, -1)


def _started(view: View, number: int, event: Event) -> None:
    view.threads[event[2]].entry = event[3]


def _sc_configured(view: View, number: int, event: Event) -> None:
    _, _, context_id, budget, period, badge, refills, sporadic = event
    context = view.sched_contexts[context_id]
    context.budget, context.period, context.badge = budget, period, badge
    context.refill_max, context.sporadic = refills, bool(sporadic)


def _sc_bound(view: View, number: int, event: Event) -> None:
    _, _, context_id, thread_id = event
    context = view.sched_contexts[context_id]
    before = view.threads.get(context.thread)
    if before is not None and before.sched_context == context_id:
        before.sched_context = 0
    context.thread = thread_id
    if thread_id:
        view.threads[thread_id].sched_context = context_id


def _sc_notification_bound(view: View, number: int, event: Event) -> None:
    _, _, context_id, notification_id = event
    context = view.sched_contexts[context_id]
    before = view.notifications.get(context.notification)
    if before is not None:
        before.sched_context = 0
    context.notification = notification_id
    if notification_id:
        view.notifications[notification_id].sched_context = context_id


def _refills(view: View, number: int, event: Event) -> None:
    context = view.sched_contexts[event[2]]
    context.refills = event[3]
    context.history.append((event[1], event[3]))


def _released(view: View, number: int, event: Event) -> None:
    view.threads[event[2]].released = event[3] == 1


def forget_thread(view: View, thread_id: int) -> None:
    """The thread's object is gone."""
    del view.threads[thread_id]
    view.calls.pop(thread_id, None)


STEPS: Final[dict[int, Callable[[View, int, Event], None]]] = {
    ev.THREAD_STATE: _thread_state,
    ev.SCHEDULED: _scheduled,
    ev.MESSAGE: _message,
    ev.REPLIED: _replied,
    ev.FAULTED: _faulted,
    ev.SIGNALLED: _signalled,
    ev.CONSUMED: _consumed,
    ev.PRIORITY: _priority,
    ev.NTFN_BOUND: _notification_bound,
    ev.REPLY_BOUND: _reply_bound,
    ev.STARTED: _started,
    ev.SC_CONFIGURED: _sc_configured,
    ev.SC_BOUND: _sc_bound,
    ev.SC_NTFN_BOUND: _sc_notification_bound,
    ev.REFILLS: _refills,
    ev.RELEASED: _released,
}
