"""The kernel: runs the current thread to its next trap, carries the trap out, decides who runs next.

`Kernel.run` is the only door in from below (time), `interrupt` from the side (devices), and a trap from above
(threads). Everything else is in the file of the object it concerns.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel import (
    cnode,
    costs,
    endpoint,
    events,
    faults,
    irq,
    memory,
    notification,
    probe,
    reply,
    schedcontext,
    scheduler,
    tcb,
    untyped,
)
from kernel.abi import (
    ERROR_NAMES,
    MAX_EXTRA_CAPS,
    MAX_MESSAGE_WORDS,
    WORD_MAX,
    Error,
    Fault,
    Label,
    LookupFailure,
    Message,
    ObjectType,
    Rights,
    Syscall,
    ThreadState,
    UserException,
)
from kernel.cspace import lookup_slot
from kernel.errors import KernelError, LookupFailed, Preempted, Refused
from kernel.fastpath import run_fast
from kernel.inspection import Inspection, inspect
from kernel.invariants import check
from kernel.objects import TCB, Capability, Frame, IRQHandler, KernelBug, SchedContext, Slot
from kernel.queues import ReadyQueues
from kernel.vehicle import Loader, Runaway, Vehicle

__all__ = ["DeviceRegion", "Invocation", "Kernel", "KernelBug", "Malformed"]

FOREVER = 1 << 62
ENDED = 30
"""Trap of a thread whose program has ended: executing it again faults again."""
MAX_NOTE_TEXT = 400


class Malformed(Exception):
    """Arguments of a trap that no machine could have in its registers."""


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


@dataclass(frozen=True, slots=True)
class DeviceRegion:
    """Registers of a device: page-aligned physical addresses from 0x8000_0000 up."""

    name: str
    address: int
    size_bits: int
    device: Any
    """A kernel.objects.Device."""


Handler = Callable[[TCB, tuple[Any, ...]], None]


class Kernel:
    """One running microkernel. See the team of files beside this one for what each operation does."""

    def __init__(
        self,
        load: Loader,
        *,
        memory_bits: int = 24,
        root_entry: int = 0,
        modules: Mapping[str, bytes] | None = None,
        devices: Sequence[DeviceRegion] = (),
    ) -> None:
        """Boot with 2^memory_bits bytes of memory; the root task is `load(root_entry, ())`."""
        self.events: list[events.Event] = []
        self.emit = self.events.append
        self.now = 0
        self.load = load
        self.devices = tuple(devices)
        # Who runs, and who shall run next.
        self.current: TCB | None = None
        self.chosen: TCB | None = None
        self.must_choose = False
        self.ready = ReadyQueues()
        self.release: list[TCB] = []
        self.next_release = 0
        # Whose time is running, and since when.
        self.current_context: SchedContext | None = None
        self.charge_from = 0
        # What exists, by what it is found by.
        self.threads: dict[int, TCB] = {}
        self.frames: dict[int, Frame] = {}
        self.irqs: dict[int, IRQHandler] = {}
        self.object_count = 0
        self.roots: list[Slot] = []
        """Slots that are never emptied from outside: those of the root CNode at boot; where inspection starts."""
        self._last_id = 0
        # Long operations.
        self.until = FOREVER
        self.work = 0
        self.device_touched = False
        """A load or store reached a device, which may want to act before `until`."""
        self.in_thread = False
        """True while the code of a thread runs, for a watchdog."""
        self._handlers = self._make_handlers()
        from kernel.boot import boot

        boot(self, memory_bits, root_entry, modules or {})

    # -- what the host asks for ------------------------------------------------------------------------------------

    @property
    def idle(self) -> bool:
        """Nobody can run now."""
        return self.current is None

    @property
    def current_thread(self) -> int:
        """Id of the thread on the processor, or 0."""
        return self.current.id if self.current is not None else 0

    def run(self, steps: int, until: int | None = None) -> int:
        """Up to `steps` kernel entries; how many were done.

        Stops when idle, when virtual time reaches `until`, and after an entry in which a device was touched (it may
        have something to do before `until`).
        """
        self.until = FOREVER if until is None else until
        done = 0
        self.device_touched = False
        while done < steps and self.now < self.until and not self.device_touched:
            thread = self.current
            if thread is None:
                if not self.release or self.next_release > self.now:
                    break
                scheduler.schedule(self)
                continue
            fast = run_fast(self, steps - done)
            done += fast
            if fast == 0:
                self._step(thread)
                done += 1
        self.until = FOREVER
        return done

    def next_timeout(self) -> int | None:
        """The cycle when the next budget comes back, if a thread waits for one."""
        return self.next_release if self.release else None

    def advance(self, cycle: int) -> None:
        """While idle: let virtual time pass. Never goes back."""
        if cycle > self.now:
            if self.current is not None:
                raise KernelError("virtual time can only be advanced while the kernel is idle")
            self.now = self.charge_from = cycle
        scheduler.schedule(self)

    def interrupt(self, number: int) -> None:
        """A device raises its line; between two runs."""
        irq.interrupt(self, number)
        scheduler.schedule(self)

    def input(self, source: str, data: Any) -> None:
        """Record that something came from outside."""
        self.emit((events.INPUT, self.now, source, data))

    def read_physical(self, address: int, size: int) -> bytes:
        """What a device reads by DMA. Raises KernelError outside of one frame."""
        frame, offset = self._physical(address, size)
        return bytes(frame.data[offset : offset + size])

    def write_physical(self, address: int, data: bytes) -> None:
        """What a device writes by DMA. Raises KernelError outside of one frame."""
        frame, offset = self._physical(address, len(data))
        frame.data[offset : offset + len(data)] = data

    def _physical(self, address: int, size: int) -> tuple[Frame, int]:
        frame = self.frames.get(address & ~0xFFF)
        offset = address & 0xFFF
        if frame is None or frame.device is not None or offset + size > 0x1000:
            raise KernelError(f"no frame holds the {size} bytes at physical address {address:#x}")
        return frame, offset

    def probe_throw(self, thread: int, error: BaseException, action: str, detail: str = "") -> None:
        """Debug probe: the thread stops waiting and the exception rises in it when it next runs."""
        probe.throw(self, self._thread(thread), error, action, detail)

    def probe_suspend(self, thread: int) -> None:
        """Debug probe: stop a thread where it is."""
        probe.suspend(self, self._thread(thread))

    def probe_resume(self, thread: int) -> None:
        """Debug probe: let a stopped thread go on."""
        probe.resume(self, self._thread(thread))

    def where(self, thread: int) -> tuple[str, int, str] | None:
        """File, line and function that a thread stands at."""
        found = self.threads.get(thread)
        return found.vehicle.where() if found is not None and found.vehicle is not None else None

    def vehicle(self, thread: int) -> Vehicle | None:
        """The body of a thread, None if it has not started or has ended."""
        return self._thread(thread).vehicle

    def _thread(self, thread: int) -> TCB:
        found = self.threads.get(thread)
        if found is None:
            raise KernelError(f"there is no thread with the id {thread}")
        return found

    def check(self) -> None:
        """Verify every invariant. Raises KernelBug naming the first that does not hold."""
        check(self)

    def inspect(self) -> Inspection:
        """Everything as plain data; for tests, which hold the fold of the events against it."""
        return inspect(self)

    # -- services for the files of the objects ---------------------------------------------------------------------

    def new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def attach_device(self, frame: Frame) -> None:
        """A frame made from device memory: its bytes are the registers of whatever is there."""
        for region in self.devices:
            if region.address <= frame.address < region.address + (1 << region.size_bits):
                frame.device = region.device
                frame.device_offset = frame.address - region.address

    def set_state(self, thread: TCB, state: int, target: int = 0, badge: int = 0) -> None:
        """Change the state of a thread and say so; the current thread may have to leave the processor."""
        thread.state = state
        self.emit((events.THREAD_STATE, self.now, thread.id, int(state), target, badge))
        if thread is self.current:
            scheduler.left_processor(self, thread)

    def preemption_point(self, units: int = 1) -> None:
        """Inside a long operation: raise Preempted if it is time for somebody else."""
        self.now += costs.WORK_UNIT * units
        self.work += units
        if self.work < costs.PREEMPTION_UNITS:
            return
        self.work = 0
        context = self.current_context
        spent = self.now - self.charge_from
        if self.now >= self.until or (context is not None and not refill_left(context, spent)):
            raise Preempted

    def reply_success(self, thread: TCB, words: tuple[int, ...] = ()) -> None:
        """The reply to a successful invocation."""
        thread.value = Message(0, 0, words)

    # -- one kernel entry ------------------------------------------------------------------------------------------

    def _step(self, thread: TCB) -> None:
        again = thread.state == ThreadState.RESTART
        if again:
            self.set_state(thread, ThreadState.RUNNING)
        if again and thread.trap is not None and thread.inject is None:
            trap: Any = thread.trap
        else:
            trap = self._execute(thread)
        if scheduler.has_budget(self):
            self._handle(thread, trap)
        elif scheduler.is_runnable(thread):
            self.set_state(thread, ThreadState.RESTART)
        scheduler.schedule(self)

    def _execute(self, thread: TCB) -> Any:
        """Run the code of the thread to its next trap."""
        self.now += costs.USER
        value, thread.value = thread.value, None
        error, thread.inject = thread.inject, None
        self.in_thread = True
        number, text = UserException.EXIT, "the program ended"
        trap: Any
        try:
            if thread.resume is None:
                thread.vehicle = self.load(thread.entry, thread.arguments)
                thread.resume = thread.vehicle.resume
            if error is not None and thread.vehicle is not None:
                trap = thread.vehicle.throw(error)
            else:
                trap = thread.resume(value)
            thread.trap = trap if type(trap) is tuple and trap else (0, repr(trap)[:MAX_NOTE_TEXT])
            return thread.trap
        except (StopIteration, SystemExit):
            pass
        except KeyboardInterrupt:
            raise
        except Runaway:
            number, text = UserException.RUNAWAY, "it looped without a system call and was stopped"
            context = self.current_context
            if context is not None:
                self.now = max(self.now, self.charge_from + context.refills[0][1])
        except BaseException as raised:  # whatever a thread raises is a fault of that thread
            number, text = UserException.EXCEPTION, describe(raised)
        finally:
            self.in_thread = False
        thread.vehicle = None
        thread.resume = _ended
        thread.trap = (ENDED, int(number), text)
        return thread.trap

    def _handle(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        handler = self._handlers.get(trap[0]) if type(trap[0]) is int else None
        try:
            if handler is not None:
                handler(thread, trap)
            elif type(trap[0]) is int and 0 < trap[0] <= WORD_MAX:
                faults.unknown_syscall(self, thread, trap[0])
            else:
                raise Malformed(f"{trap!r:.80} is not a system call")
        except Malformed as malformed:
            faults.user_exception(self, thread, UserException.MALFORMED_SYSCALL, str(malformed))
        except Preempted:
            self.set_state(thread, ThreadState.RESTART)

    def _make_handlers(self) -> dict[int, Handler]:
        return {
            Syscall.CALL: self._call,
            Syscall.SEND: self._send,
            Syscall.NB_SEND: self._nb_send,
            Syscall.RECV: self._recv,
            Syscall.NB_RECV: self._nb_recv,
            Syscall.REPLY_RECV: self._reply_recv,
            Syscall.NB_SEND_RECV: self._nb_send_recv,
            Syscall.NB_SEND_WAIT: self._nb_send_wait,
            Syscall.WAIT: self._wait,
            Syscall.NB_WAIT: self._nb_wait,
            Syscall.YIELD: self._yield,
            Syscall.DEBUG_NAME: self._debug_name,
            Syscall.DEBUG_NOTE: self._debug_note,
            Syscall.LOAD: self._load,
            Syscall.STORE: self._store,
            Syscall.COMPUTE: self._compute,
            Syscall.UNDEFINED: self._undefined,
            ENDED: self._ended,
        }

    def _call(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        pointer, label, words, caps = _message(trap, 1, 6)
        thread.rx = _rx(trap[5])
        self.now += costs.CALL
        self._invoke(thread, pointer, label, words, caps, is_call=True, blocking=True, donate=True)

    def _send(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        pointer, label, words, caps = _message(trap, 1, 5)
        self.now += costs.SEND
        self._invoke(thread, pointer, label, words, caps, blocking=True)

    def _nb_send(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        pointer, label, words, caps = _message(trap, 1, 5)
        self.now += costs.SEND
        self._invoke(thread, pointer, label, words, caps)

    def _recv(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 4)
        self._receive(thread, _word(trap[1]), _word(trap[2]), _rx(trap[3]), blocking=True)

    def _nb_recv(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 4)
        self._receive(thread, _word(trap[1]), _word(trap[2]), _rx(trap[3]), blocking=False)

    def _wait(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 3)
        self._receive(thread, _word(trap[1]), None, _rx(trap[2]), blocking=True)

    def _nb_wait(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 3)
        self._receive(thread, _word(trap[1]), None, _rx(trap[2]), blocking=False)

    def _reply_recv(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 7)
        source, held = _word(trap[1]), _word(trap[2])
        _, label, words, caps = _message((0, held, *trap[3:6]), 1, 5)
        rx = _rx(trap[6])
        self.now += costs.REPLY_RECV - costs.RECEIVE
        self._invoke(thread, held, label, words, caps, donate=True, first_phase=True)
        self._receive(thread, source, held, rx, blocking=True)

    def _nb_send_recv(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        pointer, label, words, caps = _message(trap, 1, 8)
        source, held, rx = _word(trap[5]), _word(trap[6]), _rx(trap[7])
        self.now += costs.SEND
        self._invoke(thread, pointer, label, words, caps, donate=True, first_phase=True)
        self._receive(thread, source, held, rx, blocking=True)

    def _nb_send_wait(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        pointer, label, words, caps = _message(trap, 1, 7)
        source, rx = _word(trap[5]), _rx(trap[6])
        self.now += costs.SEND
        self._invoke(thread, pointer, label, words, caps, donate=True, first_phase=True)
        self._receive(thread, source, None, rx, blocking=True)

    def _yield(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        self.now += costs.YIELD
        scheduler.yield_slice(self)

    def _ended(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 3)
        faults.user_exception(self, thread, UserException(trap[1]), str(trap[2]))

    def _undefined(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 2)
        faults.user_exception(
            self, thread, UserException.UNDEFINED_INSTRUCTION, "undefined instruction", _word(trap[1])
        )

    def _load(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 3)
        size = _word(trap[2])
        if size > memory.MAX_ACCESS:
            raise Malformed(f"a load of {size} bytes; at most {memory.MAX_ACCESS}")
        memory.load(self, thread, _word(trap[1]), size)

    def _store(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 3)
        if not isinstance(trap[2], bytes | bytearray) or len(trap[2]) > memory.MAX_ACCESS:
            raise Malformed(f"a store needs at most {memory.MAX_ACCESS} bytes")
        memory.store(self, thread, _word(trap[1]), bytes(trap[2]))

    def _compute(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        """Up to the end of the budget, or to the next device event; then again with what is left."""
        _arity(trap, 2)
        wanted = _word(trap[1])
        context = self.current_context
        slice_left = wanted
        if context is not None and context.refill_max:
            slice_left = max(1, context.refills[0][1] - (self.now - self.charge_from))
        chunk = min(wanted, slice_left, max(1, self.until - self.now))
        if self.release:
            chunk = min(chunk, max(1, self.next_release - self.now))
        self.now += chunk
        if chunk < wanted:
            thread.trap = (int(Syscall.COMPUTE), wanted - chunk)
            self.set_state(thread, ThreadState.RESTART)
            scheduler.has_budget(self)

    def _debug_name(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 3)
        self.now += costs.DEBUG
        text = _text(trap[2])
        try:
            cap = lookup_slot(thread, _word(trap[1])).cap
        except LookupFailed:
            return
        if cap is not None:
            self.emit((events.NAMED, self.now, cap.object.id, text))

    def _debug_note(self, thread: TCB, trap: tuple[Any, ...]) -> None:
        _arity(trap, 3)
        self.now += costs.DEBUG
        fields = trap[2]
        if type(fields) is not tuple or not all(type(pair) is tuple and len(pair) == 2 for pair in fields):
            raise Malformed("a note needs a tuple of (name, value) pairs")
        clean = tuple((_text(key), value if type(value) is int else _text(value)) for key, value in fields)
        self.emit((events.NOTE, self.now, thread.id, _text(trap[1]), clean))

    # -- invocations and receiving ---------------------------------------------------------------------------------

    def _invoke(
        self,
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
        try:
            slot = lookup_slot(thread, pointer)
            extra = []
            for failing in caps:  # noqa: B007 - names the pointer that failed
                extra.append(lookup_slot(thread, failing))  # noqa: PERF401
        except LookupFailed as failed:
            if blocking:
                faults.capability_fault(self, thread, failing, failed, receiving=False)
            else:
                self.emit((events.DROPPED, self.now, thread.id, failing, 0, "unresolved"))
            return
        cap = slot.cap
        thread.state = ThreadState.RESTART
        try:
            if cap is None or cap.kind == ObjectType.ZOMBIE:
                raise Refused(Error.INVALID_CAPABILITY, 0)
            if cap.kind in _MESSAGE_KINDS:
                self._message_to(
                    thread, cap, label, words, caps, is_call=is_call, blocking=blocking, donate=donate
                )
                answer: tuple[int, ...] | None = ()
            elif first_phase and cap.kind in _NOT_IN_FIRST_PHASE:
                raise Refused(Error.INVALID_CAPABILITY, 0)
            else:
                self.now += costs.INVOCATION
                answer = _INVOKE[cap.kind](self, Invocation(thread, slot, cap, label, words, extra))
                self.emit((events.INVOKED, self.now, thread.id, pointer, cap.object.id, label, 0, answer or ()))
        except Refused as refused:
            self._refused(thread, pointer, cap, label, refused, is_call=is_call)
            answer = None
        if thread.state == ThreadState.RESTART:
            thread.state = ThreadState.RUNNING
            if answer is not None:
                thread.value = Message(0, 0, answer) if is_call else None

    def _refused(
        self, thread: TCB, pointer: int, cap: Capability | None, label: int, refused: Refused, *, is_call: bool
    ) -> None:
        target = cap.object.id if cap is not None else 0
        if is_call:
            self.emit(
                (
                    events.INVOKED, self.now, thread.id, pointer, target, label, int(refused.error),
                    tuple(int(word) for word in refused.words),
                )  # fmt: skip
            )
            thread.value = Message(0, int(refused.error), tuple(int(word) for word in refused.words))
        else:
            reason = "empty slot" if cap is None else "no write right" if cap.kind in _MESSAGE_KINDS else "error"
            self.emit((events.DROPPED, self.now, thread.id, pointer, target, reason))
            thread.value = None

    def _message_to(
        self,
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
                self, thread, cap.object, cap.badge, blocking=blocking, is_call=is_call,
                can_grant=bool(cap.rights & Rights.GRANT), can_grant_reply=bool(cap.rights & Rights.GRANT_REPLY),
                can_donate=donate,
            )  # fmt: skip
        elif cap.kind == ObjectType.NOTIFICATION:
            if not cap.rights & Rights.WRITE:
                raise Refused(Error.INVALID_CAPABILITY, 0)
            notification.signal(self, thread.id, cap.object, cap.badge)
        else:
            thread.message = (label, words, caps)
            reply.transfer_reply(self, thread, cap.object, can_grant=bool(cap.rights & Rights.GRANT))

    def _receive(
        self, thread: TCB, pointer: int, held: int | None, rx: tuple[int, int, int] | None, *, blocking: bool
    ) -> None:
        """Receive from an endpoint or wait for a notification (seL4: handleRecv)."""
        self.now += costs.RECEIVE
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
                notification.receive(self, thread, cap.object, blocking=blocking)
                return
            found = None
            if held is not None:
                failing = held
                reply_cap = lookup_slot(thread, held).cap
                if reply_cap is None or reply_cap.kind != ObjectType.REPLY:
                    raise LookupFailed(LookupFailure.MISSING_CAPABILITY, 0)
                found = reply_cap.object
        except LookupFailed as failed:
            faults.capability_fault(self, thread, failing, failed, receiving=True)
            return
        endpoint.receive(self, thread, cap, found, blocking=blocking)


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


def refill_left(context: SchedContext, spent: int) -> bool:
    """Whether the current refill allows going on."""
    return context.refill_max == 0 or context.refills[0][1] >= spent + costs.MIN_BUDGET


def describe(error: BaseException) -> str:
    """An exception in one line: kind, text, and the innermost place in the program."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not code.co_filename.endswith("syscalls.py"):
            place = f" at {code.co_filename}:{traceback.tb_lineno} in {code.co_name}"
        traceback = traceback.tb_next
    try:
        said = str(error)
    except Exception:  # an exception of a thread may be broken itself
        said = "(its text cannot be shown)"
    return f"{type(error).__name__}: {said}"[:MAX_NOTE_TEXT] + place


def _ended(value: Any) -> Any:
    raise StopIteration


def _arity(trap: tuple[Any, ...], length: int) -> None:
    if len(trap) != length:
        raise Malformed(f"{trap!r:.80} has {len(trap) - 1} arguments instead of {length - 1}")


def _word(value: Any) -> int:
    if type(value) is int and 0 <= value <= WORD_MAX:
        return value
    if isinstance(value, int) and 0 <= value <= WORD_MAX:
        return int(value)
    raise Malformed(f"{value!r:.60} is not a machine word")


def _words(values: Any) -> tuple[int, ...]:
    if not values and type(values) is tuple:
        return values
    if type(values) is not tuple:
        raise Malformed(f"{values!r:.60} is not a tuple of machine words")
    try:
        return tuple(array("Q", values))
    except (TypeError, OverflowError):
        raise Malformed(f"{values!r:.60} is not a tuple of machine words") from None


def _message(trap: tuple[Any, ...], start: int, length: int) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    _arity(trap, length)
    pointer, label, words, caps = trap[start : start + 4]
    return _word(pointer), _word(label), _words(words)[:MAX_MESSAGE_WORDS], _words(caps)[:MAX_EXTRA_CAPS]


def _rx(value: Any) -> tuple[int, int, int] | None:
    if value is None:
        return None
    if not isinstance(value, tuple) or len(value) != 3:
        raise Malformed(f"{value!r:.60} is not a receive slot (root, index, depth)")
    return _word(value[0]), _word(value[1]), _word(value[2])


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Malformed(f"{value!r:.60} is not text")
    return value[:MAX_NOTE_TEXT]
