"""Reply objects and the call stack that lends scheduling contexts (seL4 MCS: reply.c, doReplyTransfer)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import events, faults, refills, schedcontext, scheduler, states, transfer
from kernel.abi import Fault, ThreadState
from kernel.objects import TCB, Reply, SchedContext

if TYPE_CHECKING:
    from kernel.kernel import Kernel

__all__ = ["Reply", "pop", "push", "remove", "remove_tcb", "transfer_reply"]


def push(kernel: Kernel, caller: TCB, callee: TCB, held: Reply, *, can_donate: bool) -> None:
    """The caller now waits for `held`; its scheduling context goes to a passive callee."""
    held.tcb = caller
    caller.reply = held
    states.enter(caller, ThreadState.BLOCKED_ON_REPLY)
    scheduler.left_processor(kernel, caller)
    context = caller.sched_context
    if context is not None and callee.sched_context is None and can_donate:
        below = context.reply
        held.prev = below
        if below is not None:
            below.next = held
        held.next = context
        context.reply = held
        schedcontext.donate(kernel, context, callee)


def _unlink(caller: TCB, held: Reply) -> None:
    held.tcb = None
    caller.reply = None


def pop(kernel: Kernel, held: Reply, caller: TCB) -> SchedContext | None:
    """Take a reply off the call stack; the head gives the scheduling context back, which is returned."""
    above, below = held.next, held.prev
    given: SchedContext | None = None
    if isinstance(above, SchedContext):
        above.reply = below
        if below is not None:
            below.next = above
        held.prev = held.next = None
        if caller.sched_context is None:
            schedcontext.donate(kernel, above, caller)
            given = above
    _unlink(caller, held)
    return given


def _detach(held: Reply, caller: TCB) -> None:
    above, below = held.next, held.prev
    if isinstance(above, SchedContext):
        above.reply = None
    elif above is not None:
        above.prev = None
    if below is not None:
        below.next = None
    held.prev = held.next = None
    _unlink(caller, held)


def _take_off(kernel: Kernel, held: Reply, caller: TCB) -> SchedContext | None:
    if isinstance(held.next, SchedContext):
        return pop(kernel, held, caller)
    _detach(held, caller)
    return None


def _tell(kernel: Kernel, held: Reply, caller: TCB, given: SchedContext | None) -> None:
    kernel.emit((events.REPLY_BOUND, kernel.now, held.id, 0))
    if given is not None:
        kernel.emit((events.SC_BOUND, kernel.now, given.id, caller.id))
    kernel.set_state(caller, ThreadState.INACTIVE)


def remove(kernel: Kernel, held: Reply, caller: TCB) -> None:
    """The reply object goes: its caller becomes Inactive; from the middle of a call stack, the chain breaks."""
    _tell(kernel, held, caller, _take_off(kernel, held, caller))


def remove_tcb(kernel: Kernel, caller: TCB) -> None:
    """A caller stops waiting: the chain breaks there and the scheduling context stays with whoever has it."""
    held = caller.reply
    assert held is not None
    _detach(held, caller)
    _tell(kernel, held, caller, None)


def transfer_reply(kernel: Kernel, sender: TCB, held: Reply, *, can_grant: bool) -> None:
    """Answer the caller that `held` holds; nothing happens if there is none (seL4: doReplyTransfer)."""
    caller = held.tcb
    if caller is None or caller.state != ThreadState.BLOCKED_ON_REPLY:
        kernel.emit((events.DROPPED, kernel.now, sender.id, 0, held.id, "nobody waits for this reply"))
        return
    given = _take_off(kernel, held, caller)
    refills.unblock_if_sporadic(kernel, caller.sched_context)
    fault = caller.fault
    if fault is None:
        label, words, moved = transfer.message(kernel, sender, caller, None, 0, can_grant=can_grant)
        states.enter(caller, ThreadState.RUNNING)
        restarts = 0
    else:
        label, words, moved = sender.message[0], sender.message[1], ()
        goes_on = faults.handle_reply(caller, label, words)
        caller.fault = None
        states.enter(caller, ThreadState.RESTART if goes_on else ThreadState.INACTIVE)
        restarts = 1 if goes_on else 2
    kernel.emit(
        (
            events.REPLIED, kernel.now, sender.id, caller.id, held.id, label, words, moved, restarts,
            given.id if given is not None else 0,
        )
    )
    context = caller.sched_context
    if context is not None and scheduler.is_runnable(caller):
        if refills.ready(kernel, context) and refills.sufficient(context, 0):
            scheduler.possible_switch_to(kernel, caller)
        elif faults.has_timeout_handler(caller) and (fault is None or fault[0] != Fault.TIMEOUT):
            faults.timeout(kernel, caller)
        else:
            scheduler.postpone(kernel, context)
