"""One lesson on a machine of its own, from the first kernel entry to the last: plain data of what came out.

The machine runs flat out. Nothing here prints; reports are made from the `LessonResult`, which travels between
processes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from playground.images import virtual_disk
from playground.machine.core import Core
from playground.player import CoreStage
from playground.recording.problem import RecordingProblem
from scenarios.language import LessonError, world_of
from scenarios.language.errors import harmless
from scenarios.language.syntax import Ask, Branch, Goto
from scenarios.lesson import Lesson
from scenarios.library import NotFound, checked_lesson, manifest_of
from scenarios.logbook import LogLine
from scenarios.parameters import SettingError
from scenarios.player import FREE, LessonSession
from servers.manifest import Manifest, ManifestError

LONGEST_SECONDS: Final = 120.0
"""Seconds of the host's time that a lesson may take ..."""
LONGEST_CYCLES: Final = 4_000_000_000_000
"""... and of the machine's: 4000 s. A lesson that takes longer is stopped and undecided."""
_WORDS: Final = {"passed": "passed   ", "failed": "FAILED   ", "undecided": "UNDECIDED"}

Outcome = Literal["passed", "failed", "undecided", "invalid"]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which lesson is to be played, and how."""

    name: str
    seed: int | None = None
    """None: the lesson's own."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Of its parameters."""
    record: Path | None = None
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that had to hold."""

    beat: str
    """Title of its beat."""
    file: str
    line: int
    sentence: str
    verdict: Literal["passed", "failed", "undecided"]
    detail: str
    """What was found, in words; may be empty."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question and what turned out to be right."""

    question: str
    choices: tuple[str, ...]
    answer: str
    why: str


@dataclass(frozen=True, slots=True)
class LessonResult:
    """What came out of one lesson."""

    name: str
    verdict: Outcome
    title: str = ""
    file: str = ""
    seed: int = 0
    problem: str = ""
    """Why it is no valid lesson, with places; or empty."""
    checks: tuple[Check, ...] = ()
    answers: tuple[Answer, ...] = ()
    lines: tuple[str, ...] = ()
    """All of it as text."""
    seconds: float = 0.0
    cycles: int = 0
    events: int = 0
    digest: str = ""
    """Of all events, if it was asked for."""


def run_lesson(lesson: Lesson, manifest: Manifest, seed: int) -> LessonSession:
    """Play a lesson to its end on a machine of its own, flat out, and give the session with all outcomes."""
    boot = booting(manifest, seed)
    return play_on(boot(), lesson, boot)


def rehearse(lesson: Lesson, manifest: Manifest, seed: int) -> tuple[tuple[str, ...], ...]:
    """What to offer for each question of the lesson: it is played beforehand, since only a run knows what is right."""
    if not any(isinstance(command.action, Ask) and command.action.source for command in lesson.commands):
        return ()
    return tuple(prediction.choices for prediction in run_lesson(lesson, manifest, seed).predictions)


def booting(manifest: Manifest, seed: int) -> Callable[[], Core]:
    """How a lesson's machine is booted: with the virtual disk, the same everywhere."""
    return lambda: Core(manifest, seed=seed, disk=virtual_disk())


def play_on(core: Core, lesson: Lesson, boot: Callable[[], Core] | None = None) -> LessonSession:
    """The same on a machine that has just booted; it is switched off afterwards. `boot` makes another like it."""
    stage = CoreStage(core, remake=boot)
    session = LessonSession(lesson, stage, world_of(core.manifest), seed=core.trace.header.seed)
    begin = time.monotonic()
    try:
        while session.next():
            while 0 < (entries := session.poll()) < FREE:
                stage.advance(entries, session.deadline)
                if reason := out_of_bounds(stage.cycle, time.monotonic() - begin):
                    session.stop(reason)
    finally:
        stage.core.close()
    return session


def out_of_bounds(cycle: int, seconds: float) -> str:
    """Why a lesson that has come to a cycle and taken so many of the host's seconds must be stopped, or ''."""
    if cycle > LONGEST_CYCLES:
        return f"the lesson was stopped after {LONGEST_CYCLES:,} cycles of virtual time"
    if seconds > LONGEST_SECONDS:
        return f"the lesson was stopped after {LONGEST_SECONDS:.0f} s of the host's time"
    return ""


def carry_out(wish: Wish) -> LessonResult:
    """Read, check and play a lesson. Raises RecordingProblem; everything wrong with the lesson is in the result."""
    begin = time.monotonic()
    try:
        lesson = checked_lesson(wish.name, wish.values)
        manifest = manifest_of(lesson)
    except (NotFound, LessonError, ManifestError, SettingError) as error:
        return LessonResult(wish.name, "invalid", problem=str(error), lines=tuple(harmless(str(error)).splitlines()))
    seed = lesson.front.seed if wish.seed is None else wish.seed
    boot = booting(manifest, seed)
    core = boot()
    recorder = None
    if wish.record is not None:
        if any(isinstance(command.action, Goto | Branch) for command in lesson.commands):
            sentence = f"{lesson.name} goes back in time, and a recording holds one run; leave out --record"
            raise RecordingProblem(sentence)
        recorder = core.record(wish.record)
    session = play_on(core, lesson, boot)
    if recorder is not None and recorder.problem:
        raise RecordingProblem(recorder.problem)
    return _result(wish, lesson, seed, session, time.monotonic() - begin)


def _result(wish: Wish, lesson: Lesson, seed: int, session: LessonSession, seconds: float) -> LessonResult:
    stage = session.stage
    assert isinstance(stage, CoreStage)
    verdict = session.verdict
    beats = {command.line: beat.title for beat in lesson.beats for command in beat.commands}
    checks = tuple(
        Check(beats[it.command.line], it.command.file, it.command.line, it.sentence, it.verdict, it.detail)
        for it in session.outcomes
    )
    answers = tuple(Answer(it.question, it.choices, it.answer, it.why) for it in session.predictions)
    digest = stage.core.trace.digest() if wish.digest else ""
    events = len(stage.events)
    lines = [f"{lesson.name}: {lesson.title}"]
    for line in session.log:
        lines += _lines(line)
    lines += ["", _summary(lesson.name, checks)]
    lines += [f"digest {digest} over {events:,} events"] if digest else []
    return LessonResult(
        lesson.name, "undecided" if verdict == "pending" else verdict, lesson.title, lesson.file, seed, "", checks,
        answers, tuple(harmless(line) for line in lines), seconds, stage.cycle, events, digest,
    )  # fmt: skip


def _lines(line: LogLine) -> list[str]:
    """How one line of the player is printed; what is for a presenter's eyes only is left out."""
    match line.kind:
        case "beat":
            return ["", f"{line.text}  ({line.place})"]
        case "say":
            return [f"    {line.text}"]
        case "ask":
            return [f"    Question: {line.text}", *([f"              {line.detail}"] if line.detail else [])]
        case "answer":
            return [f"    Answer:   {line.text} ({line.detail})"]
        case "compare":
            return [f"    Compared: {line.text}"]
        case "do":
            return [f"  > {line.text}"]
        case "check":
            detail = f": {line.detail}" if line.detail else ""
            return [f"  {_WORDS.get(line.verdict, line.verdict)} {line.place}  {line.text}{detail}"]
        case _:
            return []


def _summary(name: str, checks: tuple[Check, ...]) -> str:
    if not checks:
        return f"{name}: nothing is expected, so nothing was decided"
    counts = {verdict: sum(check.verdict == verdict for check in checks) for verdict in _WORDS}
    text = f"{counts['passed']} of {len(checks)} expectations hold"
    text += f", {counts['failed']} failed" if counts["failed"] else ""
    text += f", {counts['undecided']} could not be decided" if counts["undecided"] else ""
    return f"{name}: {text}"
