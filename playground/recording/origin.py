"""What a run began with, which is all that is needed to begin it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.machine.backing import MemoryBacking
from playground.recording.troubled import TroubledMedium
from playground.trace import Header, Input

if TYPE_CHECKING:
    from playground.machine.core import Core
    from servers.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Origin:
    """Manifest, seed, wall clock and disk at boot."""

    header: Header
    wall: int
    """Microseconds since 1970 at cycle 0."""
    disk: Callable[[], MemoryBacking]
    """A disk of its own with the contents at boot, for each call."""

    def manifest(self) -> Manifest:
        """The system. Raises ManifestError, which only another version of the playground can see."""
        from servers.manifest import parse_manifest

        return parse_manifest(self.header.manifest, f"{self.header.system}.toml")

    def boot(self, inputs: Sequence[Input] = ()) -> Core:
        """The same machine again, just booted; its medium refuses where it refused in the run of these inputs."""
        from playground.machine.core import Core

        medium = TroubledMedium(self.disk(), {one.event: str(one.data) for one in inputs if one.source == "medium"})
        core = Core(self.manifest(), seed=self.header.seed, disk=medium, wall=self.wall)
        medium.follow(core.kernel.events)
        return core

    def again(self, inputs: Sequence[Input], event: int) -> Core:
        """The machine re-executed from boot until there are so many events: see `run_to_event`."""
        core = self.boot(inputs)
        run_to_event(core, inputs, event)
        return core


def run_to_event(core: Core, inputs: Sequence[Input], event: int, floor: int = 0) -> None:
    """Let a machine that has just booted do what another did with these inputs, until there are `event` events.

    A kernel entry is never torn apart, so there may be a few more: those of the entry that made the last one. `floor`:
    how many kernel entries are known to make no more events than that.
    """
    core.replay([one for one in inputs if one.event < event])
    if floor > core.steps:
        core.advance(floor - core.steps)
    while len(core.kernel.events) < event and core.advance(1):
        pass
