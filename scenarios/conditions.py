"""Whether a condition holds now, and if not, what is the case instead."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kernel import events
from scenarios.language import syntax
from scenarios.language.syntax import Condition, EventPattern, Literal
from scenarios.language.verbs import ALIVE, STATES
from scenarios.language.words import duration_in_words, event_in_words
from scenarios.matching import Chronicle
from scenarios.parameters import SettingError
from scenarios.stage import Reply, ServerFacts, Stage
from scenarios.what_if import changed, refusal, stands_at
from servers.manifest import ManifestError
from servers.nearest import nearest

LONGEST_QUOTE: Final = 160
"""Characters of a reply that a failing line shows."""
_TELLING: Final = ("server-died", "policy", "restarting", "restarted", "gave-up", "stopped")
"""Notes about a server that say why something did not happen to it."""

_GROWING: Final = ("life",)
"""Numbers of a server that never become smaller."""

_NUMBERS: Final[dict[str, Callable[[int, int], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out."""

    holds: bool
    instead: str = ""
    """What is the case instead, in words, if it does not hold."""
    event: int = -1
    """Number of the event that made it hold, or -1."""
    final: bool = False
    """It does not hold and cannot come to hold any more, whatever happens."""
    told: str = ""
    """What the audience is told when it holds, such as the text of an error; may be empty."""


@dataclass(slots=True)
class Scope:
    """Which part of the run a condition is about."""

    begin: int
    """Events from this number on count."""
    request: int = 0
    """The request of `you` that `reply` is about; 0 if there was none."""
    used: frozenset[int] | set[int] = frozenset()
    """Events that have already answered an expectation: each answers one only."""
    deadline: int | None = None
    """Events after this cycle come too late."""


class Judge:
    """Evaluates conditions over a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.chronicle = Chronicle(stage.name_of)
        self._resume_at: dict[tuple[int, int], int] = {}
        """By identity and first event of an `event` condition: the first event that it was not held against yet."""
        self._refusals: dict[tuple[str, tuple[syntax.ManifestChange, ...]], ManifestError | None] = {}
        """What is wrong with the manifests that were asked about."""

    def rewind(self) -> None:
        """The stage has gone back in time: forget what was remembered of its events."""
        self.chronicle = Chronicle(self.stage.name_of)
        self._resume_at.clear()

    def judge(self, condition: Condition, scope: Scope) -> Finding:
        """Whether the condition holds now."""
        self.chronicle.update(self.stage.events)
        match condition:
            case syntax.ReplyField() | syntax.ReplySucceeds() | syntax.ReplyFails() | syntax.NoReply():
                return self._reply(condition, self.stage.reply(scope.request) if scope.request else None)
            case syntax.Happened():
                return self._happened(condition, scope)
            case syntax.Absent():
                number = next(self._find(condition.event, scope), None)
                if number is None:
                    return Finding(True)
                return Finding(False, f"it happened at cycle {self.stage.events[number][1]:,}", final=True)
            case syntax.Before():
                return self._before(condition, scope)
            case syntax.Counted():
                count = sum(1 for _ in self._find(condition.event, scope))
                return _growing(condition.comparison, count, condition.number, "the count is")
            case syntax.Elapsed():
                return self._elapsed(condition, scope)
            case syntax.IsState():
                facts = self.stage.server(condition.server.text)
                return Finding(_is_in_state(facts, condition) != condition.negated, describe(facts))
            case syntax.Reach():
                reaches = self.stage.reaches(condition.source.text, condition.destination.text)
                can = "can" if reaches else "cannot"
                instead = f"{condition.source} {can} reach {condition.destination}"
                return Finding(reaches == condition.possible, instead)
            case syntax.Holds():
                return self._holds(condition)
            case syntax.Property():
                number = getattr(self.stage.server(condition.server.text), condition.name.text)
                compared = _growing if condition.name.text in _GROWING else _compared
                return compared(condition.comparison, number, condition.number, "it is")
            case syntax.Deadlock():
                return self._deadlock(condition)
            case syntax.Judged():
                return self._judged(condition)

    def _holds(self, condition: syntax.Holds) -> Finding:
        name = condition.capability.text
        held = self.stage.holds(condition.server.text, name, [right.text for right in condition.rights])
        names = self.chronicle.names
        if not held and "." in name and names and name not in names:
            # To lack what never was would hold for every slip of the pen.
            meant = nearest(name, sorted(names)).removeprefix("; ")
            return Finding(False, f"no object was ever called `{name}` ({meant})")
        return Finding(held == condition.held, f"{condition.server} {'holds' if held else 'lacks'} it")

    def _deadlock(self, condition: syntax.Deadlock) -> Finding:
        circles = self.stage.deadlocks()
        told = "; ".join(circle.text for circle in circles)
        wanted = {server.text for server in condition.servers}
        found = next((circle for circle in circles if not wanted or set(circle.servers) == wanted), None)
        if condition.negated:
            return Finding(found is None, told, final=found is not None)
        return Finding(found is not None, told or "nobody waits in a circle", told=found.text if found else "")

    def _judged(self, condition: syntax.Judged) -> Finding:
        manifest = self.stage.manifest
        asked = (manifest.text, condition.changes)
        try:
            if asked not in self._refusals:
                self._refusals[asked] = refusal(manifest.text, manifest.file, condition.changes)
            error = self._refusals[asked]
        except SettingError as impossible:
            return Finding(False, str(impossible), final=True)
        if error is None:
            return Finding(condition.accepted, "it is accepted", final=True)
        place = condition.place.text if condition.place else ""
        elsewhere = place and not stands_at(error, changed(manifest.text, condition.changes), place)
        holds = not condition.accepted and not elsewhere
        return Finding(holds, f"it is refused: {error}", final=True, told=_from_its_name(error))

    def _find(self, event: EventPattern, scope: Scope, begin: int | None = None) -> Iterator[int]:
        """Numbers of the events that count, without those that come too late."""
        trace = self.stage.events
        for number in self.chronicle.find(trace, event, scope.begin if begin is None else begin):
            if scope.deadline is None or trace[number][1] <= scope.deadline:
                yield number

    def _happened(self, condition: syntax.Happened, scope: Scope) -> Finding:
        looked_at = (id(condition), scope.begin)
        begin = self._resume_at.get(looked_at, scope.begin)
        for number in self._find(condition.event, scope, begin):
            if number not in scope.used:
                return Finding(True, event=number)
        self._resume_at[looked_at] = len(self.stage.events)
        return Finding(False, "it did not happen")

    def _elapsed(self, condition: syntax.Elapsed, scope: Scope) -> Finding:
        trace = self.stage.events
        first = next(self._find(condition.first, scope), None)
        if first is None:
            return Finding(False, f"{event_in_words(condition.first)} did not happen")
        second = next(self._find(condition.second, scope, first + 1), None)
        if second is None:
            return Finding(False, f"{event_in_words(condition.second)} did not happen after it")
        passed = trace[second][1] - trace[first][1]
        holds = _NUMBERS[condition.comparison](passed, condition.duration.cycles)
        return Finding(holds, f"it is {duration_in_words(passed)}", final=True)

    def _before(self, condition: syntax.Before, scope: Scope) -> Finding:
        first = next(self._find(condition.first, scope), None)
        second = next(self._find(condition.second, scope), None)
        if first is None:
            return Finding(False, f"{event_in_words(condition.first)} did not happen", final=second is not None)
        if second is None:
            return Finding(False, f"{event_in_words(condition.second)} did not happen")
        return Finding(first < second, "it was the other way round", final=True)

    def _reply(self, condition: Condition, reply: Reply | None) -> Finding:
        if isinstance(condition, syntax.NoReply):
            return Finding(reply is None, f"the reply was {quote(reply)}", final=reply is not None)
        if reply is None:
            return Finding(False, "there is no reply")
        instead = f"the reply was {quote(reply)}"
        match condition:
            case syntax.ReplySucceeds():
                return Finding(reply.ok, instead, final=True)
            case syntax.ReplyFails():
                fails = not reply.ok and (condition.error is None or condition.error.text == reply.error)
                return Finding(fails, instead, final=True)
            case syntax.ReplyField():
                known = {"text": reply.text, "error": reply.error} | dict(reply.fields)
                value = known.get(condition.field.text)
                if value is None:
                    return Finding(False, f"it has none; {instead}", final=True)
                return Finding(_compare(value, condition.comparison, condition.value), instead, final=True)
        raise AssertionError(f"not about a reply: {condition}")

    def why_not(self, condition: Condition, scope: Scope) -> str:
        """More about an event that did not happen: others of its name, and what was last said about its server."""
        if not isinstance(condition, syntax.Happened):
            return ""
        bare = EventPattern(condition.event.name, ())
        names = [setting.name.text for setting in condition.event.fields if setting.name]
        others = list(self.chronicle.find(self.stage.events, bare, scope.begin))
        if others and names:
            told = self.chronicle.tell(others[-1], self.stage.events[others[-1]], names)
            return f"the last {condition.event.name} had {told}"
        server = next((str(part.value) for part in condition.event.fields if str(part.name) == "server"), "")
        for event in reversed(self.stage.events[scope.begin :]):
            if server and event[0] == events.NOTE and event[3] in _TELLING and dict(event[4]).get("server") == server:
                fields = dict(event[4])
                text = fields.get("text") or ", ".join(f"{key} {fields[key]}" for key in fields if key != "server")
                return f"last of {server}: {event[3]}: {text}"
        return f"nothing was heard of {server}" if server else ""


def _from_its_name(error: ManifestError) -> str:
    """An error of a manifest with the bare name of the file, as an audience wants it."""
    return f"{error.file.rpartition('/')[2]}:{error.line}:{error.column}: {error.sentence}"


def describe(facts: ServerFacts) -> str:
    """A server's state as a clause: 'disk is faulted (null pointer)'."""
    detail = f" ({facts.detail})" if facts.detail else ""
    return f"{facts.name} is {facts.state}{detail}"


def quote(reply: Reply | None) -> str:
    """A reply in words, shortened."""
    if reply is None:
        return "none"
    text = " ".join(reply.text.split()) or ("ok" if reply.ok else reply.error)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _is_in_state(facts: ServerFacts, condition: syntax.IsState) -> bool:
    if condition.state.text == "handling" and facts.handles:
        operation = f"{condition.interface}.{condition.operation}" if condition.operation else facts.handles
        client = condition.asked_by.text if condition.asked_by else facts.asked_by
        return facts.state in ALIVE and (facts.handles, facts.asked_by) == (operation, client)
    if facts.state not in STATES[condition.state.text][0]:
        return False
    if condition.operation or condition.asked_by:
        return False
    return condition.waits_for is None or facts.waits_for == condition.waits_for.text


def _compared(sign: str, number: int, right: int, what: str) -> Finding:
    return Finding(_NUMBERS[sign](number, right), f"{what} {number:,}")


def _growing(sign: str, number: int, right: int, what: str) -> Finding:
    """The same for a number that can only become larger."""
    hopeless = number > right if sign in ("==", "<=") else number >= right and sign == "<"
    return Finding(_NUMBERS[sign](number, right), f"{what} {number:,}", final=hopeless)


def _compare(value: int | str, sign: str, literal: Literal) -> bool:
    right = literal.value
    if sign == "contains":
        return str(right) in str(value)
    if sign == "starts with":
        return str(value).startswith(str(right))
    if isinstance(value, int) and isinstance(right, int):
        return _NUMBERS[sign](value, right)
    if sign in ("==", "!="):
        return (str(value) == str(right)) == (sign == "==")
    return False
