"""The kernel: runs the current thread to its next trap, carries the trap out, decides who runs next.

`Kernel.run` is the only door in from below (time), `interrupt` from the side (devices), and a trap from above
(threads). Everything else is in the file of the object it concerns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel import costs, events, irq, probe, scheduler, states
from kernel.abi import Message, ThreadState, UserException
from kernel.arguments import shown
from kernel.boot import ROOT_RADIX, boot
from kernel.errors import KernelError, Preempted
from kernel.fastpath import run_fast
from kernel.inspection import Inspection, inspect
from kernel.invariants import check
from kernel.objects import TCB, Frame, IRQHandler, KernelBug, SchedContext, Slot
from kernel.queues import ReadyQueues
from kernel.traps import ENDED, handle
from kernel.vehicle import Loader, Runaway, Vehicle, describe, ended

__all__ = ["DeviceRegion", "Kernel", "KernelBug"]

FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class DeviceRegion:
    """Registers of a device: page-aligned physical addresses from 0x8000_0000 up."""

    name: str
    address: int
    size_bits: int
    device: Any
    """A kernel.objects.Device."""


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
        root_radix: int = ROOT_RADIX,
    ) -> None:
        """Boot with 2^memory_bits bytes of memory; the root task is `load(root_entry, ())`.

        Its CNode has 2^root_radix slots.
        """
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
        boot(self, memory_bits, root_entry, modules or {}, root_radix)

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
            if fast == 0:
                self._step(thread)
                fast = 1
            done += fast
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
        """The number of the next object; never given twice."""
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
        states.enter(thread, state)
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
        """A kernel entry that does not begin between two instructions of a running program."""
        again = thread.state == ThreadState.RESTART
        if again:
            self.set_state(thread, ThreadState.RUNNING)
        if again and thread.trap is not None and thread.inject is None:
            trap: Any = thread.trap
        else:
            trap = self._execute(thread)
        self.finish(thread, trap)

    def finish(self, thread: TCB, trap: Any) -> None:
        """Carry out a trap, then leave the kernel."""
        if type(trap) is not tuple or not trap:
            trap = (0, shown(trap))
        thread.trap = trap
        if scheduler.has_budget(self):
            handle(self, thread, trap)
        elif scheduler.is_runnable(thread):
            self.set_state(thread, ThreadState.RESTART)
        scheduler.schedule(self)

    def _execute(self, thread: TCB) -> Any:
        """Run the code of the thread to its next trap: its first instructions, or an exception thrown into it."""
        self.now += costs.USER
        value, thread.value = thread.value, None
        error, thread.inject = thread.inject, None
        self.in_thread = True
        try:
            if thread.resume is None:
                thread.vehicle = self.load(thread.entry, thread.arguments)
                thread.resume = thread.vehicle.resume
            if error is not None and thread.vehicle is not None:
                return thread.vehicle.throw(error)
            return thread.resume(value)
        except BaseException as raised:  # whatever a thread raises is a fault of that thread
            return self.thread_ended(thread, raised)
        finally:
            self.in_thread = False

    def thread_ended(self, thread: TCB, error: BaseException) -> tuple[Any, ...]:
        """A program returned or raised: the trap that tells so, which it can never get past."""
        if isinstance(error, KeyboardInterrupt):
            raise error
        if isinstance(error, StopIteration | SystemExit):
            number, text = UserException.EXIT, "the program ended"
        elif isinstance(error, Runaway):
            number, text = UserException.RUNAWAY, "it looped without a system call and was stopped"
            context = self.current_context
            if context is not None and context.refill_max:
                self.now = max(self.now, self.charge_from + context.refills[0][1] - costs.MIN_BUDGET)
        else:
            number, text = UserException.EXCEPTION, describe(error)
        thread.vehicle = None
        thread.resume = ended
        return (ENDED, int(number), text)


def refill_left(context: SchedContext, spent: int) -> bool:
    """Whether the current refill allows going on."""
    return context.refill_max == 0 or context.refills[0][1] >= spent + costs.MIN_BUDGET
