"""The beginning of a lesson, made from what was done by hand.

Everything that came from a person becomes a line of the lesson language in a beat of its own; what came of it becomes
expectations, and the virtual time between two acts a `wait`. It is a skeleton: the narration is for the author.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from kernel import events as ev
from kernel.events import Event
from playground.exports.outcomes import Judgement, Names, duration, judge, quoted
from playground.exports.run import ExportProblem, Run, Span, catch_up, walk
from playground.view import inputs
from playground.view.fold import Fold
from playground.view.model import View
from playground.view.servers import slot_names

ACTS: Final = frozenset({"operator", "probe", "keyboard"})
"""Sources of inputs behind which a person stands."""
SHORTEST_WAIT: Final = 1_000
"""Cycles; a shorter pause between two acts is left out."""
MOST_ACTS: Final = 250
"""More than that is no lesson."""
MINUTES_AN_ACT: Final = 2


@dataclass(slots=True)
class Act:
    """One thing that a person did, and what followed until the next."""

    number: int
    """Of its event."""
    cycle: int
    source: str
    data: Any
    request: int = 0
    """Number of the request to `you`, or 0."""
    owed: int = 0
    """Number of the last request before, if that is not answered yet, or 0."""
    held: frozenset[tuple[str, str]] = frozenset()
    """Which servers held which of their capabilities just before."""
    notes: list[tuple[int, str, dict[str, int | str]]] = field(default_factory=list)
    """Cycle, topic and fields of what user space said."""
    calls: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Cycle, caller, callee and operation of the calls."""


def lesson(run: Run, span: Span) -> Iterator[str]:
    """The text of the lesson. Raises ExportProblem if nothing was done by hand."""
    names = Names(run.manifest)
    chapters: list[tuple[str, Judgement]] = []
    acts = list(_acts(run, span))
    if not acts:
        raise ExportProblem("nothing was done by hand in this range: no request, no key, no act of the debug probe")
    if len(acts) > MOST_ACTS:
        raise ExportProblem(f"{len(acts):,} acts are too many for a lesson, {MOST_ACTS} is the most; narrow the range")
    fold, done = Fold(run.manifest), 0
    for place, act in enumerate(acts):
        end = acts[place + 1].number if place + 1 < len(acts) else span.stop
        done = catch_up(fold, run.events, done, end)
        following = acts[place + 1] if place + 1 < len(acts) else None
        judged = judge(names, act, fold.view, following)
        _add_wait(run, act, judged, following)
        chapters.append((_heading(act), judged))
    yield from _head(run, len(acts))
    yield from _opening(run, acts[0])
    for heading, judged in chapters:
        yield f"\n## {heading}\n\n"
        yield f"{judged.prose or 'Say here what to look at.'}\n\n```play\n"
        yield from (f"{line}\n" for line in judged.lines)
        yield "```\n"
    yield from _closing(fold.view)


def _acts(run: Run, span: Span) -> Iterator[Act]:
    """What was done, in order; keys that follow each other are one act."""
    open_: Act | None = None
    requests = answered = 0
    kinds = frozenset({ev.INPUT, ev.NOTE, ev.MESSAGE})
    for number, event, view in walk(run, Span(0, span.stop), kinds):
        if event[0] != ev.INPUT:
            if event[0] == ev.NOTE and event[3] == "you-reply":
                answered = int(dict(event[4]).get("request", 0))
            if open_ is not None:
                _take(open_, view, event)
            continue
        requests += event[2] == "operator"
        if event[2] not in ACTS or number < span.start:
            continue
        if open_ is not None and _goes_on(open_, event):
            open_.data += event[3]
            continue
        if open_ is not None:
            yield open_
        request = requests if event[2] == "operator" else 0
        owed = requests if answered < requests and not request else 0
        open_ = Act(number, event[1], event[2], event[3], request, owed, _held(run, view))
    if open_ is not None:
        yield open_


def _goes_on(act: Act, event: Event) -> bool:
    """Whether a key belongs to the same line as those before it."""
    return act.source == event[2] == "keyboard" and not act.data.endswith("\n")


def _take(act: Act, view: View, event: Event) -> None:
    if event[0] == ev.NOTE:
        act.notes.append((event[1], event[3], dict(event[4])))
    elif event[9] == 1 and len(act.calls) < 64:
        told = view.messages[-1]
        act.calls.append((event[1], told.sender, told.receiver, f"{told.interface}.{told.operation}"))


def _held(run: Run, view: View) -> frozenset[tuple[str, str]]:
    found = set()
    for name, server in view.servers.items():
        slots = slot_names(run.manifest, name)
        found |= {(name, slots[index]) for index in view.held.get(server.cspace, ()) if index in slots}
    return frozenset(found)


def _add_wait(run: Run, act: Act, judged: Judgement, following: Act | None) -> None:
    """The time that passed before the next act, after everything that is expected has happened."""
    if following is None:
        return
    gap = following.cycle - max(judged.settled, act.cycle)
    if gap >= SHORTEST_WAIT and not judged.waits_for_state:
        judged.lines.append(f"wait {duration(gap)}")
    if judged.until:
        judged.lines.append(judged.until)


def _heading(act: Act) -> str:
    """What was done, as a heading."""
    match act.source:
        case "operator":
            words = inputs.request(act.data)
        case "probe":
            words = f"{act.data[0]} {act.data[1]}" + (f" with {act.data[2]}" if any(act.data[2:]) else "")
        case _:
            words = f"type {quoted(act.data)}"
    plain = " ".join(words.replace("`", "'").split())
    return plain[:1].upper() + (plain[1:] if len(plain) <= 72 else f"{plain[1:71]}…")


def _head(run: Run, acts: int) -> Iterator[str]:
    """The front matter."""
    from scenarios.library import read_system, system_names

    shipped = {read_system(name).text: name for name in system_names()}
    system = shipped.get(run.manifest.text, f"{run.manifest.name}.toml")
    yield "+++\n"
    yield f"title = {_toml(f'{run.title}, by hand')}\n"
    yield f"system = {_toml(system)}\n"
    yield f"seed = {run.seed}\n"
    yield f"minutes = {max(2, acts * MINUTES_AN_ACT)}\n"
    yield 'objectives = ["Say here what somebody can do after this lesson"]\n'
    yield "+++\n"


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _opening(run: Run, first: Act) -> Iterator[str]:
    """Boot, and the time until the first act."""
    yield "\n## Switch it on\n\nMade from what was done by hand. Tell here what it is about.\n\n```play\n"
    yield "run until event system-ready within 5 s\n"
    ready = run.names.get("ready", 0)
    since = run.events[ready - 1][1] if ready else 0
    gap = first.cycle - since
    if gap >= SHORTEST_WAIT:
        yield f"wait {duration(gap)}\n"
    yield "expect you is running\n```\n"


def _closing(view: View) -> Iterator[str]:
    """How it stands at the end: everybody's life, and who is not well."""
    yield "\n## How it stands now\n\nSay here what was learned.\n\n```play\n"
    for name, server in view.servers.items():
        if server.status.key == "stopped" and server.status.detail.startswith("paused"):
            yield f"expect {name} is paused\n"
        elif server.status.key == "stopped":
            yield f"expect {name} is stopped\n"
        elif server.status.key in ("faulted", "restarting"):
            yield f"expect {name} is dead\n"
        elif server.life:
            yield f"expect {name} is running\n"
        if server.life > 1:
            yield f"expect {name}.life == {server.life}\n"
    yield "```\n"
