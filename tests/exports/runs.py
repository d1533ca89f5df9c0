"""Runs to export: the shipped lesson, and an afternoon at the keyboard with everything that a person can do."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playground.exports.run import Run, Span, ready_event, span_of
from playground.exports.source import from_lesson
from playground.images import virtual_disk
from playground.machine.core import Core
from playground.trace import Mark
from tests.playground.machines import machine

HOSTILE = 'end;#9829; <b>&"\n%% participant'
"""A path that means something to every format."""


SAMPLE = Path(__file__).with_name("samples") / "crash.md"


@cache
def lesson_run() -> Run:
    """A lesson in which a driver dies and comes back, played once for all tests."""
    return from_lesson(str(SAMPLE))


def killing(run: Run) -> Span:
    """From the read that is overtaken by a crash until it is answered."""
    return span_of(run, "kill", "again")


def struck(run: Run) -> Span:
    """From boot until disk has been struck by the probe and has not noticed."""
    return span_of(run, None, "who notices")


def run_of(core: Core, *marks: Mark, title: str = "By hand") -> Run:
    """What a machine did so far."""
    trace = core.trace
    names = {"ready": ready_event(trace.events)}
    return Run(title, core.manifest, list(trace.events), list(trace.inputs), marks, trace.header.seed, "test",
               names=names)  # fmt: skip


def call(target: str, name: str, **arguments: Any) -> dict[str, Any]:
    """A request to `you`."""
    return {"operation": "call", "target": target, "name": name, "arguments": arguments}


@cache
def hand_run() -> Run:
    """Calls, a read that is overtaken by a crash, a revocation, keys, a pause and what the language has no word for."""
    core = machine(disk=virtual_disk(), seed=7)
    core.advance(4_000)
    marks = [Mark(len(core.kernel.events), "A call <and> an answer")]
    core.request(call("fs", "read", path="/etc/motd"))
    core.advance(600)
    core.request(call("counter", "increment", by=5))
    core.advance(600)
    core.request(call("fs", "read", path=HOSTILE))
    core.advance(600)
    marks.append(Mark(len(core.kernel.events), "A crash"))
    core.request(call("fs", "read", path="/etc/motd"))
    while not handles(core):
        core.advance(1)
    core.crash("disk", "null-pointer")
    core.advance(2_000)
    core.request({"operation": "revoke", "server": "supervisor", "capability": "disk_irq"})
    core.advance(1_000)
    for key in "ls /\n":
        core.key(key)
        core.advance(60)
    core.advance(800)
    core.pause_server("counter")
    core.advance(200)
    core.request({"operation": "revoke", "server": "you", "slot": 4000})
    core.advance(400)
    core.close()
    return run_of(core, *marks)


def handles(core: Core) -> bool:
    """Whether disk has received a read that it has not answered."""
    from kernel import events as ev
    from playground.view.decode import operation_name

    for event in reversed(core.kernel.events[-12:]):
        if event[0] == ev.MESSAGE and operation_name(event[6]) == "block.read":
            return True
    return False
