"""The file server: files on a FAT volume, over any server of the block interface.

It owes nobody anything: requests name whole paths, nothing stays open, and a change is either acknowledged and on the
disk or has not happened. So it can die at any moment; its next life mounts the volume, which finishes what the last
one left undone (see `servers.fat.volume` for the order of writes).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from servers import fat
from servers.fat import SECTOR_SIZE, Timestamp, Volume
from servers.interfaces.block import BLOCK
from servers.interfaces.clock import CLOCK
from servers.interfaces.files import FILES
from servers.interfaces.log import LOG
from servers.runtime.env import Env
from servers.runtime.errors import Refused, ServerError
from servers.runtime.serving import Request

MAX_TEXT_BYTES: Final = 900
"""Most bytes of contents or listing in one answer, so that it fits into a message."""
REFUSALS: Final[dict[type[fat.FatError], str]] = {
    fat.NoSuchFile: "NOT_FOUND",
    fat.AlreadyExists: "EXISTS",
    fat.NotADirectory: "NOT_A_FOLDER",
    fat.IsADirectory: "IS_A_FOLDER",
    fat.DirectoryNotEmpty: "NOT_EMPTY",
    fat.VolumeFull: "NO_SPACE",
    fat.ReadOnlyVolume: "READ_ONLY",
    fat.BadName: "BAD_NAME",
}
"""What the library raises to what clients are told; errors of the volume itself are DAMAGED."""

_Result = TypeVar("_Result")


class DiskDevice:
    """The disk server as the block device that the FAT library wants; data moves through the shared window."""

    def __init__(self, env: Env) -> None:
        self.server = env.client("disk", BLOCK)
        self._window = env.window("window")
        self._most = self._window.size // SECTOR_SIZE

    async def read(self, sector: int, count: int) -> bytes:
        """The contents of sectors, as many requests as the window makes necessary."""
        pieces: list[bytes] = []
        for first in range(0, count, self._most):
            some = min(self._most, count - first)
            await self.server.read(sector + first, some)
            pieces.append(await self._window.load(0, some * SECTOR_SIZE))
        return b"".join(pieces)

    async def write(self, sector: int, data: bytes) -> None:
        """Write whole sectors in order."""
        step = self._most * SECTOR_SIZE
        for start in range(0, len(data), step):
            piece = data[start : start + step]
            await self._window.store(0, piece)
            await self.server.write(sector + start // SECTOR_SIZE, len(piece) // SECTOR_SIZE)

    async def flush(self) -> None:
        """Make everything written so far permanent."""
        await self.server.flush()


class FileServer:
    """The handler of the files interface."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._disk = DiskDevice(env)
        self._clock = env.client("clock", CLOCK) if "clock" in env.caps else None
        self._log = env.client("log", LOG) if "log" in env.caps else None
        self._volume: Volume | None = None
        self._last_seen = Timestamp()

    async def start(self) -> None:
        """Mount at once, so that a change that was interrupted is finished; if that fails, the first request tries."""
        try:
            await self._mounted()
        except (fat.FatError, ServerError) as error:
            await self._say(f"no volume yet: {error}")

    async def read(self, _request: Request, path: str, offset: int, length: int) -> bytes:
        """A part of a file."""
        return await self._do(lambda volume: volume.read(path, offset, min(length, MAX_TEXT_BYTES)))

    async def write(self, _request: Request, path: str, data: bytes, append: bool) -> None:
        """Replace the contents of a file, or append."""
        when = await self._now()
        await self._do(lambda volume: volume.write(path, data, when, append=append))

    async def create(self, _request: Request, path: str) -> None:
        """An empty file."""
        when = await self._now()
        await self._do(lambda volume: volume.create(path, when))

    async def make_folder(self, _request: Request, path: str) -> None:
        """An empty folder."""
        when = await self._now()
        await self._do(lambda volume: volume.make_directory(path, when))

    async def remove(self, _request: Request, path: str) -> None:
        """Remove a file or an empty folder."""
        await self._do(lambda volume: volume.remove(path))

    async def list(self, _request: Request, path: str, skip: int) -> str:
        """As many lines as fit into a message, from entry `skip` on."""
        entries = await self._do(lambda volume: volume.list_directory(path))
        text = ""
        for entry in entries[skip:]:
            line = f"{entry.name}/\n" if entry.is_directory else f"{entry.name} {entry.size}\n"
            if len((text + line).encode()) > MAX_TEXT_BYTES:
                break
            text += line
        return text

    async def stat(self, _request: Request, path: str) -> dict[str, int | str]:
        """Size and kind."""
        entry = await self._do(lambda volume: volume.stat(path))
        return {"size": entry.size, "kind": "folder" if entry.is_directory else "file"}

    async def sync(self, _request: Request) -> None:
        """Every change is flushed before it is acknowledged, so this only asks the disk once more."""
        await self._do(lambda volume: self._disk.flush())

    async def usage(self, _request: Request) -> dict[str, int]:
        """Room on the volume."""

        async def count(volume: Volume) -> dict[str, int]:
            total = volume.geometry.cluster_count * volume.geometry.cluster_bytes
            return {"total": total, "free": await volume.count_free_bytes()}

        return await self._do(count)

    async def _do(self, work: Callable[[Volume], Awaitable[_Result]]) -> _Result:
        """Carry out work on the mounted volume; what goes wrong becomes an error of the interface and a remark."""
        try:
            return await work(await self._mounted())
        except fat.RequestError as error:
            await self._env.note("refused", server=self._env.name, text=str(error))
            raise Refused(REFUSALS[type(error)]) from error
        except fat.VolumeError as error:
            self._volume = None
            await self._say(str(error))
            raise Refused("DAMAGED") from error
        except ServerError as error:
            self._volume = None
            await self._say(f"the disk does not answer as it should: {error}")
            raise Refused(_disk_refusal(error)) from error

    async def _mounted(self) -> Volume:
        """The volume; mounted anew after a failure, which repairs what was interrupted."""
        if self._volume is None or self._volume.needs_mount:
            self._volume = None
            disk = await self._disk.server.info()
            volume = await Volume.mount(self._disk, disk.sector_count, read_only=disk.read_only)
            self._volume = volume
            access = "to read only" if volume.read_only else "to read and write"
            repairs = ", after finishing an interrupted change" if volume.recovered else ""
            await self._say(f"mounted a {volume.geometry.kind} volume {access}{repairs}")
        return self._volume

    async def _now(self) -> Timestamp:
        """The time for directory entries; without a clock, the last one that it told."""
        if self._clock is None:
            return self._last_seen
        try:
            self._last_seen = fat.timestamp(await self._clock.wall())
        except ServerError as error:
            await self._env.note("clock-lost", server=self._env.name, text=f"using the last known time: {error}")
        return self._last_seen

    async def _say(self, text: str) -> None:
        """A line for the log server, which may be dead, and a remark in the trace, which never is."""
        await self._env.note("file-system", server=self._env.name, text=text)
        if self._log is None:
            return
        try:
            await self._log.write(text)
        except ServerError as error:
            await self._env.note("log-lost", server=self._env.name, text=str(error))


def _disk_refusal(error: ServerError) -> str:
    """An error of the disk as an error of the files interface."""
    if error.name in ("SERVER_DIED", "UNAVAILABLE"):
        return "UNAVAILABLE"
    return "READ_ONLY" if error.name == "READ_ONLY" else "IO_ERROR"


async def main(env: Env) -> None:
    """Serve files for ever."""
    server = FileServer(env)
    await server.start()
    await env.serve(FILES, server)
