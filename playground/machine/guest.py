"""Runs the machine's Trio program as a guest on the event loop of the screens (asyncio).

The rules that make this safe, all measured: the application owns the guest and starts it when it is mounted; to
leave, it calls `quit`, which only cancels; Trio unwinds in its own time (the disk is closed there), and only then is
the application told, through `on_done`, that it may exit. Whoever waits for the end is shielded from being cancelled
itself. Signals go the same way, so a second Ctrl-C cannot leave the terminal in a state that nobody restores.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import trio

if TYPE_CHECKING:
    import outcome

STOP_SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Ctrl-C, a polite kill, and a terminal that is gone; not every system has all of them."""


class Guest:
    """One guest run of one Trio program."""

    def __init__(
        self,
        main: Callable[[], Awaitable[Any]],
        on_done: Callable[[BaseException | None], None] | None = None,
        clock: trio.abc.Clock | None = None,
    ) -> None:
        """`on_done` is called once, on the host's loop, after Trio has ended, with the error that ended it or None."""
        self._main = main
        self._on_done = on_done
        self._clock = clock
        self._scope = trio.CancelScope()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: asyncio.Future[None] | None = None
        self._handled: list[int] = []
        self.error: BaseException | None = None
        """What ended the program, if it was not asked to end."""
        self.signal = 0
        """The signal that asked it to end, or 0."""

    @property
    def started(self) -> bool:
        """Whether `start` was called."""
        return self._done is not None

    @property
    def ended(self) -> bool:
        """Whether Trio has unwound completely."""
        return self._done is not None and self._done.done()

    def start(self) -> None:
        """Start on the running asyncio loop, which has to be this host thread's."""
        loop = self._loop = asyncio.get_running_loop()
        self._done = loop.create_future()
        trio.lowlevel.start_guest_run(
            self._run,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            run_sync_soon_not_threadsafe=loop.call_soon,
            done_callback=self._ended,
            host_uses_signal_set_wakeup_fd=True,
            clock=self._clock,
        )

    def handle_signals(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP ask the program to end, however often they come."""
        assert self._loop is not None, "signals are handled once the guest has started"
        for number in STOP_SIGNALS:
            self._loop.add_signal_handler(number, self._signalled, int(number))
            self._handled.append(int(number))

    def quit(self) -> None:
        """Ask the program to end. Returns at once; may be called at any time, any number of times."""
        self._scope.cancel()

    async def wait(self) -> None:
        """Until the program has ended. Being cancelled does not stop the waiting; it is passed on afterwards."""
        assert self._done is not None, "a guest is waited for once it has started"
        cancelled: asyncio.CancelledError | None = None
        while not self._done.done():
            try:
                await asyncio.shield(self._done)
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    async def _run(self) -> None:
        with self._scope:
            await self._main()

    def _signalled(self, number: int) -> None:
        self.signal = self.signal or number
        self.quit()

    def _ended(self, result: outcome.Outcome[None]) -> None:
        self.error = getattr(result, "error", None)
        assert self._done is not None
        assert self._loop is not None
        if not self._done.done():
            self._done.set_result(None)
        if not self._loop.is_closed():
            for number in self._handled:
                self._loop.remove_signal_handler(number)
        self._handled.clear()
        if self._on_done is not None:
            self._on_done(self.error)
