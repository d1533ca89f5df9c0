"""Every trap a thread can make: its arguments decoded, its cost charged, its work handed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kernel import costs, events, faults, invocation, memory, scheduler
from kernel.abi import WORD_MAX, Syscall, ThreadState, UserException
from kernel.arguments import Malformed, arity, bytes_of, message, note_fields, receive_slot, shown, text_of, word
from kernel.cspace import lookup_slot
from kernel.errors import LookupFailed, Preempted
from kernel.objects import TCB

if TYPE_CHECKING:
    from kernel.kernel import Kernel

ENDED = 30
"""Trap of a thread whose program has ended: executing it again faults again."""


def handle(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    """Carry out what a thread asked for; what makes no sense becomes a fault of the thread."""
    handler = HANDLERS.get(trap[0]) if type(trap[0]) is int else None
    try:
        if handler is not None:
            handler(kernel, thread, trap)
        elif type(trap[0]) is int and 0 < trap[0] <= WORD_MAX:
            faults.unknown_syscall(kernel, thread, trap[0])
        else:
            raise Malformed(f"{shown(trap)} is not a system call")
    except Malformed as malformed:
        faults.user_exception(kernel, thread, UserException.MALFORMED_SYSCALL, str(malformed))
    except Preempted:
        kernel.set_state(thread, ThreadState.RESTART)


def _call(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    pointer, label, words, caps = message(trap, 1, 6)
    thread.rx = receive_slot(trap[5])
    kernel.now += costs.CALL
    invocation.invoke(kernel, thread, pointer, label, words, caps, is_call=True, blocking=True, donate=True)


def _send(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    pointer, label, words, caps = message(trap, 1, 5)
    kernel.now += costs.SEND
    invocation.invoke(kernel, thread, pointer, label, words, caps, blocking=True)


def _nb_send(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    pointer, label, words, caps = message(trap, 1, 5)
    kernel.now += costs.SEND
    invocation.invoke(kernel, thread, pointer, label, words, caps)


def _recv(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 4)
    invocation.receive(kernel, thread, word(trap[1]), word(trap[2]), receive_slot(trap[3]), blocking=True)


def _nb_recv(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 4)
    invocation.receive(kernel, thread, word(trap[1]), word(trap[2]), receive_slot(trap[3]), blocking=False)


def _wait(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 3)
    invocation.receive(kernel, thread, word(trap[1]), None, receive_slot(trap[2]), blocking=True)


def _nb_wait(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 3)
    invocation.receive(kernel, thread, word(trap[1]), None, receive_slot(trap[2]), blocking=False)


def _reply_recv(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 7)
    source, held = word(trap[1]), word(trap[2])
    _, label, words, caps = message((0, held, *trap[3:6]), 1, 5)
    rx = receive_slot(trap[6])
    kernel.now += costs.REPLY_RECV - costs.RECEIVE
    invocation.invoke(kernel, thread, held, label, words, caps, donate=True, first_phase=True)
    invocation.receive(kernel, thread, source, held, rx, blocking=True)


def _nb_send_recv(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    pointer, label, words, caps = message(trap, 1, 8)
    source, held, rx = word(trap[5]), word(trap[6]), receive_slot(trap[7])
    kernel.now += costs.SEND
    invocation.invoke(kernel, thread, pointer, label, words, caps, donate=True, first_phase=True)
    invocation.receive(kernel, thread, source, held, rx, blocking=True)


def _nb_send_wait(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    pointer, label, words, caps = message(trap, 1, 7)
    source, rx = word(trap[5]), receive_slot(trap[6])
    kernel.now += costs.SEND
    invocation.invoke(kernel, thread, pointer, label, words, caps, donate=True, first_phase=True)
    invocation.receive(kernel, thread, source, None, rx, blocking=True)


def _yield(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    kernel.now += costs.YIELD
    scheduler.yield_slice(kernel)


def _ended(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 3)
    faults.user_exception(kernel, thread, UserException(trap[1]), str(trap[2]))


def _undefined(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 2)
    faults.user_exception(
        kernel, thread, UserException.UNDEFINED_INSTRUCTION, "undefined instruction", word(trap[1])
    )


def _load(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 3)
    size = word(trap[2])
    if size > memory.MAX_ACCESS:
        raise Malformed(f"a load of {size} bytes; at most {memory.MAX_ACCESS}")
    memory.load(kernel, thread, word(trap[1]), size)


def _store(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 3)
    memory.store(kernel, thread, word(trap[1]), bytes_of(trap[2], memory.MAX_ACCESS))


def _compute(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    """Up to the end of the budget, or to the next device event; then again with what is left."""
    arity(trap, 2)
    wanted = word(trap[1])
    context = kernel.current_context
    slice_left = wanted
    if context is not None and context.refill_max:
        slice_left = max(1, context.refills[0][1] - (kernel.now - kernel.charge_from))
    chunk = min(wanted, slice_left, max(1, kernel.until - kernel.now))
    if kernel.release:
        chunk = min(chunk, max(1, kernel.next_release - kernel.now))
    kernel.now += chunk
    if chunk < wanted:
        thread.trap = (int(Syscall.COMPUTE), wanted - chunk)
        kernel.set_state(thread, ThreadState.RESTART)
        scheduler.has_budget(kernel)


def _debug_name(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 3)
    kernel.now += costs.DEBUG
    text = text_of(trap[2])
    try:
        cap = lookup_slot(thread, word(trap[1])).cap
    except LookupFailed:
        return
    if cap is not None:
        kernel.emit((events.NAMED, kernel.now, cap.object.id, text))


def _debug_note(kernel: Kernel, thread: TCB, trap: tuple[Any, ...]) -> None:
    arity(trap, 3)
    kernel.now += costs.DEBUG
    fields = note_fields(trap[2])
    kernel.emit((events.NOTE, kernel.now, thread.id, text_of(trap[1]), fields))


HANDLERS: dict[int, Callable[[Kernel, TCB, tuple[Any, ...]], None]] = {
    Syscall.CALL: _call,
    Syscall.SEND: _send,
    Syscall.NB_SEND: _nb_send,
    Syscall.RECV: _recv,
    Syscall.NB_RECV: _nb_recv,
    Syscall.REPLY_RECV: _reply_recv,
    Syscall.NB_SEND_RECV: _nb_send_recv,
    Syscall.NB_SEND_WAIT: _nb_send_wait,
    Syscall.WAIT: _wait,
    Syscall.NB_WAIT: _nb_wait,
    Syscall.YIELD: _yield,
    Syscall.DEBUG_NAME: _debug_name,
    Syscall.DEBUG_NOTE: _debug_note,
    Syscall.LOAD: _load,
    Syscall.STORE: _store,
    Syscall.COMPUTE: _compute,
    Syscall.UNDEFINED: _undefined,
    ENDED: _ended,
}
