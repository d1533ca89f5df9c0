"""The log: a bounded journal. Who wrote a line is told by the badge of the request, never by the line itself."""

from __future__ import annotations

from collections import deque
from typing import Final

from servers.interfaces.log import LOG
from servers.runtime.env import Env
from servers.runtime.serving import Request

MAX_LINES: Final = 200
"""Lines that are kept; the oldest are forgotten."""
MAX_LINE: Final = 200
"""Characters of a line that are kept."""
MAX_ANSWER_BYTES: Final = 900
"""Most bytes of text in one answer, so that it fits into a message."""


class Log:
    """The handler of the log interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._lines: deque[str] = deque(maxlen=MAX_LINES)

    async def write(self, request: Request, text: str) -> None:
        """Keep a line, under the name that the manifest gave the caller's badge."""
        who = self._env.clients.get(request.badge, f"client {request.badge}")
        self._lines.extend(f"{who}: {line[:MAX_LINE]}" for line in text.splitlines())

    async def tail(self, _request: Request, count: int) -> str:
        """The last lines that fit into a message, oldest first."""
        chosen: list[str] = []
        size = 0
        for line in reversed(self._lines):
            size += len(line.encode()) + 1
            if len(chosen) >= count or size > MAX_ANSWER_BYTES:
                break
            chosen.append(line)
        return "".join(f"{line}\n" for line in reversed(chosen))


async def main(env: Env) -> None:
    """Keep the journal for ever."""
    await env.serve(LOG, Log(env))
