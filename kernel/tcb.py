"""Invocations of a thread: spaces, priorities, registers, suspend and resume (seL4: tcb.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import deletion, derivation, endpoint, events, faults, notification, refills, schedcontext, scheduler
from kernel.abi import Error, Label, ObjectType, Rights, ThreadState
from kernel.errors import refuse
from kernel.objects import TCB, Capability, Slot

if TYPE_CHECKING:
    from kernel.invocation import Invocation
    from kernel.kernel import Kernel

BUFFER_ALIGNMENT = 1 << 10
MAX_REGISTERS = 36
RESUME_FLAG = 1


def invoke(kernel: Kernel, request: Invocation) -> tuple[int, ...]:
    """Dispatch one TCB invocation."""
    handler = _OPERATIONS.get(request.label)
    if handler is None:
        refuse(Error.ILLEGAL_OPERATION)
    return handler(kernel, request, request.cap.object)


def suspend(kernel: Kernel, thread: TCB) -> None:
    """Stop a thread. Blocked: it leaves its queue. Runnable: it goes on after its call when resumed."""
    endpoint.cancel_ipc(kernel, thread)
    if thread.state == ThreadState.RUNNING:
        thread.trap = None
    if thread.state != ThreadState.INACTIVE:
        kernel.set_state(thread, ThreadState.INACTIVE)
    scheduler.dequeue(kernel, thread)
    schedcontext.cancel_yield_to(thread)


def restart(kernel: Kernel, thread: TCB) -> None:
    """Resume a stopped or blocked thread: it executes its interrupted system call again (seL4: restart)."""
    if thread.state == ThreadState.RUNNING or thread.state == ThreadState.RESTART:
        return
    endpoint.cancel_ipc(kernel, thread)
    kernel.set_state(thread, ThreadState.RESTART)
    refills.unblock_if_sporadic(kernel, thread.sched_context)
    schedcontext.resume(kernel, thread.sched_context)
    if scheduler.is_schedulable(thread):
        scheduler.possible_switch_to(kernel, thread)


def stop_vehicle(thread: TCB) -> None:
    """The thread will never run again."""
    vehicle = thread.vehicle
    thread.vehicle = thread.resume = thread.trap = thread.value = None
    if vehicle is not None:
        vehicle.close()


def set_priority(kernel: Kernel, thread: TCB, priority: int) -> None:
    """Change a priority; queues are kept in order (seL4: setPriority)."""
    state = thread.state
    if state == ThreadState.RUNNING or state == ThreadState.RESTART:
        if thread.queued or thread is kernel.current:
            kernel.ready.remove(thread)
            thread.priority = priority
            kernel.ready.enqueue(thread)
            scheduler.reschedule_required(kernel)
        else:
            thread.priority = priority
    else:
        thread.priority = priority
        if thread.blocked_on is not None:
            thread.blocked_on.queue.requeue(thread)
    kernel.emit((events.PRIORITY, kernel.now, thread.id, priority, thread.mcp))


def _set_maximum(kernel: Kernel, thread: TCB, mcp: int) -> None:
    """Change the maximum controlled priority. An event of its own, because queues stay as they are."""
    if thread.mcp != mcp:
        thread.mcp = mcp
        kernel.emit((events.PRIORITY, kernel.now, thread.id, thread.priority, mcp))


def _need(request: Invocation, words: int, caps: int) -> None:
    if len(request.words) < words or len(request.extra) < caps:
        refuse(Error.TRUNCATED_MESSAGE)


def _authority(request: Invocation) -> TCB:
    cap = request.extra[0].cap
    if cap is None or cap.kind != ObjectType.TCB:
        refuse(Error.INVALID_CAPABILITY, 1)
    authority: TCB = cap.object
    return authority


def _check_priority(value: int, authority: TCB) -> None:
    if value > authority.mcp:
        refuse(Error.RANGE_ERROR, 0, authority.mcp)


def _check_fault_handler(slot: Slot, number: int) -> None:
    if slot.cap is not None and not faults.usable_handler(slot):
        refuse(Error.INVALID_CAPABILITY, number)


def _space_root(slot: Slot, data: int, kind: ObjectType) -> Capability:
    held = slot.cap
    if held is not None and data:
        held = derivation.with_data(held, data, preserve=False)
    made = derivation.derive(slot, held)
    if made is None or made.kind != kind:
        refuse(Error.ILLEGAL_OPERATION)
    return made


def _check_buffer(slot: Slot, address: int) -> None:
    cap = derivation.derive(slot, slot.cap)
    if cap is None or cap.kind != ObjectType.FRAME or cap.object.device is not None:
        refuse(Error.ILLEGAL_OPERATION)
    if address % BUFFER_ALIGNMENT:
        refuse(Error.ALIGNMENT_ERROR)


def _install(kernel: Kernel, request: Invocation, target: Slot, made: Capability | None, source: Slot) -> None:
    """Replace a capability in a TCB. Deleting the old one may take away the new one's source, or the TCB itself."""
    deletion.delete(kernel, target, exposed=True)
    if made is None or source.cap is None or not derivation.same_object(made, source.cap):
        return
    invoked = request.slot.cap
    if invoked is not None and derivation.same_object(request.cap, invoked):
        derivation.insert(kernel, made, source, target)


def _configure(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    _need(request, 3, 3)
    cspace_data, vspace_data, address = request.words[:3]
    cspace, vspace, buffer = request.extra[:3]
    if address:
        _check_buffer(buffer, address)
    cspace_cap = _space_root(cspace, cspace_data, ObjectType.CNODE)
    vspace_cap = _space_root(vspace, vspace_data, ObjectType.VSPACE)
    _install(kernel, request, thread.cspace, cspace_cap, cspace)
    _install(kernel, request, thread.vspace, vspace_cap, vspace)
    _install(kernel, request, thread.ipc_buffer, buffer.cap.copy() if address and buffer.cap else None, buffer)
    return ()


def _set_space(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    _need(request, 2, 3)
    handler, cspace, vspace = request.extra[:3]
    cspace_cap = _space_root(cspace, request.words[0], ObjectType.CNODE)
    vspace_cap = _space_root(vspace, request.words[1], ObjectType.VSPACE)
    _check_fault_handler(handler, 1)
    _install(kernel, request, thread.fault_handler, handler.cap.copy() if handler.cap else None, handler)
    _install(kernel, request, thread.cspace, cspace_cap, cspace)
    _install(kernel, request, thread.vspace, vspace_cap, vspace)
    return ()


def _set_ipc_buffer(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    _need(request, 1, 1)
    address, slot = request.words[0], request.extra[0]
    if address:
        _check_buffer(slot, address)
    _install(kernel, request, thread.ipc_buffer, slot.cap.copy() if address and slot.cap else None, slot)
    return ()


def _set_timeout_endpoint(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    _need(request, 0, 1)
    slot = request.extra[0]
    _check_fault_handler(slot, 1)
    _install(kernel, request, thread.timeout_handler, slot.cap.copy() if slot.cap else None, slot)
    return ()


def _set_priority(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    _need(request, 1, 1)
    _check_priority(request.words[0], _authority(request))
    set_priority(kernel, thread, request.words[0])
    return ()


def _set_mc_priority(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    _need(request, 1, 1)
    _check_priority(request.words[0], _authority(request))
    _set_maximum(kernel, thread, request.words[0])
    return ()


def _set_sched_params(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    _need(request, 2, 3)
    authority = _authority(request)
    mcp, priority = request.words[:2]
    _check_priority(mcp, authority)
    _check_priority(priority, authority)
    context_cap, handler = request.extra[1].cap, request.extra[2]
    if context_cap is None:
        if thread is kernel.current:
            refuse(Error.ILLEGAL_OPERATION)
    elif context_cap.kind != ObjectType.SCHED_CONTEXT:
        refuse(Error.INVALID_CAPABILITY, 2)
    else:
        schedcontext.check_binding(kernel, context_cap.object, thread)
    _check_fault_handler(handler, 3)
    _install(kernel, request, thread.fault_handler, handler.cap.copy() if handler.cap else None, handler)
    _set_maximum(kernel, thread, mcp)
    set_priority(kernel, thread, priority)
    if context_cap is not None:
        schedcontext.bind_tcb(kernel, context_cap.object, thread)
    elif thread.sched_context is not None:
        schedcontext.unbind_tcb(kernel, thread.sched_context)
    return ()


def _suspend(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    suspend(kernel, thread)
    return ()


def _resume(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    restart(kernel, thread)
    return ()


def _bind_notification(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    _need(request, 0, 1)
    if thread.bound_notification is not None:
        refuse(Error.ILLEGAL_OPERATION)
    cap = request.extra[0].cap
    if cap is None or cap.kind != ObjectType.NOTIFICATION or not cap.rights & Rights.READ:
        refuse(Error.ILLEGAL_OPERATION)
    target = cap.object
    if target.queue.head is not None or target.bound is not None:
        refuse(Error.ILLEGAL_OPERATION)
    notification.bind(kernel, thread, target)
    return ()


def _unbind_notification(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    if thread.bound_notification is None:
        refuse(Error.ILLEGAL_OPERATION)
    notification.unbind(kernel, thread)
    return ()


def _write_registers(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    words = request.words
    _need(request, 2, 0)
    flags, count = words[:2]
    if len(words) - 2 < count:
        refuse(Error.TRUNCATED_MESSAGE)
    if thread is kernel.current:
        refuse(Error.ILLEGAL_OPERATION)
    if not 1 <= count <= MAX_REGISTERS:
        refuse(Error.RANGE_ERROR, 1, MAX_REGISTERS)
    stop_vehicle(thread)
    thread.entry = words[2]
    thread.arguments = words[3 : 2 + count]
    kernel.emit((events.STARTED, kernel.now, thread.id, thread.entry))
    if flags & RESUME_FLAG:
        restart(kernel, thread)
    return ()


def _read_registers(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    words = request.words
    _need(request, 2, 0)
    flags, count = words[:2]
    if not 1 <= count <= MAX_REGISTERS:
        refuse(Error.RANGE_ERROR, 1, MAX_REGISTERS)
    if thread is kernel.current:
        refuse(Error.ILLEGAL_OPERATION)
    if flags & RESUME_FLAG:
        suspend(kernel, thread)
    registers = (thread.entry, *thread.arguments)[:count]
    return registers + (0,) * (count - len(registers))


def _copy_registers(kernel: Kernel, request: Invocation, thread: TCB) -> tuple[int, ...]:
    """Words (flags): bit 0 suspend the source, bit 1 resume the destination, bit 2 copy program and arguments."""
    _need(request, 1, 1)
    cap = request.extra[0].cap
    if cap is None or cap.kind != ObjectType.TCB:
        refuse(Error.INVALID_CAPABILITY, 1)
    source: TCB = cap.object
    flags = request.words[0]
    if flags & 1:
        suspend(kernel, source)
    if flags & 4 and thread is not kernel.current:
        stop_vehicle(thread)
        thread.entry, thread.arguments = source.entry, source.arguments
        kernel.emit((events.STARTED, kernel.now, thread.id, thread.entry))
    if flags & 2:
        restart(kernel, thread)
    return ()


_OPERATIONS = {
    int(Label.TCB_READ_REGISTERS): _read_registers,
    int(Label.TCB_WRITE_REGISTERS): _write_registers,
    int(Label.TCB_COPY_REGISTERS): _copy_registers,
    int(Label.TCB_CONFIGURE): _configure,
    int(Label.TCB_SET_PRIORITY): _set_priority,
    int(Label.TCB_SET_MC_PRIORITY): _set_mc_priority,
    int(Label.TCB_SET_SCHED_PARAMS): _set_sched_params,
    int(Label.TCB_SET_TIMEOUT_ENDPOINT): _set_timeout_endpoint,
    int(Label.TCB_SET_IPC_BUFFER): _set_ipc_buffer,
    int(Label.TCB_SET_SPACE): _set_space,
    int(Label.TCB_SUSPEND): _suspend,
    int(Label.TCB_RESUME): _resume,
    int(Label.TCB_BIND_NOTIFICATION): _bind_notification,
    int(Label.TCB_UNBIND_NOTIFICATION): _unbind_notification,
}
