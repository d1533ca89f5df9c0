"""How long a person waits for what a key does: from the key to its effect on the terminal, idle and in full flight.

The playground runs in real pseudo-terminals, once with a machine that rests and once with one that does more than
50,000 events a second, and is pressed the same keys in turns. The clock is the one that the program uses as well
(the host's monotonic clock); it starts before the key is written to the terminal and stops when the bytes that show its
effect have come out, so everything between is counted. An empty Textual app with one input line stands beside them.
"""

import random
import re
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.measure import Target, report
from tests.playground.terminals import Terminal

KEYS: Final = 60
"""Keys of each kind that are measured."""
SETTLE_SECONDS: Final = 3.0
GAP_SECONDS: Final = (0.05, 0.15)
"""Between an effect and the next key: any moment of a frame."""
PATIENCE: Final = 5.0
TARGET_RATIO: Final = 2.0
TARGET_LATE: Final = 40.0
"""Milliseconds: one look of the screens at the machine."""
TARGET_RATE: Final = 50_000
EVENT: Final = re.compile(rb"event ([\d,]+)")
UP, DOWN = "\x1b[A", "\x1b[B"
LETTERS: Final = "абвгдежзиклмнопрстуфхцчшэюя"
"""Nothing else on the screen is written with them."""
EMPTY_APP: Final = """
from textual.app import App
from textual.widgets import Input
class Empty(App):
    def compose(self):
        yield Input()
Empty().run()
"""


@dataclass(slots=True)
class Contender:
    """A program in its terminal, and how long its keys took."""

    terminal: Terminal
    typed: list[float] = field(default_factory=list)
    """Seconds until a letter stood in the line."""
    chosen: list[float] = field(default_factory=list)
    """Seconds until another server was selected and the inspector showed it."""
    events: int = 0
    seconds: float = 0.0

    def press(self, key: str, effect: str) -> float:
        """Press a key and wait until what it does has been written; the seconds between."""
        terminal = self.terminal
        self.watch(random.uniform(*GAP_SECONDS))
        terminal.written = b""
        sign = effect.encode()
        started = time.perf_counter()
        terminal.type(key)
        while sign not in terminal.written:
            assert terminal.read(PATIENCE), f"the program ended: {terminal.written!r}"
            assert time.perf_counter() < started + PATIENCE, f"{key!r} shows no {effect!r} in {terminal.written!r}"
        return time.perf_counter() - started

    def watch(self, seconds: float) -> None:
        """Take what the program writes, as a terminal does."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            assert self.terminal.read(left), f"the program ended: {self.terminal.written!r}"

    def event(self) -> int:
        """The number of events in the header, which is written when it changes; 0 if it was not."""
        found = EVENT.findall(self.terminal.written)
        return int(found[-1].replace(b",", b"")) if found else 0


def begin(terminal: Terminal, *lines: str) -> Contender:
    """Wait until the playground has booted, and type some commands."""
    contender = Contender(terminal)
    terminal.wait_for("◌ idle")
    contender.watch(SETTLE_SECONDS)
    for line in (*lines, "select disk"):
        terminal.type(f":{line}\r")
        contender.watch(0.5)
    terminal.type("\x1b")
    contender.watch(0.5)
    return contender


def type_letters(contender: Contender, letters: str, playground: bool = True) -> None:
    """Type letters into the line, one after the other, and empty it again."""
    if playground:
        contender.terminal.type(":")
        contender.watch(0.5)
    contender.typed += [contender.press(letter, letter) for letter in letters]
    contender.terminal.type("\x1b" if playground else "\x15")
    contender.watch(0.5)


def choose_servers(contender: Contender, times: int) -> None:
    """Go from one server to the one above it and back; the title of the inspector says what it is."""
    for _ in range(times // 2):
        contender.chosen.append(contender.press(UP, "· server ·"))
        contender.chosen.append(contender.press(DOWN, "· driver ·"))


def in_full_flight(contender: Contender, letters: str) -> None:
    """The same while the machine runs flat out; how many events that makes."""
    contender.terminal.type("p")
    contender.watch(0.5)
    first, started = contender.event(), time.perf_counter()
    choose_servers(contender, len(letters))
    type_letters(contender, letters)
    contender.terminal.written = b""
    contender.watch(0.5)
    contender.events += contender.event() - first
    contender.seconds += time.perf_counter() - started
    contender.terminal.type("p")
    contender.watch(0.5)


def rounds() -> Iterator[str]:
    """The letters of every round; none twice in one."""
    left = KEYS
    while left > 0:
        yield "".join(random.sample(LETTERS, min(left, 10)))
        left -= 10


def percentile(figures: list[float], share: float) -> float:
    """The figure below which that share of all lies."""
    return sorted(figures)[min(int(len(figures) * share), len(figures) - 1)]


def words(figures: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{statistics.median(figures) * 1000:8.1f} ms, {percentile(figures, 0.95) * 1000:.1f} ms"


def measure() -> tuple[Contender, Contender, Contender]:
    """Press all keys: idle, in full flight, and in an empty app."""
    python = sys.executable
    with TemporaryDirectory() as resting, TemporaryDirectory() as flying, ExitStack() as stack:

        def terminal(home: str, *command: str) -> Terminal:
            return stack.enter_context(
                Terminal([python, *command], width=120, height=36, environment={"XDG_DATA_HOME": home})
            )

        idle = begin(terminal(resting, "-m", "playground"))
        busy = begin(terminal(flying, "-m", "benchmarks.restless", flying), "speed max")
        busy.terminal.type("p")
        empty = Contender(terminal(resting, "-c", EMPTY_APP))
        empty.watch(SETTLE_SECONDS)
        for letters in rounds():
            choose_servers(idle, len(letters))
            type_letters(idle, letters)
            in_full_flight(busy, letters)
            type_letters(empty, letters, playground=False)
    return idle, busy, empty


def main() -> bool:
    """Measure, print, and say whether the targets were met."""
    idle, busy, empty = measure()
    rate = busy.events / busy.seconds
    shown = {
        "empty Textual app, a letter": words(empty.typed),
        "idle, a letter": words(idle.typed),
        "full flight, a letter": words(busy.typed),
        "idle, another server": words(idle.chosen),
        "full flight, another server": words(busy.chosen),
    }
    targets = [Target("events a second in full flight", rate, TARGET_RATE, unit="")]
    for what, resting, flying in (("letter", idle.typed, busy.typed), ("server", idle.chosen, busy.chosen)):
        medians = statistics.median(flying) / statistics.median(resting)
        late = percentile(flying, 0.95) * 1000
        targets.append(Target(f"{what}: full flight / idle, median", medians, TARGET_RATIO, at_most=True))
        targets.append(Target(f"{what}: full flight, 95th percentile", late, TARGET_LATE, at_most=True, unit=" ms"))
    return report(f"from key to paint, {KEYS} keys of each kind, median and 95th percentile", shown, targets)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
