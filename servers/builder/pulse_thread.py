"""Setting up and re-setting the supervisor's timekeeper (see servers/pulse.py).

A change of its period takes effect at once because the thread is stopped first: a scheduling context whose thread
is not runnable starts with a full budget, otherwise the refill that is already under way would come first. The
price is one early pulse at each change, so whoever hears a pulse looks at the time.
"""

from __future__ import annotations

from servers.builder.builder import Builder
from servers.builder.layout import (
    PULSE,
    PULSE_BUDGET_US,
    PULSE_PRIORITY,
    PULSE_RADIX,
    PULSE_SIGNAL,
    PULSE_SLOT,
    WRITE,
)
from servers.manifest import SUPERVISOR
from servers.programs import PROGRAMS, PULSE as PULSE_PROGRAM
from servers.runtime import invocations as kernel
from servers.runtime.invocations import Place


async def set_up_pulse(builder: Builder, authority: int, control: int, period_us: int) -> None:
    """Configure the timekeeper so that it can be resumed."""
    cspace, thread = builder.slot(f"{PULSE}.cspace"), builder.slot(f"{PULSE}.tcb")
    target = Place(cspace, PULSE_SLOT, PULSE_RADIX)
    await kernel.mint(builder.place(f"{SUPERVISOR}.signals"), target, PULSE_SIGNAL, WRITE)
    await kernel.configure_thread(thread, cspace, PULSE_RADIX, builder.slot(f"{PULSE}.vspace"), 0, 0)
    context = builder.slot(f"{PULSE}.sc")
    await kernel.configure_context(control, context, PULSE_BUDGET_US, period_us)
    await kernel.schedule_thread(thread, authority, context, 0, PULSE_PRIORITY)
    await kernel.begin_program(thread, PROGRAMS[PULSE_PROGRAM].entry, (PULSE_SLOT,))


async def set_period(builder: Builder, control: int, period_us: int) -> None:
    """One pulse now, and then one each period_us microseconds."""
    thread = builder.slot(f"{PULSE}.tcb")
    await kernel.suspend(thread)
    await kernel.configure_context(control, builder.slot(f"{PULSE}.sc"), PULSE_BUDGET_US, period_us)
    await kernel.resume(thread)
