"""The interface of a file system: whole paths, no open files, so that a restarted server owes nobody anything."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

_PATH = Argument("path", "text", "absolute path, such as /etc/motd")

FILES: Final = Interface(
    name="files",
    number=2,
    version=1,
    doc="Files in folders, named by absolute paths.",
    operations=(
        Operation(
            "read", 1, "Read a part of a file.",
            (
                _PATH,
                Argument("offset", "word", "where to begin, in bytes", 0),
                Argument("length", "word", "how many bytes at most (a message holds about 900)", 800),
            ),
            (Argument("data", "bytes", "what the file holds there; shorter at its end"),),
            ("NOT_FOUND", "NOT_A_FOLDER", "IS_A_FOLDER", "IO_ERROR", "DAMAGED"), idempotent=True,
        ),
        Operation(
            "write", 2, "Replace what a file holds, or append to it; the file is made if it is missing.",
            (
                _PATH,
                Argument("data", "bytes", "what to write"),
                Argument("append", "bool", "add to the end and keep what is there", False),
            ),
            (),
            ("NOT_FOUND", "NOT_A_FOLDER", "IS_A_FOLDER", "NO_SPACE", "READ_ONLY", "BAD_NAME", "IO_ERROR", "DAMAGED"),
        ),
        Operation(
            "create", 3, "Make an empty file.", (_PATH,), (),
            ("EXISTS", "NOT_FOUND", "NOT_A_FOLDER", "NO_SPACE", "READ_ONLY", "BAD_NAME", "IO_ERROR", "DAMAGED"),
        ),
        Operation(
            "remove", 4, "Remove a file or an empty folder.", (_PATH,), (),
            ("NOT_FOUND", "NOT_A_FOLDER", "NOT_EMPTY", "READ_ONLY", "IO_ERROR", "DAMAGED"),
        ),
        Operation(
            "list", 5, "List a folder: one line 'name size' for each entry, a folder's name ends in a slash.",
            (
                Argument("path", "text", "absolute path of a folder", "/"),
                Argument("skip", "word", "how many entries to leave out, to go on after a full message", 0),
            ),
            (Argument("text", "text", "the lines"),),
            ("NOT_FOUND", "NOT_A_FOLDER", "IO_ERROR", "DAMAGED"), idempotent=True,
        ),
        Operation(
            "stat", 6, "How large a file is and of which kind.", (_PATH,),
            (
                Argument("size", "word", "bytes in the file; 0 for a folder"),
                Argument("kind", "text", "file or folder"),
            ),
            ("NOT_FOUND", "NOT_A_FOLDER", "IO_ERROR", "DAMAGED"), idempotent=True,
        ),
        Operation("sync", 7, "Make everything written so far permanent.", errors=("IO_ERROR",), idempotent=True),
        Operation(
            "make_folder", 8, "Make an empty folder.", (_PATH,), (),
            ("EXISTS", "NOT_FOUND", "NOT_A_FOLDER", "NO_SPACE", "READ_ONLY", "BAD_NAME", "IO_ERROR", "DAMAGED"),
        ),
        Operation(
            "usage", 9, "How much room the volume has.", (),
            (
                Argument("total", "word", "bytes that files can take"),
                Argument("free", "word", "bytes that are free"),
            ),
            ("IO_ERROR", "DAMAGED"), idempotent=True,
        ),
    ),
    errors=(
        ErrorCode("NOT_FOUND", 16, "there is no such file or folder"),
        ErrorCode("EXISTS", 17, "there is already something of that name"),
        ErrorCode("NOT_A_FOLDER", 18, "a part of the path is a file, not a folder"),
        ErrorCode("IS_A_FOLDER", 19, "it is a folder, not a file"),
        ErrorCode("NOT_EMPTY", 20, "the folder is not empty"),
        ErrorCode("NO_SPACE", 21, "the volume, or its top folder, is full"),
        ErrorCode("READ_ONLY", 22, "the volume cannot be written"),
        ErrorCode("BAD_NAME", 23, "the volume cannot hold a name like that"),
        ErrorCode("IO_ERROR", 24, "the disk could not read or write"),
        ErrorCode("DAMAGED", 25, "the volume is damaged or is not a FAT volume"),
    ),
)  # fmt: skip
