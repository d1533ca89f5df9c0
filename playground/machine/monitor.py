"""One tool of `sys.monitoring`, for the two that interrupt a thread at what it executes (Python 3.12 and later)."""

from __future__ import annotations

import sys
from collections.abc import Callable


class Monitor:
    """Switched on and off; nothing more before Python 3.12."""

    def __init__(self, name: str) -> None:
        """`name` is what debuggers and profilers see."""
        self._name = name
        self._tool = -1

    def start(self, kinds: tuple[str, ...], executed: Callable[..., object]) -> None:
        """Call `executed(code, ...)` at each event of these kinds (`sys.monitoring.events`); what it raises, the code
        that is running raises. Does nothing if it is on already. Raises RuntimeError if others use all tools.
        """
        if sys.version_info < (3, 12) or self._tool >= 0:
            return
        monitoring = sys.monitoring
        self._tool = next((number for number in range(5, -1, -1) if monitoring.get_tool(number) is None), -1)
        if self._tool < 0:
            raise RuntimeError("all tools of sys.monitoring are in use")
        monitoring.use_tool_id(self._tool, self._name)
        events = [getattr(monitoring.events, kind) for kind in kinds]
        for event in events:
            monitoring.register_callback(self._tool, event, executed)
        monitoring.set_events(self._tool, sum(events))

    def stop(self) -> None:
        """Call nobody any more, and give the tool back."""
        if sys.version_info >= (3, 12) and self._tool >= 0:
            sys.monitoring.set_events(self._tool, 0)
            sys.monitoring.free_tool_id(self._tool)
            self._tool = -1
