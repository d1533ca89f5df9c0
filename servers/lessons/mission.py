"""The watchdog of the spacecraft: if no report has come for a while, it starts all tasks again.

It also keeps the settings that the ground can change, on a page that the tasks may only read. That page is not part of
anybody's life, so a reset leaves it as it is.
"""

from __future__ import annotations

from typing import Final

from servers.interfaces.clock import CLOCK
from servers.interfaces.spacecraft import MISSION
from servers.interfaces.supervisor import SUPERVISOR
from servers.lessons.spacecraft import RADIO, WAY, WAYS
from servers.runtime.boot import ALARM_SIGNAL
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import Request

PATIENCE_US: Final = 50_000
"""How often it looks whether a report has come since it looked last."""


class Mission:
    """The handler of the mission interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._settings = env.window("settings")
        self._reporter = ""
        """Who has reported since the watchdog looked last."""
        self._resets = 0

    async def report(self, request: Request) -> None:
        """All is well."""
        self._reporter = self._env.clients[request.badge]
        await self._env.note("deadline-met", server=self._reporter)

    async def bus(self, _request: Request, way: str) -> None:
        """Change a setting."""
        if way not in WAYS:
            raise Refused("BAD_REQUEST")
        await self._settings.store_word(WAY, WAYS[way])

    async def radio(self, _request: Request, on: bool) -> None:
        """Change a setting."""
        await self._settings.store_word(RADIO, int(on))

    async def resets(self, _request: Request) -> int:
        """How bad it is."""
        return self._resets

    async def on_signal(self, badge: int) -> None:
        """Time to look."""
        if not badge & ALARM_SIGNAL:
            return
        if not self._reporter:
            await self._reset()
        self._reporter = ""
        await self.wind_up()

    async def wind_up(self) -> None:
        """Look again later."""
        await self._env.client("clock", CLOCK).alarm(PATIENCE_US, self._env.cap("alarm"))

    async def _reset(self) -> None:
        """Tasks first: none of them may begin anew on a lock that is still held."""
        self._resets += 1
        text = f"nothing was distributed for {PATIENCE_US // 1000} ms"
        await self._env.note("deadline-missed", server="distributor", text=text)
        await self._env.note("reset", number=self._resets, text="the watchdog starts every task again")
        supervisor = self._env.client("supervisor", SUPERVISOR)
        for server in ("distributor", "radio", "weather", "lock", "bus"):
            await supervisor.restart(server)


async def main(env: Env) -> None:
    """Watch for ever."""
    mission = Mission(env)
    await mission.wind_up()
    await env.serve(MISSION, mission)
