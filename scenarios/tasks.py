"""What the player waits for: one small task for each kind of command that lets the machine run.

A task never runs anything. Asked again and again, it says how many kernel entries may pass before it must be asked
again, or that it is finished. One entry at a time wherever a condition decides, so that a lesson sees the same events
whoever drives the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from scenarios.conditions import Judge, Scope, quote
from scenarios.language import syntax
from scenarios.language.words import duration_in_words
from scenarios.stage import Stage

Verdict = Literal["passed", "failed", "undecided"]

DEFAULT_LIMIT: Final = 10_000_000_000
"""Cycles that a call or a run may take if the lesson does not say: ten seconds of the machine's time."""
MOST_ENTRIES: Final = 2_000_000
"""Kernel entries that one command may take, whatever the virtual time: then it is undecided."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a task ended."""

    verdict: Verdict
    detail: str = ""
    """What was found, in words; may be empty."""
    event: int = -1
    """The event that decided it, or -1."""
    told: str = ""
    """What the audience is told about it, or ''."""


class Task(Protocol):
    """Something that takes machine time."""

    deadline: int
    """The cycle at which it must be asked again even if nothing has happened."""

    def poll(self) -> int | Result:
        """How many kernel entries may pass before the next question, or how it ended."""


class _Bounded:
    """The two bounds of every task: virtual time and work done."""

    def __init__(self, stage: Stage, limit: int) -> None:
        self.stage = stage
        self.begin = stage.cycle
        self.limit = limit
        self.deadline = stage.cycle + limit
        self._last_entry = stage.steps + MOST_ENTRIES

    @property
    def late(self) -> bool:
        return self.stage.cycle >= self.deadline or self.stage.exhausted

    def in_vain(self) -> Result | None:
        """The end of a task that cannot be decided: the machine broke down or does not get on."""
        if self.stage.failure:
            return Result("undecided", f"the machine broke down: {self.stage.failure}")
        if self.stage.steps >= self._last_entry:
            passed = duration_in_words(self.stage.cycle - self.begin)
            return Result("undecided", f"after {MOST_ENTRIES:,} kernel entries only {passed} had passed")
        return None

    def time_over(self) -> str:
        """Why there is no more waiting, in words."""
        if self.stage.exhausted:
            return "and nothing can happen any more"
        return f"within {duration_in_words(self.limit)}"


class Answering(_Bounded):
    """Waits until `you` got an answer."""

    def __init__(self, stage: Stage, request: int, limit: int) -> None:
        super().__init__(stage, limit)
        self.request = request

    def poll(self) -> int | Result:
        reply = self.stage.reply(self.request)
        if reply is not None:
            return Result("passed", quote(reply))
        if self.late:
            return Result("failed", f"no answer came {self.time_over()}")
        return self.in_vain() or 1


class Stepping(_Bounded):
    """Lets so many kernel entries pass."""

    def __init__(self, stage: Stage, count: int) -> None:
        super().__init__(stage, DEFAULT_LIMIT)
        self.end = stage.steps + count

    def poll(self) -> int | Result:
        left = self.end - self.stage.steps
        if left <= 0 or self.late:
            return Result("passed")
        return self.in_vain() or left


class Waiting(_Bounded):
    """Lets so much virtual time pass."""

    def poll(self) -> int | Result:
        if self.stage.cycle >= self.deadline or self.stage.exhausted:
            return Result("passed")
        return self.in_vain() or 1


class Running(_Bounded):
    """Runs until a condition holds, or until everybody waits."""

    def __init__(self, judge: Judge, until: syntax.Condition | None, scope: Scope, limit: int) -> None:
        super().__init__(judge.stage, limit)
        self.judge = judge
        self.until = until
        self.scope = scope

    def poll(self) -> int | Result:
        if self.until is None:
            if self.stage.idle:
                return Result("passed")
        else:
            finding = self.judge.judge(self.until, self.scope)
            if finding.holds:
                return Result("passed", f"after {duration_in_words(self.stage.cycle - self.begin)}")
            if finding.final and not self.late:
                return Result("failed", f"{finding.instead}, and that cannot change any more")
        if self.late:
            if self.until is None:
                return Result("failed", f"somebody still had something to do {self.time_over()}")
            more = self.judge.why_not(self.until, self.scope)
            return Result("failed", f"{finding.instead} {self.time_over()}{f'; {more}' if more else ''}")
        return self.in_vain() or 1


class Expecting(_Bounded):
    """Finds out whether a condition holds now, or comes to hold in time, or (if it denies an event) stays true."""

    def __init__(self, judge: Judge, expect: syntax.Expect, scope: Scope) -> None:
        super().__init__(judge.stage, expect.limit.cycles if expect.limit else 0)
        self.judge = judge
        self.condition = expect.condition
        self.at_once = expect.limit is None
        self.scope = scope
        self.must_last = isinstance(expect.condition, syntax.Absent | syntax.NoReply) or (
            isinstance(expect.condition, syntax.Deadlock) and expect.condition.negated
        )
        if not self.at_once:
            scope.deadline = self.deadline

    def poll(self) -> int | Result:
        finding = self.judge.judge(self.condition, self.scope)
        passed = self.stage.cycle - self.begin
        over = self.at_once or self.late
        if finding.holds and (over or not self.must_last):
            in_time = self.at_once or not self.late or self.must_last or finding.event >= 0 or self.stage.exhausted
            if in_time:
                after = f"after {duration_in_words(passed)}" if passed and not self.must_last else ""
                return Result("passed", after, finding.event, finding.told)
            return Result("failed", f"it came too late, after {duration_in_words(passed)}")
        if not finding.holds and (over or finding.final):
            more = self.judge.why_not(self.condition, self.scope)
            time = "" if self.at_once or finding.final else f" {self.time_over()}"
            return Result("failed", f"{finding.instead}{time}{f'; {more}' if more else ''}")
        return self.in_vain() or 1
