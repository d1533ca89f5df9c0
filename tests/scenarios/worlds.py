"""The names that the tests of the language look up: those of the workshop, from its own manifest."""

from functools import cache
from pathlib import Path

import scenarios
from scenarios.language import World, world_of
from servers.manifest import parse_manifest

FOLDER = Path(scenarios.__file__).parent


@cache
def workshop() -> World:
    """The names of the workshop system."""
    path = FOLDER / "systems" / "workshop.toml"
    return world_of(parse_manifest(path.read_text(encoding="utf-8"), path.name))
