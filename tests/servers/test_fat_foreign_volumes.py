"""Volumes that other systems made: dosfstools formats them, mtools fills them, we read and change them."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.machine.backing import BackingDevice, MemoryBacking, complete
from servers import fat
from tests.crash_points import outside
from tests.crash_points.workload import WHEN, LosingPower, Step, read_tree, run, text

LONG_NAMES = [f"/a file of another system whose long name goes over sectors {number:03}.txt" for number in range(9)]


@pytest.fixture(params=["12", "16"])
def image(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A volume by mkfs.fat with files by mcopy; their long names take seven slots each, so some cross sectors."""
    path = tmp_path / "foreign.img"
    size, cluster = ("1440", "1") if request.param == "12" else ("9000", "2")
    made = outside.run("mkfs.fat", "-F", request.param, "-s", cluster, "-n", "FOREIGN", "-C", str(path), size)
    assert made.returncode == 0, made.stderr
    outside.run("mmd", "-i", str(path), "::/Sub Directory")
    source = tmp_path / "source"
    for number, name in enumerate(LONG_NAMES):
        source.write_bytes(text(number, 700 * number))
        for directory in ("", "/Sub Directory"):
            copied = outside.run("mcopy", "-i", str(path), str(source), f"::{directory}{name}")
            assert copied.returncode == 0, copied.stderr
    return path


def mounted(backing: MemoryBacking) -> fat.Volume:
    """The volume on a backing."""
    return complete(fat.Volume.mount(BackingDevice(backing), backing.sector_count))


def test_long_names_and_contents_are_read(image: Path, tmp_path: Path) -> None:
    tree = complete(read_tree(mounted(MemoryBacking(image.read_bytes()))))
    assert tree["/Sub Directory/" + LONG_NAMES[8][1:]] == text(8, 5600)
    assert outside.difference(outside.extract(image, tmp_path / "files"), tree) == ""


def test_changes_of_ours_are_clean_and_readable_there(image: Path, tmp_path: Path) -> None:
    backing = MemoryBacking(image.read_bytes())
    volume = mounted(backing)
    complete(volume.write(LONG_NAMES[3], text(77, 4000), WHEN))
    complete(volume.write(LONG_NAMES[4], text(78, 4000), WHEN, append=True))
    complete(volume.write("/Sub Directory/ours, with a name like theirs.txt", text(79, 100), WHEN))
    tree = complete(read_tree(volume))
    changed = outside.save(backing, tmp_path / "changed.img")
    assert outside.complaints(changed) == ""
    assert outside.difference(outside.extract(changed, tmp_path / "files"), tree) == ""
    assert outside.text_of(changed, LONG_NAMES[4]) == text(4, 2800) + text(78, 4000)


def test_removing_an_entry_across_sectors_survives_a_crash_at_every_write(image: Path, tmp_path: Path) -> None:
    """The long-name slots that a crash leaves without their file are erased by the next mount."""
    start = MemoryBacking(image.read_bytes())
    orphans = 0
    for name in LONG_NAMES:
        for writes in range(20):
            backing = start.copy()
            device = LosingPower(backing, writes)
            complete(run(device, backing.sector_count, [Step("remove", name)]))
            if device.writes_left:
                break
            volume = mounted(backing)
            orphans += volume.recovered.orphaned_slots if volume.recovered else 0
            assert outside.complaints(outside.save(backing, tmp_path / "crashed.img")) == ""
    assert orphans > 0
