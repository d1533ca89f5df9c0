"""A till: a millisecond of work for whoever calls. On whose time it works, the manifest says."""

from __future__ import annotations

from typing import Final

from kernel.syscalls import compute
from servers.interfaces.till import TILL
from servers.runtime.env import Env
from servers.runtime.serving import Request

WORK_CYCLES: Final = 1_000_000


class Till:
    """The handler of the till interface."""

    async def pay(self, _request: Request) -> None:
        """Work."""
        await compute(WORK_CYCLES)


async def main(env: Env) -> None:
    """Serve for ever."""
    await env.serve(TILL, Till())
