"""What came from outside, in words."""

from __future__ import annotations

import json
from typing import Any

from playground.view.decode import show_value
from playground.view.model import View


def sentence(source: str, data: Any) -> str:
    """An INPUT event as one sentence."""
    if source == "operator" and isinstance(data, str):
        return f"you asked: {request(data)}"
    if source == "keyboard":
        return f"you typed {show_value(data)}"
    if source == "probe" and isinstance(data, tuple) and len(data) >= 2:
        how = f" by {data[2]}" if len(data) > 2 and data[2] else ""
        return f"you took the debug probe: {data[0]} {data[1]}{how}"
    if source == "program" and isinstance(data, tuple) and data:
        return f"the file {data[0]} has changed: its server begins anew with it"
    if source == "wall":
        return f"the clock outside says {data} microseconds since 1970"
    if source == "machine" and isinstance(data, tuple):
        pairs = zip(data[::2], data[1::2], strict=False)
        return f"the machine is switched on: {', '.join(f'{name} {show_value(value)}' for name, value in pairs)}"
    shown = ", ".join(map(show_value, data)) if isinstance(data, tuple) else show_value(data)
    return f"from outside, {source}: {shown}"


def requests(view: View) -> list[int] | None:
    """The events of all requests to `you`, the first first, or None if they are too many to be known still."""
    known = view.inputs
    if not known or known[0][1] != "machine":
        return None
    return [number for number, source, _ in known if source == "operator"]


def request(text: str) -> str:
    """What the operator wants of `you`, as the command line would say it."""
    try:
        wanted = json.loads(text)
    except json.JSONDecodeError:
        return show_value(text)
    if not isinstance(wanted, dict):
        return show_value(text)
    operation = wanted.get("operation", "")
    if operation == "call":
        arguments = wanted.get("arguments") or {}
        shown = " ".join(f"{name}={show_value(value)}" for name, value in arguments.items())
        return f"call {wanted.get('target')}.{wanted.get('name')} {shown}".rstrip()
    what = wanted.get("capability", wanted.get("slot"))
    target = ".".join(str(part) for part in (wanted.get("server"), what) if part is not None)
    return f"{operation} {target}".rstrip() or show_value(text)
