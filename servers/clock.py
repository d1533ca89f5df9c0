"""The clock: many alarms from one timer that knows a single deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kernel.syscalls import signal
from servers.hardware import TimerRegister
from servers.interfaces.clock import CLOCK
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import PendingReply, Request

CYCLES_PER_MICROSECOND: Final = 1000
"""The board's processor and its timer run at 1 GHz."""
MICROSECONDS: Final = 1_000_000
MAX_ALARMS: Final = 32
"""Alarms that can be set at the same time."""
REPLIES_KEPT_FREE: Final = 2
"""Sleepers each keep a Reply object; with fewer left than this nobody else may sleep, so that others are answered."""


@dataclass(slots=True)
class Alarm:
    """A notification to signal at a cycle."""

    deadline: int
    notification: int
    """Slot of the capability."""


class Clock:
    """The handler of the clock interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._timer = env.window("registers")
        self._alarms: dict[int, Alarm] = {}
        """By badge of the client: one for each."""
        self._sleepers: list[tuple[int, PendingReply]] = []

    async def start(self) -> None:
        """Forget a deadline that an earlier life left in the timer."""
        await self._timer.store_word(TimerRegister.DEADLINE, 0)
        await self._env.acknowledge("irq")

    async def now(self, _request: Request) -> int:
        """Cycles since boot."""
        return await self._timer.load_word(TimerRegister.NOW)

    async def wall(self, _request: Request) -> int:
        """Seconds since 1970."""
        return await self._timer.load_word(TimerRegister.WALL) // MICROSECONDS

    async def sleep(self, request: Request, microseconds: int) -> None:
        """Answer later."""
        if len(self._sleepers) >= len(self._env.replies) - REPLIES_KEPT_FREE:
            raise Refused("FULL")
        deadline = await self._deadline(microseconds)
        self._sleepers.append((deadline, request.defer()))
        await self._set_timer()

    async def alarm(self, request: Request, microseconds: int, notification: int) -> None:
        """Signal later."""
        if request.badge not in self._alarms and len(self._alarms) >= MAX_ALARMS:
            await self._env.delete(notification)
            raise Refused("FULL")
        await self._forget(request.badge)
        self._alarms[request.badge] = Alarm(await self._deadline(microseconds), notification)
        await self._set_timer()

    async def cancel(self, request: Request) -> None:
        """Do not signal after all."""
        await self._forget(request.badge)
        await self._set_timer()

    async def on_signal(self, badge: int) -> None:
        """The deadline of the timer passed: wake whoever is due."""
        if not badge & self._env.irq_signals["irq"]:
            return
        now = await self._timer.load_word(TimerRegister.NOW)
        for client, alarm in list(self._alarms.items()):
            if alarm.deadline <= now:
                await signal(alarm.notification)
                await self._forget(client)
        due = [pending for deadline, pending in self._sleepers if deadline <= now]
        self._sleepers = [(deadline, pending) for deadline, pending in self._sleepers if deadline > now]
        for pending in due:
            await pending.reply()
        await self._set_timer()
        await self._env.acknowledge("irq")

    async def _deadline(self, microseconds: int) -> int:
        return await self._timer.load_word(TimerRegister.NOW) + microseconds * CYCLES_PER_MICROSECOND

    async def _forget(self, client: int) -> None:
        alarm = self._alarms.pop(client, None)
        if alarm is not None:
            await self._env.delete(alarm.notification)

    async def _set_timer(self) -> None:
        deadlines = [deadline for deadline, _ in self._sleepers]
        deadlines += [alarm.deadline for alarm in self._alarms.values()]
        await self._timer.store_word(TimerRegister.DEADLINE, min(deadlines, default=0))


async def main(env: Env) -> None:
    """Tell the time for ever."""
    clock = Clock(env)
    await clock.start()
    await env.serve(CLOCK, clock)
