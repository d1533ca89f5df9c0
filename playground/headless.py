"""Lessons without a screen: each is a test with a line for every expectation and an exit code.

0 passed, 1 failed, 2 not a valid lesson, 3 could not be decided, which is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from playground.images import virtual_disk
from playground.machine.core import Core
from playground.player import CoreStage
from playground.recording.problem import RecordingProblem
from scenarios.language import LessonError, world_of
from scenarios.lesson import Lesson, has_expectations
from scenarios.library import NotFound, checked_lesson, manifest_of
from scenarios.player import FREE, LessonSession, LogLine, Outcome
from servers.manifest import Manifest, ManifestError

PASSED: Final = 0
FAILED: Final = 1
INVALID: Final = 2
UNDECIDED: Final = 3

_CODES: Final = {"passed": PASSED, "failed": FAILED, "undecided": UNDECIDED, "pending": UNDECIDED}
_WORST_FIRST: Final = (INVALID, FAILED, UNDECIDED, PASSED)
_WORDS: Final = {"passed": "passed   ", "failed": "FAILED   ", "undecided": "UNDECIDED"}

Write = Callable[[str], None]


def play(
    names: Sequence[str],
    *,
    seed: int | None = None,
    write: Write = print,
    record: Path | None = None,
    digest: bool = False,
) -> int:
    """Play lessons one after the other; a line for every expectation, and the worst exit code of all.

    `record`: the file to which the run of the only lesson is written; `digest`: print that of the events of each.
    """
    codes = {_play_one(name, seed, write, record, digest) for name in names}
    return next((code for code in _WORST_FIRST if code in codes), PASSED)


def run_lesson(lesson: Lesson, manifest: Manifest, seed: int) -> LessonSession:
    """Play a lesson to its end on a machine of its own, flat out, and give the session with all outcomes."""
    return play_on(Core(manifest, seed=seed, disk=virtual_disk()), lesson)


def play_on(core: Core, lesson: Lesson) -> LessonSession:
    """The same on a machine that has just booted; it is switched off afterwards."""
    manifest = core.manifest
    stage = CoreStage(core)
    session = LessonSession(lesson, stage, world_of(manifest))
    try:
        while session.next():
            while 0 < (entries := session.poll()) < FREE:
                stage.advance(entries, session.deadline)
    finally:
        core.close()
    return session


def _play_one(name: str, seed: int | None, write: Write, record: Path | None, digest: bool) -> int:
    lesson = _checked(name, write)
    if lesson is None:
        return INVALID
    manifest = manifest_of(lesson)
    write(f"{lesson.name}: {lesson.title}")
    core = Core(manifest, seed=lesson.front.seed if seed is None else seed, disk=virtual_disk())
    try:
        recorder = None if record is None else core.record(record)
    except RecordingProblem:
        core.close()
        raise
    session = play_on(core, lesson)
    for line in session.log:
        for text in _lines(line):
            write(text)
    write(_summary(lesson, session.outcomes))
    if digest:
        write(f"digest {core.trace.digest()} over {len(core.trace.events):,} events")
    if recorder is not None and recorder.problem:
        raise RecordingProblem(recorder.problem)
    return _CODES[session.verdict]


def _checked(name: str, write: Write) -> Lesson | None:
    try:
        return checked_lesson(name)
    except (NotFound, LessonError, ManifestError) as error:
        write(str(error))
        return None


def _lines(line: LogLine) -> list[str]:
    """How one line of the player is printed; what is for a presenter's eyes only is left out."""
    match line.kind:
        case "beat":
            return ["", f"{line.text}  ({line.place})"]
        case "say":
            return [f"    {line.text}"]
        case "ask":
            return [f"    Question: {line.text}", f"              {line.detail}"]
        case "do":
            return [f"  > {line.text}"]
        case "check":
            detail = f": {line.detail}" if line.detail else ""
            return [f"  {_WORDS.get(line.verdict, line.verdict)} {line.place}  {line.text}{detail}"]
        case _:
            return []


def _summary(lesson: Lesson, outcomes: Sequence[Outcome]) -> str:
    if not has_expectations(lesson):
        return f"\n{lesson.name}: nothing is expected, so nothing was decided"
    counts = {verdict: sum(outcome.verdict == verdict for outcome in outcomes) for verdict in _WORDS}
    text = f"{counts['passed']} of {len(outcomes)} expectations hold"
    text += f", {counts['failed']} failed" if counts["failed"] else ""
    text += f", {counts['undecided']} could not be decided" if counts["undecided"] else ""
    return f"\n{lesson.name}: {text}"
