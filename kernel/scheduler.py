"""Who runs next: priorities, round robin, release queue (seL4 MCS: thread.c, schedule)."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from kernel import events, faults, refills, schedcontext
from kernel.abi import ThreadState
from kernel.costs import MIN_BUDGET
from kernel.objects import TCB, SchedContext

if TYPE_CHECKING:
    from kernel.kernel import Kernel


def is_runnable(thread: TCB) -> bool:
    """Whether nothing but time keeps it from running."""
    return thread.state == ThreadState.RUNNING or thread.state == ThreadState.RESTART


def is_schedulable(thread: TCB) -> bool:
    """Runnable, with a configured scheduling context that has budget."""
    context = thread.sched_context
    return (
        (thread.state == ThreadState.RUNNING or thread.state == ThreadState.RESTART)
        and context is not None
        and context.refill_max > 0
        and not thread.in_release
    )


def reschedule_required(kernel: Kernel) -> None:
    """Choose anew at the end of this kernel entry; a thread already chosen goes to its queue."""
    chosen = kernel.chosen
    if chosen is not None and is_schedulable(chosen):
        kernel.ready.enqueue(chosen)
    kernel.chosen = None
    kernel.must_choose = True


def left_processor(kernel: Kernel, thread: TCB) -> None:
    """A thread's state changed: if it was the current one and cannot go on, choose anew (seL4: scheduleTCB)."""
    if thread is kernel.current and kernel.chosen is None and not kernel.must_choose and not is_schedulable(thread):
        kernel.must_choose = True


def possible_switch_to(kernel: Kernel, thread: TCB) -> None:
    """A thread became runnable: run it directly if it is the only one and important enough."""
    if thread.sched_context is None or thread.in_release:
        return
    if kernel.chosen is not None or kernel.must_choose:
        reschedule_required(kernel)
        kernel.ready.enqueue(thread)
    else:
        kernel.chosen = thread


def schedule(kernel: Kernel) -> None:
    """Leave the kernel: decide who runs (seL4: schedule, then activateThread)."""
    if kernel.release and kernel.next_release <= kernel.now:
        awaken(kernel)
    chosen = kernel.chosen
    if chosen is not None or kernel.must_choose:
        current = kernel.current
        was_runnable = current is not None and is_schedulable(current)
        ready = kernel.ready
        if was_runnable and current is not None:
            ready.enqueue(current)
        if chosen is None or not is_schedulable(chosen):
            _choose(kernel)
        elif (current is None or chosen.priority < current.priority) and ready.highest_priority() > chosen.priority:
            ready.enqueue(chosen)
            _choose(kernel)
        elif was_runnable and current is not None and chosen.priority == current.priority and chosen is not current:
            ready.append(chosen)
            _choose(kernel)
        else:
            _switch_to(kernel, chosen)
        kernel.chosen = None
        kernel.must_choose = False
    elif kernel.current is None and kernel.ready.bits:
        _choose(kernel)
    current = kernel.current
    if current is not None:
        switch_context(kernel, current)
        if current.yield_to is not None:
            schedcontext.complete_yield_to(kernel, current)


def _choose(kernel: Kernel) -> None:
    priority = kernel.ready.highest_priority()
    if priority < 0:
        _switch_to(kernel, None)
        return
    thread = kernel.ready.heads[priority]
    assert thread is not None
    _switch_to(kernel, thread)


def _switch_to(kernel: Kernel, thread: TCB | None) -> None:
    if thread is not None:
        kernel.ready.remove(thread)
    if thread is not kernel.current:
        kernel.current = thread
        context = thread.sched_context if thread is not None else None
        kernel.emit(
            (events.SCHEDULED, kernel.now, thread.id if thread is not None else 0, context.id if context else 0)
        )
        if thread is None:
            commit_time(kernel)
            kernel.current_context = None


def switch_context(kernel: Kernel, thread: TCB) -> None:
    """From now on time is charged to this thread's scheduling context."""
    context = thread.sched_context
    if context is not kernel.current_context:
        commit_time(kernel)
        if context is not None and not context.sporadic:
            refills.unblock(kernel, context)
        kernel.current_context = context
        kernel.charge_from = kernel.now


def commit_time(kernel: Kernel) -> None:
    """Charge the time used so far to the current scheduling context."""
    context = kernel.current_context
    used = kernel.now - kernel.charge_from
    if context is not None and used > 0 and context.refill_max:
        refills.charge(kernel, context, used)
        context.consumed += used
    kernel.charge_from = kernel.now


def has_budget(kernel: Kernel) -> bool:
    """At kernel entry: whether the current context can go on; if not, it is charged and its slice ends."""
    context = kernel.current_context
    if context is None or context.refill_max == 0:
        return True
    if context.refills[0][1] - (kernel.now - kernel.charge_from) >= MIN_BUDGET:
        return True
    charge_budget(kernel, kernel.now - kernel.charge_from, can_timeout=True)
    return False


def charge_budget(kernel: Kernel, used: int, *, can_timeout: bool) -> None:
    """Charge and end the slice (seL4: chargeBudget, endTimeslice)."""
    context = kernel.current_context
    assert context is not None
    if context.period == 0:
        context.refills[0][1] += context.refills[-1][1]
        context.refills[-1][1] = 0
    else:
        refills.charge(kernel, context, used)
    context.consumed += used
    kernel.charge_from = kernel.now
    current = kernel.current
    if current is None or not is_schedulable(current):
        return
    if can_timeout and context.period and faults.has_timeout_handler(current):
        faults.timeout(kernel, current)
    elif refills.ready(kernel, context) and refills.sufficient(context, 0):
        kernel.ready.append(current)
    else:
        postpone(kernel, context)
    reschedule_required(kernel)


def yield_slice(kernel: Kernel) -> None:
    """Yield spends the whole head refill without counting it as consumed."""
    context = kernel.current_context
    if context is None or context.refill_max == 0:
        return
    consumed = context.consumed + kernel.now - kernel.charge_from
    charge_budget(kernel, context.refills[0][1], can_timeout=False)
    context.consumed = consumed


def postpone(kernel: Kernel, context: SchedContext) -> None:
    """Out of budget: wait in the release queue until the head refill may be used."""
    thread = context.tcb
    assert thread is not None
    kernel.ready.remove(thread)
    if thread.in_release:
        return
    thread.in_release = True
    insort(kernel.release, thread, key=_release_time)
    kernel.next_release = _release_time(kernel.release[0])
    kernel.emit((events.RELEASED, kernel.now, thread.id, 1))


def _release_time(thread: TCB) -> int:
    assert thread.sched_context is not None
    return thread.sched_context.refills[0][0]


def release_remove(kernel: Kernel, thread: TCB) -> None:
    """Take a thread out of the release queue, if it is there."""
    if thread.in_release:
        kernel.release.remove(thread)
        thread.in_release = False
        if kernel.release:
            kernel.next_release = _release_time(kernel.release[0])
        kernel.emit((events.RELEASED, kernel.now, thread.id, 0))


def awaken(kernel: Kernel) -> None:
    """Threads whose budget has come back become schedulable again."""
    while kernel.release and _release_time(kernel.release[0]) <= kernel.now:
        thread = kernel.release[0]
        release_remove(kernel, thread)
        possible_switch_to(kernel, thread)


def dequeue(kernel: Kernel, thread: TCB) -> None:
    """Take a thread out of every scheduling queue."""
    kernel.ready.remove(thread)
    release_remove(kernel, thread)
