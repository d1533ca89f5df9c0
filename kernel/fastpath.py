"""The fast path: a Call that finds its server waiting, and a ReplyRecv that finds no other caller.

As in seL4, the fast path is no second semantics: it takes a system call only if every special case is absent, does
what the slow path would do, emits the same events, and leaves everything else to the slow path.
`tests/kernel/test_fastpath.py` runs both and compares the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kernel import costs, events
from kernel.abi import LABEL_MAX, Message, ObjectType, Syscall, ThreadState
from kernel.costs import MIN_BUDGET
from kernel.objects import TCB, Reply, SchedContext

if TYPE_CHECKING:
    from kernel.kernel import Kernel

_CALL: Final = int(Syscall.CALL)
_REPLY_RECV: Final = int(Syscall.REPLY_RECV)
_RUNNING: Final = int(ThreadState.RUNNING)
_ON_RECEIVE: Final = int(ThreadState.BLOCKED_ON_RECEIVE)
_ON_REPLY: Final = int(ThreadState.BLOCKED_ON_REPLY)
_ENDPOINT: Final = ObjectType.ENDPOINT
_REPLY: Final = ObjectType.REPLY
_CALLABLE: Final = tuple(rights & 1 != 0 and rights & 12 != 0 for rights in range(16))
"""By rights: may send, and may be answered."""
_WORD_LIMIT: Final = 1 << 64
_REGISTERS: Final = 4
_USER: Final = costs.USER
_COST_CALL: Final = costs.CALL
_COST_REPLY: Final = costs.REPLY_RECV - costs.RECEIVE
_COST_RECEIVE: Final = costs.RECEIVE
_COST_WORD: Final = costs.MESSAGE_WORD
_MESSAGE: Final = events.MESSAGE
_SCHEDULED: Final = events.SCHEDULED
_REPLIED: Final = events.REPLIED
_THREAD_STATE: Final = events.THREAD_STATE
_NONE: Final = ()
"""The empty tuple is one object: comparing identity is the cheapest test (another one takes the slow path)."""
_new_message = tuple.__new__


def run_fast(kernel: Kernel, steps: int) -> int:
    """Run the current thread and whoever it calls, until a trap needs the slow path (which is taken too).

    Returns the number of kernel entries; 0 if the current thread does not stand between two instructions.
    """
    thread = kernel.current
    done = 0
    until = kernel.until
    while (
        done < steps
        and thread is not None
        and kernel.now < until
        and thread.state == _RUNNING
        and thread.inject is None
        and (resume := thread.resume) is not None
    ):
        kernel.now += _USER
        value = thread.value
        thread.value = None
        done += 1
        kernel.in_thread = True
        try:
            trap = resume(value)
        except BaseException as error:
            kernel.in_thread = False
            kernel.finish(thread, kernel.thread_ended(thread, error))
            return done
        kernel.in_thread = False
        if type(trap) is tuple:
            # Identity: small integers are one object each, and a comparison could be code of the thread.
            if len(trap) == 6:
                if trap[0] is _CALL:
                    thread.trap = trap
                    if (receiver := _call(kernel, thread, trap)) is not None:
                        thread = receiver
                        continue
            elif len(trap) == 7 and trap[0] is _REPLY_RECV:
                thread.trap = trap
                if (caller := _reply_recv(kernel, thread, trap)) is not None:
                    thread = caller
                    continue
        kernel.finish(thread, trap)
        return done
    return done


def _plain(words: object) -> bool:
    """Whether a message is short and consists of machine words."""
    if type(words) is not tuple or len(words) > _REGISTERS:
        return False
    for word in words:  # noqa: SIM110 - a generator expression costs twice as much
        if type(word) is not int or not 0 <= word < _WORD_LIMIT:
            return False
    return True


def _call(kernel: Kernel, thread: TCB, trap: tuple[object, ...]) -> TCB | None:
    """A Call; the server that runs now, or None if the slow path has to look at it (nothing has changed then)."""
    _, pointer, label, words, caps, rx = trap
    root = thread.cspace.cap
    if root is None or type(pointer) is not int or type(label) is not int or caps is not _NONE or rx is not None:
        return None
    flat = root.flat
    if flat is None or not 0 <= pointer < len(flat) or not 0 <= label <= LABEL_MAX:
        return None
    slot = flat[pointer]
    cap = slot.cap if slot is not None else None
    if cap is None or cap.kind is not _ENDPOINT or not _CALLABLE[cap.rights]:
        return None
    endpoint = cap.object
    receiver: TCB | None = endpoint.queue.head
    if receiver is None or endpoint.sending or (words is not _NONE and not _plain(words)):
        return None
    held = receiver.reply
    context = thread.sched_context
    if held is None or context is None or kernel.ready.bits >> (receiver.priority + 1):
        return None
    own = receiver.sched_context
    now = kernel.now
    if now - kernel.charge_from > context.refills[0][1] - MIN_BUDGET:
        return None
    now += _COST_CALL + _COST_WORD * len(words)  # type: ignore[arg-type]
    if kernel.release and kernel.next_release <= now:
        return None
    if own is None:
        below = context.reply
        held.prev = below
        if below is not None:
            below.next = held
        held.next = context
        context.reply = held
        context.tcb = receiver
        receiver.sched_context = context
        thread.sched_context = None
        lent, runs_on = context.id, context.id
    else:
        if own.period or context.period or receiver.in_release or not own.refill_max or own.refills[0][0] > now:
            return None
        lent, runs_on = 0, own.id
    queue = endpoint.queue
    if receiver.wait_next is None:
        queue.head = queue.tail = None
    else:
        queue.remove(receiver)
    receiver.blocked_on = receiver.reply = None
    held.tcb = thread
    thread.rx = None
    thread.reply = held
    thread.state = _ON_REPLY
    receiver.state = _RUNNING
    badge = cap.badge
    receiver.value = _new_message(Message, (badge, label, words, 0, 0, ()))
    kernel.now = now
    kernel.current = receiver
    emit = kernel.emit
    emit((_MESSAGE, now, thread.id, receiver.id, endpoint.id, badge, label, words, (), 1, held.id, lent))
    emit((_SCHEDULED, now, receiver.id, runs_on))
    if own is not None:
        _charge_round_robin(kernel, context, own)
    return receiver


def _reply_recv(kernel: Kernel, thread: TCB, trap: tuple[object, ...]) -> TCB | None:
    """A ReplyRecv; the caller that runs now, or None if the slow path has to look at it (nothing has changed then)."""
    _, pointer, reply_pointer, label, words, caps, rx = trap
    root = thread.cspace.cap
    if (
        root is None or type(pointer) is not int or type(reply_pointer) is not int or type(label) is not int
        or caps is not _NONE or rx is not None
    ):  # fmt: skip
        return None
    flat = root.flat
    if flat is None or not 0 <= pointer < len(flat) or not 0 <= reply_pointer < len(flat):
        return None
    slot, reply_slot = flat[pointer], flat[reply_pointer]
    if slot is None or reply_slot is None:
        return None
    cap, reply_cap = slot.cap, reply_slot.cap
    if cap is None or reply_cap is None or cap.kind is not _ENDPOINT or not cap.rights & 2:
        return None
    if reply_cap.kind is not _REPLY or not 0 <= label <= LABEL_MAX or (words is not _NONE and not _plain(words)):
        return None
    endpoint, held = cap.object, reply_cap.object
    caller: TCB | None = held.tcb
    bound = thread.bound_notification
    if (
        caller is None or caller.state != _ON_REPLY or caller.fault is not None
        or (endpoint.sending and endpoint.queue.head is not None)
        or kernel.ready.bits >> (caller.priority + 1)
        or (bound is not None and (bound.active or bound.sched_context is not None))
    ):  # fmt: skip
        return None
    context = thread.sched_context
    own = caller.sched_context
    now = kernel.now
    if context is None or now - kernel.charge_from > context.refills[0][1] - MIN_BUDGET:
        return None
    replied = now + _COST_REPLY + _COST_WORD * len(words)  # type: ignore[arg-type]
    now = replied + _COST_RECEIVE
    if kernel.release and kernel.next_release <= now:
        return None
    runs_on = _take_over(thread, context, caller, held, replied)
    if not runs_on:
        return None
    caller.reply = None
    caller.state = _RUNNING
    caller.value = _new_message(Message, (0, label, words, 0, 0, ()))
    held.tcb = thread
    thread.rx = None
    thread.reply = held
    thread.state = _ON_RECEIVE
    thread.blocked_on = endpoint
    endpoint.sending = False
    queue = endpoint.queue
    if queue.head is None:
        queue.head = queue.tail = thread
    else:
        queue.enqueue(thread)
    kernel.now = now
    kernel.current = caller
    emit = kernel.emit
    emit((_REPLIED, replied, thread.id, caller.id, held.id, label, words, (), 0, 0 if own is not None else runs_on))
    emit((_THREAD_STATE, now, thread.id, _ON_RECEIVE, endpoint.id, held.id))
    emit((_SCHEDULED, now, caller.id, runs_on))
    if own is not None:
        _charge_round_robin(kernel, context, own)
    return caller


def _take_over(thread: TCB, context: SchedContext, caller: TCB, held: Reply, at: int) -> int:
    """What the caller runs on after the reply: the context it lent, or its own; its id, or 0 if that is not simple."""
    own = caller.sched_context
    if own is None:
        head = context.refills[0]
        if held.next is not context or head[0] > at or head[1] < MIN_BUDGET:
            return 0
        context.reply = below = held.prev
        if below is not None:
            below.next = context
        held.prev = held.next = None
        context.tcb = caller
        caller.sched_context = context
        thread.sched_context = None
        return context.id
    head = own.refills[0]
    if (
        held.next is not None or held.prev is not None or own.period or context.period or caller.in_release
        or not own.refill_max or head[0] > at or head[1] < MIN_BUDGET
    ):  # fmt: skip
        return 0
    return own.id


def _charge_round_robin(kernel: Kernel, left: SchedContext, taken: SchedContext) -> None:
    """The processor changes from one round-robin context to another (the slow path's switch_context)."""
    used = kernel.now - kernel.charge_from
    refills = left.refills
    refills[0][1] -= used
    refills[-1][1] += used
    left.consumed += used
    kernel.charge_from = kernel.now
    kernel.current_context = taken
