"""A memory server: hands out pages, and when there are none left it writes an old one away and uses that.

Where to, it can be told. By its first author it was given the file server, which is the obvious place for a swap file.
"""

from __future__ import annotations

from typing import Final

from servers.interfaces.folder import DRIVE, FOLDER, ROOM
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import Request

PAGES: Final = 6
WAYS: Final = ("files", "drive")
"""Names of the capabilities through which a page can be written away."""


class Room:
    """The handler of the room interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._free = PAGES
        self._way = WAYS[0]

    async def take(self, _request: Request) -> None:
        """A page, at once or after another was written away."""
        if self._free:
            self._free -= 1
        elif self._way == "files":
            await self._env.client("files", FOLDER).keep()
        else:
            await self._env.client("drive", DRIVE).put()

    async def page_out(self, _request: Request, by: str) -> None:
        """From now on."""
        if by not in WAYS:
            raise Refused("BAD_REQUEST")
        self._way = by


async def main(env: Env) -> None:
    """Serve for ever."""
    await env.serve(ROOM, Room(env))
