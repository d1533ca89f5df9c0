"""A stage for lessons over a machine: conditions are read from the View, actions go in as inputs.

The same class serves the headless run, which drives the machine itself, and the screens, where the live machine runs
and shares its View.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kernel import KernelBug, events
from kernel.events import Event
from playground.machine.core import Core
from playground.machine.devices.operator import OperatorBusy, RequestTooLong
from playground.machine.probe import ProbeError
from playground.requests import call_request, delete_request, revoke_request
from playground.trace import Input
from playground.view.deadlock import deadlocks
from playground.view.facts import facts_of, holds
from playground.view.fold import Fold
from playground.view.reach import can_reach
from scenarios.language import world_of
from scenarios.language.syntax import Ask
from scenarios.player import LessonSession
from scenarios.stage import Argument, Deadlock, Reply, ServerFacts, StageError

if TYPE_CHECKING:
    from playground.machine.live import Live
    from playground.timeline.past import Past
    from scenarios.lesson import Lesson
    from scenarios.predictions import Rehearsed
    from servers.manifest import Manifest

IDLE_SPEED: Final = 4.0
"""In a lesson on screen, idle time passes so many times as fast as outside: nobody likes to watch a timeout."""

_COMPARED: Final = ("status", "life")
"""What of a server is said when two runs are compared."""
_REPLY_WORDS: Final = ("request", "ok", "operation", "text", "error")
"""Fields of the note `you-reply` that are not results."""


class Moment(NamedTuple):
    """Where in a run something was, and what leads there again from boot."""

    steps: int
    cycle: int
    events: int
    inputs: tuple[Input, ...]


class CoreStage:
    """The Stage of a lesson over a Core. `fold` is shared with the screens, if they have one."""

    def __init__(self, core: Core, fold: Fold | None = None, remake: Callable[[], Core] | None = None) -> None:
        """`remake` boots the same machine again; without it there is no way back in time."""
        self.core = core
        self._remake = remake
        self._moved: Callable[[Core], Fold] | None = None
        self._marks: dict[str, Moment] = {}
        self._kept: dict[str, Past] = {}
        self._fold = fold or Fold(core.manifest)
        self._replies: dict[int, Reply] = {}
        self._seen = 0
        self.failure = ""

    # What is true

    @property
    def fold(self) -> Fold:
        """What the conditions are read from; another one after going back in time."""
        return self._fold

    @property
    def cycle(self) -> int:
        """Virtual time."""
        return self.core.kernel.now

    @property
    def steps(self) -> int:
        """Kernel entries since boot."""
        return self.core.steps

    @property
    def idle(self) -> bool:
        """Every thread waits."""
        return self.core.kernel.idle

    @property
    def exhausted(self) -> bool:
        """Nothing will ever happen without a new input."""
        return self.core.exhausted

    @property
    def events(self) -> Sequence[Event]:
        """All events since boot."""
        return self.core.kernel.events

    def name_of(self, object_id: int) -> str:
        """What an object or thread is called, also if it is gone."""
        self._update()
        return self._fold.view.name_of(object_id)

    def server(self, name: str) -> ServerFacts:
        """How a server of the manifest is now."""
        self._update()
        return facts_of(self._fold.view.servers[name])

    def reply(self, request: int) -> Reply | None:
        """The answer to a request, once it is there."""
        self._update()
        return self._replies.get(request)

    def reaches(self, source: str, destination: str) -> bool:
        """Whether a server holds a capability to send to an endpoint of another."""
        self._update()
        return can_reach(self._fold.view, source, destination).possible

    def holds(self, server: str, capability: str, rights: Sequence[str] = ()) -> bool:
        """Whether a server has a capability, with all of these rights."""
        self._update()
        return holds(self._fold.view, self.core.manifest, server, capability, rights)

    def deadlocks(self) -> Sequence[Deadlock]:
        """The circles of servers that wait for each other."""
        self._update()
        return deadlocks(self._fold.view)

    @property
    def manifest(self) -> Manifest:
        """Of the system."""
        return self.core.manifest

    # What is done

    def call(self, server: str, operation: str, arguments: Mapping[str, Argument]) -> int:
        """Let `you` call an operation. Raises StageError."""
        return self._request(call_request(server, operation, arguments))

    def revoke(self, server: str, capability: str) -> int:
        """Let `you` revoke a capability: everything derived from it dies."""
        return self._request(revoke_request(server, capability))

    def delete(self, server: str, capability: str) -> int:
        """Let `you` delete a capability itself."""
        return self._request(delete_request(server, capability))

    def restart(self, server: str) -> int:
        """Let `you` ask the supervisor for a restart."""
        return self.call("supervisor", "restart", {"server": server})

    def key(self, text: str) -> None:
        """Type on the keyboard."""
        self.core.key(text)

    def crash(self, server: str, kind: str) -> None:
        """Make a server fail with the debug probe. Raises StageError."""
        self._probe(self.core.crash, server, kind)

    def pause(self, server: str) -> None:
        """Hold a server with the debug probe. Raises StageError."""
        self._probe(self.core.pause_server, server)

    def resume(self, server: str) -> None:
        """Let a held server go on. Raises StageError."""
        self._probe(self.core.resume_server, server)

    def mark(self, name: str) -> None:
        """Remember this moment under a name."""
        self.core.mark(name)
        self._marks[name] = self.moment()

    def goto(self, name: str) -> None:
        """Boot the machine again and do again what it did up to the mark. Raises StageError."""
        self.return_to(self._marks[name])

    def moment(self) -> Moment:
        """This moment; equal to another one of the same run if nothing has happened between them."""
        core = self.core
        return Moment(core.steps, core.kernel.now, len(core.kernel.events), tuple(core.trace.inputs))

    def return_to(self, moment: object) -> None:
        """Boot the machine again and do again what it did up to a moment. Raises StageError."""
        assert isinstance(moment, Moment)
        if self._remake is None:
            raise StageError("a machine that runs in real time cannot go back in a lesson")
        marks = [mark for mark in self.core.trace.marks if mark.event <= moment.events]
        if self._moved is None:
            self.core.close()
        core = self.core = self._remake()
        core.replay(moment.inputs, moment.steps)
        while core.kernel.idle and core.kernel.now < moment.cycle:
            core.pass_idle_time(moment.cycle)
        self.failure = ""
        if (core.steps, core.kernel.now, len(core.kernel.events)) != moment[:3]:
            self.failure = "the way back to a moment led somewhere else"
        core.trace.marks += marks
        self._fold = Fold(core.manifest) if self._moved is None else self._moved(core)
        self._replies.clear()
        self._seen = 0

    def come_back(self, remake: Callable[[], Core], moved: Callable[[Core], Fold]) -> None:
        """Make going back possible for a machine in real time: `moved` takes over the new one and says its fold."""
        self._remake, self._moved = remake, moved

    def keep(self, name: str) -> None:
        """Keep the run up to now, to compare with it later."""
        from playground.timeline.past import Past  # only a lesson that branches waits for it to load

        self._kept[name] = Past.of_core(self.core)

    def compare(self, name: str) -> str:
        """Where this run and a kept one part, and how the servers differ at their ends."""
        if name not in self._kept:
            raise StageError(f'no run is kept under the name "{name}"')
        from playground.timeline.compare import Comparison
        from playground.timeline.past import Past

        kept = self._kept[name]
        comparison = Comparison(kept, Past.of_core(self.core))
        told = [comparison.describe()]
        if comparison.first_difference() is not None:
            ends = (len(kept.events), len(self.core.kernel.events))
            told += [change.text for change in comparison.changes(ends) if change.part in _COMPARED]
        return "; ".join(told)

    def advance(self, entries: int, deadline: int | None) -> None:
        """So many kernel entries flat out, or, if everybody waits, a jump to the next change, at most to a deadline.

        For whoever drives the machine by the lesson alone; the live machine does the same in its own time.
        """
        core = self.core
        try:
            if not core.idle:
                core.run(entries)
            elif stops := [cycle for cycle in (core.next_change(), deadline) if cycle is not None]:
                core.pass_idle_time(min(stops))
        except KernelBug as bug:
            self.failure = str(bug)

    def _request(self, request: dict[str, Any]) -> int:
        try:
            return self.core.request(request)
        except (OperatorBusy, RequestTooLong) as error:
            raise StageError(str(error)) from None

    def _probe(self, touch: Callable[..., None], server: str, *more: str) -> None:
        try:
            touch(server, *more)
        except ProbeError as error:
            raise StageError(str(error)) from None

    def _update(self) -> None:
        trace = self.core.kernel.events
        if self._fold.view.event_count < len(trace):
            self._fold.update(trace[self._fold.view.event_count :])
        for event in trace[self._seen :]:
            if event[0] == events.NOTE and event[3] == "you-reply":
                self._take_reply(dict(event[4]))
        self._seen = len(trace)

    def _take_reply(self, fields: dict[str, int | str]) -> None:
        request = int(fields.get("request", 0))
        results = {name: value for name, value in fields.items() if name not in _REPLY_WORDS}
        error, text = str(fields.get("error", "")), str(fields.get("text", ""))
        self._replies[request] = Reply(request, bool(fields.get("ok")), error, text, results)


def attach_lesson(live: Live, lesson: Lesson, begin: Callable[[Live], None] | None = None) -> LessonSession:
    """Let a lesson drive the machine that runs on screen: it stands still whenever the lesson waits for the person.

    `begin` starts another machine, with which the lesson goes on after it went back in time; the one before is done
    with. Without it a lesson cannot go back.
    """
    stage = CoreStage(live.core, live.fold)
    machines = [live]
    session_of: list[LessonSession] = []

    def drive(machine: Live) -> None:
        """Let the lesson say how far this machine may go, as long as it is the one that the lesson is played on."""
        session = session_of[0]

        def gate() -> int:
            entries = session.poll() if stage.core is machine.core else 0
            return entries if stage.core is machine.core else 0

        session.wake = machine.wake
        machine.gate = gate
        machine.horizon = lambda: session.deadline
        machine.idle_speed = IDLE_SPEED

    def moved(core: Core) -> Fold:
        from playground.machine.live import Live

        before = machines[-1]
        machine = Live(core, running=before.pace.running, speed=before.pace.speed)
        machines[:] = [machine]
        drive(machine)
        if begin is not None:
            begin(machine)
        return machine.fold

    if begin is not None:
        stage.come_back(lambda: stage.core.origin.boot(stage.core.trace.inputs), moved)
    seed = live.core.trace.header.seed
    rehearsed = _rehearsal(lesson, live.manifest, seed)
    session = LessonSession(lesson, stage, world_of(live.manifest), interactive=True, seed=seed, rehearsed=rehearsed)
    session_of.append(session)
    drive(live)
    return session


def _rehearsal(lesson: Lesson, manifest: Manifest, seed: int) -> Rehearsed:
    """The choices for questions, from a process that plays the lesson beforehand; none is made without need."""
    if not any(isinstance(command.action, Ask) and command.action.source for command in lesson.commands):
        return lambda: ()
    from playground.rehearsal import Rehearsal

    rehearsal = Rehearsal(lesson, manifest, seed)
    atexit.register(rehearsal.close)
    return rehearsal.choices
