"""Budgets as lists of refills (seL4 MCS: sporadic.c): what was used comes back one period later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import events
from kernel.costs import MIN_BUDGET
from kernel.objects import SchedContext

if TYPE_CHECKING:
    from kernel.kernel import Kernel

MIN_REFILLS = 2


def ready(kernel: Kernel, context: SchedContext) -> bool:
    """Whether the head refill may be used now."""
    return context.refills[0][0] <= kernel.now


def sufficient(context: SchedContext, usage: int) -> bool:
    """Whether the head refill can take `usage` cycles and leave a useful rest."""
    return context.refills[0][1] >= usage + MIN_BUDGET


def start(kernel: Kernel, context: SchedContext, refill_max: int, budget: int, period: int) -> None:
    """A fresh full budget from now on (seL4: refill_new)."""
    context.period = period
    context.refill_max = refill_max
    context.refills = [[kernel.now, budget]]
    if period == 0:
        context.refills.append([kernel.now, 0])
    tell(kernel, context)


def update(kernel: Kernel, context: SchedContext, refill_max: int, budget: int, period: int) -> None:
    """New parameters for a context in use: the head keeps its time (seL4: refill_update)."""
    context.period = period
    context.refill_max = refill_max
    head = context.refills[0]
    head[1] = min(head[1], budget)
    if head[0] <= kernel.now:
        head[0] = kernel.now
    context.refills = [head]
    if head[1] >= budget:
        if period == 0:
            context.refills.append([head[0], 0])
    else:
        rest = [head[0] + period, budget - head[1]] if period else [head[0], budget - head[1]]
        context.refills.append(rest)
    tell(kernel, context)


def tell(kernel: Kernel, context: SchedContext) -> None:
    """Say in an event what the refills are now."""
    kernel.emit((events.REFILLS, kernel.now, context.id, tuple((at, amount) for at, amount in context.refills)))


def _schedule_used(context: SchedContext, at: int, amount: int) -> None:
    refills = context.refills
    tail = refills[-1] if refills else None
    if tail is None:
        refills.append([at, amount])
    elif tail[0] + tail[1] >= at:
        tail[1] += amount
    elif len(refills) < context.refill_max:
        refills.append([at, amount])
    else:
        # Full: the tail is delayed so that both end together.
        tail[0] = at - tail[1]
        tail[1] += amount


def charge(kernel: Kernel, context: SchedContext, usage: int) -> None:
    """Account for used time (seL4: refill_budget_check)."""
    refills = context.refills
    if context.period == 0:
        refills[0][1] -= usage
        refills[-1][1] += usage
        return
    while refills[0][1] <= usage:
        usage -= refills[0][1]
        if len(refills) == 1:
            refills[0][0] += context.period
        else:
            at, amount = refills.pop(0)
            _schedule_used(context, at + context.period, amount)
    if usage > 0:
        head = refills[0]
        back = head[0] + context.period
        head[1] -= usage
        head[0] += usage
        _schedule_used(context, back, usage)
    while refills[0][1] < MIN_BUDGET and len(refills) > 1:
        _, amount = refills.pop(0)
        refills[0][1] += amount
        refills[0][0] -= amount
    tell(kernel, context)


def unblock(kernel: Kernel, context: SchedContext) -> None:
    """A thread wakes: what is ready becomes one refill that starts now (seL4: refill_unblock_check)."""
    if context.period == 0:
        return
    refills = context.refills
    if refills[0][0] <= kernel.now:
        before = [list(refill) for refill in refills]
        refills[0][0] = kernel.now
        while len(refills) > 1 and refills[1][0] <= kernel.now + refills[0][1]:
            _, amount = refills.pop(0)
            refills[0][1] += amount
            refills[0][0] = kernel.now
        if refills != before:
            tell(kernel, context)


def unblock_if_sporadic(kernel: Kernel, context: SchedContext | None) -> None:
    """Only contexts with the sporadic flag, and not the one that is being charged now."""
    if context is not None and context.sporadic and context.refill_max and context is not kernel.current_context:
        unblock(kernel, context)
