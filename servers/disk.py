"""The disk driver: turns requests for sectors into commands of the device, and waits for its interrupt.

The data never passes through the driver: the device moves it to and from the shared frames by itself (DMA). One
request at a time; a command that was under way when the driver died is forgotten with RESET, and clients ask again.
"""

from __future__ import annotations

from typing import Final

from servers.hardware import (
    DISK_MAX_SECTORS,
    DISK_READ_ONLY,
    SECTOR_BYTES,
    DiskCommand,
    DiskError,
    DiskRegister,
    DiskStatus,
)
from servers.interfaces.block import BLOCK
from servers.runtime.env import Env
from servers.runtime.errors import KernelRefusal, Refused
from servers.runtime.serving import Request

REFUSALS: Final[dict[int, str]] = {DiskError.BEYOND_END: "OUT_OF_RANGE", DiskError.READ_ONLY: "READ_ONLY"}
"""What the device reports to what clients are told; anything else is IO_ERROR."""


class Disk:
    """The handler of the block interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._registers = env.window("registers")
        self._window = env.window("dma")
        self._physical = 0
        self._deaf = False
        """Set when the interrupt was taken away: the driver cannot know any more when the device is done."""

    async def start(self) -> None:
        """Bring the device into a known state, whatever an earlier life left it in."""
        self._physical = await self._env.physical_address("dma")
        await self._registers.store_word(DiskRegister.COMMAND, DiskCommand.RESET)
        await self._acknowledge()

    async def info(self, _request: Request) -> dict[str, int | bool]:
        """How large the disk is and whether it can be written."""
        capacity = await self._registers.load_word(DiskRegister.CAPACITY)
        flags = await self._registers.load_word(DiskRegister.FLAGS)
        read_only = bool(flags & DISK_READ_ONLY)
        return {"sector_count": capacity, "sector_size": SECTOR_BYTES, "read_only": read_only}

    async def read(self, _request: Request, sector: int, count: int, offset: int) -> None:
        """Sectors into the shared window."""
        self._check(count, offset)
        await self._carry_out(DiskCommand.READ, sector, count, offset)
        if self._env.lying:
            await self._window.store(offset, b"*" * (count * SECTOR_BYTES))

    async def write(self, _request: Request, sector: int, count: int, offset: int) -> None:
        """Sectors from the shared window."""
        self._check(count, offset)
        await self._carry_out(DiskCommand.WRITE, sector, count, offset)

    async def flush(self, _request: Request) -> None:
        """Everything written so far for good."""
        await self._carry_out(DiskCommand.FLUSH, 0, 0, 0)

    async def on_signal(self, badge: int) -> None:
        """An interrupt that nobody waits for: left over from an earlier life."""
        if badge & self._env.irq_signals["irq"]:
            await self._acknowledge()

    def _check(self, count: int, offset: int) -> None:
        """Refuse what the window cannot hold, before the device is touched."""
        if not 1 <= count <= DISK_MAX_SECTORS or offset + count * SECTOR_BYTES > self._window.size:
            raise Refused("OUT_OF_RANGE")

    async def _carry_out(self, command: DiskCommand, sector: int, count: int, offset: int) -> None:
        if self._deaf:
            raise Refused("UNAVAILABLE")
        await self._registers.store_word(DiskRegister.SECTOR, sector)
        await self._registers.store_word(DiskRegister.COUNT, count)
        await self._registers.store_word(DiskRegister.ADDRESS, self._physical + offset)
        await self._registers.store_word(DiskRegister.COMMAND, command)
        while True:
            badge = await self._env.wait()
            if badge & self._env.irq_signals["irq"]:
                await self._acknowledge()
            status = await self._registers.load_word(DiskRegister.STATUS)
            if status != DiskStatus.BUSY:
                break
        if self._deaf:
            raise Refused("UNAVAILABLE")
        if status != DiskStatus.DONE:
            error = await self._registers.load_word(DiskRegister.ERROR)
            raise Refused(REFUSALS.get(error, "IO_ERROR"))

    async def _acknowledge(self) -> None:
        """Let the next interrupt through; without the capability the driver is deaf from now on, and says so."""
        try:
            await self._env.acknowledge("irq")
        except KernelRefusal as refusal:
            self._deaf = True
            await self._env.note(
                "interrupt-lost",
                server=self._env.name,
                text=f"{self._env.name} cannot know any more when the device is done ({refusal})",
            )


async def main(env: Env) -> None:
    """Drive the disk for ever."""
    disk = Disk(env)
    await disk.start()
    await env.serve(BLOCK, disk)
