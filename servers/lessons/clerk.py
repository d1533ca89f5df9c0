"""The clerk: keeps a Reply capability that it was lent, and answers with it whenever it is told to."""

from __future__ import annotations

from typing import Final

from kernel.syscalls import send
from servers.interfaces.codec import encode_reply
from servers.interfaces.desk import CLERK, DESK
from servers.runtime import invocations
from servers.runtime.env import Env
from servers.runtime.invocations import Place
from servers.runtime.serving import Request

PEN: Final = "pen"
"""The slot of what it was lent."""


class Clerk:
    """The handler of the clerk interface."""

    def __init__(self, env: Env) -> None:
        self._env = env

    async def keep(self, _request: Request, capability: int) -> None:
        """In the place of what was kept before."""
        cspace = self._env.cap("cspace")
        await invocations.delete(Place(cspace, self._env.cap(PEN)))
        await invocations.move(Place(cspace, capability), Place(cspace, self._env.cap(PEN)))
        self._env.slots.give_back(capability)

    async def answer(self, request: Request, text: str) -> None:
        """To whoever waits for that Reply object now. Nobody tells whether there was anybody."""
        await request.defer().reply()
        await send(self._env.cap(PEN), 0, encode_reply(DESK.operation("ask"), {"answer": text}))


async def main(env: Env) -> None:
    """Wait for a pen, for ever."""
    await env.serve(CLERK, Clerk(env))
