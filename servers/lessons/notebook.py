"""A program with a few pages that it writes on and reads again, one after the other, and looks whether they are right.

It does not know whether its memory is there all the time or comes from a pager.
"""

from __future__ import annotations

from typing import Final

from kernel.abi import PAGE_SIZE
from kernel.syscalls import load, store
from servers.interfaces.clock import CLOCK
from servers.lessons.pager import PAGED, PAGES
from servers.runtime.env import Env

PAUSE_US: Final = 5_000
WORD: Final = 8


async def main(env: Env) -> None:
    """Write and check for ever."""
    clock = env.client("clock", CLOCK)
    begin = env.window("pages").address if "pages" in env.windows else PAGED
    written: dict[int, int] = {}
    number = 0
    while True:
        await clock.sleep(PAUSE_US)
        number += 1
        page = number % PAGES
        address = begin + page * PAGE_SIZE
        if page in written:
            found = int.from_bytes(await load(address, WORD), "little")
            right = found == written[page]
            text = f"{env.name} finds {found} on page {page}" + ("" if right else f" and had written {written[page]}")
            await env.note("checked", server=env.name, record=str(page), ok=int(right), text=text)
        await store(address, number.to_bytes(WORD, "little"))
        written[page] = number
