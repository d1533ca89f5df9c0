"""Stops a thread of the simulated machine that computes without ever making a system call.

A thread is Python code in this process, so nothing but an exception raised from outside can end `while True: pass`.
A timer that counts the processor time of this process sends a signal every TICK seconds of it; the handler looks
whether the same stretch of a thread's code is still running as LIMIT seconds ago, and if so raises `Runaway` right
there. The kernel makes it a fault. In the normal case this costs a few attribute look-ups twenty times for each
second of work, and nothing while the machine idles.

A thread may swallow the exception. So the handler sends itself the same signal again at the moment it raises, and
the next jump or call in that thread's code is interrupted too; from the second time on each of its lines raises (see
`playground.machine.hunt`), until none of its handlers is left.

Where there are no such signals (outside the main thread, on Windows) executed lines are counted instead; see
`playground.machine.line_counter`. Neither way can interrupt a single call into C that never returns, such as
`sum(itertools.count())`.
"""

from __future__ import annotations

import _thread
import atexit
import signal
import threading
import weakref
from types import FrameType
from typing import Final

from kernel.vehicle import Runaway
from playground.machine.hunt import Hunt
from playground.machine.line_counter import LineCounter
from playground.machine.user_code import Watched, is_user_file

LIMIT: Final = 0.25
"""Seconds of processor time that a thread may compute between two traps."""
TICK: Final = 0.05
"""Seconds of processor time between two looks."""


class _Alarm(int):
    """A signal number whose attribute `again`, when looked at, makes that signal arrive once more.

    An attribute because Python runs pending signal handlers after every call, but not after an attribute look-up:
    the signal is still pending when the handler has raised its exception.
    """

    again = property(_thread.interrupt_main)


class Watchdog:
    """Watches one kernel between `start` and `stop`."""

    def __init__(self, watched: Watched, limit: float = LIMIT) -> None:
        self._watched = watched
        self._reference = weakref.ref(self, _forget)
        self._patience = max(1, round(limit / TICK))
        self._stretch = (0, -1)
        self._looks = 0
        self._counter: LineCounter | None = None
        self._hunt = Hunt(self._same_stretch)
        self._raised = False
        self.stopped = 0
        """How often it raised Runaway (more than once for a thread that swallows it)."""

    def start(self) -> None:
        """Begin to watch, or go on watching, the thread of the host that calls this. Cheap if it already does."""
        if self._reference in _active:
            return
        if signals_work_here():
            _active.append(self._reference)
            # Also if others are watched: a machine that nobody switched off is, and its timer may have been taken away.
            signal.signal(signal.SIGVTALRM, _tick)
            signal.setitimer(signal.ITIMER_VIRTUAL, TICK, TICK)
            if len(_active) == 1:
                # Python takes its handlers away when it ends; a tick after that would kill the process.
                atexit.register(_disarm)
        elif self._counter is None:
            self._counter = LineCounter(self._watched, self._note)
            self._counter.start()

    def stop(self) -> None:
        """Watch no longer."""
        if self._reference in _active:
            _forget(self._reference)
        self._hunt.stop()
        if self._counter is not None:
            self._counter.stop()
            self._counter = None

    def look(self, frame: FrameType | None) -> None:
        """A tick of processor time has passed. Raises Runaway if the same stretch of user code has had its limit."""
        watched = self._watched
        if not self._same_stretch():
            self._stretch = (watched.current_thread, watched.now)
            self._looks = 0
            if self._raised:
                self._raised = False
                self._hunt.stop()
        self._looks += 1
        if self._looks > self._patience and watched.in_thread and frame and is_user_file(frame.f_code.co_filename):
            self._note()
            if self._raised:
                self._hunt.start(frame)
            self._raised = True
            alarm = _Alarm(signal.SIGVTALRM)
            error = Runaway(f"computed for {self._patience * TICK:.2f} s of processor time without a system call")
            # Outside of the thread's code the next handler does nothing, and the chain ends.
            alarm.again  # noqa: B018
            raise error

    def _same_stretch(self) -> bool:
        watched = self._watched
        return watched.in_thread and self._stretch == (watched.current_thread, watched.now)

    def _note(self) -> None:
        self.stopped += 1


_active: Final[list[weakref.ref[Watchdog]]] = []
"""Weak, so that a machine that nobody switched off can go."""


def _tick(_number: int, frame: FrameType | None) -> None:
    for reference in tuple(_active):
        watchdog = reference()
        if watchdog is not None:
            watchdog.look(frame)


def _forget(reference: weakref.ref[Watchdog]) -> None:
    if reference in _active:
        _active.remove(reference)
        if not _active:
            _disarm()


def _disarm() -> None:
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    atexit.unregister(_disarm)


def signals_work_here() -> bool:
    """Whether this host thread can be interrupted by a timer signal."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
