"""The way out to the terminal. When the terminal is gone (its window was closed), what is still written is dropped.

Textual writes in a thread of its own that takes from a queue with an end. An error there would end the thread, the
queue would fill, and whoever draws would wait for ever: the program would stay behind without a terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver


class Outlet:
    """A file that forgets what it is given once it cannot be written any more."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.gone = False
        """Nobody can see it any more; the signal that says so to the program comes by itself."""

    def write(self, text: str) -> int:
        """Write, or drop."""
        if not self.gone:
            try:
                return int(self._file.write(text))
            except OSError:
                self.gone = True
        return len(text)

    def flush(self) -> None:
        """Flush, if there is somebody to flush to."""
        if not self.gone:
            try:
                self._file.flush()
            except OSError:
                self.gone = True

    def __getattr__(self, name: str) -> Any:
        """Everything else is the file's."""
        return getattr(self._file, name)


def lasting(driver: type[Driver]) -> type[Driver]:
    """The same driver, which outlives its terminal."""

    class Lasting(driver):  # type: ignore[valid-type,misc]
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            file = getattr(self, "_file", None)
            if file is not None:  # those that draw for nobody have none
                self._file = Outlet(file)

    return Lasting
