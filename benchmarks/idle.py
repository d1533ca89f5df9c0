"""What an idle machine on screen costs: the share of a core that the playground uses while nobody touches it.

The program runs in a real pseudo-terminal; its processor time is read from the host's own accounting.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Target, report
from tests.playground.terminals import Terminal

SETTLE_SECONDS = 5.0
WATCH_SECONDS = 10.0
TARGET_PERCENT = 3.0


def processor_seconds(process: int) -> float:
    """User and system time that a process has used so far, as /proc tells it."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch(terminal: Terminal, seconds: float) -> None:
    """Keep taking what the program writes, as a terminal does."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        assert terminal.read(left), f"the program ended: {terminal.written!r}"


def main() -> bool:
    """Measure, print, and say whether the target was met."""
    command = [sys.executable, "-m", "playground"]
    with (
        TemporaryDirectory() as home,
        Terminal(command, width=120, height=36, environment={"XDG_DATA_HOME": home}) as terminal,
    ):
        terminal.wait_for("kernel")
        watch(terminal, SETTLE_SECONDS)
        used, written, started = processor_seconds(terminal.process.pid), len(terminal.written), time.monotonic()
        watch(terminal, WATCH_SECONDS)
        seconds = time.monotonic() - started
        percent = 100 * (processor_seconds(terminal.process.pid) - used) / seconds
        rate = (len(terminal.written) - written) / seconds
    return report(
        f"idle machine on screen, {WATCH_SECONDS:g} s after {SETTLE_SECONDS:g} s",
        {"written to the terminal": f"{rate:10.0f} bytes/s"},
        [Target("processor time of one core", percent, TARGET_PERCENT, at_most=True, unit=" %")],
    )


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
