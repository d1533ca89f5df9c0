"""Interrupts: a line becomes a signal; masked until acknowledged (seL4: handleInterrupt, interrupt.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import costs, deletion, derivation, events, notification
from kernel.abi import Error, Label, ObjectType, Rights
from kernel.cspace import ensure_empty, lookup_operand
from kernel.errors import refuse
from kernel.objects import Capability, IRQHandler

if TYPE_CHECKING:
    from kernel.invocation import Invocation
    from kernel.kernel import Kernel

MAX_IRQ = 255


def invoke_control(kernel: Kernel, request: Invocation) -> tuple[int, ...]:
    """IRQControl_Get: words (irq, index, depth), capability (root of the destination)."""
    words = request.words
    if request.label != Label.IRQ_ISSUE_HANDLER:
        refuse(Error.ILLEGAL_OPERATION)
    if len(words) < 3 or not request.extra:
        refuse(Error.TRUNCATED_MESSAGE)
    number, index, depth = words[:3]
    if number > MAX_IRQ:
        refuse(Error.RANGE_ERROR, 0, MAX_IRQ)
    if number in kernel.irqs:
        refuse(Error.REVOKE_FIRST)
    target = lookup_operand(request.extra[0].cap, index, depth, source=False)
    ensure_empty(target)
    handler = IRQHandler(kernel.new_id(), number)
    kernel.irqs[number] = handler
    kernel.object_count += 1
    kernel.emit((events.OBJECT_CREATED, kernel.now, handler.id, int(ObjectType.IRQ_HANDLER), 0, number, 0))
    derivation.insert(kernel, Capability(ObjectType.IRQ_HANDLER, handler), request.slot, target)
    return ()


def invoke(kernel: Kernel, request: Invocation) -> tuple[int, ...]:
    """IRQHandler_Ack, SetNotification, Clear."""
    handler: IRQHandler = request.cap.object
    label = request.label
    if label == Label.IRQ_ACK:
        handler.masked = False
        kernel.emit((events.IRQ_ACKED, kernel.now, request.thread.id, handler.irq))
        if handler.pending:
            handler.pending = False
            interrupt(kernel, handler.irq)
    elif label == Label.IRQ_SET_HANDLER:
        if not request.extra:
            refuse(Error.TRUNCATED_MESSAGE)
        source = request.extra[0]
        cap = source.cap
        if cap is None or cap.kind != ObjectType.NOTIFICATION or not cap.rights & Rights.WRITE:
            refuse(Error.INVALID_CAPABILITY, 0)
        copied = cap.copy()
        clear_handler(kernel, handler)
        derivation.insert(kernel, copied, source, handler.slot)
        kernel.emit((events.IRQ_HANDLER_SET, kernel.now, handler.irq, cap.object.id))
    elif label == Label.IRQ_CLEAR_HANDLER:
        clear_handler(kernel, handler)
    else:
        refuse(Error.ILLEGAL_OPERATION)
    return ()


def clear_handler(kernel: Kernel, handler: IRQHandler) -> None:
    """The interrupt signals nobody any more."""
    if handler.slot.cap is not None:
        deletion.delete(kernel, handler.slot, exposed=True)
        kernel.emit((events.IRQ_HANDLER_SET, kernel.now, handler.irq, 0))


def forget(kernel: Kernel, handler: IRQHandler) -> None:
    """The last handler capability is gone: the line is inactive and can be issued again."""
    kernel.irqs.pop(handler.irq, None)


def interrupt(kernel: Kernel, number: int) -> None:
    """A device raised its line: masked from now on until Ack. Masked before, it stays pending; unheard, it is lost."""
    kernel.now += costs.INTERRUPT
    handler = kernel.irqs.get(number)
    cap = handler.slot.cap if handler is not None else None
    if handler is None or cap is None or handler.masked:
        if handler is not None:
            handler.pending = handler.masked
            handler.masked = True
        kernel.emit((events.IRQ_RAISED, kernel.now, number, 0))
        return
    handler.masked = True
    kernel.emit((events.IRQ_RAISED, kernel.now, number, cap.object.id))
    notification.signal(kernel, 0, cap.object, cap.badge)
