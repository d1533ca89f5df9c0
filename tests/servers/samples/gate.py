"""A console for tests: read_line waits until somebody writes, so that several callers are owed an answer at once."""

from __future__ import annotations

from servers.interfaces import CONSOLE
from servers.runtime.env import Env
from servers.runtime.serving import PendingReply, Request


class Gate:
    def __init__(self) -> None:
        self.waiting: list[PendingReply] = []

    async def read_line(self, request: Request) -> None:
        self.waiting.append(request.defer())

    async def write(self, request: Request, text: str) -> None:
        for pending in self.waiting:
            await (pending.refuse("BUSY") if text == "refuse" else pending.reply(text=text))
        self.waiting.clear()


async def main(env: Env) -> None:
    await env.serve(CONSOLE, Gate())
