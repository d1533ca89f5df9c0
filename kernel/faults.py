"""Faults: what a thread did wrong becomes a message to its fault handler (seL4: handleFault, Arch_handleFaultReply)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import costs, endpoint, events
from kernel.abi import Fault, LookupFailure, ObjectType, Rights, ThreadState, UserException
from kernel.objects import TCB, Slot

if TYPE_CHECKING:
    from kernel.errors import LookupFailed
    from kernel.kernel import Kernel

_REGISTERS_BEFORE_IP = 8
INSTRUCTION_BYTES = 4


def usable_handler(slot: Slot) -> bool:
    """A fault handler capability must be able to send and to be answered."""
    cap = slot.cap
    return (
        cap is not None
        and cap.kind == ObjectType.ENDPOINT
        and bool(cap.rights & Rights.WRITE)
        and bool(cap.rights & (Rights.GRANT | Rights.GRANT_REPLY))
    )


def has_timeout_handler(thread: TCB) -> bool:
    """Whether somebody wants to be told when its budget runs out."""
    return usable_handler(thread.timeout_handler)


def raise_fault(kernel: Kernel, thread: TCB, fault: Fault, words: tuple[int, ...], text: str = "") -> None:
    """The thread stops; its handler is called on its behalf, on its scheduling context if the handler is passive."""
    kernel.now += costs.FAULT
    _send(kernel, thread, thread.fault_handler, fault, words, text, can_donate=thread.sched_context is not None)


def timeout(kernel: Kernel, thread: TCB) -> None:
    """The budget ran out and somebody wants to know. Does not lend the empty scheduling context."""
    context = thread.sched_context
    assert context is not None
    words = (context.badge, context.consumed // costs.CYCLES_PER_MICROSECOND)
    context.consumed = 0
    _send(kernel, thread, thread.timeout_handler, Fault.TIMEOUT, words, "", can_donate=False)


def _send(
    kernel: Kernel, thread: TCB, handler: Slot, fault: Fault, words: tuple[int, ...], text: str, *, can_donate: bool
) -> None:
    cap = handler.cap
    usable = cap is not None and usable_handler(handler)
    target = cap.object.id if usable and cap is not None else 0
    kernel.emit((events.FAULTED, kernel.now, thread.id, int(fault), words, target, text))
    if not usable or cap is None:
        kernel.set_state(thread, ThreadState.INACTIVE)
        return
    thread.fault = (int(fault), words)
    endpoint.send(
        kernel, thread, cap.object, cap.badge, blocking=True, is_call=False,
        can_grant=bool(cap.rights & Rights.GRANT), can_grant_reply=bool(cap.rights & Rights.GRANT_REPLY),
        can_donate=can_donate,
    )  # fmt: skip


def capability_fault(kernel: Kernel, thread: TCB, pointer: int, failed: LookupFailed, *, receiving: bool) -> None:
    """A capability pointer that does not resolve, or cannot be received from."""
    details = failed.details
    if failed.failure == LookupFailure.GUARD_MISMATCH:
        details = (details[0], details[1], details[2])
    raise_fault(
        kernel, thread, Fault.CAP_FAULT, (thread.entry, pointer, int(receiving), int(failed.failure), *details)
    )


def user_exception(kernel: Kernel, thread: TCB, number: UserException, text: str, code: int = 0) -> None:
    """The program did something that it cannot go on from."""
    raise_fault(kernel, thread, Fault.USER_EXCEPTION, (thread.entry, 0, 0, int(number), code), text)


def unknown_syscall(kernel: Kernel, thread: TCB, number: int) -> None:
    """A trap with a number that means nothing: words as seL4 has them, with the number last."""
    words = (*(0 for _ in range(_REGISTERS_BEFORE_IP)), thread.entry, 0, 0, 0, number)
    raise_fault(kernel, thread, Fault.UNKNOWN_SYSCALL, words)


def page_fault(kernel: Kernel, thread: TCB, address: int, *, write: bool) -> None:
    """Access to an address that is not mapped for it: words (ip, address, instruction fault 0, status: 1 = write)."""
    action = "write to" if write else "read of"
    raise_fault(
        kernel, thread, Fault.VM_FAULT, (thread.entry, address, 0, int(write)), f"{action} address {address:#x}"
    )


def handle_reply(thread: TCB, label: int, words: tuple[int, ...]) -> bool:
    """What the answer to a fault message does; whether the thread goes on (re-executing what faulted)."""
    assert thread.fault is not None
    fault = thread.fault[0]
    if fault in (Fault.CAP_FAULT, Fault.VM_FAULT):
        return True
    if label == 0:
        where = {Fault.UNKNOWN_SYSCALL: _REGISTERS_BEFORE_IP, Fault.USER_EXCEPTION: 0}.get(Fault(fault))
        if where is not None and len(words) > where and words[where] == thread.entry + INSTRUCTION_BYTES:
            # The handler moved the instruction pointer on: the faulting instruction is skipped.
            thread.trap = None
            thread.value = None
        return True
    return False
