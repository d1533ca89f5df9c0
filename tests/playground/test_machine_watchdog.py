"""A thread that computes for ever is stopped, whatever it does about it, and nobody else is."""

import itertools
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.abi import UserException
from kernel.events import FAULTED, field
from kernel.kernel import Kernel
from kernel.vehicle import CoroutineVehicle
from playground.machine.line_counter import LineCounter
from playground.machine.watchdog import Watchdog

ROOT = Path(__file__).parents[2]


class Processor:
    """A kernel whose only thread runs a function."""

    def __init__(self) -> None:
        self.body: Callable[[], None] = lambda: None
        self.kernel = Kernel(self.load)

    def load(self, _entry: int, _arguments: tuple[int, ...]) -> CoroutineVehicle:
        return CoroutineVehicle(self.program())

    async def program(self) -> None:
        self.body()

    def run(self, body: Callable[[], None]) -> bool:
        """Whether the body had to be stopped."""
        self.body = body
        self.kernel = Kernel(self.load)
        self.kernel.run(10)
        return self.faults() == [UserException.RUNAWAY]

    def faults(self) -> list[int]:
        return [field(event, "details")[3] for event in self.kernel.events if event[0] == FAULTED]

    @property
    def in_thread(self) -> bool:
        return self.kernel.in_thread

    @property
    def current_thread(self) -> int:
        return self.kernel.current_thread

    @property
    def now(self) -> int:
        return self.kernel.now


def plain_loop() -> None:
    while True:
        pass


def swallowing_loop() -> None:
    caught = 0
    while True:
        try:
            sum(range(10))
        except BaseException:
            caught += 1


def nested_swallowing_loop() -> None:
    caught = 0
    while True:
        try:
            while True:
                try:
                    for _ in itertools.count():
                        len("x")
                except BaseException:
                    caught += 1
        except BaseException:
            caught += 1


def loop_that_starts_again_in_its_handler() -> None:
    try:
        plain_loop()
    except BaseException:
        loop_that_starts_again_in_its_handler()


def loop_that_starts_again_in_its_finally() -> None:
    try:
        plain_loop()
    finally:
        plain_loop()


def loop_over_a_generator() -> None:
    def numbers() -> Iterator[int]:
        number = 0
        while True:
            try:
                yield number
            except BaseException:
                number = -1
            number += 1

    for _ in numbers():
        pass


def loop_over_count() -> None:
    for _ in itertools.count():
        pass


LOOPS = (
    plain_loop,
    swallowing_loop,
    nested_swallowing_loop,
    loop_that_starts_again_in_its_handler,
    loop_that_starts_again_in_its_finally,
    loop_over_a_generator,
    loop_over_count,
)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_without_end_is_stopped(loop: Callable[[], None]) -> None:
    processor = Processor()
    watchdog = Watchdog(processor, limit=0.1)
    watchdog.start()
    try:
        assert processor.run(loop)
        assert watchdog.stopped >= 1
        assert not processor.run(lambda: None), "the next thread runs undisturbed"
    finally:
        watchdog.stop()


def test_a_host_that_computes_for_long_is_left_alone() -> None:
    processor = Processor()
    watchdog = Watchdog(processor, limit=0.05)
    watchdog.start()
    try:
        end = time.process_time() + 0.3
        while time.process_time() < end:
            sum(range(100))
    finally:
        watchdog.stop()
    assert watchdog.stopped == 0


def test_many_short_stretches_are_not_one_long_one() -> None:
    processor = Processor()
    watchdog = Watchdog(processor, limit=0.1)
    watchdog.start()
    try:
        end = time.process_time() + 0.4
        while time.process_time() < end:
            assert not processor.run(lambda: None)
    finally:
        watchdog.stop()
    assert watchdog.stopped == 0


def test_a_program_that_ends_without_switching_off_ends_well() -> None:
    program = (
        "import time\n"
        "from tests.playground.test_machine_watchdog import Processor, Watchdog\n"
        "Watchdog(Processor()).start()\n"
        "class Late:\n"
        "    def __del__(self, clock=time.process_time):\n"
        "        end = clock() + 0.3\n"
        "        while clock() < end: pass\n"
        "time.late = Late()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_no_timer_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.machine.watchdog._active", [])
    watchdog = Watchdog(Processor())
    watchdog.start()
    watchdog.stop()
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_a_machine_is_watched_also_if_the_timer_of_one_that_was_forgotten_was_switched_off() -> None:
    """Nobody has stopped the first, and then somebody else has used the timer for something of their own."""
    forgotten, processor = Watchdog(Processor()), Processor()
    forgotten.start()
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    watchdog = Watchdog(processor)
    watchdog.start()
    try:
        assert signal.getitimer(signal.ITIMER_VIRTUAL) != (0.0, 0.0)
        assert processor.run(plain_loop)
    finally:
        watchdog.stop()
        forgotten.stop()


def test_outside_the_main_thread_lines_are_counted_instead() -> None:
    stopped: list[bool] = []

    def elsewhere() -> None:
        for body in (plain_loop, lambda: None):
            processor = Processor()
            counter = LineCounter(processor, lambda: None, limit=10_000)
            counter.start()
            stopped.append(processor.run(body))
            counter.stop()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join(timeout=60)
    assert stopped == [True, False]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12")
@pytest.mark.parametrize("loop", LOOPS)
def test_counting_lines_also_beats_loops_that_swallow(loop: Callable[[], None]) -> None:
    processor = Processor()
    counter = LineCounter(processor, lambda: None, limit=10_000)
    counter.start()
    try:
        assert processor.run(loop)
    finally:
        counter.stop()
