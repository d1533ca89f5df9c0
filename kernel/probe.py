"""What a debugger at the processor's port may do: not system calls, and marked as such in the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import endpoint, events, scheduler, tcb
from kernel.abi import ThreadState
from kernel.objects import TCB

if TYPE_CHECKING:
    from kernel.kernel import Kernel


def throw(kernel: Kernel, thread: TCB, error: BaseException, action: str, detail: str) -> None:
    """The thread stops waiting; the exception rises in its program when it next runs."""
    kernel.emit((events.PROBE, kernel.now, thread.id, action, detail))
    if thread.vehicle is None:
        return
    thread.inject = error
    if not scheduler.is_runnable(thread):
        endpoint.cancel_ipc(kernel, thread)
        kernel.set_state(thread, ThreadState.RESTART)
        if scheduler.is_schedulable(thread):
            scheduler.possible_switch_to(kernel, thread)
    scheduler.schedule(kernel)


def suspend(kernel: Kernel, thread: TCB) -> None:
    """Stop a thread; what it waits for is cancelled as by TCB_Suspend."""
    kernel.emit((events.PROBE, kernel.now, thread.id, "suspend", ""))
    tcb.suspend(kernel, thread)
    if thread is kernel.current:
        scheduler.reschedule_required(kernel)
    scheduler.schedule(kernel)


def resume(kernel: Kernel, thread: TCB) -> None:
    """Let it go on; an interrupted system call is executed again."""
    kernel.emit((events.PROBE, kernel.now, thread.id, "resume", ""))
    tcb.restart(kernel, thread)
    scheduler.schedule(kernel)
