"""One run as something to look back at: its events, what was true at each, and the way back to a machine that runs.

Most of it is read from the events. Two things are not in them, because they are no effects: the source line a thread
stood at, and the text on the console. For these the machine is run again in the background, up to the moment that is
looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from playground.recording.origin import Origin, Rerun
from playground.recording.problem import RecordingProblem
from playground.timeline.history import History
from playground.timeline.moments import Moments
from playground.trace import Input, Mark

if TYPE_CHECKING:
    from kernel.events import Event
    from playground.machine.core import Core
    from playground.recording.reader import Recording
    from playground.view.model import View
    from servers.manifest import Manifest

Place = tuple[str, int, str]
"""File, line, function."""


READ_BESIDE: Final = 4_096
"""Events that are read for their moments beside those that are folded."""


class Past:
    """The past of one machine or recording."""

    def __init__(
        self,
        events: Sequence[Event],
        manifest: Manifest,
        origin: Callable[[], Origin],
        inputs: Sequence[Input],
        marks: list[Mark],
        floor: Callable[[int], int] = lambda event: 0,
        *,
        from_file: bool = False,
        stuck: Callable[[], str] = lambda: "",
    ) -> None:
        """`stuck`: why no machine can be run again, in one sentence, or ''."""
        self.events = events
        self.manifest = manifest
        self.inputs = inputs
        self.marks = marks
        """Moments that the person gave a name; in a live run and its recording they are the same list."""
        self.history = History(events, manifest, from_file=from_file)
        self.moments = Moments(events, marks)
        self._origin = origin
        self._floor = floor
        self._stuck = stuck
        self._shadow: Rerun | None = None
        self._shadow_at = -1

    @classmethod
    def of_core(cls, core: Core) -> Past:
        """Of a machine that goes on: what it does later belongs to it too."""
        return cls(core.kernel.events, core.manifest, lambda: core.origin, core.trace.inputs, core.trace.marks)

    @classmethod
    def of_recording(cls, recording: Recording) -> Past:
        """Of a file."""
        return cls(
            recording.events, recording.manifest(), lambda: recording.origin, recording.inputs, recording.marks,
            recording.floor, from_file=True, stuck=lambda: recording.not_to_be_run,
        )  # fmt: skip

    def view_at(self, count: int) -> View:
        """What was true after the first `count` events; only to be looked at."""
        return self.history.view_at(count)

    def prepare(self, seconds: float, upto: int | None = None) -> bool:
        """Use some idle time to make jumps up to a moment quick; whether nothing is left to do."""
        done = self.history.prepare(seconds, upto)
        self.moments.all(min(self.history.prepared, self.moments.read + READ_BESIDE))
        return done

    def rerun(self) -> Rerun:
        """The machine from its boot on; to be closed by whoever asked. Raises RecordingProblem if it must not run."""
        if self._stuck():
            raise RecordingProblem(self._stuck())
        return Rerun(self._origin(), self.inputs, self._floor)

    def branch(self, count: int) -> Core:
        """A machine of its own that has come to that moment and can go on from there in another way.

        Its first `count` events are the same. It may have a few more, if they are of the same kernel entry.
        """
        rerun = self.rerun()
        try:
            rerun.go(count)
        except BaseException:
            rerun.core.close()
            raise
        return rerun.core

    def look_up(self, count: int, seconds: float | None = None) -> bool:
        """Run the shadow machine to a moment, at most so long; whether it is there, so that `where` answers at once."""
        if self._stuck():
            return False
        if self._shadow is None or self._shadow_at > count:
            self.close()
            self._shadow = self.rerun()
        there = self._shadow.go(count, seconds)
        self._shadow_at = max(count, self._shadow_at) if there else self._shadow.reached
        return there

    def where(self, count: int, thread: int, seconds: float | None = None) -> Place | None:
        """At which line a thread stood after so many events; None if it stood nowhere, or time was over."""
        return self._shadow.core.where(thread) if self.look_up(count, seconds) and self._shadow else None

    def console(self, count: int, seconds: float | None = None) -> str:
        """What the console device showed then; '' if time was over."""
        return self._shadow.core.console.screen if self.look_up(count, seconds) and self._shadow else ""

    def close(self) -> None:
        """Switch the shadow machine off."""
        if self._shadow is not None:
            self._shadow.core.close()
            self._shadow = None
            self._shadow_at = -1
