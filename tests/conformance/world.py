"""The world in which the outcomes were recorded, built on our kernel through system calls alone.

The root task is the *controller*: a coroutine that makes the shared CNode, four workers and their scheduling
contexts out of its own Untyped, then commands the workers one system call at a time. A worker is a vehicle that
executes the next step it was given and then idles. Idling must hold no kernel resource, and the workers' CSpace
belongs to the cases, so an idle worker is taken off the processor with the debug probe between two kernel entries.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

from kernel import Kernel
from kernel.abi import UNTOUCHED, Error, InitSlot, Label, Message, ObjectType, Rights, Syscall
from kernel.bootinfo import VADDR, unpack
from kernel.events import (
    CAP_CHANGED,
    CAP_INSERTED,
    CAP_MOVED,
    CAP_REMOVED,
    CAPS_SWAPPED,
    FAULTED,
    OBJECT_CREATED,
    PRIORITY,
)
from kernel.syscalls import call, compute, load, nb_wait
from kernel.vehicle import CoroutineVehicle, Vehicle
from tests.conformance.operations import KIND_NAMES, Result, Step, Trap, fault_of, result_of, trap_of

WORKERS: Final = 4
SHARED_RADIX: Final = 5
GUARD: Final = 64 - SHARED_RADIX
WORKER_MCP: Final = 120
CONTROLLER_PRIORITY: Final = 50
TOP_PRIORITY: Final = 255
BUDGET_MICROSECONDS: Final = 1_000_000
CASE_UNTYPED_BITS: Final = 16
FAULT_BADGE: Final = 100
MEMORY_BITS: Final = 20
ENTRY_LIMIT: Final = 100_000
"""Kernel entries after which a case is taken to be an endless loop; the longest needs some hundreds."""

_PARK: Final[Trap] = (int(Syscall.COMPUTE), 0)


class ReplayError(Exception):
    """The world could not be built, or a case did not come to its end."""


class Worker:
    """The program of one worker: the steps it was given, in order, then idling."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.number = number
        self.waiting: deque[Step] = deque()
        self.executing: Step | None = None
        self.finished_steps = 0
        self.stale = False
        """The thread stands at a system call that the controller gave up: only Resume by a worker executes it again."""

    def give_up(self) -> None:
        """The controller is no longer interested in what the worker is doing."""
        self.executing = None
        self.waiting.clear()
        self.stale = True

    def resume(self, value: Any) -> Trap:
        """The kernel would take an exception for the end of the thread; the replay itself has failed then."""
        try:
            return self._next(value)
        except Exception as error:
            self.world.failed(error)
            return _PARK

    def _next(self, value: Any) -> Trap:
        if self.executing is not None:
            self.world.completed(self, self.executing, value)
            self.executing = None
            self.finished_steps += 1
        if self.waiting:
            self.executing = self.waiting.popleft()
            return trap_of(self.executing)
        self.world.parked.append(self.number)
        return _PARK

    def throw(self, error: BaseException) -> Trap:
        raise error

    def close(self) -> None:
        self.waiting.clear()

    def where(self) -> tuple[str, int, str] | None:
        return None


class World:
    """One fresh kernel with the controller and its workers; `script` is what the controller does with them."""

    def __init__(
        self,
        priorities: list[int],
        script: Callable[[World], Coroutine[Any, Any, None]],
        *,
        own_fault_handler: bool = True,
        check: bool = False,
    ) -> None:
        self.priorities = list(priorities)
        self.own_fault_handler = own_fault_handler
        """True: faults of workers go to the controller; False: to the endpoint in the workers' slot 8."""
        self.check = check
        """Whether the kernel's invariants are verified after every kernel entry."""
        self.workers = {number: Worker(self, number) for number in range(1, WORKERS + 1)}
        self.parked: list[int] = []
        self.completions: list[tuple[int, int, Step, Result]] = []
        """(position in the event log, worker, step, result), oldest first."""
        self.contents: defaultdict[int, dict[int, int]] = defaultdict(dict)
        """Object id of a CNode or TCB -> index -> kind of the capability there, as told by the events."""
        self._script = script
        self._faults: dict[int, int] = {}
        self._shared = 0
        self._threads: list[int] = []
        self._read = 0
        self._done = False
        self._error: Exception | None = None
        self.kernel = Kernel(self._load, memory_bits=MEMORY_BITS)

    def run(self) -> None:
        """Play the script to its end. Raises what the script raised, or ReplayError."""
        kernel = self.kernel
        for _ in range(ENTRY_LIMIT):
            if self._done:
                break
            if kernel.run(1) == 0:
                raise ReplayError("nothing can run although the controller is not finished")
            while self.parked:
                kernel.probe_suspend(self._threads[self.parked.pop() - 1])
            if self.check:
                kernel.check()
        else:
            raise ReplayError(f"the case is not over after {ENTRY_LIMIT} kernel entries")
        if self._error is not None:
            raise self._error

    def _load(self, entry: int, arguments: tuple[int, ...]) -> Vehicle:
        return CoroutineVehicle(self._controller()) if entry == 0 else self.workers[entry]

    async def _controller(self) -> None:
        try:
            await self._build()
            await self._script(self)
        except Exception as error:
            self._error = error  # raised by run(): inside the kernel it would become a fault
        self._done = True
        while True:
            await compute(0)

    # -- building ----------------------------------------------------------------------------------------------

    async def _build(self) -> None:
        information = unpack(await load(VADDR, 4096))
        memory = max((region for region in information.untyped if not region.device), key=lambda each: each.size_bits)
        self._untyped: int = memory.slot
        self._free_slot: int = information.empty[0]
        self.shared = await self._make(ObjectType.CNODE, SHARED_RADIX)
        self.tcbs = await self._make_many(ObjectType.TCB, WORKERS)
        self.sched_contexts = await self._make_many(ObjectType.SCHED_CONTEXT, WORKERS, size_bits=8)
        self.fault_endpoint = await self._make(ObjectType.ENDPOINT)
        buffers = await self._make_many(ObjectType.FRAME, WORKERS)
        self._learn_objects()
        await self.mint(1, InitSlot.CNODE, self.shared, badge=GUARD)
        await self.retype(ObjectType.UNTYPED, 2, size_bits=CASE_UNTYPED_BITS)
        for number, tcb in enumerate(self.tcbs, start=1):
            await self.copy(2 + number, InitSlot.CNODE, tcb)
        if not self.own_fault_handler:
            await self.retype(ObjectType.NOTIFICATION, 7)
            await self.copy(8, InitSlot.CNODE, self.fault_endpoint)
        for number in range(1, WORKERS + 1):
            await self._configure(number, buffers[number - 1])
        await self.set_own_priority(CONTROLLER_PRIORITY)
        self.collect()

    async def _configure(self, number: int, buffer: int) -> None:
        tcb, context = self.tcbs[number - 1], self.sched_contexts[number - 1]
        handler = self._new_slot()
        badged = (handler, 64, self.fault_endpoint, 64, int(Rights.ALL), FAULT_BADGE + number)
        await self.invoke(InitSlot.CNODE, Label.CNODE_MINT, badged, (InitSlot.CNODE,))
        spaces = (GUARD, 0, 0x10_0000 + number * 0x1000)
        await self.invoke(tcb, Label.TCB_CONFIGURE, spaces, (self.shared, InitSlot.VSPACE, buffer))
        time = (BUDGET_MICROSECONDS, BUDGET_MICROSECONDS, 0, number, 0)
        await self.invoke(InitSlot.SCHED_CONTROL, Label.SCHED_CONTROL_CONFIGURE, time, (context,))
        priorities = (WORKER_MCP, self.priorities[number - 1])
        await self.invoke(tcb, Label.TCB_SET_SCHED_PARAMS, priorities, (InitSlot.TCB, context, handler))
        await self._restart(number)

    async def _restart(self, number: int) -> None:
        """Let the worker begin its program anew (without making it runnable): it forgets what it was doing."""
        self.workers[number] = Worker(self, number)
        await self.invoke(self.tcbs[number - 1], Label.TCB_WRITE_REGISTERS, (0, 1, number))

    def _new_slot(self) -> int:
        self._free_slot += 1
        return self._free_slot - 1

    async def _make_many(self, kind: ObjectType, count: int, size_bits: int = 0) -> list[int]:
        slots = [self._new_slot() for _ in range(count)]
        words = (int(kind), size_bits, 0, 0, slots[0], count)
        await self.invoke(self._untyped, Label.UNTYPED_RETYPE, words, (InitSlot.CNODE,))
        return slots

    async def _make(self, kind: ObjectType, size_bits: int = 0) -> int:
        return (await self._make_many(kind, 1, size_bits))[0]

    def _learn_objects(self) -> None:
        for event in self.kernel.events:
            if event[0] == OBJECT_CREATED and event[3] == ObjectType.TCB:
                self._threads.append(event[2])
            elif event[0] == OBJECT_CREATED and event[3] == ObjectType.CNODE:
                self._shared = event[2]
        self._threads = self._threads[-WORKERS:]

    # -- what the controller can do ----------------------------------------------------------------------------

    async def invoke(self, cptr: int, label: Label, words: tuple[int, ...] = (), caps: tuple[int, ...] = ()) -> Message:
        reply = await call(cptr, label, words, caps)
        if reply.label != Error.NO_ERROR:
            raise ReplayError(f"the controller's {label.name} failed with {Error(reply.label).name} {reply.words}")
        return reply

    async def retype(self, kind: ObjectType, slot: int, count: int = 1, size_bits: int = 0) -> None:
        """New objects in the shared CNode from `slot` on."""
        words = (int(kind), size_bits, 0, 0, slot, count)
        await self.invoke(self._untyped, Label.UNTYPED_RETYPE, words, (self.shared,))

    async def copy(self, slot: int, source_root: int, source: int, source_depth: int = 64) -> None:
        words = (slot, SHARED_RADIX, source, source_depth, int(Rights.ALL))
        await self.invoke(self.shared, Label.CNODE_COPY, words, (source_root,))

    async def mint(self, slot: int, source_root: int, source: int, badge: int, source_depth: int = 64) -> None:
        words = (slot, SHARED_RADIX, source, source_depth, int(Rights.ALL), badge)
        await self.invoke(self.shared, Label.CNODE_MINT, words, (source_root,))

    async def mint_within(self, slot: int, source: int, badge: int) -> None:
        """Mint from one slot of the shared CNode into another."""
        await self.mint(slot, self.shared, source, badge, SHARED_RADIX)

    async def set_own_priority(self, priority: int) -> None:
        await self.invoke(InitSlot.TCB, Label.TCB_SET_PRIORITY, (priority,), (InitSlot.TCB,))

    async def unbind_sched_context(self, number: int) -> None:
        await self.invoke(self.sched_contexts[number - 1], Label.SCHED_CONTEXT_UNBIND)

    async def copy_sched_contexts(self, first_slot: int) -> None:
        """Copies of the workers' scheduling contexts in consecutive slots of the shared CNode."""
        for offset, context in enumerate(self.sched_contexts):
            await self.copy(first_slot + offset, InitSlot.CNODE, context)

    async def command(self, number: int, steps: list[Step]) -> None:
        """Give steps to an idle worker and make it runnable."""
        if self.workers[number].stale:
            await self._restart(number)
        self.workers[number].waiting.extend(steps)
        await self.invoke(self.tcbs[number - 1], Label.TCB_RESUME)

    async def reset(self, number: int) -> None:
        """Take the worker out of whatever it waits for; it is idle afterwards."""
        await self.invoke(self.tcbs[number - 1], Label.TCB_SUSPEND)
        self.workers[number].give_up()

    async def take_faults(self) -> None:
        """Consume the fault messages of workers; a worker that faulted is idle again and the fault is its result."""
        if not self.own_fault_handler:
            self._faults.clear()
        while self._faults:
            message = await nb_wait(self.fault_endpoint)
            if message.label == UNTOUCHED:
                self._faults.clear()  # somebody suspended them since: their messages were cancelled
                return
            number = message.badge - FAULT_BADGE
            position = self._faults.pop(number, len(self.kernel.events))
            worker = self.workers[number]
            if worker.executing is not None:
                self.completions.append((position, number, worker.executing, fault_of(message)))
            worker.give_up()
            self.collect()

    def failed(self, error: Exception) -> None:
        """The replay cannot go on; `run` raises the first reason."""
        self._error = self._error or error
        self._done = True

    # -- what happened -----------------------------------------------------------------------------------------

    def completed(self, worker: Worker, step: Step, value: Any) -> None:
        self.completions.append((len(self.kernel.events), worker.number, step, result_of(step, value)))

    def collect(self) -> None:
        """Read the events since the last time: the shared CNode's content, priorities, faults."""
        events = self.kernel.events
        contents, threads = self.contents, self._threads
        for position in range(self._read, len(events)):
            event = events[position]
            kind = event[0]
            if kind in (CAP_INSERTED, CAP_CHANGED):
                contents[event[2]][event[3]] = event[4]
            elif kind == CAP_REMOVED:
                del contents[event[2]][event[3]]
            elif kind == CAP_MOVED:
                contents[event[4]][event[5]] = contents[event[2]].pop(event[3])
            elif kind == CAPS_SWAPPED:
                self._swapped(*event[2:6])
            elif kind == PRIORITY and event[2] in threads:
                self.priorities[threads.index(event[2])] = event[3]
            elif kind == FAULTED and event[2] in threads:
                self._faults[threads.index(event[2]) + 1] = position
        self._read = len(events)

    def _swapped(self, cnode: int, index: int, with_cnode: int, with_index: int) -> None:
        one = self.contents[cnode].pop(index, None)
        other = self.contents[with_cnode].pop(with_index, None)
        if one is not None:
            self.contents[with_cnode][with_index] = one
        if other is not None:
            self.contents[cnode][index] = other

    def kinds(self) -> dict[str, str]:
        """Slot number -> kind of capability in the shared CNode, as the recordings write them."""
        shared = self.contents[self._shared]
        return {str(index): KIND_NAMES.get(ObjectType(shared[index]), "other") for index in sorted(shared)}
