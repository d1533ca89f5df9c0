"""A terminal of a chosen size for a program, so that tests see what a person would see and can type."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ended."""

    code: int
    """Its exit code; negative for the signal that ended it."""

    text: str
    """Everything it wrote to the terminal."""


class Terminal:
    """A program running in a pseudo-terminal of its own session."""

    def __init__(
        self, command: Sequence[str], *, width: int, height: int, environment: Mapping[str, str] | None = None
    ) -> None:
        self.controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        self.process = subprocess.Popen(
            command,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env={**kept, "TERM": "xterm-256color", **(environment or {})},
            start_new_session=True,
        )
        os.close(terminal)
        self.written = b""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.controller)

    def hang_up(self, seconds: float = 2.0) -> None:
        """Close the terminal under the program, and let it go on drawing for so long."""
        os.close(self.controller)
        self.controller = os.open(os.devnull, os.O_RDONLY)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.controller, keys.encode())

    def read(self, seconds: float) -> bool:
        """Take what the program writes within that time; False once it has closed the terminal."""
        ready, _, _ = select.select([self.controller], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.controller, 65536)
        except OSError:  # the other side was closed, which is how Linux says end of file here
            return False
        self.written += data
        return bool(data)

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Read until the text was written; AssertionError with everything seen if it never is."""
        deadline = time.monotonic() + seconds
        while text.encode() not in self.written:
            running = self.read(0.1)
            assert running, f"the program ended without {text!r}: {self.written!r}"
            assert time.monotonic() < deadline, f"{text!r} is missing after {seconds} s in {self.written!r}"

    def finish(self, seconds: float = 30) -> Finished:
        """Read until the program ends."""
        deadline = time.monotonic() + seconds
        while self.read(0.1):
            assert time.monotonic() < deadline, f"still running after {seconds} s: {self.written!r}"
        return Finished(self.process.wait(10), self.written.decode(errors="replace"))


def run(
    command: Sequence[str], *, width: int = 120, height: int = 36, environment: Mapping[str, str] | None = None
) -> Finished:
    """Run a program to its end in a terminal of this size."""
    with Terminal(command, width=width, height=height, environment=environment) as terminal:
        return terminal.finish()
