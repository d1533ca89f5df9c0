"""What can go wrong with a FAT volume, classed by whose fault it is; the text of each is one sentence for a person.

Errors of the image (`VolumeError`) come from mounting or reading it; errors of the caller (`RequestError`) leave the
volume untouched, because every operation finds all it needs before it changes anything.
"""

from __future__ import annotations


class FatError(Exception):
    """Base of all errors of this library."""


class VolumeError(FatError):
    """The image is at fault."""


class NotFat(VolumeError):
    """There is no FAT boot sector."""


class UnsupportedVolume(VolumeError):
    """A real volume of a kind that this library does not handle, such as FAT32."""


class VolumeTooLarge(VolumeError):
    """The volume is larger than FAT16 can be."""


class DamagedVolume(VolumeError):
    """The structures of the volume contradict each other."""


class RequestError(FatError):
    """The caller asked for something that cannot be done; nothing was changed."""


class NoSuchFile(RequestError):
    """No entry of that name."""


class NotADirectory(RequestError):
    """A file stands where a directory is needed."""


class IsADirectory(RequestError):
    """A directory stands where a file is needed."""


class AlreadyExists(RequestError):
    """The name is taken."""


class DirectoryNotEmpty(RequestError):
    """Only empty directories can be removed."""


class BadName(RequestError):
    """The name or path cannot be stored on a FAT volume."""


class VolumeFull(RequestError):
    """No room for the data or for the directory entry."""


class ReadOnlyVolume(RequestError):
    """The volume, or the file, may not be changed."""
