"""A bare machine for tests of user space: the real kernel, a timer that only counts, and an operator to give orders."""

from __future__ import annotations

import json
from typing import Any

from kernel import DeviceRegion, Kernel, events
from kernel.vehicle import CoroutineVehicle
from servers.hardware import CONSOLE, DISK, OPERATOR, TIMER, WORD_BYTES, OperatorRegister, TimerRegister
from servers.programs import LIBRARY, Program, add_program, begin
from servers.runtime.sabotage import Sabotage

for entry, name in enumerate(("counter", "relay", "gate", "keeper", "actor"), 1000):
    add_program(Program(f"test_{name}", entry, "for tests", f"tests.servers.samples.{name}"))

SYSTEM = """
[system]
name = "bench"
[supervision]
intensity = 3
period_us = 60_000_000
backoff_us = 10_000
backoff_max_us = 40_000
pulse_us = 1_000_000
[servers.supervisor]
shelf = "servers"
priority = 250
memory = "256K"
provides = { supervisor = "supervisor" }
device = { timer = { from = "timer", writable = false } }
[servers.counter]
program = "test_counter"
shelf = "servers"
priority = 200
heap = "16K"
own = ["cspace"]
provides = { counter = "counter" }
heartbeat_us = 2_000_000
[servers.relay]
program = "test_relay"
shelf = "servers"
priority = 150
provides = { counter = "counter" }
uses = { below = "counter.counter" }
heartbeat_us = 1_000_000
heartbeat_misses = 1
[servers.gate]
program = "test_gate"
shelf = "servers"
priority = 150
replies = 2
provides = { console = "console" }
heartbeat_us = 2_000_000
[servers.keeper]
program = "test_keeper"
shelf = "servers"
priority = 150
own = ["cspace"]
provides = { names = "names" }
[servers.one]
program = "test_actor"
shelf = "applications"
priority = 100
own = ["cspace"]
irq = { irq = 2 }
device = { registers = "operator" }
controls = ["supervisor", "counter", "one"]
[servers.one.uses]
counter = "counter.counter"
relay = "relay.counter"
gate = "gate.console"
names = { endpoint = "keeper.names", grant = true }
supervisor = "supervisor.supervisor"
[servers.two]
program = "test_actor"
shelf = "applications"
priority = 100
own = ["cspace"]
irq = { irq = 1 }
device = { registers = "console" }
uses = { counter = "counter.counter", gate = "gate.console", names = "keeper.names" }
"""

MAX_ENTRIES = 200_000
"""Kernel entries after which a test gives up waiting."""


class Clock:
    """The NOW register of the timer."""

    kernel: Kernel

    def load(self, offset: int, size: int) -> bytes:
        return (self.kernel.now if offset == TimerRegister.NOW else 0).to_bytes(size, "little")

    def store(self, offset: int, data: bytes) -> None:
        raise AssertionError("nobody programs the timer here")


class Orders:
    """An operator device: commands for one actor."""

    def __init__(self) -> None:
        self.queue: list[bytes] = []

    def load(self, offset: int, size: int) -> bytes:
        head = self.queue[0] if self.queue else b""
        if offset == OperatorRegister.LENGTH:
            return len(head).to_bytes(WORD_BYTES, "little")
        return head[offset - OperatorRegister.DATA :][:size].ljust(size, b"\0")

    def store(self, offset: int, data: bytes) -> None:
        if offset == OperatorRegister.NEXT and self.queue:
            self.queue.pop(0)


class Nothing:
    """A device that is there and does nothing."""

    def load(self, offset: int, size: int) -> bytes:
        return bytes(size)

    def store(self, offset: int, data: bytes) -> None:
        pass


class Bench:
    """A system that runs until something is noted. The kernel's invariants are checked all along."""

    def __init__(self, manifest: str = SYSTEM, check_every: int = 50) -> None:
        clock = Clock()
        self.orders = {"one": Orders(), "two": Orders()}
        regions = [
            DeviceRegion(board.name, board.address, 12, device)
            for board, device in (
                (TIMER, clock), (OPERATOR, self.orders["one"]), (CONSOLE, self.orders["two"]), (DISK, Nothing()),
            )
        ]  # fmt: skip
        self.kernel = Kernel(
            lambda entry, arguments: CoroutineVehicle(begin(entry, arguments), LIBRARY),
            modules={"manifest": manifest.encode()},
            devices=regions,
        )
        clock.kernel = self.kernel
        self._check_every = check_every
        self._numbers = 0
        self._seen = 0
        """How many events `wait_for` has passed."""

    def run_until_idle(self, until: int | None = None) -> None:
        """Run what can run, and let virtual time pass up to a cycle."""
        for _ in range(MAX_ENTRIES // self._check_every):
            done = self.kernel.run(self._check_every, until)
            self.kernel.check()
            if until is not None and self.kernel.now >= until:
                return
            if self.kernel.idle:
                following = self.kernel.next_timeout()
                if until is None:
                    return
                self.kernel.advance(min(until, following if following is not None else until))
            assert done or until is not None
        raise AssertionError("the system does not come to rest")

    def pass_time(self, microseconds: int) -> None:
        """Let virtual time pass."""
        self.run_until_idle(self.kernel.now + microseconds * 1000)

    def notes(self, topic: str = "") -> list[dict[str, Any]]:
        """The notes so far, as dictionaries with `topic` and `cycle`."""
        return [
            {"topic": event[3], "cycle": event[1], **dict(event[4])}
            for event in self.kernel.events
            if event[0] == events.NOTE and topic in ("", event[3])
        ]

    def boot(self) -> Bench:
        self.run_until_idle()
        assert self.notes("system-ready")
        return self

    def order(self, actor: str, do: str, **how: Any) -> int:
        """Tell an actor what to do; the number under which it will answer."""
        self._numbers += 1
        self.orders[actor].queue.append(json.dumps({"number": self._numbers, "do": do, **how}).encode())
        self.kernel.interrupt({"one": OPERATOR.irq, "two": CONSOLE.irq}[actor])
        return self._numbers

    def answer(self, number: int) -> str | None:
        """What an actor said to an order, or None."""
        return next((str(note["said"]) for note in self.notes("actor-done") if note["number"] == number), None)

    def ask(self, do: str, actor: str = "one", **how: Any) -> str:
        """Give an order and run until the system rests; the answer."""
        number = self.order(actor, do, **how)
        self.run_until_idle()
        said = self.answer(number)
        assert said is not None, f"{do} was not answered"
        return said

    def thread(self, name: str) -> int:
        """Id of the thread that was last given a name."""
        return self.last_named(name)

    def last_named(self, name: str) -> int:
        """Id of the object that was last given a name."""
        named = (event[2] for event in reversed(self.kernel.events) if event[0] == events.NAMED and event[3] == name)
        return int(next(named))

    def crash(self, server: str, kind: str) -> None:
        """The debug probe strikes."""
        self.kernel.probe_throw(self.thread(server), Sabotage(kind), "crash", kind)

    def lives(self, server: str) -> int:
        """How often a server has begun."""
        return len([note for note in self.notes() if note["topic"] in ("server-started", "restarted")
                    and note["server"] == server])  # fmt: skip
