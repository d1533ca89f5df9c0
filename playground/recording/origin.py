"""What a run began with, which together with its inputs is all that is needed to have it again, up to any moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from playground.machine.backing import MemoryBacking
from playground.recording.troubled import TroubledMedium
from playground.trace import Header, Input

PORTION: Final = 64
"""Kernel entries between two looks at the clock."""

if TYPE_CHECKING:
    from kernel.vehicle import Loader
    from playground.machine.core import Core
    from servers.manifest import Manifest
    from servers.own_programs import OwnProgram


@dataclass(frozen=True, slots=True)
class Origin:
    """Manifest, seed, wall clock and disk at boot."""

    header: Header
    wall: int
    """Microseconds since 1970 at cycle 0."""
    disk: Callable[[], MemoryBacking]
    """A disk of its own with the contents at boot, for each call."""
    load: Loader | None = None
    """What starts programs, if it is not what starts the playground's own."""
    programs: Mapping[str, OwnProgram] = field(default_factory=dict)
    """The programs at boot that are not the playground's, as far as they may be run."""

    def manifest(self) -> Manifest:
        """The system. Raises ManifestError, which only another version of the playground can see."""
        from servers.manifest import parse_manifest

        manifest = parse_manifest(self.header.manifest, f"{self.header.system}.toml")
        return replace(manifest, programs=self.programs)

    def boot(self, inputs: Sequence[Input] = ()) -> Core:
        """The same machine again, just booted; its medium refuses where it refused in the run of these inputs."""
        from playground.machine.core import Core, load_program

        medium = TroubledMedium(self.disk(), {one.event: str(one.data) for one in inputs if one.source == "medium"})
        load = self.load or load_program
        core = Core(self.manifest(), seed=self.header.seed, disk=medium, wall=self.wall, load=load)
        medium.follow(core.kernel.events)
        return core


class Rerun:
    """The machine of a run, executed again up to one event after the other.

    A kernel entry is never torn apart, so there may be a few events more than asked for: those of the entry that made
    the last one.
    """

    def __init__(self, origin: Origin, inputs: Sequence[Input], floor: Callable[[int], int] = lambda event: 0) -> None:
        """`floor`: how many kernel entries are known to make no more than so many events."""
        self.core = origin.boot(inputs)
        self._inputs = inputs
        self._given = 0
        self._floor = floor
        self.torn: int | None = None
        """If the events that were asked for end in the middle of what one input did: how many there were before it."""

    @property
    def reached(self) -> int:
        """How many events there are."""
        return len(self.core.kernel.events)

    def go(self, event: int, seconds: float | None = None) -> bool:
        """Run until there are `event` events, at most so long; whether they are there (or never will be)."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while self._go_on(event):
            if deadline is not None and time.monotonic() >= deadline:
                return False
        return True

    def _go_on(self, event: int) -> bool:
        """A portion; whether there is more to do."""
        core, following = self.core, self._following()
        if following is not None and following.event < event:
            if core.steps < following.step and core.advance(min(PORTION, following.step - core.steps)):
                return True
            core.replay([following])
            self._given += 1
            self.torn = following.event if self.reached > event else None
            return True
        if self.reached >= event:
            return False
        if following is not None and core.steps >= following.step:
            # Only idle time is left before that input; what happens in it must not run past it.
            before = core.kernel.now
            core.pass_idle_time(following.cycle)
            return core.kernel.now > before
        missing = self._floor(event) - core.steps
        return core.advance(min(PORTION, missing) if missing > 0 else 1) > 0

    def _following(self) -> Input | None:
        return self._inputs[self._given] if self._given < len(self._inputs) else None
