"""Several machines in one Trio program: each timeline that a person begins has a machine of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import trio

from playground.machine.courtesy import Courtesy

if TYPE_CHECKING:
    from playground.machine.live import Live


class Hub:
    """Runs every machine it is given, until it is cancelled; the error of one ends all."""

    def __init__(self) -> None:
        self.courtesy = Courtesy()
        """When all of them stand aside for the screens."""
        self._all: list[Live] = []
        self._waiting: list[Live] = []
        self._others: list[Callable[[], Awaitable[None]]] = []
        self._wake = trio.Event()
        self._runs = False

    def add(self, live: Live) -> None:
        """Start a machine; a plain call, at any time."""
        live.courtesy = self.courtesy
        self._all = [one for one in self._all if not one.core.closed]
        self._all.append(live)
        self._waiting.append(live)
        if self._runs:
            self._wake.set()

    def answered(self, key: int) -> None:
        """What a key does is drawn: the machines go on once it is painted, if no other key has come since."""
        if self.courtesy.answered(key):
            for live in self._all:
                live.wake()

    def also(self, task: Callable[[], Awaitable[None]]) -> None:
        """Run something else beside the machines, for as long; a plain call, at any time."""
        self._others.append(task)
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
                    while self._others:
                        nursery.start_soon(self._others.pop(0))
                    self._wake = trio.Event()
                    await self._wake.wait()
            finally:
                self._runs = False
                for live in self._waiting:  # never started, so nobody else closes its disk
                    live.core.close()
