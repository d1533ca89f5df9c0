"""A test bench for the kernel: a test is the root task of a fresh system; every kernel entry checks the invariants.

A test is a coroutine decorated with `scenario`; it runs as the root task at the highest priority and makes what it
needs with the methods of `Bench`. Its threads are coroutines too and share its CSpace, so that a capability pointer
means the same everywhere. `await bench.settle()` lets them run until nobody can.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from kernel import DeviceRegion, Kernel
from kernel.abi import Error, InitSlot, Label, Message, ObjectType, Rights, ThreadState
from kernel.bootinfo import VADDR, unpack
from kernel.costs import CYCLES_PER_MICROSECOND
from kernel.events import OBJECT_CREATED, Event
from kernel.syscalls import call, compute, load
from kernel.vehicle import CoroutineVehicle, Vehicle

Program = Callable[[], Coroutine[Any, Any, Any]]

TOP: Final = 255
IDLE_PRIORITY: Final = 1
SECOND: Final = 1_000_000
ENTRY_LIMIT: Final = 400_000


class BenchError(AssertionError):
    """The bench's own system calls failed, or a thread's program raised."""


@dataclass(slots=True)
class Thread:
    """What a test knows about a thread that it made."""

    tcb: int
    """Capability pointer."""
    sched_context: int
    """Capability pointer; 0 for a passive thread."""
    id: int
    """Object id, as in events."""


class Bench:
    """A kernel whose root task is a test."""

    def __init__(
        self,
        test: Callable[[Bench], Awaitable[None]],
        devices: tuple[DeviceRegion, ...] = (),
        body: Callable[[int], Vehicle] | None = None,
    ) -> None:
        """`body` makes the vehicle of every thread but the root task, instead of the programs given to `thread`."""
        self.log: list[Any] = []
        """For the test's threads to write what they saw."""
        self.checking = True
        """Whether the invariants are verified after every kernel entry; a test may turn it off while it builds."""
        self._test = test
        self._body = body
        self._afterwards: Coroutine[Any, Any, None] | None = None
        self._programs: dict[int, tuple[Program, bool]] = {}
        self._error: Exception | None = None
        self._done = False
        self._free = 0
        self._untyped = 0
        self.kernel = Kernel(self._load, memory_bits=23, devices=devices)

    def run(self) -> None:
        """Run the test to its end, one kernel entry after the other."""
        for _ in range(ENTRY_LIMIT):
            if self._done:
                break
            if self.kernel.run(1) == 0:
                raise BenchError("the root task can no longer run")
            if self.checking:
                self.kernel.check()
        else:
            raise BenchError(f"the test is not over after {ENTRY_LIMIT} kernel entries")
        if self._error is not None:
            raise self._error

    def _load(self, entry: int, arguments: tuple[int, ...]) -> Vehicle:
        if entry == 0:
            return CoroutineVehicle(self._root())
        if self._body is not None:
            return self._body(entry)
        program, may_raise = self._programs[entry]
        return CoroutineVehicle(program() if may_raise else self._guarded(program))

    async def _root(self) -> None:
        try:
            self.information = unpack(await load(VADDR, 4096))
            self._free = self.information.empty[0]
            regions = [region for region in self.information.untyped if not region.device]
            self._untyped = max(regions, key=lambda region: region.size_bits).slot
            await self._test(self)
        except Exception as error:
            self._error = error  # raised by run(): inside the kernel it would become a fault
        self._done = True
        if self._afterwards is not None:
            await self._afterwards
        while True:
            await compute(1)

    def go_on_with(self, program: Coroutine[Any, Any, None]) -> None:
        """What the root task does when the test is over and somebody else runs the kernel on."""
        self._afterwards = program

    async def _guarded(self, program: Program) -> None:
        try:
            await program()
        except Exception as error:
            self._error = self._error or error
            self._done = True
            raise
        await call(await self.own_tcb(), Label.TCB_SUSPEND)

    async def own_tcb(self) -> int:
        """The pointer of the running thread's TCB capability."""
        return self._tcb_of[self.kernel.current_thread]

    # -- objects -----------------------------------------------------------------------------------------------

    @functools.cached_property
    def _tcb_of(self) -> dict[int, int]:
        return {}

    def empty_slots(self, count: int = 1) -> int:
        """The first of `count` consecutive empty slots of the root CNode, never handed out before."""
        first = self._free
        self._free += count
        return first

    async def invoke(self, cptr: int, label: Label, words: tuple[int, ...] = (), caps: tuple[int, ...] = ()) -> Message:
        """An invocation that has to succeed."""
        reply = await call(cptr, label, words, caps)
        if reply.label != Error.NO_ERROR:
            raise BenchError(f"{label.name} on {cptr} failed: {Error(reply.label).name} {reply.words}")
        return reply

    async def error(self, cptr: int, label: Label, words: tuple[int, ...] = (), caps: tuple[int, ...] = ()) -> Any:
        """The error of an invocation, with its words if there are any: `(Error.RANGE_ERROR, 1, 256)`."""
        reply = await call(cptr, label, words, caps)
        return (Error(reply.label), *reply.words) if reply.words else Error(reply.label)

    async def make(self, kind: ObjectType, size_bits: int = 0, *, count: int = 1, untyped: int = 0) -> int:
        """New objects; the pointer of the first, the others follow."""
        first = self.empty_slots(count)
        words = (int(kind), size_bits, 0, 0, first, count)
        await self.invoke(untyped or self._untyped, Label.UNTYPED_RETYPE, words, (InitSlot.CNODE,))
        return first

    async def endpoint(self) -> int:
        return await self.make(ObjectType.ENDPOINT)

    async def notification(self) -> int:
        return await self.make(ObjectType.NOTIFICATION)

    async def reply(self) -> int:
        return await self.make(ObjectType.REPLY)

    async def untyped(self, size_bits: int) -> int:
        return await self.make(ObjectType.UNTYPED, size_bits)

    async def copy(self, source: int, rights: Rights = Rights.ALL) -> int:
        slot = self.empty_slots()
        await self.invoke(InitSlot.CNODE, Label.CNODE_COPY, (slot, 64, source, 64, int(rights)), (InitSlot.CNODE,))
        return slot

    async def mint(self, source: int, badge: int, rights: Rights = Rights.ALL) -> int:
        slot = self.empty_slots()
        words = (slot, 64, source, 64, int(rights), badge)
        await self.invoke(InitSlot.CNODE, Label.CNODE_MINT, words, (InitSlot.CNODE,))
        return slot

    async def delete(self, cptr: int) -> None:
        await self.invoke(InitSlot.CNODE, Label.CNODE_DELETE, (cptr, 64))

    async def revoke(self, cptr: int) -> None:
        await self.invoke(InitSlot.CNODE, Label.CNODE_REVOKE, (cptr, 64))

    async def is_empty(self, cptr: int) -> bool:
        """Whether a slot is empty: moving it onto itself fails for another reason then (seL4's own test does this)."""
        words = (cptr, 64, cptr, 64)
        return bool(await self.error(InitSlot.CNODE, Label.CNODE_MOVE, words, (InitSlot.CNODE,)) != Error.DELETE_FIRST)

    async def sched_context(
        self, budget: int = SECOND, period: int = SECOND, *, refills: int = 0, badge: int = 0, flags: int = 0
    ) -> int:
        """A configured scheduling context; times in microseconds."""
        context = await self.make(ObjectType.SCHED_CONTEXT, 9)
        await self.configure(context, budget, period, refills=refills, badge=badge, flags=flags)
        return context

    async def configure(
        self, context: int, budget: int, period: int, *, refills: int = 0, badge: int = 0, flags: int = 0
    ) -> None:
        words = (budget, period, refills, badge, flags)
        await self.invoke(InitSlot.SCHED_CONTROL, Label.SCHED_CONTROL_CONFIGURE, words, (context,))

    # -- threads -----------------------------------------------------------------------------------------------

    async def thread(
        self,
        program: Program,
        priority: int = 100,
        *,
        mcp: int = TOP,
        passive: bool = False,
        context: int = 0,
        fault_handler: int = 0,
        timeout_handler: int = 0,
        cspace: int = int(InitSlot.CNODE),
        guard: int = 0,
        may_raise: bool = False,
        start: bool = True,
    ) -> Thread:
        """A thread in the root's spaces that will run `program`; `passive`: without a scheduling context."""
        tcb = await self.make(ObjectType.TCB)
        buffer = await self.make(ObjectType.FRAME)
        guard = guard or (50 if cspace == InitSlot.CNODE else 0)
        await self.invoke(tcb, Label.TCB_CONFIGURE, (guard, 0, 0x4000_0000), (cspace, InitSlot.VSPACE, buffer))
        if not passive and not context:
            context = await self.sched_context()
        words = (mcp, priority)
        await self.invoke(tcb, Label.TCB_SET_SCHED_PARAMS, words, (InitSlot.TCB, context, fault_handler))
        if timeout_handler:
            await self.invoke(tcb, Label.TCB_SET_TIMEOUT_ENDPOINT, (), (timeout_handler,))
        number = self._created(ObjectType.TCB)
        self._tcb_of[number] = tcb
        entry = len(self._programs) + 1
        self._programs[entry] = (program, may_raise)
        await self.invoke(tcb, Label.TCB_WRITE_REGISTERS, (int(start), 1, entry))
        return Thread(tcb, context, number)

    def _created(self, kind: ObjectType) -> int:
        for event in reversed(self.kernel.events):
            if event[0] == OBJECT_CREATED and event[3] == kind:
                return int(event[2])
        raise BenchError(f"no {kind.name} was ever made")

    async def suspend(self, thread: Thread) -> None:
        await self.invoke(thread.tcb, Label.TCB_SUSPEND)

    async def resume(self, thread: Thread) -> None:
        await self.invoke(thread.tcb, Label.TCB_RESUME)

    async def set_priority(self, thread: Thread, priority: int) -> None:
        await self.invoke(thread.tcb, Label.TCB_SET_PRIORITY, (priority,), (InitSlot.TCB,))

    async def settle(self) -> None:
        """Let the other threads run until none of them can."""
        await self.invoke(InitSlot.TCB, Label.TCB_SET_PRIORITY, (IDLE_PRIORITY,), (InitSlot.TCB,))
        await self.invoke(InitSlot.TCB, Label.TCB_SET_PRIORITY, (TOP,), (InitSlot.TCB,))

    async def let_pass(self, microseconds: int) -> None:
        """Let the other threads have this much time, at the least."""
        until = self.kernel.now + microseconds * CYCLES_PER_MICROSECOND
        await self.invoke(InitSlot.TCB, Label.TCB_SET_PRIORITY, (IDLE_PRIORITY,), (InitSlot.TCB,))
        while self.kernel.now < until:
            await compute(min(100_000, max(1, until - self.kernel.now)))
        await self.invoke(InitSlot.TCB, Label.TCB_SET_PRIORITY, (TOP,), (InitSlot.TCB,))

    def state(self, thread: Thread) -> ThreadState:
        """The state of a thread according to the events."""
        return ThreadState(self.kernel.inspect().threads[thread.id].state)

    def events(self, kind: int) -> list[Event]:
        """All events of a kind so far."""
        return [event for event in self.kernel.events if event[0] == kind]


def scenario(test: Callable[[Bench], Awaitable[None]]) -> Callable[[], None]:
    """Make a test function of a coroutine that is the root task."""

    @functools.wraps(test)
    def run() -> None:
        Bench(test).run()

    del run.__wrapped__  # pytest would look for a fixture called bench
    return run


__all__ = ["IDLE_PRIORITY", "SECOND", "TOP", "Bench", "BenchError", "Thread", "scenario"]
