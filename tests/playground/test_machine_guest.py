"""The machine as a guest of asyncio: it starts, answers plain calls, and always ends in the right order."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from playground.machine.guest import Guest
from playground.machine.live import Live
from tests.playground.machines import machine, notes, read_file

ROOT = Path(__file__).parents[2]


async def until(condition: object, seconds: float = 20.0) -> None:
    """Wait on the host's loop until something is true."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(live: Live) -> AsyncIterator[Guest]:
    """A machine as a guest, ended whatever happens: a run of Trio that is left behind would spoil every later test."""
    guest = Guest(live.main)
    guest.start()
    try:
        yield guest
    finally:
        guest.quit()
        await guest.wait()


async def test_a_plain_call_from_the_host_is_answered() -> None:
    live = Live(machine())
    async with running(live) as guest:
        await until(lambda: live.view.servers["you"].life == 1)
        live.request(read_file())
        await until(lambda: notes(live.core, "you-reply"))
    assert guest.ended
    assert guest.error is None
    assert live.core.closed


async def test_the_host_is_told_after_trio_has_unwound_and_the_disk_is_closed() -> None:
    live = Live(machine())
    told: list[tuple[bool, bool, BaseException | None]] = []
    guest = Guest(live.main, on_done=lambda error: told.append((live.core.closed, guest.ended, error)))
    guest.start()
    guest.quit()
    guest.quit()
    assert told == []
    await guest.wait()
    assert told == [(True, True, None)]


async def test_whoever_waits_is_cancelled_only_when_it_is_over() -> None:
    live = Live(machine())
    guest = Guest(live.main)
    guest.start()
    waiter = asyncio.create_task(guest.wait())
    await asyncio.sleep(0.05)
    for _ in range(3):
        waiter.cancel()
        await asyncio.sleep(0.01)
    assert not waiter.done()
    guest.quit()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert live.core.closed


async def test_an_error_in_the_program_is_handed_to_the_host() -> None:
    async def broken() -> None:
        await trio.lowlevel.checkpoint()
        raise LookupError("our own bug")

    errors: list[BaseException | None] = []
    guest = Guest(broken, on_done=errors.append)
    guest.start()
    await guest.wait()
    assert [type(error) for error in errors] == [LookupError]


async def test_signals_only_ask_and_may_come_twice() -> None:
    live = Live(machine())
    guest = Guest(live.main)
    guest.start()
    guest.handle_signals()
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    await guest.wait()
    assert guest.signal in (signal.SIGINT, signal.SIGTERM)
    assert live.core.closed
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


async def test_a_server_that_loops_for_ever_does_not_hold_the_host() -> None:
    live = Live(machine())
    async with running(live):
        await until(lambda: notes(live.core, "system-ready") and live.core.idle)
        live.crash("counter", "endless-loop")
        await until(lambda: notes(live.core, "restarted"))
    assert notes(live.core, "server-died")[0]["cause"] == "runaway"
