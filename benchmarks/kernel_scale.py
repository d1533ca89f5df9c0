"""Does the kernel stay as fast when there is much of everything: descendants to revoke, threads to switch between?

Also what tracing costs, against the same kernel with every emission cut out of the fast path's source, and what
booting the default system costs.
"""

import ast
import inspect
import math
import time
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from unittest.mock import patch

from benchmarks.measure import Target, interleaved, report
from benchmarks.round_trip import TRIPS, kernel_round_trips
from kernel import Kernel, fastpath
from kernel.abi import InitSlot, Label, ObjectType
from kernel.costs import MIN_BUDGET
from kernel.events import SCHEDULED
from kernel.syscalls import call, wait, yield_
from kernel.vehicle import CoroutineVehicle

CNODE, VSPACE, BUFFER = int(InitSlot.CNODE), int(InitSlot.VSPACE), int(InitSlot.IPC_BUFFER)
UNTYPED = int(InitSlot.FIRST_FREE)
NODE, NODE_VIEW, ENDPOINT, NEVER, THREAD, CONTEXT = range(100, 106)
NODE_RADIX = 17
FEW_CAPABILITIES, MANY_CAPABILITIES = 1_000, 100_000
FEW_THREADS, MANY_THREADS = 10, 10_000
SWITCHES = 50_000
SMALLEST_SLICE_MICROSECONDS = 21
ROUNDS = 5


async def _retype(kind: ObjectType, size_bits: int, slot: int) -> None:
    answer = await call(UNTYPED, Label.UNTYPED_RETYPE, (kind, size_bits, 0, 0, slot, 1), (CNODE,))
    assert answer.label == 0, answer


def _run(program: Callable[[int], object], memory_bits: int = 28) -> Kernel:
    """Boot with `program(entry)` as the body of every thread; run until nobody can."""

    def load(entry: int, arguments: tuple[int, ...]) -> CoroutineVehicle:
        return CoroutineVehicle(program(entry))  # type: ignore[arg-type]

    booted = Kernel(load, memory_bits=memory_bits)
    while booted.run(100_000):
        pass
    return booted


def revoke_seconds_a_capability(count: int) -> float:
    """Copy an endpoint capability `count` times, revoke the original; seconds for each copy."""
    taken = [math.nan]

    async def root() -> None:
        await _retype(ObjectType.CNODE, NODE_RADIX, NODE)
        await _retype(ObjectType.ENDPOINT, 0, ENDPOINT)
        await call(CNODE, Label.CNODE_MINT, (NODE_VIEW, 64, NODE, 64, 15, 64 - NODE_RADIX), (CNODE,))
        for index in range(count):
            await call(NODE_VIEW, Label.CNODE_COPY, (index, 64, ENDPOINT, 64, 15), (CNODE,))
        started = time.perf_counter()
        assert (await call(CNODE, Label.CNODE_REVOKE, (ENDPOINT, 64))).label == 0
        taken[0] = time.perf_counter() - started

    _run(lambda entry: root())
    return taken[0] / count


def longest_wait_in_revoke(count: int) -> tuple[int, int]:
    """Revoke while an equal thread also wants to run: (longest time between two switches in cycles, switches)."""
    span = [0, 0]

    async def rival() -> None:
        while True:
            await yield_()

    async def root() -> None:
        await _retype(ObjectType.CNODE, NODE_RADIX, NODE)
        await _retype(ObjectType.ENDPOINT, 0, ENDPOINT)
        await call(CNODE, Label.CNODE_MINT, (NODE_VIEW, 64, NODE, 64, 15, 64 - NODE_RADIX), (CNODE,))
        for index in range(count):
            await call(NODE_VIEW, Label.CNODE_COPY, (index, 64, ENDPOINT, 64, 15), (CNODE,))
        slices = (SMALLEST_SLICE_MICROSECONDS, SMALLEST_SLICE_MICROSECONDS, 0, 0, 0)
        control = int(InitSlot.SCHED_CONTROL)
        await call(control, Label.SCHED_CONTROL_CONFIGURE, slices, (int(InitSlot.SCHED_CONTEXT),))
        await _start(THREAD, CONTEXT, 255, SMALLEST_SLICE_MICROSECONDS)
        span[0] = len(booted[0].events)
        await call(CNODE, Label.CNODE_REVOKE, (ENDPOINT, 64))
        span[1] = len(booted[0].events)
        await call(THREAD, Label.TCB_SUSPEND)

    booted: list[Kernel] = []

    def load(entry: int, arguments: tuple[int, ...]) -> CoroutineVehicle:
        return CoroutineVehicle(rival() if entry else root())

    booted.append(Kernel(load, memory_bits=28))
    while booted[0].run(100_000):
        pass
    switches = [event[1] for event in booted[0].events[span[0] : span[1]] if event[0] == SCHEDULED]
    return max(after - before for before, after in pairwise(switches)), len(switches)


async def _start(thread: int, context: int, priority: int, slice_us: int = 5_000) -> None:
    await _retype(ObjectType.TCB, 0, thread)
    await _retype(ObjectType.SCHED_CONTEXT, 8, context)
    control = int(InitSlot.SCHED_CONTROL)
    await call(control, Label.SCHED_CONTROL_CONFIGURE, (slice_us, slice_us, 0, 0, 0), (context,))
    await call(thread, Label.TCB_CONFIGURE, (0, 0, 0x1000), (CNODE, VSPACE, BUFFER))
    await call(thread, Label.TCB_SET_SCHED_PARAMS, (priority, priority), (int(InitSlot.TCB), context, 0))
    answer = await call(thread, Label.TCB_WRITE_REGISTERS, (1, 1, 1))
    assert answer.label == 0, answer


def seconds_a_switch(threads: int) -> float:
    """`threads` equal threads yield to each other; seconds for each switch."""
    return _many_threads(threads)[0]


def bytes_a_thread(threads: int) -> float:
    """Memory of the host for each thread with its scheduling context and capabilities, its events not counted."""
    return _many_threads(threads, measure_memory=True)[1]


def _many_threads(threads: int, *, measure_memory: bool = False) -> tuple[float, float]:
    async def idler() -> None:
        while True:
            await yield_()

    async def root() -> None:
        await _retype(ObjectType.NOTIFICATION, 0, NEVER)
        for number in range(threads):
            await _start(200 + 2 * number, 201 + 2 * number, 100)
        await wait(NEVER)

    def load(entry: int, arguments: tuple[int, ...]) -> CoroutineVehicle:
        return CoroutineVehicle(idler() if entry else root())

    booted = Kernel(load, memory_bits=28, root_radix=15)
    before = 0
    if measure_memory:
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
    while booted.current is None or booted.current.priority == 255:
        booted.run(1)
        booted.events.clear()
    booted.run(threads)
    booted.events.clear()
    if measure_memory:
        used = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        return math.nan, used / threads
    started = time.perf_counter()
    assert booted.run(SWITCHES) == SWITCHES
    taken = time.perf_counter() - started
    assert sum(event[0] == SCHEDULED for event in booted.events) >= SWITCHES - 1
    return taken / SWITCHES, math.nan


def untraced_fast_path() -> dict[str, object]:
    """The functions of the fast path, compiled from its source without the statements that emit events."""

    class Cut(ast.NodeTransformer):
        """Drops every statement that only calls `emit`."""

        def visit_Expr(self, node: ast.Expr) -> ast.stmt | None:
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in ("emit", "kernel.emit"):
                return None
            return node

    tree = Cut().visit(ast.parse(inspect.getsource(fastpath)))
    assert "emit((" not in ast.unparse(tree)
    namespace: dict[str, object] = {"__name__": "untraced"}
    exec(compile(ast.fix_missing_locations(tree), "untraced fast path", "exec"), namespace)
    return namespace


def _untraced_round_trips() -> float:
    with patch("kernel.kernel.run_fast", untraced_fast_path()["run_fast"]):
        return kernel_round_trips(passive=True, expect_events=False)


def main() -> bool:
    """Measure, print, and say whether the targets were met."""
    figures = {
        name: min(rounds)
        for name, rounds in interleaved(
            {
                "revoke few": lambda: revoke_seconds_a_capability(FEW_CAPABILITIES),
                "revoke many": lambda: revoke_seconds_a_capability(MANY_CAPABILITIES),
                "switch few": lambda: seconds_a_switch(FEW_THREADS),
                "switch many": lambda: seconds_a_switch(MANY_THREADS),
                "traced": lambda: kernel_round_trips(passive=True),
                "untraced": _untraced_round_trips,
            },
            ROUNDS,
        ).items()
    }
    longest, switches = longest_wait_in_revoke(MANY_CAPABILITIES)
    lines = {
        "revoke": f"{figures['revoke many'] * 1e6:.2f} us a capability at {MANY_CAPABILITIES:,}",
        "revoke beside an equal thread": f"{switches:,} switches, at most {longest:,} cycles between two"
        f" (the smallest budget is {MIN_BUDGET:,})",
        "switch": f"{figures['switch many'] * 1e6:.2f} us with {MANY_THREADS:,} threads",
        "memory": f"{bytes_a_thread(MANY_THREADS):,.0f} bytes of the host for each of {MANY_THREADS:,} threads",
        "round trip": f"{TRIPS / figures['traced']:,.0f} a second traced, {TRIPS / figures['untraced']:,.0f} not",
    }
    many, few = f"{MANY_CAPABILITIES:,}", f"{FEW_CAPABILITIES:,}"
    return report(
        f"the kernel at scale, best of {ROUNDS}",
        lines,
        [
            Target(
                f"revoke, per capability: {many} / {few}", figures["revoke many"] / figures["revoke few"], 1.5, True
            ),
            Target(
                f"switch: {MANY_THREADS:,} / {FEW_THREADS} threads", figures["switch many"] / figures["switch few"],
                1.5, True,
            ),
            Target("round trip: traced / not traced", figures["traced"] / figures["untraced"], 1.4, True),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
