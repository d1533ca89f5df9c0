"""A lesson that is played now, for whoever wants to tell it: entry by entry, so that nothing happens unseen.

Page, film and the run for all other formats come from the same playing: the machine runs flat out, the questions are
offered with the choices that a rehearsal found, and the machine is one that the screens can be drawn over.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from playground.attached import Attached
from playground.exports.run import ExportProblem, Run, ready_event
from playground.exports.story import TOLD, Step, step_of
from playground.lesson_run import LONGEST_CYCLES, LONGEST_SECONDS, booting, rehearse
from playground.player import CoreStage
from playground.timeline.past import Past
from playground.trace import Mark
from scenarios.language import world_of
from scenarios.library import checked_lesson, manifest_of
from scenarios.player import FREE, LessonSession

if TYPE_CHECKING:
    from scenarios.lesson import Lesson
    from servers.manifest import Manifest

AT_ONCE: Final = 256
"""Kernel entries that may pass between two looks at what happened, where the lesson does not mind."""


class Stand(Attached):
    """The machine of a lesson as the screens see it in a film: it is moved by the lesson alone."""

    still = True
    """Nothing of it is live."""

    def run(self) -> None:
        """It does not run by itself."""


class Played:
    """One playing of a lesson, which goes on as far as it is told to. To be closed."""

    def __init__(
        self,
        name: str,
        *,
        seed: int | None = None,
        values: Mapping[str, str] | None = None,
        asks: bool = False,
    ) -> None:
        """`asks`: stop at questions. Raises what is wrong with the lesson, in one sentence or a list of them."""
        self.lesson: Lesson = checked_lesson(name, values)
        self.manifest: Manifest = manifest_of(self.lesson)
        self.seed = self.lesson.front.seed if seed is None else seed
        choices = rehearse(self.lesson, self.manifest, self.seed) if asks else ()
        boot = booting(self.manifest, self.seed)
        self.stage = CoreStage(boot(), remake=boot)
        self.session = LessonSession(
            self.lesson, self.stage, world_of(self.manifest), interactive=asks, seed=self.seed,
            rehearsed=lambda: choices,
        )  # fmt: skip
        self.machine = Stand(self.stage.core, self.stage.fold)
        self.marks: list[Mark] = []
        """The beats."""
        self.moves = 0
        """How often the lesson went back in time."""
        self.begin = 0
        """First event of what happened in this beat and has not been undone."""
        self._seen = 0
        self._seconds = 0.0

    def next(self) -> bool:
        """Begin the next beat; False if there is none, or the present one is not over."""
        moved = self.session.next() and self.session.state != "over"
        if moved:
            self.begun()
        return moved

    def begun(self) -> None:
        """Somebody has begun the next beat."""
        self.begin = len(self.stage.events)
        self.marks.append(Mark(self.begin, self.session.beat.title))

    def go_on(self) -> Iterator[list[Step]]:
        """Let the machine run until the lesson waits; after each time that something can be told, what it is."""
        session, stage = self.session, self.stage
        while 0 < (entries := session.poll()) < FREE:
            begin = time.monotonic()
            stage.advance(min(entries, AT_ONCE), session.deadline)
            self._seconds += time.monotonic() - begin
            if stage.cycle > LONGEST_CYCLES or self._seconds > LONGEST_SECONDS:
                raise ExportProblem(f"{self.lesson.name} does not come to an end, so it cannot be exported")
            self._follow()
            if steps := self._fresh():
                yield steps
        self._follow()

    def _follow(self) -> None:
        """Where the lesson went back in time, what came after has not happened."""
        core = self.stage.core
        if self.machine.core is core:
            return
        self.machine.core, self.machine.fold = core, self.stage.fold
        self.moves += 1
        self._seen = len(core.kernel.events)
        self.begin = min(self.begin, self._seen)
        self.marks = [mark for mark in self.marks if mark.event <= self._seen]

    def _fresh(self) -> list[Step]:
        """What has happened since the last look, as far as it can be told."""
        view, events = self.machine.view, self.stage.events
        begin, self._seen = self._seen, len(events)
        told = ((number, events[number]) for number in range(begin, len(events)) if events[number][0] in TOLD)
        steps = (step_of(view, number, event) for number, event in told)
        return [step for step in steps if step is not None]

    def run(self) -> Run:
        """What the machine did so far."""
        core = self.stage.core
        if self.stage.failure:
            raise ExportProblem(f"the machine broke down while the lesson was played: {self.stage.failure}")
        trace = core.trace
        return Run(
            title=self.lesson.title,
            manifest=self.manifest,
            events=trace.events,
            inputs=trace.inputs,
            marks=tuple(self.marks),
            seed=self.seed,
            version=trace.header.version,
            origin=self.lesson.file,
            names={"ready": ready_event(trace.events)},
            past=lambda: Past.of_core(core),
        )

    def remark(self) -> str:
        """What somebody should know who expects that the lesson passed, or ''."""
        session = self.session
        bad = sum(outcome.verdict != "passed" for outcome in session.outcomes)
        return f"{bad} of {len(session.outcomes)} expectations of the lesson did not hold" if bad else ""

    def close(self) -> None:
        """Switch the machine off."""
        self.stage.core.close()
