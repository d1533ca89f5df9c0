"""A desk that serves by hand, one system call at a time, so that every way to treat a reply can be shown.

It has several Reply objects. Each call is received with the first that is free; one that is put aside keeps its
caller, and is not used for anybody else.
"""

from __future__ import annotations

from kernel.syscalls import recv, send
from servers.interfaces.base import Operation, error_label
from servers.interfaces.codec import decode_request, encode_reply
from servers.interfaces.desk import CLERK, DESK
from servers.runtime.env import Env
from servers.runtime.errors import NO_MEMORY


class Desk:
    """Which Reply objects are free, and which are put aside with a caller."""

    def __init__(self, env: Env) -> None:
        self._clerk = env.client("clerk", CLERK)
        self.free = list(env.replies)
        self._aside: list[tuple[int, Operation, str]] = []

    async def _answer(self, reply: int, operation: Operation, question: str) -> None:
        await send(reply, 0, encode_reply(operation, {"answer": f"desk: {question}"}))

    async def handle(self, reply: int, operation: Operation, question: str) -> None:
        """One call, which `reply` holds the caller of."""
        match operation.name:
            case "twice":
                await self._answer(reply, operation, question)
                await self._answer(reply, operation, f"{question}, once more")
            case "forget" if len(self.free) > 1:
                self.free.remove(reply)
                self._aside.append((reply, operation, question))
            case "forget":
                await send(reply, error_label(NO_MEMORY))
            case "remember":
                for kept in self._aside:
                    await self._answer(*kept)
                    self.free.append(kept[0])
                self._aside.clear()
                await self._answer(reply, operation, question)
            case "lend":
                await self._clerk.keep(capability=reply)
                await self._answer(reply, operation, question)
            case _:
                await self._answer(reply, operation, question)


async def main(env: Env) -> None:
    """Serve for ever."""
    desk = Desk(env)
    while True:
        reply = desk.free[0]
        message = await recv(env.cap("counter"), reply)
        operation = DESK.by_label(message.label)
        if operation is not None:
            arguments = decode_request(operation, message.words)
            await desk.handle(reply, operation, str(arguments["question"]))
