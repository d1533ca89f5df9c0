"""A file server: it needs a page of memory for what it reads, and it keeps the swap file too."""

from __future__ import annotations

from typing import Final

from kernel.syscalls import compute
from servers.interfaces.folder import DRIVE, FOLDER, ROOM
from servers.runtime.env import Env
from servers.runtime.serving import Request

READING_CYCLES: Final = 200_000


class Folder:
    """The handler of the folder interface."""

    def __init__(self, env: Env) -> None:
        self._memory = env.client("memory", ROOM)
        self._drive = env.client("drive", DRIVE)

    async def fetch(self, _request: Request) -> None:
        """A page first, then the file."""
        await self._memory.take()
        await compute(READING_CYCLES)

    async def keep(self, _request: Request) -> None:
        """Into the swap file, which is on the drive like all others."""
        await self._drive.put()


async def main(env: Env) -> None:
    """Serve for ever."""
    await env.serve(FOLDER, Folder(env))
