"""A range of a run as a story: who sent what to whom, and what befell them, in order.

Sequence diagrams and films are made from it. Heartbeats are left out, as in the stream: they go on for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kernel import events as ev
from kernel.events import Event
from playground.exports.run import Run, Span, walk
from playground.screens.chronicle import BAD_NOTES, UNSHOWN_NOTES, is_heartbeat
from playground.view import decode, inputs
from playground.view.model import MessageView, View
from playground.view.sentences import address, one_line, sentence

TOLD: Final = frozenset({ev.MESSAGE, ev.REPLIED, ev.SIGNALLED, ev.NOTE, ev.PROBE, ev.INPUT})
"""Kinds of events that are told."""
_TURNS: Final = frozenset({"system-ready", "restarted", "stopped", *BAD_NOTES})
"""Topics of notes that somebody will want to find again."""
_INNER_INPUTS: Final = frozenset({"machine", "medium", "wall"})
"""What comes from outside without a person."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, in words."""

    number: int
    """Of its event."""
    cycle: int
    kind: str
    """call, send, reply, fault, signal; or note, probe, input, mark, which have no receiver."""
    sender: str
    """Who did it, or whom it befell; '' for a mark."""
    receiver: str
    text: str
    bad: bool = False
    """An error, a fault, a death."""
    turn: bool = False
    """A moment that somebody will want to find again."""
    call: int = -1
    """For a reply: the number of the call it answers."""


def story(run: Run, span: Span) -> Iterator[Step]:
    """The steps of a range."""
    marks = sorted((mark.event, mark.text) for mark in run.marks if span.start <= mark.event < span.stop)
    for number, event, view in walk(run, span, TOLD):
        while marks and marks[0][0] <= number:
            moment, text = marks.pop(0)
            yield Step(moment, event[1], "mark", "", "", one_line(text), turn=True)
        step = step_of(view, number, event)
        if step is not None:
            yield step
    for moment, text in marks:
        yield Step(moment, run.events[moment][1], "mark", "", "", one_line(text), turn=True)


def step_of(view: View, number: int, event: Event) -> Step | None:
    """One event of those kinds in words; None if it is not worth telling."""
    match event[0]:
        case ev.NOTE:
            return _note(view, number, event)
        case ev.PROBE:
            who = decode.who(view, event[2])
            words = f"the debug probe: {event[3]} {event[4]}".strip()
            return Step(number, event[1], "probe", who, "", words, bad=event[3] == "crash", turn=True)
        case ev.INPUT:
            return _input(number, event)
        case _:
            told = view.log.find(number)
            return None if told is None or is_heartbeat(told) else _message(told)


def _message(told: MessageView) -> Step:
    bad = bool(told.error) or told.kind == "fault"
    return Step(told.number, told.cycle, told.kind, told.sender, told.receiver, told.text, bad=bad,
                turn=told.kind == "fault", call=told.call)  # fmt: skip


def _note(view: View, number: int, event: Event) -> Step | None:
    topic, fields = event[3], dict(event[4])
    if topic in UNSHOWN_NOTES:
        return None
    about = str(fields.get("server", "")) or decode.who(view, event[2])
    text = sentence(view, number, event).removeprefix(f"{decode.who(view, event[2])}: ")
    return Step(number, event[1], "note", about, "", text, bad=topic in BAD_NOTES, turn=topic in _TURNS)


def _input(number: int, event: Event) -> Step | None:
    source, data = event[2], event[3]
    if source in _INNER_INPUTS or source == "probe":
        return None
    return Step(number, event[1], "input", "you", "", address(inputs.sentence(source, data)), turn=source == "operator")


def people(run: Run, steps: list[Step]) -> list[str]:
    """Everybody in the story, in the order of the shelves: applications, servers, drivers, then devices and others."""
    seen = dict.fromkeys(name for step in steps for name in (step.sender, step.receiver) if name)
    shelves = ("applications", "servers", "drivers")
    servers = run.manifest.servers
    ordered = [name for shelf in shelves for name in servers if servers[name].shelf == shelf and name in seen]
    if "you" in ordered:
        ordered.remove("you")
        ordered.insert(0, "you")
    return [*ordered, *(name for name in seen if name not in servers)]
