"""A visitor: goes to the desk and waits there, however long, and tells in a note what came of it."""

from __future__ import annotations

from servers.interfaces.desk import DESK, VISITOR
from servers.runtime.env import Env
from servers.runtime.errors import Refused, ServerError
from servers.runtime.serving import Request


class Visitor:
    """The handler of the visitor interface."""

    def __init__(self, env: Env) -> None:
        self._env = env

    async def visit(self, request: Request, how: str, question: str) -> None:
        """Whoever sends the visitor is answered first: the desk may take its time."""
        if how not in [operation.name for operation in DESK.operations]:
            raise Refused("BAD_REQUEST")
        await request.defer().reply()
        operation, text, error = DESK.operation(how), "", ""
        try:
            results = await self._env.client("desk", DESK).request(operation, {"question": question})
            text = str(results["answer"])
        except ServerError as failure:
            text, error = failure.detail, failure.name
        await self._env.note("acted", server=self._env.name, operation=f"desk.{how}", error=error, text=text)


async def main(env: Env) -> None:
    """Wait to be sent, for ever."""
    await env.serve(VISITOR, Visitor(env))
