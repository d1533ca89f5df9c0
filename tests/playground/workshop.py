"""The workshop on a virtual machine, with a view of it: what the tests of the view look at."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from kernel.events import Event
from playground import images
from playground.machine.backing import MemoryBacking
from playground.machine.core import Core
from playground.view.fold import Fold
from playground.view.model import ServerView, View
from servers.manifest import parse_manifest

SYSTEM = Path(__file__).parents[2] / "scenarios" / "systems" / "workshop.toml"


@cache
def volume() -> bytes:
    """A FAT volume with the files that the playground ships."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "disk.img"
        images.create(image, 4 << 20, None)
        return image.read_bytes()


class Workshop:
    """A booted machine, and a fold that follows it."""

    def __init__(self) -> None:
        manifest = parse_manifest(SYSTEM.read_text(encoding="utf-8"), SYSTEM.name)
        self.core = Core(manifest, disk=MemoryBacking(volume()))
        self.fold = Fold(manifest)
        self.until(lambda: self.view.ready)
        self.core.advance(600)
        self.look()

    @property
    def view(self) -> View:
        return self.fold.view

    @property
    def events(self) -> list[Event]:
        return self.core.kernel.events

    def server(self, name: str) -> ServerView:
        """A server as it is now."""
        return self.view.servers[name]

    def look(self) -> None:
        """Take in what happened."""
        self.fold.update(self.events[self.view.event_count :])

    def until(self, condition: Callable[[], bool], most: int = 20_000) -> None:
        """Kernel entry by kernel entry, until a condition on the view holds."""
        for _ in range(most):
            self.look()
            if condition():
                return
            if self.core.advance(1) == 0:
                break
        raise AssertionError(f"it did not come to that within {most} kernel entries")

    def read(self, path: str = "/etc/motd") -> None:
        """`you` asks for a file."""
        arguments = {"path": path}
        self.core.request({"operation": "call", "target": "fs", "name": "read", "arguments": arguments})

    def slot_of(self, server: str, capability: str) -> tuple[int, int]:
        """Where a server holds a capability of the manifest."""
        from playground.view.servers import slot_names

        assert self.view.manifest is not None
        names = slot_names(self.view.manifest, server)
        index = next(index for index, name in names.items() if name == capability)
        return self.server(server).cspace, index


@contextmanager
def workshop() -> Iterator[Workshop]:
    """A workshop that is switched off afterwards."""
    made = Workshop()
    try:
        yield made
    finally:
        made.core.close()
