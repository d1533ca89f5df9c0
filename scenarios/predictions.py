"""Questions to the audience: when each is decided, what turned out to be right, and what was offered beside it.

A question is asked before its answer exists. It stays open while the lesson goes on; as soon as the run has decided
it, the right answer is read off the events, the replies and the states. Nothing of it is written in the lesson.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kernel import events
from scenarios.conditions import Judge, Scope, quote
from scenarios.distractors import Asked, choose, shuffled
from scenarios.language import syntax
from scenarios.language.syntax import Command
from scenarios.language.words import condition_in_words, event_in_words
from scenarios.stage import Stage

NO_ANSWER: Final = "no answer comes"
NEVER: Final = "it does not happen"
NOBODY: Final = "nobody"
NO_ERROR: Final = "no error"
YES_NO: Final = ("yes", "no")

Rehearsed = Callable[[], Sequence[Sequence[str]]]
"""What to offer for each question of the lesson, in the order of asking; asked for when the first one is."""


@dataclass(slots=True)
class Prediction:
    """One question, what was predicted, and what came of it."""

    number: int
    """From 0, in the order of asking."""
    command: Command
    question: str
    choices: tuple[str, ...]
    """What is offered; empty if nobody was asked and the answer is not known yet."""
    chosen: int | None = None
    """Which of the choices was predicted; None if nobody was asked."""
    answer: str = ""
    """What turned out to be right; empty while it is open, or if nothing is."""
    why: str = ""
    """By what, in words."""
    event: int = -1
    """Number of the event that decided it, or -1."""
    known: bool = False
    """It is decided."""

    @property
    def right(self) -> bool | None:
        """Whether the prediction came true; None if there is none, or nothing that was offered came true."""
        if self.chosen is None or not self.known or self.answer not in self.choices:
            return None
        return self.choices[self.chosen] == self.answer


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right."""

    answer: str
    why: str
    event: int = -1


@dataclass(slots=True)
class _Open:
    prediction: Prediction
    ask: syntax.Ask
    begin: int
    """First event that counts."""
    deadline: int | None
    """Cycle at which it is decided at the latest; None: at the end of the beat."""
    before: int
    """The request made last before the question ..."""
    request: int
    """... and the one that the question is about; 0 while there is none yet."""
    running: int
    """The thread that was on the processor."""


@dataclass(frozen=True, slots=True)
class Kept:
    """All questions at one moment."""

    all: list[Prediction]
    open: list[_Open]


class Predictor:
    """All questions of one playing of a lesson."""

    def __init__(self, judge: Judge, asked: Asked, seed: int, rehearsed: Rehearsed) -> None:
        self.judge = judge
        self.stage: Stage = judge.stage
        self.asked = asked
        self.seed = seed
        self.rehearsed = rehearsed
        self.all: list[Prediction] = []
        self._open: list[_Open] = []

    @property
    def is_open(self) -> bool:
        """Whether a question waits for the run."""
        return bool(self._open)

    @property
    def deadline(self) -> int | None:
        """The next cycle at which a question is decided by the clock, or None."""
        known = [one.deadline for one in self._open if one.deadline is not None and one.deadline > self.stage.cycle]
        return min(known, default=None)

    def ask(self, command: Command, ask: syntax.Ask, request: int, *, offer: bool) -> Prediction:
        """Open a question. `request`: the last one of `you`; `offer`: somebody is there to choose."""
        trace = self.stage.events
        waiting = request if request and self.stage.reply(request) is None else 0
        running = next((event[2] for event in reversed(trace) if event[0] == events.SCHEDULED), 0)
        deadline = self.stage.cycle + ask.limit.cycles if ask.limit else None
        prediction = Prediction(len(self.all), command, ask.question, self._written(command, ask))
        self.all.append(prediction)
        self._open.append(_Open(prediction, ask, len(trace), deadline, request, waiting, running))
        if offer and not prediction.choices:
            rehearsed = self.rehearsed()
            if prediction.number < len(rehearsed):
                prediction.choices = tuple(rehearsed[prediction.number])
            else:
                prediction.choices = self._choices(self._open[-1], None)
        return prediction

    def settle(self, request: int, *, beat_over: bool = False, lesson_over: bool = False) -> list[Prediction]:
        """Decide what can be decided now; the questions that are decided by this."""
        done = []
        for one in list(self._open):
            if not one.request and request != one.before:
                one.request = request
            late = one.deadline is not None and self.stage.cycle >= one.deadline
            over = lesson_over or late or (beat_over and one.deadline is None)
            truth = self._truth(one, over)
            if truth is None and not over:
                continue
            self._open.remove(one)
            prediction = one.prediction
            prediction.known = True
            if truth is not None:
                prediction.answer, prediction.why, prediction.event = truth.answer, truth.why, truth.event
                if not prediction.choices:
                    prediction.choices = self._choices(one, truth.answer)
            done.append(prediction)
        return done

    def keep(self) -> Kept:
        """All questions as they are now, to come back to."""
        everything = [replace(one) for one in self.all]
        still_open = [replace(one, prediction=everything[one.prediction.number]) for one in self._open]
        return Kept(everything, still_open)

    def put_back(self, kept: Kept) -> None:
        """Make the questions be as they were; once, since they are not copied again."""
        self.all, self._open = kept.all, kept.open

    def rewind(self) -> None:
        """The stage has gone back in time."""
        for one in self._open:
            one.begin = min(one.begin, len(self.stage.events))

    def _written(self, command: Command, ask: syntax.Ask) -> tuple[str, ...]:
        if isinstance(ask.source, syntax.AnswerWhether):
            return YES_NO
        return shuffled([option.text for option in ask.options], self.seed, command.place)

    def _choices(self, one: _Open, truth: str | None) -> tuple[str, ...]:
        return choose(one.ask, self.asked, truth, one.begin, self.seed, one.prediction.command.place)

    def _scope(self, one: _Open) -> Scope:
        return Scope(one.begin, one.request, deadline=one.deadline)

    def _truth(self, one: _Open, over: bool) -> Truth | None:
        if one.ask.source is None:
            return self._first_to_come_true(one, over)
        match one.ask.source:
            case syntax.AnswerReply(field=field):
                return self._of_reply(one, field.text, over)
            case syntax.AnswerNext():
                return self._next_running(one, over)
            case syntax.AnswerField(field=field, event=event):
                return self._of_event(one, field.text, event, over)
            case source if over:
                return self._at_the_end(one, source)
        return None

    def _first_to_come_true(self, one: _Open, over: bool) -> Truth | None:
        for option in one.ask.options:
            if option.condition is not None:
                finding = self.judge.judge(option.condition, self._scope(one))
                if finding.holds:
                    return Truth(option.text, condition_in_words(option.condition), finding.event)
        rest = next((option.text for option in one.ask.options if option.condition is None), None)
        return Truth(rest, "none of the others came true") if over and rest is not None else None

    def _of_reply(self, one: _Open, field: str, over: bool) -> Truth | None:
        reply = self.stage.reply(one.request) if one.request else None
        if reply is None:
            return Truth(NO_ANSWER, "there was no reply") if over else None
        why = f"the reply was {quote(reply)}"
        if field == "error":
            return Truth(reply.error or NO_ERROR, why)
        value = reply.text if field == "text" else reply.fields.get(field)
        return Truth(NO_ANSWER if value is None else str(value), why)

    def _next_running(self, one: _Open, over: bool) -> Truth | None:
        trace = self.stage.events
        for number in range(one.begin, len(trace)):
            event = trace[number]
            if event[0] == events.SCHEDULED and event[2] not in (0, one.running):
                name = self.stage.name_of(event[2])
                return Truth(name.partition(".")[0], f"the kernel let {name} run at cycle {event[1]:,}", number)
        return Truth(NOBODY, "nobody else ran") if over else None

    def _of_event(self, one: _Open, field: str, pattern: syntax.EventPattern, over: bool) -> Truth | None:
        trace, chronicle = self.stage.events, self.judge.chronicle
        chronicle.update(trace)
        for number in chronicle.find(trace, pattern, one.begin):
            if one.deadline is None or trace[number][1] <= one.deadline:
                why = f"{event_in_words(pattern)} at cycle {trace[number][1]:,}"
                return Truth(chronicle.value_in_words(number, trace[number], field), why, number)
        return Truth(NEVER, f"{event_in_words(pattern)} did not happen") if over else None

    def _at_the_end(self, one: _Open, source: syntax.Source) -> Truth:
        trace, chronicle = self.stage.events, self.judge.chronicle
        chronicle.update(trace)
        match source:
            case syntax.AnswerCount(event=pattern):
                found = chronicle.find(trace, pattern, one.begin)
                count = sum(1 for number in found if one.deadline is None or trace[number][1] <= one.deadline)
                times = "once" if count == 1 else f"{count:,} times" if count else "not at all"
                return Truth(f"{count:,}", f"event {event_in_words(pattern)} happened {times}")
            case syntax.AnswerWhether(condition=condition):
                finding = self.judge.judge(condition, self._scope(one))
                why = condition_in_words(condition) if finding.holds else finding.instead
                return Truth(YES_NO[0] if finding.holds else YES_NO[1], why, finding.event)
            case syntax.AnswerProperty(server=server, name=name):
                value = getattr(self.stage.server(server.text), name.text)
                told = f"{value:,}" if isinstance(value, int) else str(value)
                return Truth(told, f"{name} of {server} at cycle {self.stage.cycle:,}")
        raise AssertionError(f"decided by the run, not at the end: {source}")
