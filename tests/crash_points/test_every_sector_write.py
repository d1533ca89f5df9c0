"""The power goes after every single sector write of a workload: what the volume is worth then.

Judges are fsck.fat and mtools, on images of both kinds, made by us and by mkfs.fat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from playground import images
from playground.machine.backing import BackingDevice, MemoryBacking, complete
from servers import fat
from tests.crash_points import outside
from tests.crash_points.workload import (
    LosingPower,
    Step,
    after,
    read_tree,
    record,
    run,
    text,
    workload,
)

LEAST_POINTS = 200
SEAM = 341
"""The first cluster of a FAT12 volume whose entry lies across two sectors of the table."""
KINDS = ("FAT16", "FAT12", "FAT12 files at a seam", "FAT12 directory at a seam", "FAT16 by mkfs.fat")


@dataclass(frozen=True)
class Start:
    """An image to begin with, and the sector writes of the whole workload on it."""

    backing: MemoryBacking
    tree: dict[str, bytes]
    writes: list[tuple[int, int, bytes]]


@dataclass(frozen=True)
class Crash:
    """The disk after some of the sector writes."""

    backing: MemoryBacking
    tree: dict[str, bytes]
    """What was acknowledged by then."""
    step: Step
    """The operation that was under way."""


@cache
def _start(kind: str, directory: Path) -> Start:
    if kind == "FAT16":
        backing = images.build_volume({"/other.txt": text(99, 2000)}, 4 << 20)
    elif kind == "FAT12":
        backing = images.build_volume({"/other.txt": text(99, 2000)}, 128 << 10)
    elif kind.endswith("at a seam"):
        first_free = SEAM if "directory" in kind else SEAM - 4
        backing = images.build_volume({"/other.txt": text(99, (first_free - 2) * 512)}, 360 << 10)
    else:
        image = directory / "foreign.img"
        made = outside.run("mkfs.fat", "-F", "16", "-s", "1", "-C", str(image), "4096")
        assert made.returncode == 0, made.stderr
        backing = MemoryBacking(image.read_bytes())
    return Start(backing, complete(_tree(backing)), complete(record(backing.copy(), workload())))


async def _tree(backing: MemoryBacking) -> dict[str, bytes]:
    volume = await fat.Volume.mount(BackingDevice(backing), backing.sector_count, read_only=backing.read_only)
    return await read_tree(volume)


@pytest.fixture(params=KINDS)
def start(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """An image of each kind."""
    return _start(request.param, tmp_path_factory.getbasetemp())


def _crashes(start: Start, every: int = 1) -> Iterator[Crash]:
    """The disk before each sector write, or before every n-th."""
    backing, tree, steps, done = start.backing.copy(), start.tree, workload(), 0
    for point, (acknowledged, sector, data) in enumerate(start.writes):
        while done < acknowledged:
            tree = after(tree, steps[done])
            done += 1
        if point % every == 0:
            yield Crash(backing.copy(), tree, steps[done])
        backing.write_sector(sector, data)


def _check_with_tools(backing: MemoryBacking, crash: Crash, directory: Path) -> None:
    """fsck.fat accepts the image and mtools finds everything that was acknowledged, the last step wholly or not."""
    image = outside.save(backing, directory / "crashed.img")
    assert outside.complaints(image) == ""
    found = outside.extract(image, directory / "files")
    without = outside.difference(found, crash.tree)
    assert not without or not outside.difference(found, after(crash.tree, crash.step)), without


def test_after_a_crash_at_every_write_and_a_mount_the_volume_is_clean_and_complete(
    start: Start, tmp_path: Path
) -> None:
    """Every acknowledged write is there, and the interrupted one happened wholly or not at all."""
    assert len(start.writes) >= LEAST_POINTS
    for crash in _crashes(start):
        complete(fat.Volume.mount(BackingDevice(crash.backing), crash.backing.sector_count))
        _check_with_tools(crash.backing, crash, tmp_path)


def test_a_crash_during_the_recovery_is_just_one_more_crash(start: Start, tmp_path: Path) -> None:
    """For every seventh crash point: the power goes again at every write of the recovery."""
    interrupted = 0
    for crash in _crashes(start, 7):
        for second in range(100):
            backing = crash.backing.copy()
            device = LosingPower(backing, second)
            complete(run(device, backing.sector_count, []))
            if device.writes_left:
                break
            interrupted += 1
            complete(fat.Volume.mount(BackingDevice(backing), backing.sector_count))
            _check_with_tools(backing, crash, tmp_path)
    assert interrupted > 20


def test_between_two_operations_the_volume_is_clean_without_any_recovery(start: Start, tmp_path: Path) -> None:
    """The dirty mark is set only while an operation is under way."""
    backing, tree = start.backing.copy(), start.tree
    for step in workload():
        complete(run(BackingDevice(backing), backing.sector_count, [step]))
        image = outside.save(backing, tmp_path / "after.img")
        tree = after(tree, step)
        assert outside.complaints(image) == ""
        assert outside.difference(outside.extract(image, tmp_path / "files"), tree) == ""


def test_an_unrecovered_crash_loses_nothing_to_an_ordinary_repair(start: Start, tmp_path: Path) -> None:
    """Without our recovery, `fsck.fat -a` is enough for everything but the file that was being written."""
    for crash in _crashes(start, 5):
        image = outside.save(crash.backing, tmp_path / "crashed.img")
        outside.run("fsck.fat", "-a", str(image))
        assert outside.complaints(image) == ""
        found = outside.extract(image, tmp_path / "files")
        rescued = [name for name in found if name.startswith("/FSCK")]
        trees = [
            {name: data for name, data in tree.items() if name.rstrip("/") != crash.step.path and name not in rescued}
            for tree in (found, crash.tree)
        ]
        assert outside.difference(*trees) == ""


def test_a_crashed_volume_can_be_read_as_it_is(start: Start) -> None:
    """Read-only, nothing is repaired, and every acknowledged file is there all the same."""
    for crash in _crashes(start, 3):
        found = complete(_tree(crash.backing.copy(read_only=True)))
        without = outside.difference(found, crash.tree)
        assert not without or not outside.difference(found, after(crash.tree, crash.step)), without
