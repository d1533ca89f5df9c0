"""The interfaces of the lesson on the confused deputy: files by name, files by capability, and a compiler for each."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

_NAME = Argument("name", "text", "which file")
_TEXT = Argument("text", "text", "what stands in it")
_SOURCE = Argument("source", "text", "the program to translate")
_CHARGED = Argument("charged", "word", "how much stands on the bill now")
_NO_FILE = ErrorCode("NO_FILE", 16, "there is no file of that name")

CABINET: Final = Interface(
    name="cabinet",
    number=35,
    version=1,
    doc="Files by name, with a list of who may write which.",
    operations=(
        Operation("write", 1, "Replace a file.", (_NAME, _TEXT), (), ("NO_FILE", "NOT_PERMITTED"), idempotent=True),
        Operation("read", 2, "Read a file.", (_NAME,), (_TEXT,), ("NO_FILE",), idempotent=True),
    ),
    errors=(_NO_FILE,),
)

SHEET: Final = Interface(
    name="sheet",
    number=36,
    version=1,
    doc="One file: the one that this capability leads to.",
    operations=(
        Operation("write", 1, "Replace the file.", (_TEXT,), (), idempotent=True),
        Operation("read", 2, "Read the file.", (), (_TEXT,), idempotent=True),
    ),
)

NAMED_COMPILER: Final = Interface(
    name="named_compiler",
    number=37,
    version=1,
    doc="Translates, and writes the result into the file that is named.",
    operations=(
        Operation(
            "compile", 1, "Translate a program.",
            (_SOURCE, Argument("output", "text", "name of the file for the result")), (_CHARGED,),
            ("NO_FILE", "NOT_PERMITTED"),
        ),
    ),
    errors=(_NO_FILE,),
)  # fmt: skip

COMPILER: Final = Interface(
    name="compiler",
    number=38,
    version=1,
    doc="Translates, and writes the result through the capability that is sent along.",
    operations=(
        Operation(
            "compile", 1, "Translate a program.",
            (_SOURCE, Argument("output", "capability", "your capability to the file for the result")), (_CHARGED,),
            ("UNAVAILABLE",),
        ),
    ),
)  # fmt: skip
