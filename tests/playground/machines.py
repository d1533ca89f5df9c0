"""Whole machines for tests: the workshop on a virtual disk, and what came of a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kernel.events import NOTE
from playground.images import virtual_disk
from playground.machine.core import Core
from servers.manifest import Manifest, parse_manifest

WORKSHOP = Path(__file__).parents[2] / "scenarios" / "systems" / "workshop.toml"


def workshop() -> Manifest:
    """The manifest of the workshop."""
    return parse_manifest(WORKSHOP.read_text(encoding="utf-8"), WORKSHOP.name)


def machine(**options: Any) -> Core:
    """The workshop, just booted."""
    return Core(workshop(), disk=options.pop("disk", None) or virtual_disk(), **options)


def read_file(path: str = "/etc/motd") -> dict[str, Any]:
    """What to ask of `you` to read a file."""
    return {"operation": "call", "target": "fs", "name": "read", "arguments": {"path": path}}


def notes(core: Core, topic: str, since: int = 0) -> list[dict[str, Any]]:
    """The fields of all notes on a topic from an event number on."""
    found = [event for event in core.kernel.events[since:] if event[0] == NOTE and event[3] == topic]
    return [dict(event[4]) for event in found]


def ask(core: Core, request: dict[str, Any], steps: int = 3000) -> dict[str, Any]:
    """Hand a request to `you`, and its answer."""
    number = core.request(request)
    core.advance(steps)
    return next(note for note in notes(core, "you-reply") if note["request"] == number)
