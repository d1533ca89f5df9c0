"""A workload of writes that reaches every order of writes of the library, and disks that note or lose writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from playground.machine.backing import BackingDevice, MemoryBacking
from servers import fat
from servers.fat import SECTOR_SIZE

WHEN = fat.timestamp(1_750_000_000)


class PowerLoss(Exception):
    """The disk went off."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a workload."""

    operation: str
    """write, append, remove or mkdir."""
    path: str
    data: bytes = b""


class LosingPower(BackingDevice):
    """A disk that stores `writes` sectors and then nothing more."""

    def __init__(self, backing: MemoryBacking, writes: int) -> None:
        super().__init__(backing)
        self.writes_left = writes

    async def write(self, sector: int, data: bytes) -> None:
        """Write sector by sector until the power is gone."""
        for start in range(0, len(data), SECTOR_SIZE):
            if self.writes_left == 0:
                raise PowerLoss
            self.writes_left -= 1
            await super().write(sector + start // SECTOR_SIZE, data[start : start + SECTOR_SIZE])


class Recording(BackingDevice):
    """A disk that notes what is written to it."""

    def __init__(self, backing: MemoryBacking) -> None:
        super().__init__(backing)
        self.acknowledged = 0
        self.writes: list[tuple[int, int, bytes]] = []

    async def write(self, sector: int, data: bytes) -> None:
        """Write and note each sector."""
        await super().write(sector, data)
        for start in range(0, len(data), SECTOR_SIZE):
            piece = data[start : start + SECTOR_SIZE]
            self.writes.append((self.acknowledged, sector + start // SECTOR_SIZE, piece))


def text(number: int, size: int) -> bytes:
    """Contents that differ from those of every other number in every part."""
    line = f"contents number {number}, and nothing else\n".encode()
    return (line * (size // len(line) + 1))[:size]


def workload() -> list[Step]:
    """New files, larger and smaller contents, appends within and across clusters, long names, directories that grow."""
    long_name = "/letters/a rather long name for a small letter, number {}.txt"
    steps = [Step("mkdir", "/letters"), Step("write", "/small.txt", text(1, 300)), Step("write", "/EMPTY.TXT")]
    steps += [Step("write", "/small.txt", text(2, 2600)), Step("append", "/small.txt", text(3, 200))]
    steps += [Step("append", "/small.txt", text(4, 3000)), Step("append", "/EMPTY.TXT", text(5, 700))]
    steps += [Step("write", long_name.format(number), text(10 + number, 100 * number)) for number in range(1, 9)]
    steps += [Step("write", f"/letters/n{number}.dat", text(30 + number, 1100)) for number in range(1, 9)]
    steps += [Step("remove", long_name.format(number)) for number in (2, 5)]
    steps += [Step("write", f"/letters/one more to make room for, number {number}") for number in range(1, 7)]
    steps += [Step("write", "/small.txt", text(50, 90)), Step("mkdir", "/letters/deeper")]
    steps += [Step("write", "/letters/deeper/fragments", text(51, 5000)), Step("remove", "/letters/n3.dat")]
    steps += [Step("append", "/letters/deeper/fragments", text(52, 5000)), Step("write", "/small.txt")]
    steps += [Step("mkdir", "/gone"), Step("remove", "/gone"), Step("remove", "/EMPTY.TXT")]
    return steps


def after(tree: Mapping[str, bytes], step: Step) -> dict[str, bytes]:
    """The tree after a step: what a volume must hold then. Directories end in `/`."""
    changed = dict(tree)
    if step.operation == "mkdir":
        changed[step.path + "/"] = b""
    elif step.operation == "remove":
        changed.pop(step.path, None)
        changed.pop(step.path + "/", None)
    else:
        changed[step.path] = (tree.get(step.path, b"") if step.operation == "append" else b"") + step.data
    return changed


async def carry_out(volume: fat.Volume, step: Step) -> None:
    """Do one step on a volume."""
    if step.operation == "mkdir":
        await volume.make_directory(step.path, WHEN)
    elif step.operation == "remove":
        await volume.remove(step.path)
    else:
        await volume.write(step.path, step.data, WHEN, append=step.operation == "append")


async def run(device: BackingDevice, sector_count: int, steps: Sequence[Step]) -> None:
    """Mount a volume and carry out steps; a loss of power ends it."""
    with suppress(PowerLoss):
        volume = await fat.Volume.mount(device, sector_count)
        for step in steps:
            await carry_out(volume, step)


async def record(backing: MemoryBacking, steps: Sequence[Step]) -> list[tuple[int, int, bytes]]:
    """Carry out steps and note each sector write: how many steps were acknowledged before it, sector, contents."""
    device = Recording(backing)
    volume = await fat.Volume.mount(device, backing.sector_count)
    for step in steps:
        await carry_out(volume, step)
        device.acknowledged += 1
    return device.writes


async def read_tree(volume: fat.Volume, path: str = "") -> dict[str, bytes]:
    """Everything on a volume."""
    tree: dict[str, bytes] = {}
    for entry in await volume.list_directory(path or "/"):
        inner = f"{path}/{entry.name}"
        if entry.is_directory:
            tree[f"{inner}/"] = b""
            tree |= await read_tree(volume, inner)
        else:
            tree[inner] = await volume.read(inner)
    return tree
