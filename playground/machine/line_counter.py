"""The other way to stop a thread that computes for ever: count what it executes.

It slows the machine down several times, so it is used only where timer signals do not work. From Python 3.12 on it
uses `sys.monitoring`, which can raise as often as it takes. On 3.11 it uses `sys.settrace`, which Python switches
off when it raises: there a thread that catches every exception is interrupted only once in a slice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Final

from kernel.vehicle import Runaway
from playground.machine.monitor import Monitor
from playground.machine.user_code import Watched, is_user_file

LINE_LIMIT: Final = 2_000_000
"""Lines (and jumps) that a thread may execute between two traps."""


class LineCounter:
    """Counts for one kernel."""

    def __init__(self, watched: Watched, note: Callable[[], None], limit: int = LINE_LIMIT) -> None:
        self._watched = watched
        self._note = note
        self._limit = limit
        self._stretch = (0, -1)
        self._count = 0
        self._monitor = Monitor("playground watchdog")

    def start(self) -> None:
        """Begin to count in this host thread. On 3.11 also needed again after it raised."""
        if sys.version_info >= (3, 12):
            self._monitor.start(("LINE", "JUMP", "PY_START"), self._executed)
        else:
            sys.settrace(self._enter)

    def stop(self) -> None:
        """Count no longer."""
        if sys.version_info >= (3, 12):
            self._monitor.stop()
        else:
            sys.settrace(None)

    def _step(self) -> None:
        """Something was executed in a thread. Raises Runaway."""
        watched = self._watched
        stretch = (watched.current_thread, watched.now)
        if stretch != self._stretch:
            self._stretch, self._count = stretch, 0
        self._count += 1
        if self._count > self._limit:
            self._note()
            raise Runaway(f"executed {self._limit:,} lines without a system call")

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        return self._line if self._watched.in_thread and is_user_file(frame.f_code.co_filename) else None

    def _line(self, _frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line" and self._watched.in_thread:
            self._step()
        return self._line

    def _executed(self, code: CodeType, *_place: int) -> object:
        """At a line, a jump or the beginning of a function. Raises Runaway."""
        if sys.version_info >= (3, 12) and not (is_user_file(code.co_filename) and self._watched.in_thread):
            return sys.monitoring.DISABLE
        self._step()
        return None
