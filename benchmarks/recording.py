"""What it costs to write a run to a file while it happens, and to look at any moment of a long one afterwards.

The run: `you` reads a file again and again through the file server and the disk driver, which crashes now and then.
Seeking is held against folding the recording's events from the start up to the same moment.
"""

import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Target, interleaved, report
from playground.images import virtual_disk
from playground.machine.core import Core
from playground.recording.reader import Recording, open_recording
from playground.timeline.history import History
from playground.view.fold import Fold
from scenarios.library import read_system

SHORT, LONG = 60_000, 1_000_000
"""Events of the runs: to hold recording against not recording, and to look back at."""
ROUNDS = 5
SEEKS = 200
REPLAYS = 6
CRASH_EVERY = 400
"""Requests between two crashes of the disk driver."""
READ = {"operation": "call", "target": "fs", "name": "read", "arguments": {"path": "/etc/motd"}}
TARGET_COST = 1.3
TARGET_SEEK = 20
TARGET_OPEN_SECONDS = 1.0

MEMORY = """
import sys
from pathlib import Path
from playground.recording.reader import open_recording
from playground.timeline.history import History

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

before = resident()
recording = open_recording(Path(sys.argv[1]))
opened = resident()
history = History(recording.events, recording.manifest())
history.prepare()
print(opened - before, resident() - opened, history.keyframes)
"""
"""A process that opens a recording and tells by how many bytes it grew, also with all keyframes."""


def run(events: int, recording: Path | None = None) -> float:
    """Run until there are so many events; seconds of processor time, with everything written if it is recorded."""
    core = Core(read_system("workshop"), disk=virtual_disk())
    core.advance(2_000)
    started = time.process_time()
    if recording is not None:
        core.record(recording)
    requests = 0
    while len(core.kernel.events) < events:
        requests += 1
        core.request(READ)
        if requests % CRASH_EVERY == 0:
            core.crash("disk", "null-pointer")
            core.advance(1_000)
        core.run(400)
        core.skip_idle_time()
    core.close()
    return time.process_time() - started


def recorded_run(folder: Path) -> float:
    """The short run with a recorder."""
    path = folder / "short.mkp"
    path.unlink(missing_ok=True)
    return run(SHORT, path)


def writing(folder: Path) -> bool:
    """What recording costs."""
    seconds = interleaved(
        {"running": lambda: run(SHORT), "running and recording": lambda: recorded_run(folder)}, ROUNDS
    )
    bare, kept = (min(figures) for figures in seconds.values())
    recording = open_recording(folder / "short.mkp")
    return report(
        f"recording {SHORT:,} events, processor time, best of {ROUNDS}",
        {name: f"{min(figures) / SHORT * 1e6:10.2f} us/event" for name, figures in seconds.items()}
        | {"file": f"{recording.size / len(recording.events):10.2f} bytes/event"},
        [Target("running and recording / running", kept / bare, TARGET_COST, at_most=True)],
    )


def seek_seconds(history: History, target: int) -> float:
    """Look at a moment."""
    started = time.perf_counter()
    history.fold_at(target)
    return time.perf_counter() - started


def replay_seconds(recording: Recording, target: int) -> float:
    """Fold everything up to a moment from the start."""
    fold = Fold(recording.manifest())
    started = time.perf_counter()
    for first in range(0, target, 4096):
        fold.update(recording.events[first : min(first + 4096, target)])
    return time.perf_counter() - started


def reading(folder: Path) -> bool:
    """What looking back at a long run costs."""
    path = folder / "long.mkp"
    run(LONG, path)
    started = time.perf_counter()
    path.read_bytes()
    read = time.perf_counter() - started
    started = time.perf_counter()
    recording = open_recording(path)
    opened = time.perf_counter() - started
    history = History(recording.events, recording.manifest())
    started = time.perf_counter()
    history.prepare()
    prepared = time.perf_counter() - started
    chance = random.Random(7)
    count = len(recording.events)
    targets = [chance.randrange(count) for _ in range(SEEKS)]
    seeks, replays = [], []
    for number, target in enumerate(targets):
        seeks.append(seek_seconds(history, target))
        if number < REPLAYS:
            replays.append(replay_seconds(recording, target) / target)
    seek = statistics.mean(seeks)
    replay = statistics.mean(replays) * statistics.mean(targets)
    child = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True)
    grown, keyframes, number_of_keyframes = map(int, child.stdout.split())
    return report(
        f"a recording of {count:,} events, {SEEKS} random moments",
        {
            "file": f"{recording.size / count:10.2f} bytes/event, {recording.size / 1e6:.1f} MB",
            "reading the file": f"{read:10.3f} s",
            "opening it": f"{opened:10.3f} s",
            "all keyframes": f"{prepared:10.3f} s ({prepared / count * 1e6:.2f} us/event)",
            "seeking, mean and longest": f"{seek * 1000:10.2f} ms, {max(seeks) * 1000:.2f} ms",
            "replaying from the start, mean": f"{replay * 1000:10.1f} ms",
            "memory of the open recording": f"{grown / 1e6:10.1f} MB",
            "memory of all keyframes": f"{keyframes / 1e6:10.1f} MB, {number_of_keyframes} of them",
        },
        [
            Target("opening - reading the file", opened - read, TARGET_OPEN_SECONDS, at_most=True, unit=" s"),
            Target("replaying from the start / seeking", replay / seek, TARGET_SEEK),
            Target("replaying from the start / longest seek", replay / max(seeks), TARGET_SEEK),
        ],
    )


def main() -> bool:
    """Measure, print, and say whether the targets were met."""
    with TemporaryDirectory() as folder:
        met = writing(Path(folder))
        return reading(Path(folder)) and met


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
