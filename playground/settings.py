"""What the person asked for on the command line, in one value that the screens and the player are started with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SMALLEST_WIDTH = 80
SMALLEST_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Settings:
    """One run of the playground."""

    system: str = "workshop"
    """Name of the system manifest to boot when no lesson is played."""

    lesson: str | None = None
    """Name or path of the lesson to play on screen."""

    disk: Path | None = None
    """The disk image on the host; None means the playground's own in the user's data directory."""

    writable: bool = False
    """Whether the machine may write to that image."""

    seed: int | None = None
    """The seed of the machine; None means the lesson's own, or 0."""

    values: Mapping[str, str] = field(default_factory=dict)
    """What `--set` gives to parameters of the lesson."""

    student: bool = False
    """Whether the lesson is played by a student alone: everything is predicted before it can be tried."""

    results: Path | None = None
    """The file for what the student predicted."""

    presenting: bool = False
    """Whether the lesson is shown to a class: the presenter's notes are given to a second terminal."""

    record: Path | None = None
    """The file to which the run is written, if the person wants that."""

    theme: str = ""
    """Name of the screens' theme; empty means the default, "projector" the light one with high contrast."""

    ascii: bool = False
    """Draw with plain ASCII characters only."""

    colour: bool = True
    """False when the person set NO_COLOR."""
