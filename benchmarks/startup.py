"""How long a person waits: for `playground --help`, and for the first frame on the screen.

`--help` is held against `python -c pass`; the first frame, in a real pseudo-terminal, against that of an empty Textual
app. Each start is a fresh process. All have their sources compiled, as programs have that were installed or started
once before, whatever this machine says about keeping bytecode: the first start of each compiles, the best counts.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from tempfile import TemporaryDirectory

from benchmarks.measure import Target, interleaved, report
from tests.playground.terminals import Terminal

EMPTY_APP = "from textual.app import App; App().run()"
LAST_ROW = "\x1b[36;1H"
"""How a frame reaches the last row of a terminal with 36 lines."""

PROCESS_ROUNDS = 20
FRAME_ROUNDS = 7


def surroundings(home: str) -> dict[str, str]:
    """What both sides are started with. `home`: where files and bytecode are kept, so that nobody's are touched."""
    return {"XDG_DATA_HOME": home, "PYTHONPYCACHEPREFIX": f"{home}/bytecode", "PYTHONDONTWRITEBYTECODE": ""}


def seconds_to_end(command: Sequence[str], home: str) -> float:
    """Run a command and time it from start to end."""
    environment = os.environ | surroundings(home)
    started = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, env=environment)
    return time.perf_counter() - started


def seconds_to_first_frame(command: Sequence[str], home: str, *signs: str) -> float:
    """Start a command in a terminal of 120 by 36 and time it until all signs of its first frame are written."""
    started = time.perf_counter()
    with Terminal(command, width=120, height=36, environment=surroundings(home)) as terminal:
        for sign in signs:
            terminal.wait_for(sign)
        return time.perf_counter() - started


def main() -> bool:
    """Measure, print, and say whether the targets were met."""
    with TemporaryDirectory() as home:
        return _measure(sys.executable, home)


def _measure(python: str, home: str) -> bool:
    ends = interleaved(
        {
            "python -c pass": lambda: seconds_to_end([python, "-c", "pass"], home),
            "playground --help": lambda: seconds_to_end([python, "-m", "playground", "--help"], home),
        },
        PROCESS_ROUNDS,
    )
    bare, helped = (min(figures) for figures in ends.values())
    met = report(
        f"start-up, best of {PROCESS_ROUNDS}",
        {name: f"{min(figures) * 1000:10.1f} ms" for name, figures in ends.items()},
        [Target("--help / python -c pass", helped / bare, 3, at_most=True)],
    )
    frames = interleaved(
        {
            "empty Textual app": lambda: seconds_to_first_frame([python, "-c", EMPTY_APP], home, LAST_ROW),
            "playground": lambda: seconds_to_first_frame([python, "-m", "playground"], home, "kernel", LAST_ROW),
        },
        FRAME_ROUNDS,
    )
    empty, ours = (min(figures) for figures in frames.values())
    return (
        report(
            f"first frame, best of {FRAME_ROUNDS}",
            {name: f"{min(figures) * 1000:10.1f} ms" for name, figures in frames.items()},
            [Target("playground / empty Textual app", ours / empty, 1.5, at_most=True)],
        )
        and met
    )


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
