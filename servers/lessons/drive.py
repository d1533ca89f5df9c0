"""A drive that keeps whatever it is given. It asks nobody for anything."""

from __future__ import annotations

from typing import Final

from kernel.syscalls import compute
from servers.interfaces.folder import DRIVE
from servers.runtime.env import Env
from servers.runtime.serving import Request

WRITING_CYCLES: Final = 300_000


class Drive:
    """The handler of the drive interface."""

    async def put(self, _request: Request) -> None:
        """Written."""
        await compute(WRITING_CYCLES)


async def main(env: Env) -> None:
    """Serve for ever."""
    await env.serve(DRIVE, Drive())
