"""What carries a thread: anything that can be resumed with a value and gives back a trap.

The kernel knows only the `Vehicle` protocol; the one vehicle today is a coroutine.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import CodeType, FrameType
from typing import Any, Protocol

from kernel.arguments import MAX_TEXT


class Runaway(BaseException):
    """Raised inside a thread by a watchdog: it ran too long without a system call."""


class Vehicle(Protocol):
    """The body of a thread."""

    def resume(self, value: Any, /) -> Any:
        """Run to the next trap and return it. Raises StopIteration when the program ends."""

    def throw(self, error: BaseException, /) -> Any:
        """Raise an exception where the thread stands, and run to the next trap."""

    def close(self) -> None:
        """Give up; the thread will not run again."""

    def where(self) -> tuple[str, int, str] | None:
        """File, line and function that the thread stands at, or None."""


Loader = Callable[[int, tuple[int, ...]], Vehicle]
"""Makes the body of a thread from its entry number and argument registers."""


class CoroutineVehicle:
    """A thread that is a coroutine."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], library: frozenset[str] = frozenset()) -> None:
        """`library`: file names that `where` passes over, so that it names the program and not its runtime."""
        self._coroutine = coroutine
        self._library = library
        self.resume = coroutine.send
        self.throw = coroutine.throw

    def close(self) -> None:
        """End the coroutine; what it does on the way out no longer matters to anybody."""
        try:
            self._coroutine.close()
        except KeyboardInterrupt:
            raise
        except BaseException:
            # It awaited, raised or ran away instead of ending: the thread is gone all the same.
            return

    def where(self) -> tuple[str, int, str] | None:
        """The innermost place that is the program's own, not the library's; None if it has ended."""
        found: tuple[str, int, str] | None = None
        awaited: Any = self._coroutine
        while awaited is not None:
            frame: FrameType | None = getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)
            if frame is None:
                break
            code: CodeType = frame.f_code
            if not code.co_filename.endswith("syscalls.py") and code.co_filename not in self._library:
                found = (code.co_filename, frame.f_lineno, code.co_name)
            awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
        return found


def describe(error: BaseException) -> str:
    """An exception in one line: kind, text, and the innermost place in the program."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not code.co_filename.endswith("syscalls.py"):
            place = f" at {code.co_filename}:{traceback.tb_lineno} in {code.co_name}"
        traceback = traceback.tb_next
    try:
        said = str(error)
    except Exception:  # an exception of a thread may be broken itself
        said = "(its text cannot be shown)"
    return f"{type(error).__name__}: {said}"[:MAX_TEXT] + place


def ended(value: Any) -> Any:
    """The body of a thread whose program is over."""
    raise StopIteration
