"""Sending to whatever a capability names, and receiving (seL4: decodeInvocation, handleRecv)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kernel import (
    cnode,
    costs,
    endpoint,
    events,
    faults,
    irq,
    memory,
    notification,
    reply,
    schedcontext,
    tcb,
    transfer,
    untyped,
)
from kernel.abi import REGISTER_WORDS, Error, LookupFailure, Message, ObjectType, Rights, ThreadState
from kernel.cspace import lookup_slot
from kernel.errors import LookupFailed, Refused
from kernel.objects import TCB, Capability, Slot

if TYPE_CHECKING:
    from kernel.kernel import Kernel


@dataclass(slots=True)
class Invocation:
    """An invocation of a kernel object, decoded as far as all of them are alike."""

    thread: TCB
    slot: Slot
    """Where the invoked capability is."""
    cap: Capability
    label: int
    words: tuple[int, ...]
    extra: list[Slot]
    """The slots that the extra capability pointers resolved to; they may be empty."""


_MESSAGE_KINDS = frozenset({ObjectType.ENDPOINT, ObjectType.NOTIFICATION, ObjectType.REPLY})
_RECEIVABLE = frozenset({ObjectType.ENDPOINT, ObjectType.NOTIFICATION})
_NOT_IN_FIRST_PHASE = frozenset(
    {ObjectType.TCB, ObjectType.CNODE, ObjectType.SCHED_CONTROL, ObjectType.SCHED_CONTEXT}
)


def _no_invocations(kernel: Kernel, request: Invocation) -> tuple[int, ...]:
    """A VSpace has no invocations of its own here: frames are mapped into it by theirs."""
    raise Refused(Error.ILLEGAL_OPERATION)


_INVOKE: dict[ObjectType, Callable[[Kernel, Invocation], tuple[int, ...] | None]] = {
    ObjectType.UNTYPED: untyped.invoke,
    ObjectType.CNODE: cnode.invoke,
    ObjectType.TCB: tcb.invoke,
    ObjectType.SCHED_CONTEXT: schedcontext.invoke,
    ObjectType.SCHED_CONTROL: schedcontext.invoke_control,
    ObjectType.IRQ_CONTROL: irq.invoke_control,
    ObjectType.IRQ_HANDLER: irq.invoke,
    ObjectType.FRAME: memory.invoke_frame,
    ObjectType.VSPACE: _no_invocations,
}


def invoke(
    kernel: Kernel,
    thread: TCB,
    pointer: int,
    label: int,
    words: tuple[int, ...],
    caps: tuple[int, ...],
    *,
    is_call: bool = False,
    blocking: bool = False,
    donate: bool = False,
    first_phase: bool = False,
) -> None:
    """Send to whatever a capability names (seL4: handleInvocation, decodeInvocation)."""
    failing = pointer
    if (caps or len(words) > REGISTER_WORDS) and not transfer.has_buffer(thread):
        words, caps = words[:REGISTER_WORDS], ()
    try:
        slot = lookup_slot(thread, pointer)
        extra = []
        for failing in caps:
            extra.append(lookup_slot(thread, failing))
    except LookupFailed as failed:
        if blocking:
            faults.capability_fault(kernel, thread, failing, failed, receiving=False)
        else:
            kernel.emit((events.DROPPED, kernel.now, thread.id, failing, 0, "unresolved"))
        return
    cap = slot.cap
    thread.state = ThreadState.RESTART
    try:
        if cap is None or cap.kind == ObjectType.ZOMBIE:
            raise Refused(Error.INVALID_CAPABILITY, 0)
        if cap.kind in _MESSAGE_KINDS:
            _message_to(
                    kernel, thread, cap, label, words, caps, is_call=is_call, blocking=blocking, donate=donate
            )
            answer: tuple[int, ...] | None = ()
        elif first_phase and cap.kind in _NOT_IN_FIRST_PHASE:
            raise Refused(Error.INVALID_CAPABILITY, 0)
        else:
            kernel.now += costs.INVOCATION
            answer = _INVOKE[cap.kind](kernel, Invocation(thread, slot, cap, label, words, extra))
            kernel.emit((events.INVOKED, kernel.now, thread.id, pointer, cap.object.id, label, 0, answer or ()))
    except Refused as refused:
        _refused(kernel, thread, pointer, cap, label, refused, is_call=is_call)
        answer = None
    if thread.state == ThreadState.RESTART:
        thread.state = ThreadState.RUNNING
        if answer is not None:
            thread.value = _answer(thread, Error.NO_ERROR, answer) if is_call else None


def _answer(thread: TCB, error: Error, words: tuple[int, ...]) -> Message:
    """The kernel's reply to an invocation."""
    if len(words) > REGISTER_WORDS and not transfer.has_buffer(thread, receiving=True):
        words = words[:REGISTER_WORDS]
    return Message(0, int(error), words)


def _refused(
    kernel: Kernel, thread: TCB, pointer: int, cap: Capability | None, label: int, refused: Refused, *, is_call: bool
) -> None:
    target = cap.object.id if cap is not None else 0
    if is_call:
        kernel.emit(
            (
                events.INVOKED, kernel.now, thread.id, pointer, target, label, int(refused.error),
                tuple(int(word) for word in refused.words),
            )
        )
        thread.value = _answer(thread, refused.error, tuple(int(word) for word in refused.words))
    else:
        reason = "empty slot" if cap is None else "no write right" if cap.kind in _MESSAGE_KINDS else "error"
        kernel.emit((events.DROPPED, kernel.now, thread.id, pointer, target, reason))
        thread.value = None


def _message_to(
    kernel: Kernel,
    thread: TCB,
    cap: Capability,
    label: int,
    words: tuple[int, ...],
    caps: tuple[int, ...],
    *,
    is_call: bool,
    blocking: bool,
    donate: bool,
) -> None:
    if cap.kind == ObjectType.ENDPOINT:
        if not cap.rights & Rights.WRITE:
            raise Refused(Error.INVALID_CAPABILITY, 0)
        thread.message = (label, words, caps)
        endpoint.send(
            kernel, thread, cap.object, cap.badge, blocking=blocking, is_call=is_call,
            can_grant=bool(cap.rights & Rights.GRANT), can_grant_reply=bool(cap.rights & Rights.GRANT_REPLY),
            can_donate=donate,
        )  # fmt: skip
    elif cap.kind == ObjectType.NOTIFICATION:
        if not cap.rights & Rights.WRITE:
            raise Refused(Error.INVALID_CAPABILITY, 0)
        notification.signal(kernel, thread.id, cap.object, cap.badge)
    else:
        thread.message = (label, words, caps)
        reply.transfer_reply(kernel, thread, cap.object, can_grant=bool(cap.rights & Rights.GRANT))


def receive(
    kernel: Kernel, thread: TCB, pointer: int, held: int | None, rx: tuple[int, int, int] | None, *, blocking: bool
) -> None:
    """Receive from an endpoint or wait for a notification (seL4: handleRecv)."""
    kernel.now += costs.RECEIVE
    thread.rx = rx
    failing = pointer
    try:
        cap = lookup_slot(thread, pointer).cap
        if cap is None or not cap.rights & Rights.READ or cap.kind not in _RECEIVABLE:
            raise LookupFailed(LookupFailure.MISSING_CAPABILITY, 0)
        if cap.kind == ObjectType.NOTIFICATION:
            bound = cap.object.bound
            if bound is not None and bound is not thread:
                raise LookupFailed(LookupFailure.MISSING_CAPABILITY, 0)
            notification.receive(kernel, thread, cap.object, blocking=blocking)
            return
        found = None
        if held is not None:
            failing = held
            reply_cap = lookup_slot(thread, held).cap
            if reply_cap is None or reply_cap.kind != ObjectType.REPLY:
                raise LookupFailed(LookupFailure.MISSING_CAPABILITY, 0)
            found = reply_cap.object
    except LookupFailed as failed:
        faults.capability_fault(kernel, thread, failing, failed, receiving=True)
        return
    endpoint.receive(kernel, thread, cap, found, blocking=blocking)
