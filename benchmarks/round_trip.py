"""Call and ReplyRecv round trips a second on the kernel, against a rendezvous in other Python runtimes.

One client calls one server with one word and gets one word back. The kernel runs with tracing on, as it always does:
its list of events is part of the price. Two kernels take part: with a passive server, which runs on the client's
scheduling context (how servers are built here), and with an active one, which has a scheduling context of its own.
"""

import math
import time

from benchmarks import rivals
from benchmarks.measure import Target, interleaved, report
from kernel import Kernel
from kernel.abi import InitSlot, Label, ObjectType
from kernel.bootinfo import VADDR, unpack
from kernel.syscalls import call, load, recv, reply_recv, wait
from kernel.vehicle import CoroutineVehicle
from servers.runtime import invocations as invoke

TRIPS = 20_000
ROUNDS = 5
SERVER_ENTRY = 1
SERVER_PRIORITY = 254
SLICE_MICROSECONDS = 5_000
LABEL = 300

CNODE = int(InitSlot.CNODE)
ENDPOINT, REPLY, THREAD, CONTEXT, NEVER = range(5)
"""What the root task makes, by its place behind the first empty slot."""

TO_BEAT = {
    "Trio memory channels": (rivals.trio_memory_channels, 3.0),
    "asyncio queues": (rivals.asyncio_queues, 1.5),
    "SimPy stores": (rivals.simpy_stores, 1.5),
}
"""Contender, and how many times as many round trips the kernel should make."""


class RoundTrips:
    """A kernel whose root task starts a server and calls it again and again."""

    def __init__(self, trips: int, passive: bool) -> None:
        self.trips = trips
        self.passive = passive
        self.seconds = math.nan
        """What the trips took; set once they are over."""
        self._first = 0

    def load(self, entry: int, arguments: tuple[int, ...]) -> CoroutineVehicle:
        """The kernel's loader: entry 0 is the root task."""
        return CoroutineVehicle(self._server() if entry == SERVER_ENTRY else self._root())

    async def _root(self) -> None:
        information = unpack(await load(VADDR, 4096))
        memory = max((part for part in information.untyped if not part.device), key=lambda part: part.size_bits).slot
        self._first = first = information.empty[0]
        kinds = (
            (ENDPOINT, ObjectType.ENDPOINT, 0),
            (REPLY, ObjectType.REPLY, 0),
            (THREAD, ObjectType.TCB, 0),
            (CONTEXT, ObjectType.SCHED_CONTEXT, 9),
            (NEVER, ObjectType.NOTIFICATION, 0),
        )
        for place, kind, size_bits in kinds:
            await invoke.retype(memory, kind, size_bits, CNODE, first + place)
        thread, context = first + THREAD, first + CONTEXT
        await invoke.configure_thread(thread, CNODE, 14, int(InitSlot.VSPACE), 0, 0)
        await invoke.configure_context(int(InitSlot.SCHED_CONTROL), context, SLICE_MICROSECONDS, SLICE_MICROSECONDS)
        await invoke.schedule_thread(thread, int(InitSlot.TCB), context, 0, SERVER_PRIORITY)
        await invoke.begin_program(thread, SERVER_ENTRY)
        await invoke.resume(thread)
        endpoint = first + ENDPOINT
        await call(endpoint, LABEL, (0,))
        if self.passive:
            await invoke.invoke(context, Label.SCHED_CONTEXT_UNBIND)
        started = time.perf_counter()
        for word in range(self.trips):
            answer = await call(endpoint, LABEL, (word,))
            assert answer.words[0] == word + 1
        self.seconds = time.perf_counter() - started
        await wait(first + NEVER)

    async def _server(self) -> None:
        endpoint, reply = self._first + ENDPOINT, self._first + REPLY
        message = await recv(endpoint, reply)
        while True:
            message = await reply_recv(endpoint, reply, 0, (message.words[0] + 1,))


def kernel_round_trips(passive: bool, trips: int = TRIPS, *, expect_events: bool = True) -> float:
    """Make that many round trips and return the seconds they took, without the boot."""
    program = RoundTrips(trips, passive)
    kernel = Kernel(program.load)
    events = 0
    while math.isnan(program.seconds):
        assert kernel.run(10_000), "the root task can no longer run"
        assert len(kernel.events) > events or not expect_events, "tracing is on"
        events = len(kernel.events)
    kernel.check()
    return program.seconds


def main() -> bool:
    """Measure, print, and say whether the targets were met."""
    kernels = {
        "kernel, passive server": lambda: kernel_round_trips(passive=True),
        "kernel, active server": lambda: kernel_round_trips(passive=False),
    }
    others = {name: (lambda rival=rival: rival(TRIPS)) for name, (rival, _) in TO_BEAT.items()}
    figures = {name: min(seconds) for name, seconds in interleaved({**kernels, **others}, ROUNDS).items()}
    targets = [
        Target(f"{ours} / {name}", figures[name] / figures[ours], least)
        for ours in kernels
        for name, (_, least) in TO_BEAT.items()
    ]
    rates = {name: f"{TRIPS / seconds:10,.0f} round trips/s" for name, seconds in figures.items()}
    return report(f"round trips, best of {ROUNDS} x {TRIPS:,}", rates, targets)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
