"""Files by name, with a list of who may write which: the usual way, and a correct one."""

from __future__ import annotations

from typing import Final

from servers.interfaces.compiler import CABINET
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.serving import Request

WRITERS: Final = {"bill": ("old",), "notes": ("old", "you")}
"""The access list: every file, and who may write it. Everybody may read."""


class Cabinet:
    """The handler of the cabinet interface."""

    def __init__(self, clients: dict[int, str]) -> None:
        self._clients = clients
        self._files = dict.fromkeys(WRITERS, "")

    async def write(self, request: Request, name: str, text: str) -> None:
        """Replace a file, if the list allows it to whoever asks."""
        if name not in self._files:
            raise Refused("NO_FILE")
        if self._clients.get(request.badge) not in WRITERS[name]:
            raise Refused("NOT_PERMITTED")
        self._files[name] = text

    async def read(self, _request: Request, name: str) -> str:
        """What stands in a file."""
        if name not in self._files:
            raise Refused("NO_FILE")
        return self._files[name]


async def main(env: Env) -> None:
    """Keep files for ever."""
    await env.serve(CABINET, Cabinet(env.clients))
