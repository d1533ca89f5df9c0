"""A system that does random things: several threads, every object, plausible and absurd system calls.

The generator works on anything with the interface of `random.Random`, so that Hypothesis can drive and shrink it
(tests/kernel/test_random_calls.py) and a plain loop can run it for hours (tests/kernel/fuzz.py). Whatever is drawn, no
exception may leave the kernel and every invariant must hold after every kernel entry.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from hashlib import blake2b
from random import Random
from typing import Any, Final

from kernel import Kernel, KernelBug
from kernel.abi import ERROR_NAMES, FAULT_NAMES, Error, Fault, InitSlot, Label, ObjectType, Syscall
from kernel.events import (
    CAP_CHANGED,
    CAP_INSERTED,
    CAP_MOVED,
    CAP_REMOVED,
    DROPPED,
    FAULTED,
    INVOKED,
    MESSAGE,
    OBJECT_CREATED,
    REPLIED,
    SIGNALLED,
)
from kernel.syscalls import call, compute
from tests.kernel.bench import Bench
from tests.kernel.random_traps import absurd_trap, random_trap, slot_of

_COUNTED: Final = {MESSAGE: "(message)", REPLIED: "(reply)", SIGNALLED: "(signal)", DROPPED: "(dropped message)"}
Invocation = tuple[int, Label, tuple[int, ...], tuple[int, ...]]

WORKERS: Final = 4
LINES: Final = 4
BURST: Final = 6
"""Kernel entries that one action may set off."""
REFURBISH: Final = 30
"""Calls after which the capabilities that threads deleted are put back."""
PATIENCE: Final = 2
"""Traps that may wait for a thread to execute them before it is freed from where it is stuck."""
PARK: Final = (int(Syscall.COMPUTE), 1)


class Body:
    """The vehicle of every thread here: executes the traps that are queued for its thread, else idles."""

    def __init__(self, system: RandomSystem) -> None:
        self.system = system

    def resume(self, value: Any) -> Any:
        return self.system.next_trap()

    def throw(self, error: BaseException) -> Any:
        raise error

    def close(self) -> None:
        """Nothing to give up."""

    def where(self) -> tuple[str, int, str] | None:
        return None


class RandomSystem:
    """Four threads, the root task, one of every object, and the actions that happen to them."""

    def __init__(self) -> None:
        self.queued: dict[int, deque[Any]] = {}
        """Thread id -> the traps it shall execute next; an exception is raised instead."""
        self.parked: set[int] = set()
        self.commands: deque[Invocation] = deque()
        """What the root task shall do next."""
        self.repairs: list[Invocation] = []
        self.furniture: list[Invocation] = []
        """What fills the shared CNode; fails quietly for slots that hold something."""
        self.revivals: list[list[Invocation]] = []
        """For each worker: what makes it run again, wherever it is stuck."""
        self.calls = 0
        self.entries = 0
        self.outcomes: Counter[str] = Counter()
        self.digest = blake2b()
        """Of all events."""
        self.history: deque[str] = deque(maxlen=30)
        """The last actions, for the report of a failure."""
        self.kinds: dict[int, int] = {}
        """What the shared CNode holds, for drawing capabilities that fit."""
        self._parking: list[int] = []
        self._read = 0
        self._refurbished = 0
        bench = Bench(self._build, body=lambda entry: Body(self))
        self.kernel: Kernel = bench.kernel
        bench.run()
        self._node_id = next(event[2] for event in self.kernel.events if event[0] == OBJECT_CREATED and event[4] == 10)
        self.workers: list[int] = [
            event[2] for event in self.kernel.events if event[0] == OBJECT_CREATED and event[3] == 1
        ][1:]
        self.root = self.kernel.current_thread
        self.parked.update(self.workers)
        self.step(2)
        self.repair(self.repairs)

    # -- the world ---------------------------------------------------------------------------------------------

    async def _build(self, bench: Bench) -> None:
        root = int(InitSlot.CNODE)
        node = await bench.make(ObjectType.CNODE, 5)
        memory = await bench.untyped(18)
        lines = bench.empty_slots(LINES)
        for number in range(LINES):
            words = (number, lines + number, 64)
            await bench.invoke(InitSlot.IRQ_CONTROL, Label.IRQ_ISSUE_HANDLER, words, (root,))
        endpoint, faults = await bench.endpoint(), await bench.endpoint()
        tcbs = await bench.make(ObjectType.TCB, count=WORKERS)
        contexts = [
            await bench.sched_context(1_000_000, 1_000_000, badge=1),
            await bench.sched_context(200, 1_000, refills=3, badge=2, flags=1),
            await bench.sched_context(100, 500, refills=6, badge=3),
            await bench.sched_context(50, 50, badge=4),
        ]
        handler = await bench.mint(faults, 99)
        buffers = await bench.make(ObjectType.FRAME, count=WORKERS)
        guarded = await bench.mint(node, 64 - 5)
        copies = [guarded, 0, tcbs, tcbs + 1, tcbs + 2, tcbs + 3, lines, endpoint, faults]
        copies += [0] * 8 + [*contexts, int(InitSlot.SCHED_CONTROL), int(InitSlot.VSPACE), lines + 1, buffers]
        self.repairs = [
            (node, Label.CNODE_COPY, (slot, 5, source, 64, 15), (root,))
            for slot, source in enumerate(copies, start=1)
            if source
        ]
        made = [(2, 0, 17), (10, 6, 0), (11, 6, 0), (12, 6, 0), (13, 3, 0), (14, 3, 0), (15, 2, 0), (16, 7, 0)]
        made += [(26, 4, 2), (27, 1, 0), (28, 5, 8), (29, 8, 0)]
        self.repairs += [
            (memory, Label.UNTYPED_RETYPE, (kind, size_bits, 0, 0, slot, 1), (node,)) for slot, kind, size_bits in made
        ]
        self.furniture = list(self.repairs)
        self.repairs.insert(0, (root, Label.CNODE_REVOKE, (memory, 64), ()))
        for place in range(WORKERS):
            tcb, context = tcbs + place, contexts[place]
            spaces = (node, int(InitSlot.VSPACE), buffers + place)
            time = (int(InitSlot.TCB), 0, handler if place < WORKERS - 1 else bench.empty_slots())
            revival: list[Invocation] = [
                (context, Label.SCHED_CONTEXT_UNBIND, (), ()),
                (tcb, Label.TCB_CONFIGURE, (64 - 5, 0, 0x4000_0000), spaces),
                (tcb, Label.TCB_SET_SCHED_PARAMS, (120, 100 + place // 2), time),
                (context, Label.SCHED_CONTEXT_BIND, (), (tcb,)),
                (tcb, Label.TCB_SUSPEND, (), ()),
                (tcb, Label.TCB_WRITE_REGISTERS, (1, 1, 1), ()),
            ]
            self.revivals.append(revival)
            self.repairs += revival
        self.repairs.append((tcbs + 1, Label.TCB_SET_TIMEOUT_ENDPOINT, (), (handler,)))
        bench.go_on_with(self._serve(bench))

    async def _serve(self, bench: Bench) -> None:
        """The root task from now on: it carries out repairs, and else is off the processor."""
        while True:
            if self.commands:
                await call(*self.commands.popleft())
            else:
                self._parking.append(bench.kernel.current_thread)
                await compute(1)

    # -- running -----------------------------------------------------------------------------------------------

    def next_trap(self) -> Any:
        """What the current thread does next."""
        thread = self.kernel.current_thread
        waiting = self.queued.get(thread)
        if not waiting:
            self._parking.append(thread)
            return PARK
        trap = waiting.popleft()
        if isinstance(trap, BaseException):
            raise trap
        return trap

    def step(self, entries: int, *, check: bool = True) -> None:
        """At most so many kernel entries, with every invariant verified after each (or only after the last)."""
        kernel = self.kernel
        for _ in range(entries):
            if kernel.idle:
                timeout = kernel.next_timeout()
                if timeout is None:
                    break
                kernel.advance(timeout)
            elif kernel.run(1) != 1:
                raise KernelBug("somebody can run, but a run does nothing")
            self.entries += 1
            while self._parking:
                thread = self._parking.pop()
                if thread in kernel.threads:
                    kernel.probe_suspend(thread)
                    self.parked.add(thread)
            if check:
                kernel.check()
        kernel.check()
        self._watch()

    def _watch(self) -> None:
        events = self.kernel.events
        for position in range(self._read, len(events)):
            event = events[position]
            self.digest.update(repr(event).encode())
            if event[0] in (CAP_INSERTED, CAP_CHANGED) and event[2] == self._node_id:
                self.kinds[event[3]] = event[4]
            elif event[0] in (CAP_REMOVED, CAP_MOVED) and event[2] == self._node_id:
                self.kinds.pop(event[3], None)
            elif event[0] == INVOKED and event[2] != self.root:
                self.outcomes[ERROR_NAMES[Error(event[6])]] += 1
            elif event[0] == FAULTED:
                self.outcomes[FAULT_NAMES[Fault(event[3])]] += 1
            elif event[0] in _COUNTED:
                self.outcomes[_COUNTED[event[0]]] += 1
        del events[:]
        self._read = 0

    # -- actions -----------------------------------------------------------------------------------------------

    def act(self, random: Random) -> None:
        """One random thing happens."""
        chance = random.randrange(100)
        if chance < 12:
            self._converse(random)
        elif chance < 78:
            trap = random_trap(random, self.kinds)
            self.command(self._somebody(random), trap, random.randrange(1, BURST))
        elif chance < 84:
            self.command(self._somebody(random), absurd_trap(random), 2)
        elif chance < 86:
            self.repair(random.choice(self.revivals))
        elif chance < 90:
            self._do(f"interrupt {chance - 86}", lambda: self.kernel.interrupt(chance - 86))
            self.step(3)
        elif chance < 93:
            self._probe(random)
        elif chance < 95:
            self._do("run", lambda: self.step(20))
        else:
            self.repair(random.choices(self.repairs, k=random.randrange(1, 7)))

    def _somebody(self, random: Random) -> int:
        """Mostly a thread that is free to do something: the others are to stay blocked for a while."""
        free = [thread for thread in self.workers if thread in self.parked]
        if not free:
            self.repair(random.choice(self.revivals))
        return random.choice(free if free and random.randrange(8) else self.workers)

    def command(self, thread: int, trap: Any, entries: int) -> None:
        """Let a thread execute a trap when it next can."""
        self.calls += 1
        if self.calls >= self._refurbished + REFURBISH:
            self._refurbished = self.calls
            self.repair(self.furniture)
        self.history.append(f"thread {thread}: {_shown(trap)}")
        waiting = self.queued.setdefault(thread, deque())
        if len(waiting) >= PATIENCE:
            waiting.clear()
            self.repair(self.revivals[self.workers.index(thread)])
        waiting.append(trap)
        self._wake(thread)
        self.step(entries)

    def _wake(self, thread: int) -> None:
        if thread in self.parked:
            self.parked.discard(thread)
            self.kernel.probe_resume(thread)

    def _converse(self, random: Random) -> None:
        """Three threads call each other in a row, the last two perhaps on borrowed time; then a surprise."""
        first, middle, last = random.sample(self.workers, 3)
        front, back = (slot_of(random, self.kinds, "ENDPOINT") for _ in range(2))
        replies = [slot_of(random, self.kinds, "REPLY") for _ in range(2)]
        receive, answer, ask = int(Syscall.RECV), int(Syscall.REPLY_RECV), int(Syscall.CALL)
        again = random.randrange(1, 4)
        plays: list[tuple[int, list[Any]]] = [
            (last, [(receive, back, replies[1], None), *[(answer, back, replies[1], 0, (3,), (), None)] * again]),
            (middle, [(receive, front, replies[0], None)]),
            (first, [(ask, front, 256, (1,), (), None)] * again),
        ]
        for _ in range(again):
            plays[1][1].append((ask, back, 256, (), (), None))
            plays[1][1].append((answer, front, replies[0], 0, (2,), (), None))
        for thread, traps in plays:
            if random.randrange(6):
                self.repair(self.revivals[self.workers.index(thread)])
            self.queued[thread] = deque(traps)
            self.calls += len(traps)
            self.history.append(f"thread {thread}: {traps}")
            self._wake(thread)
            self.step(2)
            if thread != first and random.randrange(2):
                self.repair([self.revivals[self.workers.index(thread)][0]])
        self.step(random.randrange(1, 12))
        surprised = random.choice(self.workers)
        self.command(surprised, random_trap(random, self.kinds), BURST)

    def repair(self, invocations: list[Invocation]) -> None:
        """The root task does something to keep the system lively."""
        self.history.append(f"repair: {invocations}")
        self.commands.extend(invocations)
        self.kernel.probe_resume(self.root)
        self.step(2 * len(invocations) + 1, check=False)

    def _probe(self, random: Random) -> None:
        thread = random.choice(self.workers)
        action = random.randrange(3)
        if action == 0:
            self._do(f"probe throw {thread}", lambda: self.kernel.probe_throw(thread, ValueError("probe"), "throw"))
        elif action == 1:
            self._do(f"probe suspend {thread}", lambda: self.kernel.probe_suspend(thread))
        else:
            self._do(f"probe resume {thread}", lambda: self.kernel.probe_resume(thread))
        self.step(2)

    def _do(self, what: str, action: Callable[[], None]) -> None:
        self.history.append(what)
        action()
        self.kernel.check()


def _shown(trap: Any) -> str:
    try:
        return f"{trap!r:.200}"
    except Exception as error:  # absurd values may refuse to be shown
        return f"something that cannot be shown ({type(error).__name__})"
