"""What a mistake of ours looks like: the traceback, at once, and without the values of every local variable.

Textual would print them all. Among ours are the view and the trace of a whole machine: spelling those out takes
minutes, in which the terminal looks frozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

    _Base = App[int]
else:
    _Base = object


class ShortTraceback(_Base):
    """To be mixed into an application."""

    def _fatal_error(self) -> None:
        from rich.segment import Segments
        from rich.traceback import Traceback

        traceback: Any = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()
