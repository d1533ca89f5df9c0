"""One eventful run that the tests of time travel look back at."""

from __future__ import annotations

from functools import cache

from playground.machine.core import Core
from tests.playground.machines import machine, read_file


def eventful(seed: int = 5) -> Core:
    """Requests, keys, crashes, a pause, a revocation; the machine is still on."""
    core = machine(seed=seed)
    core.advance(1500)
    for round_number in range(3):
        core.request(read_file())
        core.advance(300)
        core.crash("disk", "null-pointer" if round_number % 2 else "silence")
        core.request(read_file("/README.TXT"))
        core.advance(1500)
        core.key("ls /\n")
        core.advance(300)
    core.pause_server("counter")
    core.request({"operation": "revoke", "server": "supervisor", "capability": "disk_irq"})
    core.advance(1500)
    core.resume_server("counter")
    core.mark("after the revocation")
    core.request(read_file())
    core.advance(1500)
    return core


@cache
def finished() -> Core:
    """Such a run, switched off; for tests that only look."""
    core = eventful()
    core.close()
    return core
