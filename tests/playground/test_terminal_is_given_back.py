"""However the screens end, the terminal is a shell's again and the disk image is whole."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.command_line import run
from tests.playground.terminals import Finished, Terminal

PLAYGROUND = [sys.executable, "-m", "playground"]
ENTERED = "\x1b[?1049h"
LEFT = "\x1b[?1049l"
CURSOR_SHOWN = "\x1b[?25h"
CONTROL_C = "\x03"
FLAT_OUT = ":speed max\r"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A disk image of one's own."""
    path = tmp_path / "own.img"
    assert run(["disk", "new", str(path), "--size", "4M"]) == 0
    return path


@contextmanager
def on_screen(image: Path) -> Iterator[Terminal]:
    """The playground in a terminal, once its machine runs."""
    with Terminal([*PLAYGROUND, "--disk", str(image), "--write"], width=120, height=36) as terminal:
        terminal.wait_for("supervisor")
        yield terminal


def is_clean(finished: Finished, image: Path) -> None:
    """Assert what a person expects after the program has ended."""
    assert "Traceback" not in finished.text
    assert finished.text.count(ENTERED) == finished.text.count(LEFT) == 1
    assert finished.text.rindex(LEFT) > finished.text.rindex(ENTERED)
    assert CURSOR_SHOWN in finished.text[finished.text.rindex(ENTERED) :]
    checked = subprocess.run(["fsck.fat", "-n", str(image)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_leaves_the_screens(image: Path, times: int) -> None:
    """Once is enough; twice does no harm."""
    with on_screen(image) as terminal:
        terminal.type(CONTROL_C * times)
        finished = terminal.finish()
    is_clean(finished, image)
    assert finished.code in (0, 130)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_from_outside_leaves_the_screens(image: Path, number: signal.Signals) -> None:
    """`kill`, a closed window, and a Ctrl-C that reached us as a signal."""
    with on_screen(image) as terminal:
        terminal.process.send_signal(number)
        finished = terminal.finish()
    is_clean(finished, image)
    assert finished.code in (0, 128 + number, -number)


def test_a_window_that_is_closed_ends_the_program_and_the_disk_is_whole(image: Path) -> None:
    """There is no terminal any more while the machine goes flat out; its signal comes a while later."""
    with on_screen(image) as terminal:
        terminal.type(FLAT_OUT)
        terminal.wait_for("flat out")
        terminal.type(":call fs.write path=/x data=y\r")
        terminal.hang_up()
        assert terminal.process.poll() is None
        terminal.process.send_signal(signal.SIGHUP)
        terminal.process.send_signal(signal.SIGCONT)  # as the system does
        assert terminal.process.wait(30) in (0, 128 + signal.SIGHUP)
    checked = subprocess.run(["fsck.fat", "-n", str(image)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_very_first_moment_gives_the_terminal_back_too(image: Path, number: signal.Signals) -> None:
    """The screens are there, nothing has been drawn on them yet."""
    with Terminal([*PLAYGROUND, "--disk", str(image)], width=120, height=36) as terminal:
        terminal.wait_for(ENTERED)
        terminal.process.send_signal(number)
        finished = terminal.finish()
    is_clean(finished, image)
    assert finished.code == 128 + number


@pytest.mark.parametrize("where", ["key", "pane"])
def test_a_mistake_of_ours_is_not_hidden_and_not_a_success(image: Path, where: str) -> None:
    """The terminal is given back, the traceback is there, and the exit code says so; the image is whole."""
    command = [sys.executable, "-m", "tests.playground.fail_on_screen", where, "--disk", str(image), "--write"]
    with Terminal(command, width=120, height=36) as terminal:
        terminal.wait_for("mounted")
        terminal.type(":x")
        finished = terminal.finish()
    assert finished.code == 1
    told = finished.text[finished.text.rindex(LEFT) :]
    assert "a mistake of ours" in told
    assert "Traceback" in told
    checked = subprocess.run(["fsck.fat", "-n", str(image)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_a_second_signal_while_leaving_is_harmless(image: Path) -> None:
    """An impatient person, or a shutdown that asks twice."""
    with on_screen(image) as terminal:
        terminal.process.send_signal(signal.SIGTERM)
        terminal.process.send_signal(signal.SIGTERM)
        finished = terminal.finish()
    is_clean(finished, image)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_acknowledged_on_screen_is_on_the_disk_after_a_signal(image: Path, number: signal.Signals) -> None:
    """Written by words on the command line of the screens, read by foreign tools after the program was told to end, or
    was not even told."""
    with on_screen(image) as terminal:
        terminal.type(FLAT_OUT)
        terminal.wait_for("mounted")
        terminal.type(":")
        terminal.type('call fs.write path="/kept.txt" data="hello from the screens"\r')
        terminal.wait_for("✓")
        terminal.process.send_signal(number)
        finished = terminal.finish()
    if number != signal.SIGKILL:
        is_clean(finished, image)
    checked = subprocess.run(["fsck.fat", "-n", str(image)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    read = subprocess.run(["mtype", "-i", str(image), "::kept.txt"], capture_output=True, text=True, check=True)
    assert read.stdout == "hello from the screens"


def test_a_write_that_a_signal_interrupts_leaves_a_whole_volume(image: Path) -> None:
    """Told to end before the answer came: the file may be there or not, the volume is fine."""
    with on_screen(image) as terminal:
        terminal.type(FLAT_OUT)
        terminal.wait_for("mounted")
        terminal.type(":speed 100\r")
        terminal.type(':call fs.write path="/lost.txt" data="never answered"\r')
        terminal.wait_for("never answered")
        terminal.process.send_signal(signal.SIGTERM)
        finished = terminal.finish()
    is_clean(finished, image)
