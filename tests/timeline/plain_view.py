"""A View as plain data, so that two of them can be compared whole."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from playground.view.model import MESSAGE_LIMIT, View
from playground.view.objects import CapView

LEFT_OUT = ("manifest", "describe", "messages", "cached")


def plain_view(view: View) -> dict[str, Any]:
    """Every field, with capabilities by the slot they are in and the newest messages."""
    found = {one.name: _plain(getattr(view, one.name)) for one in fields(view) if one.name not in (*LEFT_OUT, "log")}
    found["log"] = list(view.log.entries[-MESSAGE_LIMIT:])
    found["chains"] = {place: [_slot(cap.previous), _slot(cap.next)] for place, cap in view.slots.items()}
    for name in ("notes", "probes", "inputs", "lost"):
        found[name] = found[name][-1000:]
    return found


def _slot(cap: CapView | None) -> tuple[int, int] | None:
    return None if cap is None else (cap.cnode, cap.index)


def _plain(value: Any) -> Any:
    if isinstance(value, CapView):
        return [_plain(getattr(value, one.name)) for one in fields(value) if one.name not in ("previous", "next")]
    if is_dataclass(value):
        return [_plain(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, dict):
        return [(key, _plain(part)) for key, part in value.items()]
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
