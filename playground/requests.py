"""The requests that `you` understands, in the form in which the operator device hands them over (`servers/you.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def call_request(target: str, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Call an operation through the capability of that name. Octets travel as text."""
    plain = {
        name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        for name, value in arguments.items()
    }
    return {"operation": "call", "target": target, "name": operation, "arguments": plain}


def revoke_request(server: str, capability: str | int) -> dict[str, Any]:
    """Revoke what a server holds under a name, or in the slot of that number."""
    return _taking("revoke", server, capability)


def delete_request(server: str, capability: str | int) -> dict[str, Any]:
    """Delete one capability of a server and leave what was derived from it."""
    return _taking("delete", server, capability)


def _taking(operation: str, server: str, capability: str | int) -> dict[str, Any]:
    key = "slot" if isinstance(capability, int) else "capability"
    return {"operation": operation, "server": server, key: capability}
