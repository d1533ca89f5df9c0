"""Raises an exception at every line of a thread's code, for a thread that swallows the first one.

A signal is seen only at jumps and calls, and the code between a handler's `except` and the jump back into its loop
may hold neither, so a signal alone cannot get out of every loop. From Python 3.12 on `sys.monitoring` can raise at
each line. On 3.11 `sys.settrace` is switched off by Python as soon as it raises, so it raises once for each signal; the
two together leave a loop at least one level of handlers per signal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from kernel.vehicle import Runaway
from playground.machine.monitor import Monitor
from playground.machine.user_code import is_user_file


class Hunt:
    """Drives one stretch of a thread's code out of all its handlers."""

    def __init__(self, goes_on: Callable[[], bool]) -> None:
        """`goes_on`: whether the stretch still runs."""
        self._goes_on = goes_on
        self._monitor = Monitor("playground hunt")

    def start(self, frame: FrameType | None) -> None:
        """Begin, or begin again, with the code that is running in `frame` and its callers."""
        if sys.version_info >= (3, 12):
            self._monitor.start(("LINE",), self._executed)
            return
        sys.settrace(self._trace)
        while frame is not None and is_user_file(frame.f_code.co_filename):
            frame.f_trace = self._trace
            frame = frame.f_back

    def stop(self) -> None:
        """The stretch is over."""
        if sys.version_info >= (3, 12):
            self._monitor.stop()
        elif sys.gettrace() == self._trace:
            sys.settrace(None)

    def _strike(self, file: str) -> None:
        if not self._goes_on():
            self.stop()
        elif is_user_file(file):
            raise Runaway("computed for too long without a system call, and went on when it was stopped")

    def _trace(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            self._strike(frame.f_code.co_filename)
        return self._trace

    def _executed(self, code: CodeType, _place: int) -> None:
        self._strike(code.co_filename)
