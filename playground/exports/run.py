"""What exports are made from: one run with its events, wherever it came from, and a range of it.

A recording and a lesson that was just played look the same here, so no format knows about either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kernel import events as ev
from kernel.events import Event
from playground.trace import Input, Mark
from playground.view.fold import Fold
from playground.view.model import View
from servers.manifest import Manifest
from servers.nearest import closest

if TYPE_CHECKING:
    from playground.timeline.past import Past

CHUNK: Final = 4096
"""Events that are folded at a time where nobody looks."""


class ExportProblem(Exception):
    """What was asked for cannot be exported; one sentence."""

    is_users_mistake = True


@dataclass(frozen=True, slots=True)
class Run:
    """One run, ready to be told."""

    title: str
    """Of the lesson, or of the system."""
    manifest: Manifest
    events: Sequence[Event]
    inputs: Sequence[Input] = ()
    marks: Sequence[Mark] = ()
    """Moments with a name: beats of a lesson, or what the person marked."""
    seed: int = 0
    version: str = ""
    """Of the playground that made it."""
    origin: str = ""
    """Where it comes from, as messages call it."""
    names: dict[str, int] = field(default_factory=dict)
    """Other moments that can be asked for by name."""
    remark: str = ""
    """What is missing in the run, in one sentence, or ''."""
    past: Callable[[], Past | None] = lambda: None
    """Makes the way back to what is not in the events, source lines and the console; None if there is none."""

    @property
    def everything(self) -> Span:
        """The whole run."""
        return Span(0, len(self.events))


@dataclass(frozen=True, slots=True)
class Span:
    """Events from `start` on, up to but without `stop`."""

    start: int
    stop: int


def span_of(run: Run, first: str | None, last: str | None) -> Span:
    """The range between two moments, each a number of an event or the name of a mark. Raises ExportProblem."""
    count = len(run.events)
    start = 0 if first is None else moment_of(run, first)
    stop = count if last is None else moment_of(run, last)
    if start > stop:
        raise ExportProblem(f"the range ends at event {stop:,}, before it begins at event {start:,}")
    if start == stop:
        raise ExportProblem(f"the range from event {start:,} to event {stop:,} is empty")
    return Span(start, stop)


def moment_of(run: Run, text: str) -> int:
    """How many events there were at a moment that is named by a number or a mark. Raises ExportProblem."""
    digits = text.replace("_", "").replace(",", "")
    if digits.isdecimal():
        number = int(digits)
        if number > len(run.events):
            raise ExportProblem(f"there is no event {number:,}: the run has {len(run.events):,}")
        return number
    known = {mark.text.casefold(): mark.event for mark in reversed(run.marks)} | run.names
    wanted = text.casefold()
    if wanted in known:
        return known[wanted]
    for place in (str.startswith, str.__contains__):
        if found := [event for name, event in known.items() if place(name, wanted)]:
            return min(found)
    near = closest(wanted, known)
    marks = ", ".join(f'"{mark.text}"' for mark in run.marks[:12])
    hint = f'did you mean "{near}"?' if near else f"there is {marks}" if marks else "it has none; say a number"
    raise ExportProblem(f'no mark of the run is called "{text}"; {hint}')


def mark_before(run: Run, count: int) -> str:
    """The last mark that was reached before the moment after so many events, or ''."""
    return next((mark.text for mark in reversed(run.marks) if mark.event < count), "")


def ready_event(events: Sequence[Event]) -> int:
    """The number after the note that says that the system is ready, or 0."""
    for number, event in enumerate(events):
        if event[0] == ev.NOTE and event[3] == "system-ready":
            return number + 1
    return 0


def walk(run: Run, span: Span, kinds: frozenset[int]) -> Iterator[tuple[int, Event, View]]:
    """Every event of some kinds in the range, with the view as it is right after it."""
    fold, events = Fold(run.manifest), run.events
    done = 0
    for begin in range(span.start, span.stop, CHUNK):
        chunk = events[begin : min(begin + CHUNK, span.stop)]
        for number, event in enumerate(chunk, begin):
            if event[0] in kinds:
                done = catch_up(fold, events, done, number + 1)
                yield number, event, fold.view
    catch_up(fold, events, done, span.stop)


def catch_up(fold: Fold, events: Sequence[Event], done: int, upto: int) -> int:
    """Fold the events from `done` on up to a number, in bounded pieces; gives that number."""
    while done < upto:
        stop = min(done + CHUNK, upto)
        fold.update(events[done:stop])
        done = stop
    return done
