"""An interface as plain data and back, so that a recording of somebody's own server can be read without running it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from servers.interfaces.base import Argument, ErrorCode, Interface, Operation


def to_data(interface: Interface) -> dict[str, Any]:
    """Strings, numbers and lists only; bytes that are a default become their hexadecimal digits."""
    found = asdict(interface)
    del found["_by_number"]
    for operation in found["operations"]:
        for argument in (*operation["arguments"], *operation["results"]):
            if isinstance(argument["default"], bytes):
                argument["default"] = {"bytes": argument["default"].hex()}
    return found


def from_data(data: dict[str, Any]) -> Interface:
    """What `to_data` was given. Raises ValueError, TypeError, KeyError or AttributeError if it is no interface."""
    return Interface(
        name=str(data["name"]),
        number=int(data["number"]),
        version=int(data["version"]),
        doc=str(data["doc"]),
        operations=tuple(_operation(row) for row in data["operations"]),
        errors=tuple(ErrorCode(str(row["name"]), int(row["number"]), str(row["doc"])) for row in data["errors"]),
    )


def _operation(row: dict[str, Any]) -> Operation:
    return Operation(
        name=str(row["name"]),
        number=int(row["number"]),
        doc=str(row["doc"]),
        arguments=tuple(_argument(it) for it in row["arguments"]),
        results=tuple(_argument(it) for it in row["results"]),
        errors=tuple(str(name) for name in row["errors"]),
        idempotent=bool(row["idempotent"]),
    )


def _argument(row: dict[str, Any]) -> Argument:
    default = row["default"]
    if isinstance(default, dict):
        default = bytes.fromhex(default["bytes"])
    if default is not None and not isinstance(default, int | str | bytes):
        raise TypeError(f"{default!r} is no default")
    return Argument(str(row["name"]), row["type"], str(row["doc"]), default)
