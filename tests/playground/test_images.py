"""Disk images: made, checked and opened; every mistake has its sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from playground import images
from playground.images import ImageProblem
from playground.machine.backing import BackingDevice, FileBacking, complete
from servers import fat
from tests.crash_points import outside
from tests.crash_points.workload import LosingPower, PowerLoss, read_tree, text


def files_of(path: Path) -> dict[str, bytes]:
    """Everything on an image, read by our own library."""
    backing = FileBacking(path)
    volume = complete(fat.Volume.mount(BackingDevice(backing), backing.sector_count, read_only=True))
    tree = complete(read_tree(volume))
    backing.close()
    return tree


@pytest.mark.parametrize("kibibytes", [64, 360, 1440, 4096, 8192, 40_000])
def test_a_new_image_is_clean_and_other_tools_read_it(kibibytes: int, tmp_path: Path) -> None:
    files = images.shipped_files() if kibibytes > 64 else {"/one.txt": b"one"}
    image = tmp_path / "disk.img"
    images.save_image(images.build_volume(files, kibibytes << 10), image)
    assert image.stat().st_size == kibibytes << 10
    assert outside.complaints(image) == ""
    assert outside.difference(outside.extract(image, tmp_path / "files"), files) == ""


def test_the_message_of_the_day_says_welcome(tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    images.create(image)
    assert b"welcome" in outside.text_of(image, "/etc/motd")
    assert images.check_image(image, writable=True) is None


def test_the_virtual_disk_is_the_same_every_time() -> None:
    assert images.virtual_disk().contents() == images.virtual_disk().contents()
    assert images.virtual_disk().sector_count * 512 == 8 << 20


def test_the_first_run_makes_an_image_in_the_data_directory_and_later_runs_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "data" / "playground")
    path = images.default_image()
    assert "/etc/motd" in files_of(path)
    path.write_bytes(b"mine now")
    assert images.default_image().read_bytes() == b"mine now"


def test_a_directory_of_the_host_goes_into_an_image_with_its_long_names(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "Some Directory" / "empty").mkdir(parents=True)
    (source / "Some Directory" / "a file with a long name.md").write_bytes(text(1, 70_000))
    (source / "plain.txt").write_bytes(b"")
    image = tmp_path / "disk.img"
    images.create(image, 1 << 20, source)
    assert files_of(image) == {
        "/Some Directory/": b"",
        "/Some Directory/empty/": b"",
        "/Some Directory/a file with a long name.md": text(1, 70_000),
        "/plain.txt": b"",
    }
    assert outside.complaints(image) == ""


def test_an_existing_file_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    image.write_bytes(b"precious")
    with pytest.raises(ImageProblem, match=r"disk\.img exists already and is not overwritten; .* --force"):
        images.create(image)
    assert image.read_bytes() == b"precious"
    images.create(image, replace=True)
    assert images.check_image(image) is None
    assert list(tmp_path.iterdir()) == [image]


def test_a_host_without_hard_links_gets_its_image_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    image = tmp_path / "disk.img"
    images.create(image)
    assert images.check_image(image, writable=True) is None
    with pytest.raises(ImageProblem, match="exists already"):
        images.create(image)


@pytest.mark.parametrize(
    ("size", "words"),
    [(4 << 30, "image of 4096 MiB is too large: FAT16 ends at 2047 MiB"), (1000, "too small .*at least 64 KiB")],
)
def test_a_size_that_fat_cannot_have_is_refused(size: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(ImageProblem, match=words):
        images.create(tmp_path / "disk.img", size)
    assert list(tmp_path.iterdir()) == []


def test_too_many_files_for_an_image_are_refused_with_both_sizes(tmp_path: Path) -> None:
    words = "an image of 64 KiB is too small for 1 files with 97 KiB: the volume is full"
    with pytest.raises(ImageProblem, match=words):
        images.save_image(images.build_volume({"/large": bytes(100_000)}, 64 << 10), tmp_path / "disk.img")


@pytest.mark.parametrize(("name", "words"), [("missing", "does not exist"), ("file", "is not a directory")])
def test_a_wrong_source_directory_is_named(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ImageProblem, match=f"{name} {words}; --from takes the directory"):
        images.create(tmp_path / "disk.img", source=tmp_path / name)


def test_an_image_in_a_directory_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ImageProblem, match=r"disk\.img cannot be written: no such file or directory"):
        images.create(tmp_path / "nowhere" / "disk.img")


def _good(path: Path) -> bytes:
    images.save_image(images.build_volume({"/a.txt": text(1, 3000), "/b.txt": text(2, 3000)}, 1 << 20), path)
    return path.read_bytes()


def _missing(path: Path) -> None:
    path.unlink(missing_ok=True)


def _directory(path: Path) -> None:
    path.mkdir()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _tiny(path: Path) -> None:
    path.write_bytes(b"x" * 100)


def _text(path: Path) -> None:
    path.write_bytes(b"This is a letter and no disk.\n" * 100)


def _truncated(path: Path) -> None:
    path.write_bytes(_good(path)[:500_000])


def _fat32(path: Path) -> None:
    data = bytearray(_good(path))
    data[82:90] = b"FAT32   "
    path.write_bytes(data)


def _too_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 << 30)


def _crossed(path: Path) -> None:
    data = bytearray(_good(path))
    first, second = (data.index(name) for name in (b"A       TXT", b"B       TXT"))
    data[second + 26 : second + 28] = data[first + 26 : first + 28]
    path.write_bytes(data)


def _lost(path: Path) -> None:
    data = bytearray(_good(path))
    data[data.index(b"A       TXT")] = 0xE5
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_missing, "does not exist; make an image with 'playground disk new"),
        (_directory, "is a directory, not a disk image"),
        (_empty, "is empty; make an image"),
        (_tiny, "cannot be used: it is shorter than one sector"),
        (_text, "cannot be used: its first sector does not end with the signature 55 AA"),
        (_truncated, "its end is missing: the boot sector says 2048 sectors, there are 976"),
        (_fat32, "it is a FAT32 volume; only FAT12 and FAT16 are handled"),
        (_too_large, "is too large: it has 3072 MiB, FAT16 ends at 2047 MiB"),
    ],
)
def test_an_unusable_image_is_refused_in_one_sentence(
    spoil: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    image = tmp_path / "disk.img"
    spoil(image)
    with pytest.raises(ImageProblem, match=words) as caught:
        images.open_image(image)
    assert str(image) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(_crossed, "share cluster [0-9]+.*fsck.fat -a"), (_lost, "parts that belong to no file; repair it")],
)
def test_a_damaged_image_can_be_read_but_is_not_opened_for_writing(
    spoil: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    image = tmp_path / "disk.img"
    spoil(image)
    assert images.check_image(image) is None
    problem = images.check_image(image, writable=True)
    assert problem is not None
    with pytest.raises(ImageProblem, match=words):
        raise problem


def test_an_image_that_may_not_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test may run as root, who may write everything; so the answer of the host is put in."""
    image = tmp_path / "disk.img"
    _good(image)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert images.check_image(image) is None
    assert "is read-only; leave out --write" in str(images.check_image(image, writable=True))


def test_two_playgrounds_cannot_write_the_same_image(tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    _good(image)
    first = images.open_image(image, writable=True)
    for writable in (True, False):
        assert "is in use by another playground" in str(images.check_image(image, writable=writable))
    with pytest.raises(ImageProblem, match="in use by another playground"):
        images.create(image, replace=True)
    first.close()
    readers = [images.open_image(image), images.open_image(image)]
    assert "is in use by another playground" in str(images.check_image(image, writable=True))
    for reader in readers:
        reader.close()


def test_an_image_whose_change_was_interrupted_is_opened_for_writing(tmp_path: Path) -> None:
    """The mount finishes what a killed playground left undone, so it is no reason to refuse."""
    backing = images.build_volume({"/a.txt": text(1, 3000)}, 1 << 20)
    device = LosingPower(backing, 6)
    volume = complete(fat.Volume.mount(device, backing.sector_count))
    with pytest.raises(PowerLoss):
        complete(volume.write("/new.txt", text(2, 2000), images.VIRTUAL_TIME))
    image = outside.save(backing, tmp_path / "disk.img")
    assert outside.complaints(image) != ""
    assert images.check_image(image, writable=True) is None
