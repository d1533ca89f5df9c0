"""One run with every kind of input, told as a number of events and their digest. The standard library is enough for it.

    python -m tests.determinism.story SLICE [RECORDING]

`SLICE`: kernel entries that are done at a time. It is run by several interpreters, so it keeps to what all have.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playground.images import virtual_disk
from playground.machine.core import Core
from playground.machine.probe import ProbeError
from servers.manifest import parse_manifest
from servers.runtime.sabotage import KINDS

WORKSHOP = Path(__file__).parents[2] / "scenarios" / "systems" / "workshop.toml"
VICTIMS = ("disk", "fs", "names", "log", "clock", "console", "counter", "shell")


def drive(core: Core, steps: int, slice_size: int) -> None:
    """So many kernel entries, in slices."""
    while steps > 0 and (done := core.advance(min(slice_size, steps))):
        steps -= done


def tell(slice_size: int, recording: Path | None = None) -> Core:
    """The run; the machine is switched off."""
    core = Core(parse_manifest(WORKSHOP.read_text(encoding="utf-8"), WORKSHOP.name), seed=2024, disk=virtual_disk())
    if recording is not None:
        core.record(recording)
    drive(core, 1500, slice_size)
    for number, server in enumerate(VICTIMS):
        kind = list(KINDS)[number % len(KINDS)]
        core.request({"operation": "call", "target": "fs", "name": "read", "arguments": {"path": "/etc/motd"}})
        drive(core, 37 + number, slice_size)
        try:
            core.crash(server, kind)
        except ProbeError:
            core.set_wall_clock(1_800_000_000_000_000 + number)
        core.key("ls /\n")
        drive(core, 1200, slice_size)
    core.pause_server("counter")
    core.request({"operation": "call", "target": "fs", "name": "write", "arguments": {"path": "/a.txt", "data": "a"}})
    drive(core, 400, slice_size)
    core.resume_server("counter")
    core.request({"operation": "revoke", "server": "supervisor", "capability": "disk_irq"})
    drive(core, 2000, slice_size)
    core.close()
    return core


if __name__ == "__main__":
    told = tell(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    print(len(told.kernel.events), told.trace.digest())
