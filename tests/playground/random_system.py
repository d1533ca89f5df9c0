"""A kernel with a few threads that do whatever system calls a test gives them, sensible or not."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from kernel import Kernel
from kernel.abi import InitSlot, Label, ObjectType, Rights, Syscall
from kernel.bootinfo import VADDR, unpack
from kernel.events import OBJECT_CREATED
from kernel.syscalls import Trap, call, compute, load
from kernel.vehicle import CoroutineVehicle, Vehicle

THREADS: Final = 4
RADIX: Final = 5
GUARD: Final = 64 - RADIX
_PARK: Final[Trap] = (int(Syscall.COMPUTE), 0)

SLOTS: Final = {
    "cnode": 1, "untyped": 2, "thread": 3, "endpoint": 7, "other_endpoint": 8, "notification": 9,
    "other_notification": 10, "reply": 11, "other_reply": 12, "context": 13, "spare_context": 17, "frame": 18,
    "vspace": 19, "control": 20, "irq_control": 21, "small_cnode": 22, "empty": 23,
}  # fmt: skip
"""Where things are at first in the CNode that all threads share; threads and contexts take four slots each."""


class Puppet:
    """A thread that executes the traps it is given and is parked when it has none left."""

    def __init__(self, system: RandomSystem, number: int) -> None:
        self.system = system
        self.number = number

    def resume(self, value: Any) -> Trap:
        waiting = self.system.waiting[self.number]
        if waiting:
            return waiting.popleft()
        self.system.parked.append(self.number)
        return _PARK

    def throw(self, error: BaseException) -> Trap:
        return self.resume(None)

    def close(self) -> None:
        self.system.waiting[self.number].clear()

    def where(self) -> tuple[str, int, str] | None:
        return None


class RandomSystem:
    """The kernel, the root task that sets the scene and is then never heard of again, and the puppets."""

    def __init__(self) -> None:
        self.waiting: dict[int, deque[Trap]] = {number: deque() for number in range(1, THREADS + 1)}
        self.parked: list[int] = []
        """Puppets that have just run out of traps."""
        self.idle: set[int] = set(self.waiting)
        """Puppets that wait for a trap."""
        self.ready = False
        self.kernel = Kernel(self._load, memory_bits=20)
        while not self.ready:
            if self.kernel.run(1) == 0:
                raise AssertionError("the scene could not be set")
        made = [event[2] for event in self.kernel.events if event[:4:3] == (OBJECT_CREATED, ObjectType.TCB)]
        self.root, self.threads = made[0], made[1:]
        self.kernel.probe_suspend(self.root)

    def _load(self, entry: int, arguments: tuple[int, ...]) -> Vehicle:
        if entry == 0:
            return CoroutineVehicle(self._set_scene())
        return Puppet(self, (entry - 1) % THREADS + 1)

    def perform(self, step: tuple[Any, Any]) -> None:
        """One step: (number of a thread, trap), ("interrupt", line) or ("time", cycles)."""
        actor, what = step
        kernel = self.kernel
        if actor == "interrupt":
            kernel.interrupt(what)
        elif actor == "time":
            if kernel.idle:
                kernel.advance(min(kernel.now + what, kernel.next_timeout() or 1 << 60))
        else:
            self.do(actor, what, entries=12)
            return
        self.settle(12)

    def do(self, number: int, trap: Trap, entries: int = 40) -> None:
        """Let a thread (1 to THREADS) execute a trap, and the kernel run for a while.

        If that one waits for something, the next that does not; if all wait, the debug probe pulls it out.
        """
        alive = [each for each in self.waiting if self.threads[each - 1] in self.kernel.threads]
        free = [each for each in alive if each in self.idle]
        if not alive:
            return
        chosen = next((each for each in (free or alive) if each >= number), (free or alive)[0])
        self.waiting[chosen].append(trap)
        if chosen in self.idle:
            self.idle.discard(chosen)
            self.kernel.probe_resume(self.threads[chosen - 1])
        else:
            self.kernel.probe_throw(self.threads[chosen - 1], RuntimeError("poked"), "poke")
        self.settle(entries)

    def settle(self, entries: int = 40) -> None:
        """Run until everybody is parked or blocked."""
        kernel = self.kernel
        for _ in range(entries):
            if kernel.run(1) == 0:
                return
            while self.parked:
                number = self.parked.pop()
                if self._alive(number) and not self.waiting[number]:
                    kernel.probe_suspend(self.threads[number - 1])
                    self.idle.add(number)

    def _alive(self, number: int) -> bool:
        return self.threads[number - 1] in self.kernel.threads

    async def _set_scene(self) -> None:
        information = unpack(await load(VADDR, 4096))
        memory = next(region.slot for region in information.untyped if not region.device)
        free = information.empty[0]

        async def make(kind: ObjectType, count: int = 1, size_bits: int = 0) -> int:
            nonlocal free
            first, free = free, free + count
            words = (int(kind), size_bits, 0, 0, first, count)
            await _must(memory, Label.UNTYPED_RETYPE, words, (InitSlot.CNODE,))
            return first

        shared = await make(ObjectType.CNODE, 1, RADIX)
        threads = await make(ObjectType.TCB, THREADS)
        contexts = await make(ObjectType.SCHED_CONTEXT, THREADS + 1, 8)
        fault_endpoint = await make(ObjectType.ENDPOINT)

        async def copy(slot: int, source: int) -> None:
            await _must(shared, Label.CNODE_COPY, (slot, RADIX, source, 64, int(Rights.ALL)), (InitSlot.CNODE,))

        async def move(slot: int, source: int) -> None:
            await _must(shared, Label.CNODE_MOVE, (slot, RADIX, source, 64), (InitSlot.CNODE,))

        words = (SLOTS["cnode"], RADIX, shared, 64, int(Rights.ALL), GUARD)
        await _must(shared, Label.CNODE_MINT, words, (InitSlot.CNODE,))
        await move(SLOTS["untyped"], await make(ObjectType.UNTYPED, 1, 15))
        for number in range(THREADS):
            thread, context = threads + number, contexts + number
            times = (1000, 1000 + 2000 * (number % 2), 0, number, number % 2)
            await _must(InitSlot.SCHED_CONTROL, Label.SCHED_CONTROL_CONFIGURE, times, (context,))
            buffer = await make(ObjectType.FRAME)
            address = 0x10_0000 + 0x1000 * number
            spaces = (GUARD, 0, address)
            await _must(thread, Label.TCB_CONFIGURE, spaces, (shared, InitSlot.VSPACE, buffer))
            priorities = (100, 20 + 10 * (number // 2))
            await _must(thread, Label.TCB_SET_SCHED_PARAMS, priorities, (InitSlot.TCB, context, fault_endpoint))
            await _must(thread, Label.TCB_WRITE_REGISTERS, (0, 1, number + 1))
        for number in range(THREADS):
            await copy(SLOTS["thread"] + number, threads + number)
            await copy(SLOTS["context"] + number, contexts + number)
        for name, kind, size_bits in (
            ("other_endpoint", ObjectType.ENDPOINT, 0), ("notification", ObjectType.NOTIFICATION, 0),
            ("other_notification", ObjectType.NOTIFICATION, 0), ("reply", ObjectType.REPLY, 0),
            ("other_reply", ObjectType.REPLY, 0), ("frame", ObjectType.FRAME, 0), ("vspace", ObjectType.VSPACE, 0),
            ("small_cnode", ObjectType.CNODE, 2),
        ):  # fmt: skip
            await move(SLOTS[name], await make(kind, 1, size_bits))
        await copy(SLOTS["endpoint"], fault_endpoint)
        await move(SLOTS["spare_context"], contexts + THREADS)
        await copy(SLOTS["control"], InitSlot.SCHED_CONTROL)
        await move(SLOTS["irq_control"], InitSlot.IRQ_CONTROL)
        self.ready = True
        while True:
            await compute(0)


async def _must(cptr: int, label: Label, words: tuple[int, ...] = (), caps: tuple[int, ...] = ()) -> None:
    reply = await call(cptr, label, words, caps)
    if reply.label:
        raise AssertionError(f"{label.name} {words} {caps}: error {reply.label} {reply.words}")
