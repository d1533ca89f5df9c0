"""Scheduling contexts and SchedControl: binding, lending, configuring (seL4 MCS: schedcontext.c, schedcontrol.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import events, refills, scheduler
from kernel.abi import Error, Label, ObjectType, ThreadState
from kernel.costs import CYCLES_PER_MICROSECOND, MAX_PERIOD_MICROSECONDS, MIN_BUDGET_MICROSECONDS
from kernel.errors import refuse
from kernel.objects import TCB, Notification, SchedContext

if TYPE_CHECKING:
    from kernel.invocation import Invocation
    from kernel.kernel import Kernel

_REFILL_BYTES = 16
_CORE_BYTES = 96
SPORADIC_FLAG = 1


def max_refills(size_bits: int) -> int:
    """How many refills fit into a scheduling context of 2^size_bits bytes (seL4: refill_absolute_max)."""
    return ((1 << size_bits) - _CORE_BYTES) // _REFILL_BYTES


def donate(kernel: Kernel, context: SchedContext, thread: TCB) -> None:
    """Whoever runs on the context stops; `thread` runs on it now."""
    holder = context.tcb
    if holder is not None:
        holder.sched_context = None
        scheduler.dequeue(kernel, holder)
        if holder is kernel.current or holder is kernel.chosen:
            scheduler.reschedule_required(kernel)
    context.tcb = thread
    thread.sched_context = context


def bind_tcb(kernel: Kernel, context: SchedContext, thread: TCB) -> None:
    """The thread runs on the context from now on (seL4: schedContext_bindTCB)."""
    thread.sched_context = context
    context.tcb = thread
    kernel.emit((events.SC_BOUND, kernel.now, context.id, thread.id))
    refills.unblock_if_sporadic(kernel, context)
    resume(kernel, context)
    if scheduler.is_schedulable(thread):
        kernel.ready.enqueue(thread)
        scheduler.reschedule_required(kernel)


def unbind_tcb(kernel: Kernel, context: SchedContext) -> None:
    """The thread that runs on the context stops. Nothing happens if there is none."""
    thread = context.tcb
    if thread is None:
        return
    scheduler.dequeue(kernel, thread)
    thread.sched_context = None
    context.tcb = None
    kernel.emit((events.SC_BOUND, kernel.now, context.id, 0))
    if thread is kernel.current:
        scheduler.reschedule_required(kernel)


def unbind_notification(kernel: Kernel, context: SchedContext | None) -> None:
    """Nothing happens if there is no context or no notification."""
    if context is not None and context.notification is not None:
        context.notification.sched_context = None
        context.notification = None
        kernel.emit((events.SC_NTFN_BOUND, kernel.now, context.id, 0))


def _unbind_reply(context: SchedContext) -> None:
    if context.reply is not None:
        context.reply.next = None
        context.reply = None


def resume(kernel: Kernel, context: SchedContext | None) -> None:
    """If its thread can run but the budget cannot be used yet: to the release queue."""
    if context is None or context.tcb is None:
        return
    if scheduler.is_schedulable(context.tcb) and not (
        refills.ready(kernel, context) and refills.sufficient(context, 0)
    ):
        scheduler.postpone(kernel, context)


def finalise(kernel: Kernel, context: SchedContext) -> None:
    """The last capability goes: everything is unbound and whoever ran on it stops."""
    unbind_tcb(kernel, context)
    unbind_notification(kernel, context)
    _unbind_reply(context)
    if context.yield_from is not None:
        complete_yield_to(kernel, context.yield_from)
    context.refill_max = 0
    if kernel.current_context is context:
        kernel.current_context = None
        kernel.charge_from = kernel.now


def invoke(kernel: Kernel, request: Invocation) -> tuple[int, ...] | None:
    """Invocations of a scheduling context. None: the reply comes later (YieldTo)."""
    context: SchedContext = request.cap.object
    label = request.label
    if label == Label.SCHED_CONTEXT_CONSUMED:
        return (_take_consumed(kernel, context),)
    if label == Label.SCHED_CONTEXT_BIND:
        _bind(kernel, request, context)
    elif label == Label.SCHED_CONTEXT_UNBIND:
        if context.tcb is kernel.current:
            refuse(Error.ILLEGAL_OPERATION)
        unbind_tcb(kernel, context)
        unbind_notification(kernel, context)
        _unbind_reply(context)
    elif label == Label.SCHED_CONTEXT_UNBIND_OBJECT:
        _unbind_object(kernel, request, context)
    elif label == Label.SCHED_CONTEXT_YIELD_TO:
        return _yield_to(kernel, context)
    else:
        refuse(Error.ILLEGAL_OPERATION)
    return ()


def _bind(kernel: Kernel, request: Invocation, context: SchedContext) -> None:
    if not request.extra:
        refuse(Error.TRUNCATED_MESSAGE)
    cap = request.extra[0].cap
    if cap is None:
        refuse(Error.INVALID_CAPABILITY, 1)
    target = cap.object
    if cap.kind == ObjectType.TCB:
        check_binding(kernel, context, target)
        bind_tcb(kernel, context, target)
    elif cap.kind == ObjectType.NOTIFICATION:
        if context.notification is not None or target.sched_context is not None:
            refuse(Error.ILLEGAL_OPERATION)
        bound: Notification = target
        bound.sched_context = context
        context.notification = bound
        kernel.emit((events.SC_NTFN_BOUND, kernel.now, context.id, bound.id))
    else:
        refuse(Error.INVALID_CAPABILITY, 1)


def check_binding(kernel: Kernel, context: SchedContext, thread: TCB) -> None:
    """Refuse if either is bound already, or if the thread is blocked and the context could not be used right now."""
    if context.tcb is not None or thread.sched_context is not None:
        refuse(Error.ILLEGAL_OPERATION)
    if thread.state >= ThreadState.BLOCKED_ON_RECEIVE and not (
        context.refill_max > 0 and refills.ready(kernel, context) and refills.sufficient(context, 0)
    ):
        refuse(Error.ILLEGAL_OPERATION)


def _unbind_object(kernel: Kernel, request: Invocation, context: SchedContext) -> None:
    if not request.extra:
        refuse(Error.TRUNCATED_MESSAGE)
    cap = request.extra[0].cap
    if cap is not None and cap.kind == ObjectType.TCB:
        if context.tcb is not cap.object or context.tcb is kernel.current:
            refuse(Error.ILLEGAL_OPERATION)
        unbind_tcb(kernel, context)
    elif cap is not None and cap.kind == ObjectType.NOTIFICATION:
        if context.notification is not cap.object:
            refuse(Error.ILLEGAL_OPERATION)
        unbind_notification(kernel, context)
    else:
        refuse(Error.INVALID_CAPABILITY, 1)


def _take_consumed(kernel: Kernel, context: SchedContext) -> int:
    if context is kernel.current_context:
        scheduler.commit_time(kernel)
    consumed = context.consumed
    context.consumed = 0
    return consumed // CYCLES_PER_MICROSECOND


def _yield_to(kernel: Kernel, context: SchedContext) -> tuple[int, ...] | None:
    current = kernel.current
    assert current is not None
    target = context.tcb
    if target is None or target is current or target.priority > current.mcp:
        refuse(Error.ILLEGAL_OPERATION)
    if context.yield_from is not None:
        complete_yield_to(kernel, context.yield_from)
    resume(kernel, context)
    if not scheduler.is_schedulable(target):
        return (_take_consumed(kernel, context),)
    kernel.ready.remove(target)
    if target.priority < current.priority:
        kernel.ready.enqueue(target)
        return (_take_consumed(kernel, context),)
    current.yield_to = context
    context.yield_from = current
    kernel.ready.enqueue(current)
    kernel.ready.enqueue(target)
    scheduler.reschedule_required(kernel)
    return None


def complete_yield_to(kernel: Kernel, yielder: TCB) -> None:
    """The yielder runs again (or its target is gone): it learns how much was consumed."""
    context = yielder.yield_to
    if context is None:
        return
    yielder.yield_to = None
    context.yield_from = None
    kernel.reply_success(yielder, (_take_consumed(kernel, context),))


def cancel_yield_to(yielder: TCB) -> None:
    """The yielder is suspended: nobody will be told."""
    if yielder.yield_to is not None:
        yielder.yield_to.yield_from = None
        yielder.yield_to = None


def invoke_control(kernel: Kernel, request: Invocation) -> tuple[int, ...]:
    """SchedControl_Configure: words (budget_us, period_us, extra_refills, badge, flags), capability (context)."""
    words = request.words
    if request.label != Label.SCHED_CONTROL_CONFIGURE:
        refuse(Error.ILLEGAL_OPERATION)
    if len(words) < 5 or not request.extra:
        refuse(Error.TRUNCATED_MESSAGE)
    budget_us, period_us, extra, badge, flags = words[:5]
    cap = request.extra[0].cap
    if cap is None or cap.kind != ObjectType.SCHED_CONTEXT:
        refuse(Error.INVALID_CAPABILITY, 1)
    for value in (budget_us, period_us):
        if not MIN_BUDGET_MICROSECONDS <= value <= MAX_PERIOD_MICROSECONDS:
            refuse(Error.RANGE_ERROR, MIN_BUDGET_MICROSECONDS, MAX_PERIOD_MICROSECONDS)
    if budget_us > period_us:
        refuse(Error.RANGE_ERROR, MIN_BUDGET_MICROSECONDS, period_us)
    context: SchedContext = cap.object
    most = max_refills(context.size_bits) - refills.MIN_REFILLS
    if extra > most:
        refuse(Error.RANGE_ERROR, 0, most)
    _configure(kernel, context, budget_us * CYCLES_PER_MICROSECOND, period_us * CYCLES_PER_MICROSECOND,
               extra + refills.MIN_REFILLS, badge, flags)  # fmt: skip
    return ()


def _configure(
    kernel: Kernel, context: SchedContext, budget: int, period: int, refill_max: int, badge: int, flags: int
) -> None:
    thread = context.tcb
    if thread is not None:
        scheduler.dequeue(kernel, thread)
        if thread is kernel.current:
            scheduler.commit_time(kernel)
    round_robin = budget == period
    if round_robin:
        refill_max = refills.MIN_REFILLS
    context.badge = badge
    context.sporadic = bool(flags & SPORADIC_FLAG)
    context.budget = budget
    kernel.emit(
        (events.SC_CONFIGURED, kernel.now, context.id, budget, period, badge, refill_max, int(context.sporadic))
    )
    if context.refill_max > 0 and thread is not None and scheduler.is_runnable(thread):
        refills.update(kernel, context, refill_max, budget, 0 if round_robin else period)
        context.refill_max = refill_max
    else:
        refills.start(kernel, context, refill_max, budget, 0 if round_robin else period)
    if thread is not None:
        resume(kernel, context)
        if thread is kernel.current:
            scheduler.reschedule_required(kernel)
        elif scheduler.is_runnable(thread):
            scheduler.possible_switch_to(kernel, thread)
