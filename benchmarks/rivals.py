"""The rendezvous that the kernel's round trip is held against: one client, one server, one word there and back.

Each function makes that many round trips and returns the seconds they took, without the start of its event loop.
"""

import asyncio
import math
import time
from collections.abc import Generator
from typing import Any

import simpy
import trio


def trio_memory_channels(trips: int) -> float:
    """Two Trio memory channels without a buffer."""

    async def serve(requests: "trio.MemoryReceiveChannel[int]", replies: "trio.MemorySendChannel[int]") -> None:
        async with replies:
            async for word in requests:
                await replies.send(word + 1)

    async def main() -> float:
        request_in, request_out = trio.open_memory_channel[int](0)
        reply_in, reply_out = trio.open_memory_channel[int](0)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve, request_out, reply_in)
            started = time.perf_counter()
            async with request_in:
                for word in range(trips):
                    await request_in.send(word)
                    assert await reply_out.receive() == word + 1
                return time.perf_counter() - started
        return math.nan

    return trio.run(main)


def asyncio_queues(trips: int) -> float:
    """Two asyncio queues with room for one word each."""

    async def serve(requests: asyncio.Queue[int], replies: asyncio.Queue[int]) -> None:
        while True:
            await replies.put(await requests.get() + 1)

    async def main() -> float:
        requests: asyncio.Queue[int] = asyncio.Queue(1)
        replies: asyncio.Queue[int] = asyncio.Queue(1)
        server = asyncio.create_task(serve(requests, replies))
        started = time.perf_counter()
        for word in range(trips):
            await requests.put(word)
            assert await replies.get() == word + 1
        seconds = time.perf_counter() - started
        server.cancel()
        return seconds

    return asyncio.run(main())


def simpy_stores(trips: int) -> float:
    """Two SimPy stores with room for one word each: another simulator of processes as generators."""
    environment = simpy.Environment()
    requests = simpy.Store(environment, 1)
    replies = simpy.Store(environment, 1)

    def serve() -> Generator[Any, Any, None]:
        while True:
            word = yield requests.get()
            yield replies.put(word + 1)

    def call() -> Generator[Any, Any, None]:
        for word in range(trips):
            yield requests.put(word)
            answer = yield replies.get()
            assert answer == word + 1

    environment.process(serve())
    client = environment.process(call())
    started = time.perf_counter()
    environment.run(client)
    return time.perf_counter() - started
