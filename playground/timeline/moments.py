"""The moments of a run that a person wants to go to: faults, deaths, restarts, revocations, what was done, marks."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.abi import Label
from kernel.events import FAULTED, INPUT, INVOKED, MESSAGE, NAMED, NOTE, PROBE, REPLIED, Event
from playground.trace import Mark

TOPICS: Final = {
    "system-ready": "ready",
    "server-died": "died",
    "restarted": "restarted",
    "gave-up": "gave-up",
    "stopped": "stopped",
}
"""Notes of the supervisor that are moments."""
KINDS: Final = ("mark", "ready", "fault", "died", "restarted", "gave-up", "stopped", "revoke", "probe", "input")
MESSAGES: Final = frozenset({MESSAGE, REPLIED, FAULTED})
"""Events at which a step by message stops."""
_TAKING: Final = frozenset({Label.CNODE_REVOKE, Label.CNODE_DELETE})
"""With these `you` takes capabilities away."""
_TELLING_INPUTS: Final = ("operator", "keyboard", "probe")


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """One of them."""

    number: int
    """Number of its event; for a mark, of the event before which it was made."""
    kind: str
    """One of `KINDS`."""
    server: str
    """The name of the server or thread it is about, or ''."""
    text: str = ""
    """Cause of a death, name of a mark, source of an input."""


class Moments:
    """All moments of a run, found once; a run that goes on is read on."""

    def __init__(self, events: Sequence[Event], marks: Sequence[Mark]) -> None:
        self._events = events
        self._marks = marks
        self._read = 0
        self._marks_read = 0
        self._names: dict[int, str] = {}
        self._all: list[Moment] = []

    def all(self, upto: int | None = None) -> Sequence[Moment]:
        """Every moment so far, in order. `upto`: read no further than that event; a long recording takes a while."""
        end = len(self._events) if upto is None else min(upto, len(self._events))
        if self._read < end:
            for number, event in enumerate(self._events[self._read : end], self._read):
                found = self._moment(number, event)
                if found is not None:
                    insort(self._all, found)
            self._read = end
        for mark in self._marks[self._marks_read :]:
            insort(self._all, Moment(mark.event, "mark", "", mark.text))
        self._marks_read = len(self._marks)
        return self._all

    def _moment(self, number: int, event: Event) -> Moment | None:
        kind = event[0]
        if kind == NAMED:
            self._names[event[2]] = event[3]
        elif kind == FAULTED:
            return Moment(number, "fault", self._server(event[2]))
        elif kind == NOTE and event[3] in TOPICS:
            fields = dict(event[4])
            text = str(fields.get("cause") or fields.get("text", ""))
            return Moment(number, TOPICS[event[3]], str(fields.get("server", "")), text)
        elif kind == INVOKED and event[5] in _TAKING and not event[6] and self._server(event[2]) == "you":
            return Moment(number, "revoke", "you")
        elif kind == PROBE:
            return Moment(number, "probe", self._server(event[2]), str(event[3]))
        elif kind == INPUT and event[2] in _TELLING_INPUTS:
            return Moment(number, "input", "", str(event[2]))
        return None

    def _server(self, thread: int) -> str:
        return self._names.get(thread, "").partition(".")[0]

    @property
    def read(self) -> int:
        """So many events have been read."""
        return self._read

    def next(
        self, number: int, kinds: Sequence[str] = KINDS, server: str = "", upto: int | None = None
    ) -> Moment | None:
        """The first one after an event, of some kinds and about a server if one is named. `upto`: as for `all`."""
        found = self.all(upto)
        return next(
            (one for one in found[bisect_left(found, Moment(number + 1, "", "")) :] if _fits(one, kinds, server)), None
        )

    def previous(
        self, number: int, kinds: Sequence[str] = KINDS, server: str = "", upto: int | None = None
    ) -> Moment | None:
        """The last one before an event. `upto`: as for `all`."""
        found = self.all(upto)
        end = bisect_left(found, Moment(number, "", ""))
        return next((one for one in reversed(found[:end]) if _fits(one, kinds, server)), None)

    def next_message(self, number: int) -> int | None:
        """Number of the first message, answer or fault after an event."""
        return _first_message(self._events, range(number + 1, len(self._events)))

    def previous_message(self, number: int) -> int | None:
        """Number of the last message, answer or fault before an event."""
        return _first_message(self._events, range(min(number, len(self._events)) - 1, -1, -1))

    def __iter__(self) -> Iterator[Moment]:
        return iter(self.all())


def _fits(moment: Moment, kinds: Sequence[str], server: str) -> bool:
    return moment.kind in kinds and (not server or moment.server == server)


def _first_message(events: Sequence[Event], numbers: range) -> int | None:
    return next((number for number in numbers if events[number][0] in MESSAGES), None)
