"""Files and directories on a volume in memory."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from playground import images
from playground.machine.backing import BackingDevice, MemoryBacking, complete
from servers import fat
from tests.crash_points.workload import WHEN, LosingPower, PowerLoss, read_tree, text

SMALL = 64 << 10


class Files:
    """A mounted volume whose operations are plain calls."""

    def __init__(self, backing: MemoryBacking, device: BackingDevice | None = None) -> None:
        self.backing = backing
        self.device = device or BackingDevice(backing)
        mounting = fat.Volume.mount(self.device, backing.sector_count, read_only=backing.read_only)
        self.volume = complete(mounting)

    def write(self, path: str, data: bytes, *, append: bool = False) -> None:
        """Replace or append."""
        complete(self.volume.write(path, data, WHEN, append=append))

    def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        """A part of a file."""
        return complete(self.volume.read(path, offset, length))

    def make_directory(self, path: str) -> None:
        """A directory."""
        complete(self.volume.make_directory(path, WHEN))

    def remove(self, path: str) -> None:
        """Remove."""
        complete(self.volume.remove(path))

    def names(self, path: str) -> list[str]:
        """Names in a directory."""
        return [entry.name for entry in complete(self.volume.list_directory(path))]

    def problems(self) -> list[str]:
        """What a walk of the whole volume finds."""
        found = complete(fat.survey_device(BackingDevice(self.backing), self.volume.geometry))
        return found.damage + [str(what) for what in (found.lost, found.overlong, found.orphans) if what]


@pytest.fixture
def files() -> Files:
    """A small FAT12 volume."""
    return Files(images.build_volume({"/etc/motd": b"welcome\n", "/README.TXT": text(1, 1300)}, SMALL))


def test_a_file_can_be_read_in_parts(files: Files) -> None:
    assert files.read("/README.TXT", 500, 600) == text(1, 1300)[500:1100]
    assert files.read("/README.TXT", 1299, 800) == text(1, 1300)[1299:]
    assert files.read("/README.TXT", 1300, 800) == b""


def test_names_are_found_in_any_case_and_by_their_alias(files: Files) -> None:
    files.write("/A long Name.text", b"x")
    assert files.read("/a LONG name.TEXT") == b"x"
    assert files.read("/ALONGN~1.TEX") == b"x"
    assert files.names("/")[-1] == "A long Name.text"


def test_writing_replaces_all_of_the_old_contents(files: Files) -> None:
    files.write("/README.TXT", b"short")
    assert files.read("/README.TXT") == b"short"
    assert files.problems() == []


def test_appending_goes_on_where_the_file_ended(files: Files) -> None:
    for number in range(8):
        files.write("/log", text(number, 300), append=True)
    assert files.read("/log") == b"".join(text(number, 300) for number in range(8))
    assert files.problems() == []


def test_the_time_of_a_change_comes_from_the_caller(files: Files) -> None:
    files.write("/README.TXT", b"x")
    entry = complete(files.volume.stat("/README.TXT"))
    assert (entry.modified, entry.created) == (WHEN, images.VIRTUAL_TIME)


def test_directories_nest_and_grow(files: Files) -> None:
    files.make_directory("/deep")
    files.make_directory("/deep/deeper")
    for number in range(40):
        files.write(f"/deep/deeper/file number {number}", bytes([number]))
    assert len(files.names("/deep/deeper")) == 40
    assert files.read("/deep/deeper/file number 39") == b"\x27"
    assert files.problems() == []


def test_slots_of_removed_files_are_used_again(files: Files) -> None:
    before = complete(files.volume.count_free_bytes())
    for number in range(300):
        files.write(f"/a name that takes slots {number}", b"x")
        files.remove(f"/a name that takes slots {number}")
    assert complete(files.volume.count_free_bytes()) == before
    assert files.problems() == []


REFUSALS: list[tuple[str, type[fat.FatError], str]] = [
    ("read /etc/modt", fat.NoSuchFile, "there is no 'modt' in '/etc'; the nearest name is 'motd'"),
    ("read /etc", fat.IsADirectory, "'/etc' is a directory"),
    ("read /etc/motd/x", fat.NotADirectory, "is a file, not a directory"),
    ("list /README.TXT", fat.NotADirectory, "is a file, not a directory"),
    ("write /nowhere/x", fat.NoSuchFile, "there is no 'nowhere' in '/'"),
    ("write /etc", fat.IsADirectory, "'/etc' is a directory"),
    ("write /", fat.IsADirectory, "root directory"),
    ("write /what?", fat.BadName, "contains '\\?'"),
    ("mkdir /etc", fat.AlreadyExists, "'etc' exists already"),
    ("create /README.TXT", fat.AlreadyExists, "'README.TXT' exists already"),
    ("remove /etc", fat.DirectoryNotEmpty, "'/etc' is not empty"),
    ("remove /nothing", fat.NoSuchFile, "there is no 'nothing' in '/'"),
    ("large /big", fat.VolumeFull, "the volume is full: [0-9]+ bytes are needed, [0-9]+ are free"),
]


@pytest.mark.parametrize(("request_line", "error", "words"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_a_refused_request_says_why_and_changes_nothing(
    files: Files, request_line: str, error: type[fat.FatError], words: str
) -> None:
    before = files.backing.contents()
    operation, path = request_line.split()
    work: dict[str, Coroutine[Any, Any, object]] = {
        "read": files.volume.read(path),
        "list": files.volume.list_directory(path),
        "write": files.volume.write(path, b"x", WHEN),
        "large": files.volume.write(path, bytes(SMALL), WHEN),
        "mkdir": files.volume.make_directory(path, WHEN),
        "create": files.volume.create(path, WHEN),
        "remove": files.volume.remove(path),
    }
    chosen = work.pop(operation)
    for other in work.values():
        other.close()
    with pytest.raises(error, match=words):
        complete(chosen)
    assert files.backing.contents() == before
    assert not files.volume.needs_mount


def test_the_root_directory_has_a_limit_that_says_so(files: Files) -> None:
    for number in range(109):
        files.write(f"/F{number}", b"")
    with pytest.raises(fat.VolumeFull, match="the root directory is full: it has room for 112 entries"):
        files.write("/ONEMORE", b"")
    assert files.problems() == []


def test_a_full_volume_keeps_what_it_has(files: Files) -> None:
    free = complete(files.volume.count_free_bytes())
    files.write("/README.TXT", text(2, free), append=True)
    with pytest.raises(fat.VolumeFull, match="the volume is full: 512 bytes are needed, 0 are free"):
        files.write("/README.TXT", text(3, 512), append=True)
    assert files.read("/README.TXT", 0, 1300) == text(1, 1300)
    assert files.problems() == []


def test_a_read_only_volume_is_read_and_refuses_changes(files: Files) -> None:
    frozen = Files(files.backing.copy(read_only=True))
    assert frozen.read("/etc/motd") == b"welcome\n"
    with pytest.raises(fat.ReadOnlyVolume, match="start with --write"):
        frozen.write("/etc/motd", b"changed")
    assert frozen.read("/etc/motd") == b"welcome\n"


def test_a_file_with_the_read_only_attribute_is_not_written_or_removed(files: Files) -> None:
    root = files.volume.geometry.root_start
    sector = bytearray(files.backing.read_sector(root))
    sector[sector.index(b"README  TXT") + 11] |= 1
    files.backing.write_sector(root, bytes(sector))
    again = Files(files.backing)
    with pytest.raises(fat.ReadOnlyVolume, match="read-only attribute"):
        again.write("/README.TXT", b"")
    with pytest.raises(fat.ReadOnlyVolume, match="read-only attribute"):
        again.remove("/README.TXT")


def test_a_chain_that_leads_nowhere_is_damage_and_not_a_hang(files: Files) -> None:
    table = files.volume.geometry.reserved_sectors
    entry = complete(files.volume.stat("/README.TXT"))
    sector = bytearray(files.backing.read_sector(table))
    position = entry.first_cluster + entry.first_cluster // 2
    sector[position : position + 2] = bytes([0x01, 0x10]) if entry.first_cluster & 1 else bytes([0x01, 0x00])
    files.backing.write_sector(table, bytes(sector))
    with pytest.raises(fat.DamagedVolume, match="damaged"):
        Files(files.backing).read("/README.TXT")


def test_a_directory_of_asterisks_is_damage(files: Files) -> None:
    """What a lying disk driver hands out must not be taken for an empty directory and written back."""
    files.backing.write_sector(files.volume.geometry.root_start, b"*" * 512)
    with pytest.raises(fat.DamagedVolume, match="impossible name"):
        Files(files.backing).write("/new", b"x")


def test_after_an_error_of_the_disk_the_volume_wants_to_be_mounted_again(files: Files) -> None:
    broken = Files(files.backing, LosingPower(files.backing, 2))
    with pytest.raises(PowerLoss):
        broken.write("/README.TXT", text(2, 3000))
    assert broken.volume.needs_mount
    again = Files(files.backing)
    assert again.volume.recovered is not None
    assert again.read("/README.TXT") == text(1, 1300)
    assert again.problems() == []


def test_contents_always_come_from_the_disk_and_never_from_a_cache(files: Files) -> None:
    assert files.read("/etc/motd") == b"welcome\n"
    entry = complete(files.volume.stat("/etc/motd"))
    sector = files.volume.geometry.cluster_sector(entry.first_cluster)
    files.backing.write_sector(sector, b"changed\n".ljust(512, b"\0"))
    assert files.read("/etc/motd") == b"changed\n"


PATHS = st.sampled_from(["/a", "/b.txt", "/d/a rather long name.txt", "/d/c", "/d/e/f", "/d/e/Another Long One"])
OPERATIONS = st.tuples(st.sampled_from(["write", "append", "remove"]), PATHS, st.integers(0, 3000))


@settings(max_examples=60, deadline=None)
@given(st.lists(OPERATIONS, max_size=40))
def test_a_volume_does_what_a_dictionary_does(operations: list[tuple[str, str, int]]) -> None:
    files = Files(images.build_volume({"/d/e/": b""}, SMALL))
    model: dict[str, bytes] = {"/d/": b"", "/d/e/": b""}
    for number, (operation, path, size) in enumerate(operations):
        data = text(number, size)
        try:
            if operation == "remove":
                files.remove(path)
                del model[path]
            else:
                files.write(path, data, append=operation == "append")
                model[path] = (model.get(path, b"") if operation == "append" else b"") + data
        except fat.VolumeFull:
            pass
        except fat.NoSuchFile:
            assert path not in model
    assert complete(read_tree(Files(files.backing).volume)) == model
    assert files.problems() == []
