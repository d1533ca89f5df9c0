"""Files without names: the badge of the capability says which file it is, and nothing else can."""

from __future__ import annotations

from servers.interfaces.compiler import SHEET
from servers.runtime.env import Env
from servers.runtime.serving import Request


class Sheets:
    """The handler of the sheet interface: one file for every badge."""

    def __init__(self) -> None:
        self._files: dict[int, str] = {}

    async def write(self, request: Request, text: str) -> None:
        """Replace the file that the capability leads to."""
        self._files[request.badge] = text

    async def read(self, request: Request) -> str:
        """What stands in it."""
        return self._files.get(request.badge, "")


async def main(env: Env) -> None:
    """Keep files for ever."""
    await env.serve(SHEET, Sheets())
