"""Searching the past with the language of lessons: "fs is waiting", "event message receiver=disk".

An event is found where it happened; a state where it began to hold. A search goes on in portions, so that screens stay
responsive while a long run is searched.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast, overload

from kernel import events as ev
from kernel.events import Event
from playground.view.deadlock import deadlocks
from playground.view.facts import facts_of, holds
from playground.view.fold import Fold
from playground.view.reach import can_reach
from playground.view.servers import describe_one
from scenarios.conditions import Judge, Scope
from scenarios.language import LanguageError, Problem, check_command, parse_line, syntax, world_of
from scenarios.language.check import NOT_SEARCHED, SEARCHED
from scenarios.matching import Chronicle
from scenarios.stage import Deadlock, ServerFacts, Stage

if TYPE_CHECKING:
    from playground.timeline.past import Past
    from playground.view.model import View
    from scenarios.language.syntax import Condition
    from servers.manifest import Manifest

PORTION: Final = 2048
_CAPABILITIES: Final = frozenset(
    (ev.CAP_INSERTED, ev.CAP_MOVED, ev.CAP_REMOVED, ev.CAP_CHANGED, ev.CAPS_SWAPPED, ev.NAMED, ev.OBJECT_DESTROYED)
)
_ALWAYS: Final = frozenset((ev.NOTE, ev.NAMED, ev.OBJECT_DESTROYED, ev.PROBE))
"""Kinds of events after which any server may be in another state."""
_WAITING: Final = frozenset((ev.THREAD_STATE, ev.MESSAGE, ev.REPLIED, ev.FAULTED, *_ALWAYS))
"""Kinds of events after which somebody may wait for somebody else."""
EXAMPLES: Final = "`fs is blocked`, `last message to disk` or `event restarted server=disk`"


def condition_of(text: str, manifest: Manifest) -> Condition:
    """What to search for. Raises LanguageError, a mistake of the user."""
    try:
        command = parse_line(f"expect {text}", "search")
    except LanguageError as error:
        sentence = f"`{text}` is nothing to look for; say for example {EXAMPLES}"
        raise LanguageError(Problem("search", 1, 1, sentence, text)) from error
    if command is None or not isinstance(command.action, syntax.Expect):
        raise LanguageError(Problem("search", 1, 1, f"Say what to look for, for example {EXAMPLES}", text))
    if problems := check_command(command, world_of(manifest)):
        raise LanguageError(problems[0])
    condition = command.action.condition
    if command.action.limit is not None:
        raise LanguageError(Problem("search", 1, 1, "The past is searched to its end; leave out `within`", text))
    if not isinstance(condition, SEARCHED):
        raise LanguageError(Problem("search", 1, 1, NOT_SEARCHED, text))
    return condition


class Search:
    """One search, from a moment on, forwards or backwards."""

    def __init__(self, past: Past, condition: Condition, number: int, *, forward: bool = True) -> None:
        """`number`: the event that is looked at now; it is not found itself."""
        self.found: int | None = None
        """Number of the event that was looked for, once it is found."""
        self.over = False
        """Whether it is found, or never will be."""
        self._past = past
        self._condition = condition
        self._forward = forward
        self._begin = number + 1 if forward else max(0, number - PORTION)
        self._end = min(number + 1 + PORTION, len(past.events)) if forward else min(number, len(past.events))
        self._chronicle = Chronicle(lambda key: past.history.latest.name_of(key))
        self._fold: Fold | None = None
        self._held = False

    @property
    def place(self) -> int:
        """How far it has come."""
        return self._begin

    def go(self, seconds: float | None = None) -> bool:
        """Search, for at most so long; whether it is over."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self.over:
            self._portion()
            if deadline is not None and time.monotonic() >= deadline:
                break
        return self.over

    def _portion(self) -> None:
        if self._begin < self._end:
            if isinstance(self._condition, syntax.Happened):
                numbers = self._events_in(self._condition)
            else:
                numbers = self._beginnings_in()
            if numbers:
                self.found = numbers[0] if self._forward else numbers[-1]
                self.over = True
                return
        if self._forward:
            self._begin, self._end = self._end, min(self._end + PORTION, len(self._past.events))
        else:
            self._begin, self._end = max(0, self._begin - PORTION), self._begin
        self.over = self._begin >= self._end

    def _events_in(self, condition: syntax.Happened) -> list[int]:
        past = self._past
        past.history.prepare(upto=self._end)
        trace = Beginning(past.events, self._end)
        if any(setting.name is not None and setting.name.text == "operation" for setting in condition.event.fields):
            self._chronicle.update(trace)
        return list(self._chronicle.find(trace, condition.event, self._begin))

    def _beginnings_in(self) -> list[int]:
        """Numbers of the events after which the condition began to hold."""
        past = self._past
        if self._fold is None or self._fold.view.event_count != self._begin:
            self._fold = past.history.fold_at(self._begin)
            self._held = self._begin > 0 and self._holds(self._fold)
        fold, held = self._fold, self._held
        found = []
        events = past.events[self._begin : self._end]
        done = 0
        for place, event in enumerate(events, 1):
            if not self._may_change(fold, event):
                continue
            fold.update(events[done:place])
            done = place
            before, held = held, self._holds(fold)
            if held and not before:
                found.append(self._begin + place - 1)
                if self._forward:
                    break
        else:
            fold.update(events[done:])
        self._held = held
        return found

    def _may_change(self, fold: Fold, event: Event) -> bool:
        condition = self._condition
        if isinstance(condition, (syntax.Reach, syntax.Holds)):
            return event[0] in _CAPABILITIES
        if isinstance(condition, syntax.Deadlock):
            return event[0] in _WAITING
        if event[0] in _ALWAYS or (isinstance(condition, syntax.Property) and event[0] in _CAPABILITIES):
            return True
        assert isinstance(condition, (syntax.IsState, syntax.Property))
        return fold.view.records[condition.server.text].last_thread in event

    def _holds(self, fold: Fold) -> bool:
        return Judge(cast(Stage, Onlooker(fold.view, self._past.manifest))).judge(self._condition, Scope(0)).holds


class Onlooker:
    """The part of a stage that a state can be asked of, at one moment."""

    events: Sequence[Event] = ()

    def __init__(self, view: View, manifest: Manifest) -> None:
        self._view = view
        self.manifest = manifest

    def name_of(self, object_id: int) -> str:
        """What an object is called."""
        return self._view.name_of(object_id)

    def server(self, name: str) -> ServerFacts:
        """How a server is."""
        return facts_of(describe_one(self._view, name))

    def reaches(self, source: str, destination: str) -> bool:
        """Whether a server can send to another."""
        return can_reach(self._view, source, destination).possible

    def holds(self, server: str, capability: str, rights: Sequence[str] = ()) -> bool:
        """Whether a server has a capability."""
        return holds(self._view, self.manifest, server, capability, rights)

    def deadlocks(self) -> Sequence[Deadlock]:
        """Who waits for each other."""
        return deadlocks(self._view)


class Beginning(Sequence[Event]):
    """The first so many events of a run, without copying them."""

    def __init__(self, events: Sequence[Event], length: int) -> None:
        self._events = events
        self._length = min(length, len(events))

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Event]: ...
    def __getitem__(self, place: int | slice) -> Event | Sequence[Event]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._length)
            return self._events[start:stop:step]
        if not -self._length <= place < self._length:
            raise IndexError(f"event {place} of {self._length}")
        return self._events[place + self._length if place < 0 else place]
