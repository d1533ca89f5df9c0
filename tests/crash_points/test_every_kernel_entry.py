"""A server is crashed at kernel entry after kernel entry of a write workload, and the system goes on.

Each operation of the workload is repeated with the crash one stride later, until it is over before the crash. After
each crash fsck.fat must accept the disk and mtools must find every acknowledged write.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playground import images
from tests.crash_points import outside
from tests.crash_points.workload import Step, after, text
from tests.servers.disk_bench import DiskBench

LEAST_POINTS = 200
STRIDE = 3
"""Kernel entries between two crash points of the same operation."""
CALM = 21_000_000
"""Microseconds after which the supervisor has forgotten a restart, so that it does not give up."""
KINDS = ("null-pointer", "exception", "exit", "memory-exhaustion")
RECOVERED = "mounted a FAT16 volume to read and write, after finishing an interrupted change"
STEPS = (
    Step("write", "/work.txt", text(1, 850)),
    Step("append", "/work.txt", text(2, 300)),
    Step("write", "/work.txt", text(3, 700)),
    Step("mkdir", "/some folder"),
    Step("write", "/some folder/with a long name.txt", text(4, 600)),
    Step("remove", "/some folder/with a long name.txt"),
    Step("remove", "/some folder"),
    Step("remove", "/work.txt"),
)


class Crashing:
    """A system with its disk, what the disk must hold, and the judges."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._medium = images.virtual_disk()
        self.bench = DiskBench(self._medium)
        self.tree = dict(images.shipped_files())
        """What was acknowledged."""
        self.points = 0

    def crash_during(self, step: Step, server: str, entries: int) -> bool:
        """Ask for a step and crash a server so many kernel entries later; False if the step was over before."""
        bench = self.bench
        number = _ask(bench, step)
        for _ in range(entries):
            if bench.answer(number) is not None:
                break
            bench.step()
        struck = bench.answer(number) is None
        if struck:
            self.points += 1
            bench.crash(server, KINDS[entries // STRIDE % len(KINDS)])
        bench.advance_until(lambda: bench.answer(number) is not None)
        if struck:
            bench.pass_time(CALM)
        self.settle(step, acknowledged=bench.answer(number) == "None")
        return struck

    def settle(self, step: Step, *, acknowledged: bool) -> None:
        """Judge the disk. A step that was not acknowledged may have happened or not; if not, it is done again."""
        done = after(self.tree, step)
        found = self._judge()
        if acknowledged or not outside.difference(found, done):
            assert outside.difference(found, done) == ""
        else:
            assert outside.difference(found, self.tree) == ""
            number = _ask(self.bench, step)
            self.bench.advance_until(lambda: self.bench.answer(number) is not None)
            assert self.bench.answer(number) == "None"
            assert outside.difference(self._judge(), done) == ""
        self.tree = done

    def _judge(self) -> dict[str, bytes]:
        image = outside.save(self._medium, self._directory / "crashed.img")
        assert outside.complaints(image) == ""
        return outside.extract(image, self._directory / "files")


def _ask(bench: DiskBench, step: Step) -> int:
    how: dict[str, Any] = {"path": step.path}
    if step.operation == "mkdir":
        return bench.order("fs.make_folder", **how)
    if step.operation == "remove":
        return bench.order("fs.remove", **how)
    return bench.order("fs.write", data=step.data.decode(), append=step.operation == "append", **how)


@pytest.mark.parametrize("server", ["disk", "fs"])
def test_no_crash_of_a_server_costs_an_acknowledged_write(server: str, tmp_path: Path) -> None:
    """At least 200 different points for the disk driver and for the file server."""
    system = Crashing(tmp_path)
    unfinished = dict.fromkeys(range(len(STEPS)), True)
    entries = 0
    while any(unfinished.values()):
        for place, step in enumerate(STEPS):
            unfinished[place] = system.crash_during(step, server, entries)
        entries += STRIDE
    assert system.points >= LEAST_POINTS
    assert len(system.bench.noted("server-died", server=server)) == system.points
    assert not system.bench.noted("gave-up")


def test_a_file_server_that_dies_again_while_it_recovers_recovers_the_next_time(tmp_path: Path) -> None:
    """The second crash comes at another entry of the mount each time."""
    system = Crashing(tmp_path)
    bench = system.bench
    for entries in range(0, 120, 2):
        step = STEPS[0] if entries % 4 == 0 else STEPS[2]
        number = _ask(bench, step)
        for _ in range(70):
            bench.step()
        bench.crash("fs", "exception")
        lives = len(bench.noted("restarted", server="fs"))
        while len(bench.noted("restarted", server="fs")) == lives:
            bench.step()
        for _ in range(entries):
            bench.step()
        bench.crash("fs", "null-pointer")
        bench.pass_time(CALM)
        system.settle(step, acknowledged=bench.answer(number) == "None")
    assert len(bench.noted("file-system", text=RECOVERED)) > 10


def test_both_servers_at_once_are_no_worse_than_one(tmp_path: Path) -> None:
    """The disk driver dies in the same instant as the file server that waits for it."""
    system = Crashing(tmp_path)
    for entries in range(0, 100, 5):
        step = STEPS[0] if entries % 2 == 0 else STEPS[2]
        number = _ask(system.bench, step)
        for _ in range(entries):
            system.bench.step()
        acknowledged = system.bench.answer(number) is not None
        system.bench.crash("disk", "exception")
        system.bench.crash("fs", "exception")
        system.bench.pass_time(CALM)
        system.settle(step, acknowledged=acknowledged or system.bench.answer(number) == "None")
