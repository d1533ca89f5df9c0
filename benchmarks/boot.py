"""Where the time goes while the default system boots: by phase, and by what the kernel was asked for.

No target is set for it; the figures are stated.
"""

import time
from collections import Counter

from benchmarks.measure import report
from kernel.abi import Label
from kernel.events import INVOKED, NOTE
from playground.images import virtual_disk
from playground.machine.core import Core
from scenarios.library import read_system

SYSTEM = "workshop"
ROUNDS = 5
MOST_SHOWN = 6


def boot() -> tuple[dict[str, float], Core]:
    """Boot once; seconds for each phase."""
    phases: dict[str, float] = {}
    started = time.perf_counter()
    manifest = read_system(SYSTEM)
    phases["read the manifest"] = time.perf_counter() - started
    started = time.perf_counter()
    disk = virtual_disk()
    phases["make the disk image"] = time.perf_counter() - started
    started = time.perf_counter()
    core = Core(manifest, disk=disk)
    phases["load the programs, create the kernel"] = time.perf_counter() - started
    started = time.perf_counter()
    seen = 0
    while not any(event[0] == NOTE and event[3] == "system-ready" for event in core.kernel.events[seen:]):
        seen = len(core.kernel.events)
        assert core.advance(1), "the system stopped before it was ready"
    phases["root task builds the servers"] = time.perf_counter() - started
    started = time.perf_counter()
    while not core.idle:
        core.run(1)
    phases["servers start, the volume is mounted"] = time.perf_counter() - started
    return phases, core


def main() -> bool:
    """Measure and print; there is nothing to miss."""
    rounds = [boot() for _ in range(ROUNDS)]
    core = rounds[0][1]
    lines = {name: f"{min(phases[name] for phases, _ in rounds) * 1000:8.1f} ms" for name in rounds[0][0]}
    asked = Counter(Label(event[5]).name for event in core.kernel.events if event[0] == INVOKED)
    lines["in all"] = (
        f"{core.steps:,} kernel entries, {len(core.kernel.events):,} events, {core.kernel.now:,} cycles,"
        f" {core.kernel.object_count:,} objects"
    )
    lines["asked of the kernel"] = ", ".join(f"{count} {name}" for name, count in asked.most_common(MOST_SHOWN))
    for _, booted in rounds:
        booted.close()
    return report(f"booting the {SYSTEM}, best of {ROUNDS}", lines, [])


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
