"""The compiler of 1988: told where to write by name, and allowed more than its clients. It has no bug."""

from __future__ import annotations

from typing import Final

from servers.interfaces.compiler import CABINET, NAMED_COMPILER
from servers.lessons.billing import OWED, owed, translate
from servers.runtime.env import Env
from servers.runtime.errors import Refused, ServerError
from servers.runtime.serving import Request

BILL: Final = "bill"
"""Name of the file that only the compiler may write."""


class NamedCompiler:
    """The handler of the interface; all files come through its one capability to the cabinet."""

    def __init__(self, env: Env) -> None:
        self._files = env.client("cabinet", CABINET)

    async def compile(self, _request: Request, source: str, output: str) -> int:
        """Charge for the work, then write the result where the client wants it."""
        charged = owed(await self._files.read(name=BILL)) + 1
        await self._files.write(name=BILL, text=f"{OWED}{charged}")
        try:
            await self._files.write(name=output, text=translate(source))
        except ServerError as error:
            raise Refused(error.name) from None
        return charged


async def main(env: Env) -> None:
    """Translate for ever."""
    await env.serve(NAMED_COMPILER, NamedCompiler(env))
