"""The interfaces of lesson call-cycle: files, the memory that they are read into, and the drive behind both."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, Interface, Operation

FOLDER: Final = Interface(
    name="folder",
    number=44,
    version=1,
    doc="Files, which are read into pages of memory.",
    operations=(
        Operation("fetch", 1, "Read a file.", idempotent=True),
        Operation("keep", 2, "Write a page into the swap file.", idempotent=True),
    ),
)

ROOM: Final = Interface(
    name="room",
    number=45,
    version=1,
    doc="Pages of memory, as long as there are some; then an old one is written away.",
    operations=(
        Operation("take", 1, "A page to read something into.", idempotent=True),
        Operation(
            "page_out", 2, "Where pages are written to when there is no room.",
            (Argument("by", "text", "your name for a folder or a drive: files or drive"),), (), ("BAD_REQUEST",),
            idempotent=True,
        ),
    ),
)  # fmt: skip

DRIVE: Final = Interface(
    name="drive",
    number=46,
    version=1,
    doc="Keeps pages.",
    operations=(Operation("put", 1, "Write a page.", idempotent=True),),
)
