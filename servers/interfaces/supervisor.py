"""The interface of the supervisor: how the servers are, and stopping or starting one by hand."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation

_SERVER = Argument("server", "text", "name of a server in the manifest")

SUPERVISOR: Final = Interface(
    name="supervisor",
    number=8,
    version=1,
    doc="The health of all servers, and the means to restart one.",
    operations=(
        Operation(
            "status", 1, "One line for each server: name, state, life, restarts.", (),
            (Argument("text", "text", "the lines"),), idempotent=True,
        ),
        Operation(
            "restart", 2, "Kill a server and build it anew from the manifest.", (_SERVER,), (),
            ("UNKNOWN_SERVER", "BUILD_FAILED"),
        ),
        Operation(
            "stop", 3, "Kill a server and leave it stopped; its clients are refused.", (_SERVER,), (),
            ("UNKNOWN_SERVER",), idempotent=True,
        ),
        Operation(
            "start", 4, "Build a stopped server anew from the manifest.", (_SERVER,), (),
            ("UNKNOWN_SERVER", "BUILD_FAILED"), idempotent=True,
        ),
        Operation(
            "policy", 5, "How deaths of a server are dealt with, in words.", (_SERVER,),
            (Argument("text", "text", "one sentence"),), ("UNKNOWN_SERVER",), idempotent=True,
        ),
    ),
    errors=(
        ErrorCode("UNKNOWN_SERVER", 16, "the manifest has no server of that name, or it cannot be supervised"),
        ErrorCode("BUILD_FAILED", 17, "the server could not be built; the trace says which step was refused"),
    ),
)  # fmt: skip
