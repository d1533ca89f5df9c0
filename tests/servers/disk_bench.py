"""A small machine with a disk: the real kernel and device, the supervisor, disk driver, file server, and an actor."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kernel import DeviceRegion, Kernel, events
from kernel.vehicle import CoroutineVehicle
from playground.machine.backing import BlockBacking
from playground.machine.bus import Bus
from playground.machine.devices.disk import Disk
from servers.hardware import DISK, OPERATOR, PAGE_BITS, TIMER
from servers.programs import LIBRARY, begin
from servers.runtime.sabotage import Sabotage
from tests.servers.bench import Clock, Orders

SYSTEM = """
[system]
name = "disk-bench"
[supervision]
intensity = 5
period_us = 20_000_000
backoff_us = 10_000
backoff_max_us = 640_000
pulse_us = 1_000_000
[servers.supervisor]
shelf = "servers"
priority = 250
memory = "256K"
provides = { supervisor = "supervisor" }
device = { timer = { from = "timer", writable = false } }
[servers.disk]
shelf = "drivers"
priority = 200
provides = { block = "block" }
irq = { irq = 14 }
device = { registers = "disk" }
frames = { dma = 8 }
heartbeat_us = 2_000_000
[servers.fs]
shelf = "servers"
priority = 150
provides = { files = "files" }
uses = { disk = "disk.block" }
shares = { window = "disk.dma" }
heartbeat_us = 5_000_000
heartbeat_misses = 3
[servers.actor]
program = "test_actor"
shelf = "applications"
priority = 100
own = ["cspace"]
irq = { irq = 2 }
device = { registers = "operator" }
controls = ["supervisor", "disk", "fs", "actor"]
uses = { fs = "fs.files", disk = "disk.block", supervisor = "supervisor.supervisor" }
"""

MAX_ENTRIES = 400_000
"""Kernel entries after which a test gives up waiting."""


class DiskBench:
    """A booted system. Everything in it is deterministic: the n-th kernel entry is the same in every run."""

    def __init__(self, medium: BlockBacking) -> None:
        self.bus = Bus()
        self.orders = Orders()
        clock = Clock()
        self.trouble: list[str] = []
        devices = ((TIMER, clock), (OPERATOR, self.orders), (DISK, Disk(self.bus, medium, self.trouble.append)))
        self.kernel = Kernel(
            lambda entry, arguments: CoroutineVehicle(begin(entry, arguments), LIBRARY),
            modules={"manifest": SYSTEM.encode()},
            devices=[DeviceRegion(board.name, board.address, PAGE_BITS, device) for board, device in devices],
        )
        clock.kernel = self.kernel
        self.bus.attach(self.kernel)
        self.entries = 0
        """Kernel entries so far."""
        self._numbers = 0
        self._seen = 0
        self._threads: dict[str, int] = {}
        self._said: dict[int, str] = {}
        self.remarks: list[dict[str, Any]] = []
        """All notes so far, with their topic."""
        self.advance_until(lambda: self.noted("actor-ready"))

    def step(self) -> None:
        """One kernel entry, or time passes until something happens."""
        self.bus.fire()
        if self.kernel.run(1):
            self.entries += 1
        elif not self.bus.fire():
            due = [cycle for cycle in (self.bus.next_due(), self.kernel.next_timeout()) if cycle is not None]
            assert due, "nothing will ever happen again"
            self.kernel.advance(max(self.kernel.now, min(due)))
        self._look()

    def advance_until(self, happened: Callable[[], object]) -> None:
        """Run until something is so."""
        for _ in range(MAX_ENTRIES):
            if happened():
                return
            self.step()
        raise AssertionError("it never happened")

    def order(self, do: str, **how: Any) -> int:
        """Tell the actor to call an operation; the number of the answer."""
        self._numbers += 1
        self.orders.queue.append(json.dumps({"number": self._numbers, "do": do, **how}).encode())
        self.kernel.interrupt(OPERATOR.irq)
        return self._numbers

    def ask(self, do: str, **how: Any) -> str:
        """The result of an operation as text, or the name of an error."""
        number = self.order(do, **how)
        self.advance_until(lambda: number in self._said)
        return self._said[number]

    def answer(self, number: int) -> str | None:
        """What came back for an order so far."""
        return self._said.get(number)

    def noted(self, topic: str, **fields: int | str) -> list[dict[str, Any]]:
        """Notes of a topic with given fields."""
        return [
            note
            for note in self.remarks
            if note["topic"] == topic and all(note.get(key) == value for key, value in fields.items())
        ]

    def crash(self, server: str, kind: str) -> None:
        """The debug probe strikes the present life of a server."""
        self.kernel.probe_throw(self._threads[server], Sabotage(kind), "crash", kind)

    def pass_time(self, microseconds: int) -> None:
        """Let virtual time pass."""
        end = self.kernel.now + microseconds * 1000
        due = self.bus.at(end, lambda: None)
        self.advance_until(lambda: due.action is None)

    def _look(self) -> None:
        news = self.kernel.events[self._seen :]
        self._seen += len(news)
        for event in news:
            if event[0] == events.NAMED:
                self._threads[event[3]] = int(event[2])
            elif event[0] == events.NOTE:
                note = {"topic": event[3], **dict(event[4])}
                self.remarks.append(note)
                if note["topic"] == "actor-done":
                    self._said[int(note["number"])] = str(note["said"])
