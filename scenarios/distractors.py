"""What is offered beside the right answer: only what could really have happened, chosen by the lesson's seed.

Candidates come in rows: what the lesson wants to be offered, because many believe it; what did happen elsewhere in the
same run; what the interfaces and the kernel know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from kernel import events
from kernel.abi import ERROR_NAMES, FAULT_NAMES, TYPE_NAMES
from scenarios.conditions import Judge
from scenarios.language import syntax
from scenarios.language.check import World
from scenarios.language.happenings import CAUSES
from scenarios.language.verbs import PROPERTIES, STATES
from scenarios.stage import Stage
from servers.interfaces import INTERFACES, Interface, Operation

OFFERED: Final = 4
"""Answers of a question whose answers are not written down."""
ENOUGH: Final = 3
"""With so many, nothing is added to what the lesson wants to be offered."""
MOST_LOOKED_AT: Final = 400
"""Other events of a run that candidates are taken from."""
_SERVERS: Final = frozenset({"server", "thread", "sender", "receiver", "replier", "caller", "woken"})


@dataclass(slots=True)
class Asked:
    """What the questions of a lesson are about."""

    judge: Judge
    world: World
    requests: int = 0
    """The number of the last request of `you`."""
    interface: Interface | None = None
    """What it was addressed to."""
    operation: Operation | None = None

    @property
    def stage(self) -> Stage:
        """The machine."""
        return self.judge.stage


def shuffled(texts: Iterable[str], seed: int, place: str) -> tuple[str, ...]:
    """An order that only the seed and the place of the question decide, whatever folder its file lies in."""
    place = place.replace("\\", "/").rpartition("/")[2]
    return tuple(sorted(texts, key=lambda text: blake2b(f"{seed}\n{place}\n{text}".encode(), digest_size=8).digest()))


def choose(ask: syntax.Ask, asked: Asked, truth: str | None, begin: int, seed: int, place: str) -> tuple[str, ...]:
    """What to offer: the truth, if it is known already, among others; numbers in their order."""
    assert ask.source is not None, "written answers need no others"
    chosen = list(dict.fromkeys([*([] if truth is None else [truth]), *ask.also]))
    offered = max(ENOUGH, len(chosen)) if ask.also else OFFERED
    for row in _candidates(ask.source, asked, truth, begin):
        for text in shuffled({*row} - {""}, seed, place):
            if text not in chosen and len(chosen) < offered:
                chosen.append(text)
    if all(text.replace(",", "").isdecimal() for text in chosen):
        return tuple(sorted(chosen, key=lambda text: int(text.replace(",", ""))))
    return shuffled(chosen, seed, place)


def _candidates(source: syntax.Source, asked: Asked, truth: str | None, begin: int) -> list[Sequence[str]]:
    match source:
        case syntax.AnswerReply(field=field):
            return _of_reply(asked, field.text, truth)
        case syntax.AnswerNext():
            return [_soon_running(asked, begin), asked.world.servers, ["nobody"]]
        case syntax.AnswerField(field=field, event=event):
            return _of_event(asked, field.text, event, truth)
        case syntax.AnswerCount(event=event):
            return [_counts(asked, event, begin), _near(truth)]
        case syntax.AnswerProperty(name=name) if name.text in PROPERTIES:
            others = [f"{getattr(asked.stage.server(server), name.text):,}" for server in asked.world.servers]
            return [_near(truth)[:2], others, _near(truth)]
        case syntax.AnswerProperty():
            states = [asked.stage.server(server).state for server in asked.world.servers]
            return [states, [word for word in STATES if word not in ("running", "blocked", "dead")]]
        case _:
            return [["yes", "no"]]


def _of_reply(asked: Asked, field: str, truth: str | None) -> list[Sequence[str]]:
    own = list(asked.operation.errors) if asked.operation else []
    known = [error.name for error in asked.interface.all_errors()] if asked.interface else []
    if field == "error":
        return [[*own, "no error"], known, ["no answer comes"]]
    replies = [asked.stage.reply(request) for request in range(1, asked.requests + 1)]
    texts = [str(reply.text if field == "text" else reply.fields.get(field, "")) for reply in replies if reply]
    return [texts, _near(truth), ["no answer comes"], own]


def _soon_running(asked: Asked, begin: int) -> list[str]:
    """Servers that had the processor soon after."""
    stage = asked.stage
    after = stage.events[begin : begin + MOST_LOOKED_AT]
    return [
        name
        for event in after
        if event[0] == events.SCHEDULED and event[2]
        for name in [stage.name_of(event[2]).partition(".")[0]]
        if name in asked.world.servers
    ]


def _of_event(asked: Asked, field: str, pattern: syntax.EventPattern, truth: str | None) -> list[Sequence[str]]:
    trace, chronicle = asked.stage.events, asked.judge.chronicle
    bare = syntax.EventPattern(pattern.name, ())
    numbers = list(chronicle.find(trace, bare, 0))[-MOST_LOOKED_AT:]
    seen = [chronicle.value_in_words(number, trace[number], field) for number in numbers]
    if field in _SERVERS:
        return [[name for name in seen if name in asked.world.servers], asked.world.servers]
    universe = {
        "cause": [cause for cause in CAUSES if cause != "replaced"],
        "fault": list(FAULT_NAMES.values()),
        "error": list(ERROR_NAMES.values()),
        "type": list(TYPE_NAMES.values()),
        "kind": list(TYPE_NAMES.values()),
    }.get(field, [])
    if field == "operation" and truth and "." in truth:
        interface = truth.partition(".")[0]
        universe = [f"{interface}.{row.name}" for row in INTERFACES[interface].operations]
    return [seen, universe, _near(truth), ["it does not happen"]]


def _counts(asked: Asked, pattern: syntax.EventPattern, begin: int) -> list[str]:
    """How often the same happened in the whole run, and how often anything of that kind did."""
    trace, chronicle = asked.stage.events, asked.judge.chronicle
    bare = syntax.EventPattern(pattern.name, ())
    counts = [sum(1 for _ in chronicle.find(trace, bare, begin)), sum(1 for _ in chronicle.find(trace, pattern, 0))]
    return [f"{count:,}" for count in counts]


def _near(truth: str | None) -> list[str]:
    """Numbers beside a number."""
    if truth is None or not truth.replace(",", "").isdecimal():
        return [] if truth else ["0", "1", "2", "3"]
    number = int(truth.replace(",", ""))
    form = "{:,}" if "," in truth or number < 1000 else "{}"
    near = [number + 1, number - 1, number * 2, number + 2, 0]
    return [form.format(other) for other in near if other >= 0 and other != number]
