"""The edge of every program: what runs before `main` and what its end means.

The kernel starts a thread at an entry number with argument registers; the first is the address of the boot frame.
An exception that leaves `main` leaves the thread and becomes a fault; returning from it is an exit, which the kernel
reports as a fault too. A program that is out of memory aborts with an undefined instruction of a known code, so that
the cause can be told from other exceptions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from kernel.syscalls import undefined
from servers.runtime.boot import read_boot_data
from servers.runtime.env import Env
from servers.runtime.errors import OUT_OF_MEMORY_CODE
from servers.runtime.sabotage import Sabotage, carry_out

Main = Callable[[Env], Awaitable[None]]


async def start(main: Main, boot_address: int) -> None:
    """Run a program with the world that its boot frame describes."""
    env = Env(await read_boot_data(boot_address))
    try:
        await _run(main, env)
    except MemoryError as error:
        await env.note("out-of-memory", server=env.name, text=str(error) or "there is no memory left")
        await undefined(OUT_OF_MEMORY_CODE)


async def _run(main: Main, env: Env) -> None:
    try:
        await main(env)
    except Sabotage as sabotage:
        struck = sabotage
    else:
        return
    await carry_out(env, struck)
