"""A range as a trace for ui.perfetto.dev and chrome://tracing, in the Trace Event Format.

Threads are tracks. A call is a slice on the track of whoever waits for its answer, and a slice on the track of whoever
owes it; arrows lead from the one to the other and back. Virtual time is the time of the trace: 1,000 cycles are a
microsecond. Slices of one track have to nest, so a server that owes several answers at once gets further tracks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from kernel import events as ev
from kernel.abi import ThreadState
from kernel.events import Event
from playground.exports.run import Run, Span, walk
from playground.view import decode
from playground.view.model import MessageView, View
from playground.view.sentences import sentence

SYSTEM: Final = 1
"""Process of the threads."""
MACHINE: Final = 2
"""Process of everything below them."""
PROCESSOR: Final = 1
OUTSIDE: Final = 2
FURTHER: Final = 1_000_000
"""What is added to the number of a thread for each further track that it needs."""

_KINDS: Final = frozenset(
    {ev.MESSAGE, ev.REPLIED, ev.SIGNALLED, ev.SCHEDULED, ev.OBJECT_DESTROYED, ev.THREAD_STATE, ev.FAULTED, ev.NOTE,
     ev.PROBE, ev.INPUT, ev.IRQ_RAISED}
)  # fmt: skip


@dataclass(slots=True)
class _Slice:
    thread: int
    name: str
    category: str
    start: int
    """Cycle."""
    end: int = -1
    """Cycle; -1 while it is open."""
    arguments: dict[str, Any] = field(default_factory=dict)
    track: int = 0


@dataclass(slots=True)
class _Collector:
    """What a walk over the events leaves behind."""

    slices: list[_Slice] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Instants."""
    arrows: list[tuple[int, str, _Slice, _Slice, bool]] = field(default_factory=list)
    """Number of the event, name, from, to, and whether at their beginning."""
    calls: dict[int, _Slice] = field(default_factory=dict)
    """The call that a thread waits for."""
    owed: dict[int, _Slice] = field(default_factory=dict)
    """What somebody works on, by the thread that waits for it."""
    names: dict[int, str] = field(default_factory=dict)
    """Of the threads that appear."""
    running: _Slice | None = None

    def begin(self, slice_: _Slice) -> _Slice:
        self.slices.append(slice_)
        return slice_

    def know(self, view: View, thread: int) -> None:
        record = view.owners.get(thread)
        if record is None or record.life < 2 or record.thread != thread:
            self.names.setdefault(thread, decode.who(view, thread))
        else:
            self.names.setdefault(thread, f"{record.name}, life {record.life}")


def perfetto(run: Run, span: Span) -> Iterator[str]:
    """The trace as JSON, an event a line."""
    found = _Collector()
    for number, event, view in walk(run, Span(0, span.stop), _KINDS):
        _STEPS[event[0]](found, view, number, event, number >= span.start)
    first, last = run.events[span.start][1], run.events[span.stop - 1][1]
    rows = [*_metadata(run, found), *_drawn(found, first, last)]
    about = {
        "title": run.title, "system": run.manifest.name, "seed": run.seed, "events": f"{span.start} to {span.stop}",
        "clock": "virtual time: 1000 cycles are one microsecond", "playground": run.version,
    }  # fmt: skip
    yield f'{{"displayTimeUnit":"ns","otherData":{json.dumps(about)},"traceEvents":[\n'
    for place, row in enumerate(rows):
        yield json.dumps(row, separators=(",", ":")) + (",\n" if place + 1 < len(rows) else "\n")
    yield "]}\n"


def _time(cycle: int) -> float:
    """Microseconds."""
    return cycle / 1000


def _metadata(run: Run, found: _Collector) -> Iterator[dict[str, Any]]:
    def row(what: str, process: int, thread: int, **arguments: Any) -> dict[str, Any]:
        return {"ph": "M", "name": what, "pid": process, "tid": thread, "ts": 0, "args": arguments}

    yield row("process_name", SYSTEM, 0, name=run.manifest.name)
    yield row("process_name", MACHINE, 0, name="machine")
    yield row("thread_name", MACHINE, PROCESSOR, name="processor")
    yield row("thread_name", MACHINE, OUTSIDE, name="from outside")
    order = list(run.manifest.servers)
    for thread, name in found.names.items():
        base = name.partition(",")[0]
        place = order.index(base) if base in order else len(order)
        yield row("thread_name", SYSTEM, thread, name=name)
        yield row("thread_sort_index", SYSTEM, thread, sort_index=place * 1000 + thread % 1000)
    further = sorted({one.track for one in found.slices if one.track >= FURTHER})
    for track in further:
        thread = track % FURTHER
        base = found.names[thread].partition(",")[0]
        place = order.index(base) if base in order else len(order)
        yield row("thread_name", SYSTEM, track, name=f"{found.names[thread]}, also")
        yield row("thread_sort_index", SYSTEM, track, sort_index=place * 1000 + thread % 1000)


def _drawn(found: _Collector, first: int, last: int) -> list[dict[str, Any]]:
    """Slices, arrows and instants in the order of time; a slice comes before what it encloses."""
    for one in found.slices:
        if one.end < 0:
            one.end = last
            one.arguments["answered"] = "not in this range"
    visible = [one for one in found.slices if one.end >= first and one.start <= last]
    for one in visible:
        one.start = max(one.start, first)
    _lay_out(visible)
    shown = {id(one) for one in visible}
    rows: list[tuple[int, int, int, dict[str, Any]]] = []
    for one in visible:
        machine = one.category == "running"
        row = {
            "ph": "X", "name": one.name, "cat": one.category, "pid": MACHINE if machine else SYSTEM, "tid": one.track,
            "ts": _time(one.start), "dur": _time(one.end - one.start), "args": one.arguments,
        }  # fmt: skip
        rows.append((one.start, 0, one.start - one.end, row))
    for number, name, left, right, opening in found.arrows:
        if id(left) in shown and id(right) in shown:
            rows += _arrow(number, name, left, right, opening)
    rows += [(round(row["ts"] * 1000), 3, 0, row) for row in found.rows]
    rows.sort(key=lambda row: row[:3])
    return [row for *_, row in rows]


def _arrow(
    number: int, name: str, left: _Slice, right: _Slice, opening: bool
) -> list[tuple[int, int, int, dict[str, Any]]]:
    """An arrow needs a moment inside both slices: their common beginning, or just before their common end."""
    moment = right.start if opening else max(left.start, right.start, min(left.end, right.end) - 1)
    common = {"name": name, "cat": "message", "id": number, "pid": SYSTEM, "ts": _time(moment)}
    return [
        (moment, 1, 0, {"ph": "s", "tid": left.track, **common}),
        (moment, 2, 0, {"ph": "f", "bp": "e", "tid": right.track, **common}),
    ]


def _lay_out(slices: list[_Slice]) -> None:
    """Give every slice a track on which it nests with the others. Calls of one thread never overlap each other."""
    stacks: dict[int, list[list[int]]] = {}
    for one in sorted(slices, key=lambda one: (one.start, -one.end)):
        if one.category != "request":
            one.track = one.thread
            continue
        lanes = stacks.setdefault(one.thread, [])
        for lane, stack in enumerate([*lanes, []]):
            while stack and stack[-1] <= one.start:
                stack.pop()
            if not stack or stack[-1] >= one.end:
                if lane == len(lanes):
                    lanes.append(stack)
                stack.append(one.end)
                one.track = one.thread + lane * FURTHER
                break


# One function for every kind of event: (what was found, view, number, event, whether it is in the range).


def _message(found: _Collector, view: View, number: int, event: Event, inside: bool) -> None:
    told = view.log.find(number)
    sender, receiver, how = event[2], event[3], event[9]
    if told is None:
        return
    found.know(view, sender)
    found.know(view, receiver)
    name = _name(told)
    if how == 0:
        if inside:
            found.rows.append(_instant(told.cycle, receiver, f"{name} from {told.sender}", told.text))
        return
    about = {"event": number, "text": told.text, "through": told.endpoint}
    _close(found.calls.pop(sender, None), event[1])
    _close(found.owed.pop(sender, None), event[1])
    waits = found.begin(_Slice(sender, name, "call" if how == 1 else "fault", event[1], arguments=about))
    works = found.begin(_Slice(receiver, f"{name} for {told.sender}", "request", event[1], arguments=dict(about)))
    found.calls[sender], found.owed[sender] = waits, works
    found.arrows.append((number, name, waits, works, True))


def _name(told: MessageView) -> str:
    if told.kind == "fault":
        return "fault"
    return f"{told.interface}.{told.operation}" if told.operation else "message"


def _replied(found: _Collector, view: View, number: int, event: Event, inside: bool) -> None:
    told = view.log.find(number)
    waits, works = found.calls.pop(event[3], None), found.owed.pop(event[3], None)
    for one in (waits, works):
        if one is not None:
            if told is not None:
                one.arguments["answer"] = told.text
            _close(one, event[1])
    if waits is not None and works is not None and works.thread == event[2]:
        found.arrows.append((number, f"answer to {waits.name}", works, waits, False))


def _close(one: _Slice | None, cycle: int) -> None:
    if one is not None and one.end < 0:
        one.end = cycle


def _state(found: _Collector, view: View, number: int, event: Event, inside: bool) -> None:
    """A thread that waits no more, though nobody answered: its call was cancelled."""
    if event[3] != ThreadState.BLOCKED_ON_REPLY and event[2] in found.calls:
        _close(found.calls.pop(event[2]), event[1])
        _close(found.owed.pop(event[2], None), event[1])


def _destroyed(found: _Collector, view: View, number: int, event: Event, inside: bool) -> None:
    thread = event[2]
    _close(found.calls.pop(thread, None), event[1])
    _close(found.owed.pop(thread, None), event[1])
    for one in found.owed.values():
        if one.thread == thread:
            _close(one, event[1])


def _scheduled(found: _Collector, view: View, number: int, event: Event, inside: bool) -> None:
    _close(found.running, event[1])
    found.running = None
    if event[2]:
        found.running = found.begin(_Slice(PROCESSOR, decode.who(view, event[2]), "running", event[1]))


def _instant(cycle: int, thread: int, name: str, text: str, process: int = SYSTEM) -> dict[str, Any]:
    return {"ph": "i", "name": name, "cat": "happening", "pid": process, "tid": thread, "ts": _time(cycle), "s": "t",
            "args": {"text": text}}  # fmt: skip


def _on_thread(found: _Collector, view: View, number: int, event: Event, inside: bool) -> None:
    """Faults, notes and what the probe did, on the track of the thread."""
    if inside:
        found.know(view, event[2])
        name = {ev.FAULTED: "fault", ev.PROBE: "debug probe", ev.NOTE: str(event[3])}[event[0]]
        found.rows.append(_instant(event[1], event[2], name, sentence(view, number, event)))


def _signalled(found: _Collector, view: View, number: int, event: Event, inside: bool) -> None:
    if inside and event[6]:
        found.know(view, event[6])
        found.rows.append(_instant(event[1], event[6], "signal", sentence(view, number, event)))


def _from_outside(found: _Collector, view: View, number: int, event: Event, inside: bool) -> None:
    if inside:
        name = f"irq {event[2]}" if event[0] == ev.IRQ_RAISED else str(event[2])
        found.rows.append(_instant(event[1], OUTSIDE, name, sentence(view, number, event), MACHINE))


_STEPS: Final = {
    ev.MESSAGE: _message, ev.REPLIED: _replied, ev.SIGNALLED: _signalled, ev.SCHEDULED: _scheduled,
    ev.OBJECT_DESTROYED: _destroyed, ev.THREAD_STATE: _state, ev.FAULTED: _on_thread, ev.NOTE: _on_thread,
    ev.PROBE: _on_thread, ev.INPUT: _from_outside, ev.IRQ_RAISED: _from_outside,
}  # fmt: skip
