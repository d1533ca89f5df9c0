"""What the screens show before the machine has booted: the servers at their places, none of them started.

Nothing of the machine, its view or the manifest's checks is loaded for it, so that the first frame is there at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple


class OutlineServer(NamedTuple):
    """As much of a server's row in the manifest as a place on a shelf needs."""

    name: str
    shelf: str
    irqs: dict[str, int]


class Outline(NamedTuple):
    """As much of a manifest as the empty shelves need."""

    name: str
    servers: dict[str, OutlineServer]
    text: str = ""
    """Empty: nothing but names has been read."""


class NotStarted(NamedTuple):
    """The state of everything before boot; looks like a `Status`."""

    key: str = "absent"
    glyph: str = "☐"
    word: str = "not started"
    detail: str = ""


class SleepingServer(NamedTuple):
    """A server before boot; looks like a `ServerView` as far as the first frame goes."""

    name: str
    shelf: str
    status: NotStarted = NotStarted()
    life: int = 0
    priority: int = 0
    thread: int = 0
    cspace: int = 0
    cap_count: int = 0
    rate: float = 0.0
    history: tuple[int, ...] = ()
    waits_for: None = None
    handles: str = ""


class StandbyView:
    """A view in which nothing has happened; looks like a `View`."""

    event_count: Final = 0
    cycle: Final = 0
    messages: Final = ()
    notes: Final[list[Any]] = []
    probes: Final[list[Any]] = []
    lost: Final[list[Any]] = []
    slots: Final[dict[Any, Any]] = {}

    def __init__(self, outline: Outline) -> None:
        self.servers = {name: SleepingServer(name, server.shelf) for name, server in outline.servers.items()}


class Standby:
    """A machine that is about to boot; looks like a `Machine` and does nothing."""

    events: Final[Sequence[Any]] = ()
    console_text: Final = ""
    disk_label: Final = ""

    def __init__(self, outline: Outline, *, running: bool, speed: float) -> None:
        self.manifest = outline
        self.view = StandbyView(outline)
        self.running = running
        self.speed = speed

    def run(self) -> None:
        """It will run once it has booted."""
        self.running = True

    def pause(self) -> None:
        """It will stand still once it has booted."""
        self.running = False

    def set_speed(self, events_per_second: float) -> None:
        """It will have this pace once it has booted."""
        self.speed = events_per_second

    def step(self, count: int = 1) -> None:
        """There is nothing to step yet."""

    def step_message(self) -> None:
        """There is nothing to step yet."""


def outline_of(text: str) -> Outline:
    """Names and shelves from the text of a manifest, unchecked: what is wrong with it is said when it is parsed."""
    import tomllib

    try:
        table = tomllib.loads(text)
        name = str(table["system"]["name"])
        rows = table["servers"].items()
        servers = {key: OutlineServer(key, row["shelf"], row.get("irq", {})) for key, row in rows}
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError):
        return Outline("", {})
    return Outline(name, servers)
