"""Disk images: making them, checking them, opening them, with one sentence for everything that can be wrong.

An image is a bare FAT12 or FAT16 volume that other tools (mtools, a loop mount, fsck.fat) can read and check.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from playground.machine.backing import (
    BackingDevice,
    BackingInUse,
    FileBacking,
    MemoryBacking,
    complete,
)
from servers import fat
from servers.fat import SECTOR_SIZE, Timestamp

LABEL: Final = "MICROKERNEL"
VIRTUAL_VOLUME_ID: Final = 0x4D4B_5047
"""Serial number of the virtual disk: the same for everybody, so that lessons replay byte for byte."""
VIRTUAL_TIME: Final = fat.timestamp(1_735_689_600)
"""2025-01-01 00:00 UTC, the age of everything on the virtual disk."""
DEFAULT_SIZE: Final = 8 << 20
"""Bytes of the image that is made on the first run, and of the virtual disk."""
MAX_SIZE: Final = 2047 << 20
"""Bytes of the largest image: where FAT16 ends."""
SLACK: Final = 4 << 20
"""Bytes that an image may be longer than the largest volume in it."""
MAX_FILES: Final = 10_000
"""Most files and directories that are copied into a new image."""
_BLANK: Final = bytes(SECTOR_SIZE)


class ImageProblem(Exception):
    """Why an image cannot be used or made, in one sentence that names it."""

    is_users_mistake = True


class ImageInUse(ImageProblem):
    """Another playground has the image open."""


def create(path: Path, size: int = DEFAULT_SIZE, source: Path | None = None, *, replace: bool = False) -> None:
    """`playground disk new`: an image with the files of a directory, or with those that the playground ships.

    `size` is in bytes. Raises ImageProblem; an existing file is left alone unless `replace` is true.
    """
    files = shipped_files() if source is None else read_directory(source)
    now = int(time.time())
    volume = build_volume(files, size, when=fat.timestamp(now), volume_id=now & 0xFFFF_FFFF)
    save_image(volume, path, replace=replace)


def default_image() -> Path:
    """The image in the user's data directory, made from the shipped files on the first run. Raises ImageProblem."""
    import platformdirs

    path = platformdirs.user_data_path("microkernel-playground", appauthor=False) / "disk.img"
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ImageProblem(f"cannot make {path.parent} for the disk image: {_reason(error)}") from error
        try:
            save_image(build_volume(shipped_files(), DEFAULT_SIZE), path)
        except ImageProblem:
            if not path.exists():
                raise
    return path


def virtual_disk(files: Mapping[str, bytes] | None = None, *, size: int = DEFAULT_SIZE) -> MemoryBacking:
    """A disk in memory with the shipped (or the given) files, the same bytes every time."""
    return build_volume(shipped_files() if files is None else files, size)


def open_image(path: Path, *, writable: bool = False) -> FileBacking:
    """Check an image and open it. Raises ImageProblem."""
    problem = check_image(path, writable=writable)
    if problem is not None:
        raise problem
    try:
        return FileBacking(path, writable=writable)
    except OSError as error:
        raise _host_problem(path, error, writable=writable) from error


def check_image(path: Path, *, writable: bool = False) -> ImageProblem | None:
    """What is wrong with an image, or None. For writing, every chain and directory is checked."""
    try:
        if not path.is_file():
            return _not_a_file(path)
        size = path.stat().st_size
        if size == 0:
            return ImageProblem(f"{path} is empty; make an image with 'playground disk new IMAGE'")
        if size > MAX_SIZE + SLACK:
            return ImageProblem(f"{path} is too large: it has {size >> 20} MiB, FAT16 ends at {MAX_SIZE >> 20} MiB")
        if writable and not os.access(path, os.W_OK):
            return ImageProblem(f"{path} is read-only; leave out --write, or make it writable with 'chmod u+w'")
        backing = FileBacking(path, writable=writable)
    except OSError as error:
        return _host_problem(path, error, writable=writable)
    try:
        sentence = _volume_problem(backing, writable=writable)
    except OSError as error:
        return _host_problem(path, error, writable=writable)
    finally:
        backing.close()
    return ImageProblem(f"{path} cannot be used: {sentence}") if sentence else None


def build_volume(
    files: Mapping[str, bytes],
    size: int,
    *,
    when: Timestamp = VIRTUAL_TIME,
    volume_id: int = VIRTUAL_VOLUME_ID,
    label: str = LABEL,
) -> MemoryBacking:
    """A volume in memory with given files, the same bytes for the same arguments.

    `size` is in bytes. Keys of `files` are paths; one that ends in `/` is a directory. Raises ImageProblem.
    """
    if size > MAX_SIZE:
        raise ImageProblem(f"an image of {size >> 20} MiB is too large: FAT16 ends at {MAX_SIZE >> 20} MiB")
    backing = MemoryBacking(sector_count=size // SECTOR_SIZE)
    try:
        complete(_fill(BackingDevice(backing), backing.sector_count, files, when, volume_id, label))
    except fat.VolumeFull as error:
        total = sum(len(data) for data in files.values())
        raise ImageProblem(
            f"an image of {size >> 10} KiB is too small for {len(files)} files with {total >> 10} KiB: {error}"
        ) from error
    except fat.FatError as error:
        raise ImageProblem(f"cannot make the image: {error}") from error
    return backing


def save_image(volume: MemoryBacking, path: Path, *, replace: bool = False) -> None:
    """Write a volume to a file, whole or not at all. Raises ImageProblem."""
    if path.is_dir():
        raise ImageProblem(f"{path} is a directory; name a file for the image")
    if path.exists() and not replace:
        raise ImageProblem(_taken(path))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if path.exists():
            FileBacking(path, writable=True).close()
        volume.save(temporary)
        _give_name(temporary, path, replace=replace)
    except FileExistsError as error:
        raise ImageProblem(_taken(path)) from error
    except OSError as error:
        raise _host_problem(path, error, writable=True) from error
    finally:
        temporary.unlink(missing_ok=True)


def shipped_files() -> dict[str, bytes]:
    """The files that come with the playground, by path."""
    files: dict[str, bytes] = {}
    _collect(resources.files("playground").joinpath("image_files"), "", files)
    return files


def read_directory(source: Path) -> dict[str, bytes]:
    """The files below a directory of the host, by path. Raises ImageProblem."""
    if not source.is_dir():
        what = "is not a directory" if source.exists() else "does not exist"
        raise ImageProblem(f"{source} {what}; --from takes the directory whose files go into the image")
    files: dict[str, bytes] = {}
    try:
        _collect(source, "", files)
    except OSError as error:
        raise ImageProblem(f"cannot read {error.filename or source}: {_reason(error)}") from error
    return files


def _collect(directory: Traversable, prefix: str, files: dict[str, bytes]) -> None:
    for item in sorted(directory.iterdir(), key=lambda item: item.name):
        path = f"{prefix}/{item.name}"
        if len(files) >= MAX_FILES:
            raise ImageProblem(f"{directory} holds more than {MAX_FILES} files; that many do not go into an image")
        if item.is_dir():
            files[f"{path}/"] = b""
            _collect(item, path, files)
        elif item.is_file():
            files[path] = item.read_bytes()


async def _fill(
    device: BackingDevice, sector_count: int, files: Mapping[str, bytes], when: Timestamp, volume_id: int, label: str
) -> None:
    await fat.format_volume(device, sector_count, volume_id=volume_id, label=label, when=when)
    volume = await fat.Volume.mount(device, sector_count)
    for path, data in files.items():
        parents = path.rstrip("/").split("/")[1:-1] if not path.endswith("/") else path.strip("/").split("/")
        for depth in range(len(parents)):
            with suppress(fat.AlreadyExists):
                await volume.make_directory("/" + "/".join(parents[: depth + 1]), when)
        if not path.endswith("/"):
            await volume.write(path, data, when)


def _not_a_file(path: Path) -> ImageProblem:
    if path.is_dir():
        return ImageProblem(f"{path} is a directory, not a disk image; make an image with 'playground disk new IMAGE'")
    if path.exists():
        return ImageProblem(f"{path} is a device or a pipe; an image is a file, made with 'playground disk new IMAGE'")
    what = "is a link that leads to nothing" if path.is_symlink() else "does not exist"
    return ImageProblem(f"{path} {what}; make an image with 'playground disk new {path}'")


def _volume_problem(backing: FileBacking, *, writable: bool) -> str | None:
    device = BackingDevice(backing)
    try:
        if backing.sector_count == 0:
            raise fat.NotFat("it is shorter than one sector")
        boot = backing.read_sector(0)
        geometry = fat.parse_boot_sector(boot, backing.sector_count)
        found = complete(fat.survey_device(device, geometry)) if writable else None
    except fat.VolumeError as error:
        return str(error)
    if found is not None and found.damage:
        told = found.damage[0].removeprefix("the volume is damaged: ")
        return f"the volume is damaged ({told}); repair it with 'fsck.fat -a'"
    if found is not None and found.interrupted and not fat.is_dirty(boot):
        return "the volume has parts that belong to no file; repair it with 'fsck.fat -a', or leave out --write"
    return None


def _host_problem(path: Path, error: OSError, *, writable: bool) -> ImageProblem:
    if isinstance(error, BackingInUse):
        return ImageInUse(f"{path} is in use by another playground; quit that one first, or use another image")
    if isinstance(error, PermissionError):
        return ImageProblem(f"{path} may not be {'written' if writable else 'read'} by you: {_reason(error)}")
    return ImageProblem(f"{path} cannot be {'written' if writable else 'read'}: {_reason(error)}")


def _give_name(temporary: Path, path: Path, *, replace: bool) -> None:
    """Make a finished file appear under its name at once, not over another unless told."""
    if not replace:
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:
            # Some file systems have no hard links.
            if path.exists():
                raise FileExistsError(path) from None
        else:
            temporary.unlink()
            return
    temporary.replace(path)


def _taken(path: Path) -> str:
    return f"{path} exists already and is not overwritten; choose another name, or give --force"


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
