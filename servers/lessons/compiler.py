"""The compiler that is handed a capability: it writes the result with its client's authority, the bill with its own."""

from __future__ import annotations

from servers.interfaces.compiler import COMPILER, SHEET
from servers.lessons.billing import OWED, owed, translate
from servers.runtime.env import Env
from servers.runtime.errors import Refused, ServerError
from servers.runtime.serving import Request


class Compiler:
    """The handler of the interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._bill = env.client("bill", SHEET)

    async def compile(self, _request: Request, source: str, output: int) -> int:
        """Charge for the work, write the result through what came with the request, and drop that."""
        charged = owed(await self._bill.read()) + 1
        await self._bill.write(text=f"{OWED}{charged}")
        try:
            await self._env.client_of_slot(output, "output", SHEET).write(text=translate(source))
        except ServerError:
            raise Refused("UNAVAILABLE") from None
        finally:
            await self._env.delete(output)
        return charged


async def main(env: Env) -> None:
    """Translate for ever."""
    await env.serve(COMPILER, Compiler(env))
