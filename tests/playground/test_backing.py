"""The medium of the disk: a file that changes only with a flush, or memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.machine.backing import (
    MAX_PENDING_SECTORS,
    BackingDevice,
    BackingInUse,
    BlockBacking,
    FileBacking,
    MemoryBacking,
    complete,
)


def sector(number: int) -> bytes:
    """Contents that tell sectors apart."""
    return bytes([number]) * 512


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A file of eight sectors."""
    path = tmp_path / "disk.img"
    path.write_bytes(b"".join(sector(number) for number in range(8)))
    return path


@pytest.fixture(params=["file", "memory"])
def backing(request: pytest.FixtureRequest, image: Path) -> BlockBacking:
    """A writable medium of each kind with the same contents."""
    return FileBacking(image, writable=True) if request.param == "file" else MemoryBacking(image.read_bytes())


def test_what_was_written_is_read_back(backing: BlockBacking) -> None:
    backing.write_sector(3, sector(99))
    assert (backing.sector_count, backing.read_only) == (8, False)
    assert [backing.read_sector(number)[0] for number in range(8)] == [0, 1, 2, 99, 4, 5, 6, 7]
    backing.flush()
    assert backing.read_sector(3) == sector(99)
    backing.close()


def test_sectors_that_do_not_exist_and_wrong_lengths_are_refused(backing: BlockBacking) -> None:
    for number in (-1, 8):
        with pytest.raises(IndexError, match=f"sector {number} does not exist: the disk has 8"):
            backing.read_sector(number)
        with pytest.raises(IndexError, match=f"sector {number} does not exist"):
            backing.write_sector(number, sector(0))
    with pytest.raises(ValueError, match="a sector has 512 bytes, not 3"):
        backing.write_sector(0, b"abc")
    backing.close()


def test_a_file_changes_only_with_a_flush(image: Path) -> None:
    before = image.read_bytes()
    backing = FileBacking(image, writable=True)
    backing.write_sector(0, sector(50))
    backing.write_sector(1, sector(51))
    assert image.read_bytes() == before
    backing.flush()
    assert image.read_bytes()[:1024] == sector(50) + sector(51)
    backing.write_sector(2, sector(52))
    backing.close()
    assert image.read_bytes()[1024:] == before[1024:]


def test_a_flush_writes_in_the_order_in_which_the_sectors_were_written(
    image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the middle of a flush, the file is as after a crash at that write."""
    import os

    written: list[tuple[int, int]] = []
    original = os.pwrite

    def spy(descriptor: int, data: bytes, offset: int) -> int:
        written.append((offset // 512, data[0]))
        return original(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", spy)
    backing = FileBacking(image, writable=True)
    for number, value in ((0, 1), (5, 2), (0, 3), (4, 4)):
        backing.write_sector(number, sector(value))
    backing.flush()
    backing.close()
    assert written == [(0, 1), (5, 2), (0, 3), (4, 4)]


def test_what_waits_for_a_flush_has_a_bound(image: Path) -> None:
    backing = FileBacking(image, writable=True)
    for number in range(MAX_PENDING_SECTORS):
        backing.write_sector(number % 8, sector(77))
    assert image.read_bytes() == sector(77) * 8
    backing.close()


def test_a_file_opened_for_reading_is_not_written(image: Path) -> None:
    backing = FileBacking(image)
    assert backing.read_only
    with pytest.raises(PermissionError, match="read-only"):
        backing.write_sector(0, sector(9))
    backing.close()


def test_one_may_write_or_many_may_read(image: Path) -> None:
    writer = FileBacking(image, writable=True)
    with pytest.raises(BackingInUse, match="in use by another playground"):
        FileBacking(image)
    writer.close()
    readers = [FileBacking(image), FileBacking(image)]
    with pytest.raises(BackingInUse, match="in use by another playground"):
        FileBacking(image, writable=True)
    for reader in readers:
        reader.close()


def test_memory_is_copied_only_where_it_is_written() -> None:
    base = sector(1) * 4
    first = MemoryBacking(base)
    first.write_sector(1, sector(2))
    second = first.copy()
    second.write_sector(2, sector(3))
    assert base == sector(1) * 4
    assert first.contents() == sector(1) + sector(2) + sector(1) * 2
    assert second.contents() == sector(1) + sector(2) + sector(3) + sector(1)
    assert MemoryBacking(b"", 2).contents() == bytes(1024)


def test_memory_can_be_read_only() -> None:
    with pytest.raises(PermissionError, match="read-only"):
        MemoryBacking(sector(1), read_only=True).write_sector(0, sector(2))


def test_a_coroutine_that_waits_is_not_completed() -> None:
    class Waits:
        def __await__(self) -> object:
            yield "something"

    async def waits() -> None:
        await Waits()  # type: ignore[misc]

    with pytest.raises(RuntimeError, match="waits for something"):
        complete(waits())


def test_the_device_of_a_medium_moves_several_sectors() -> None:
    backing = MemoryBacking(b"", 4)
    device = BackingDevice(backing)
    complete(device.write(1, sector(5) + sector(6)))
    assert complete(device.read(0, 4)) == bytes(512) + sector(5) + sector(6) + bytes(512)
