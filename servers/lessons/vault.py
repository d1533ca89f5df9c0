"""What both vaults of lesson check-then-use have in common: the records, the rule, the layout of the shared page."""

from __future__ import annotations

from typing import Final

from kernel.syscalls import compute
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.memory import MemoryWindow
from servers.runtime.serving import Request

RECORD: Final = 0
"""Offset in the page: the number of the record, written by the guest."""
LENGTH: Final = 8
"""Offset in the page: how many bytes the answer has."""
TEXT: Final = 16
"""Offset in the page: the answer."""
RECORDS: Final = (
    "the weather is fine",
    "there is soup today",
    "the gate closes at ten",
    "the key is under the third stone",
)
FOR_GUESTS: Final = 3
"""Records below this number are for guests."""
SEARCH_CYCLES: Final = 1_000_000
"""How long a vault looks for a record: one millisecond."""


async def check(env: Env, record: int) -> None:
    """The rule. Raises Refused."""
    await env.note("checked", server=env.name, record=record, ok=int(record < FOR_GUESTS))
    if record >= FOR_GUESTS:
        raise Refused("NOT_PERMITTED")


async def find(env: Env) -> None:
    """The work between the check and the use: it takes time, and others run meanwhile."""
    await compute(SEARCH_CYCLES)


async def use(env: Env, record: int) -> str:
    """The record itself, by now without any question."""
    await env.note("used", server=env.name, record=record)
    return RECORDS[record % len(RECORDS)]


async def put(page: MemoryWindow, text: str) -> None:
    """Put the answer on the page."""
    data = text.encode()
    await page.store_word(LENGTH, len(data))
    await page.store(TEXT, data)


async def read_by_message(env: Env, _request: Request, record: int) -> str:
    """A request that the kernel has copied already: nobody else can reach it."""
    await check(env, record)
    await find(env)
    return await use(env, record)
