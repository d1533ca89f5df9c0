"""The interface of the name server: it keeps a capability under a name and gives copies of it to those who ask."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

_NAME = Argument("name", "text", "name of the service")

NAMES: Final = Interface(
    name="names",
    number=3,
    version=1,
    doc="Names for capabilities, kept for those who do not know each other.",
    operations=(
        Operation(
            "register", 1, "Keep a capability under a name; only its owner may replace it.",
            (_NAME, Argument("capability", "capability", "what to hand out under the name")), (),
            ("TAKEN", "FULL"), idempotent=True,
        ),
        Operation(
            "lookup", 2, "Get a copy of the capability kept under a name.", (_NAME,),
            (Argument("capability", "capability", "a copy of what was registered"),),
            ("UNKNOWN",), idempotent=True,
        ),
        Operation(
            "list", 3, "All names, one a line.", (),
            (Argument("text", "text", "the names, sorted"),), idempotent=True,
        ),
        Operation("unregister", 4, "Forget a name of one's own.", (_NAME,), (), ("UNKNOWN",)),
    ),
    errors=(
        ErrorCode("UNKNOWN", 16, "nothing is registered under that name"),
        ErrorCode("TAKEN", 17, "somebody else registered that name"),
        ErrorCode("FULL", 18, "the name server keeps no more names"),
    ),
)  # fmt: skip
