"""A server of the workshop is crashed at kernel entry after kernel entry of a write workload, and the system goes on.

Each operation of the workload is repeated with the crash one stride later, until it is over before the crash. The
image is judged twice: at the moment of the crash, as the file of the host is then, and after the restart. Each time
fsck.fat must accept it and mtools must find every acknowledged write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from playground.machine.probe import ProbeError
from tests.crash_points import outside
from tests.crash_points.system import System
from tests.crash_points.workload import Step, after, text

LEAST_POINTS = 200
STRIDE = 3
"""Kernel entries between two crash points of the same operation."""
KINDS = ("null-pointer", "exception", "exit", "memory-exhaustion")
RECOVERED = "mounted a FAT16 volume to read and write, after finishing an interrupted change"
STEPS = (
    Step("write", "/work.txt", text(1, 850)),
    Step("append", "/work.txt", text(2, 300)),
    Step("write", "/work.txt", text(3, 700)),
    Step("append", "/work.txt", text(5, 800)),
    Step("mkdir", "/some folder"),
    Step("write", "/some folder/with a long name.txt", text(4, 600)),
    Step("remove", "/some folder/with a long name.txt"),
    Step("remove", "/some folder"),
    Step("remove", "/work.txt"),
)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """A workshop, switched off afterwards."""
    made = System(tmp_path)
    yield made
    made.core.close()


def crash_during(system: System, step: Step, server: str, entries: int) -> bool:
    """Ask for a step and crash a server so many kernel entries later; False if the step was over before."""
    number = system.begin(step)
    struck = not system.enter(entries, number)
    if struck:
        system.core.crash(server, KINDS[entries // STRIDE % len(KINDS)])
        found = system.judge()
        before, done = outside.difference(found, system.tree), outside.difference(found, after(system.tree, step))
        assert not before or not done, before
    acknowledged = system.finish(number)
    if struck:
        system.calm()
    system.settle(step, acknowledged=acknowledged)
    return struck


@pytest.mark.parametrize("server", ["disk", "fs"])
def test_no_crash_of_a_server_costs_an_acknowledged_write(system: System, server: str) -> None:
    """At least 200 different points for the disk driver and for the file server."""
    points, entries = 0, 0
    unfinished = dict.fromkeys(range(len(STEPS)), True)
    while any(unfinished.values()):
        for place, step in enumerate(STEPS):
            unfinished[place] = crash_during(system, step, server, entries)
            points += unfinished[place]
        entries += STRIDE
    assert points >= LEAST_POINTS
    assert len(system.notes("server-died", server=server)) == points
    assert not system.notes("gave-up")


def test_a_file_server_that_dies_again_while_it_recovers_recovers_the_next_time(system: System) -> None:
    """The second crash comes at another entry of the mount each time."""
    struck = 0
    for entries in range(0, 120, 2):
        step = STEPS[0] if entries % 4 == 0 else STEPS[2]
        number = system.begin(step)
        system.enter(70, number)
        system.core.crash("fs", "exception")
        lives = len(system.notes("restarted", server="fs"))
        while len(system.notes("restarted", server="fs")) == lives:
            system.core.advance(1)
        system.core.advance(entries)
        with suppress(ProbeError):
            system.core.crash("fs", "null-pointer")
            struck += 1
        system.calm()
        system.settle(step, acknowledged=system.finish(number))
    assert struck > 50
    assert len(system.notes("file-system", text=RECOVERED)) > 10


def test_both_servers_at_once_are_no_worse_than_one(system: System) -> None:
    """The disk driver dies in the same instant as the file server that waits for it."""
    for entries in range(0, 100, 5):
        step = STEPS[0] if entries % 2 == 0 else STEPS[2]
        number = system.begin(step)
        system.enter(entries, number)
        system.core.crash("disk", "exception")
        system.core.crash("fs", "exception")
        system.calm()
        system.settle(step, acknowledged=system.finish(number))
