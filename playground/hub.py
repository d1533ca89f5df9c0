"""Several machines in one Trio program: each timeline that a person begins has a machine of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

if TYPE_CHECKING:
    from playground.machine.live import Live


class Hub:
    """Runs every machine it is given, until it is cancelled; the error of one ends all."""

    def __init__(self) -> None:
        self._waiting: list[Live] = []
        self._wake = trio.Event()
        self._runs = False

    def add(self, live: Live) -> None:
        """Start a machine; a plain call, at any time."""
        self._waiting.append(live)
        if self._runs:
            self._wake.set()

    async def main(self) -> None:
        """The Trio program."""
        async with trio.open_nursery() as nursery:
            self._runs = True
            try:
                while True:
                    while self._waiting:
                        nursery.start_soon(self._waiting.pop(0).main)
                    self._wake = trio.Event()
                    await self._wake.wait()
            finally:
                self._runs = False
                for live in self._waiting:  # never started, so nobody else closes its disk
                    live.core.close()
