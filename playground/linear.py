"""A lesson line by line: for screen readers, pipes, and students who predict. Nothing is redrawn and nothing framed.

The same lesson as on screen, on the same machine, with the same events; each event that matters is one sentence.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from kernel import events as ev
from kernel.events import Event
from playground.headless import FAILED, PASSED, UNDECIDED, CannotWrite
from playground.lesson_run import booting, out_of_bounds, rehearse
from playground.machine.core import Core
from playground.plain_text import plain_lines
from playground.player import CoreStage
from playground.view.sentences import sentence
from scenarios.language import world_of
from scenarios.language.errors import harmless
from scenarios.lesson import Beat, Lesson, Play, Prose
from scenarios.library import checked_lesson, manifest_of
from scenarios.logbook import LogLine
from scenarios.player import FREE, LessonSession
from scenarios.student import explanation, results, score
from servers.manifest import Manifest

TALK: Final = frozenset({ev.MESSAGE, ev.REPLIED, ev.FAULTED, ev.NOTE, ev.INPUT, ev.PROBE, ev.IRQ_RAISED, ev.DROPPED})
"""Events that are told unless all are wanted."""
UNTOLD_NOTES: Final = frozenset({"you-reply", "server-started"})
_VERDICTS: Final = {"passed": "Holds", "failed": "Does not hold", "undecided": "Could not be decided"}
_CODES: Final = {"passed": PASSED, "failed": FAILED}

Write = Callable[[str], None]
Read = Callable[[], str | None]
"""The next line of the person without its end, or None if there will be no more."""


def play(
    name: str,
    *,
    seed: int | None = None,
    values: Mapping[str, str] | None = None,
    events: str = "talk",
    student: bool = False,
    results: Path | None = None,
    digest: bool = False,
) -> int:
    """Play a lesson on standard input and output. Raises the user's mistakes."""
    lesson = checked_lesson(name, values)
    manifest = manifest_of(lesson)
    chosen = lesson.front.seed if seed is None else seed
    person = sys.stdin.isatty()
    read = _line if student or person else None
    if results is not None:
        try_results(results)
    reader = Linear(lesson, manifest, chosen, write=_print, read=read, events=events, pauses=person)
    session = reader.session
    try:
        reader.play()
        if student:
            reader.tell_score()
    finally:  # also of somebody who leaves with Ctrl-C
        if results is not None:
            save_results(session, chosen, results)
    if digest:
        _print(f"digest {reader.stage.core.trace.digest()} over {len(reader.stage.events):,} events")
    return _CODES.get(session.verdict, UNDECIDED)


class Linear:
    """One playing. Without `read` nobody is asked; `pauses`: wait for return before each beat."""

    def __init__(
        self,
        lesson: Lesson,
        manifest: Manifest,
        seed: int,
        *,
        write: Write,
        read: Read | None,
        events: str = "talk",
        pauses: bool = False,
    ) -> None:
        self.pauses = pauses
        self._write = write
        self.read = read
        self.events = events
        self.seed = seed
        choices = rehearse(lesson, manifest, seed) if read is not None else ()
        boot = booting(manifest, seed)
        core: Core = boot()
        self.stage = CoreStage(core, remake=boot)
        self.session = LessonSession(
            lesson, self.stage, world_of(manifest), interactive=read is not None, seed=seed, rehearsed=lambda: choices
        )
        self._told = 0
        """Events that were told or passed over."""
        self._seconds = 0.0
        """Of the host's time that the machine took; waiting for a person does not count."""
        self._logged = 0
        self._segment = 0
        """Parts of the beat that were told."""

    def write(self, text: str) -> None:
        """One line, or several."""
        self._write(harmless(text))

    def play(self) -> LessonSession:
        """From the first line to the last."""
        session = self.session
        self._open()
        try:
            while session.next() and not self._over():
                self._segment = 0
                self._play_beat(session.beat)
                if self.pauses and not self._over():
                    self.write("Press return to go on.")
                    self._read()
        finally:
            self.stage.core.close()
        self.write(f"The end. The lesson has {_end_in_words(session)}.")
        return session

    def _open(self) -> None:
        front = self.session.lesson.front
        self.write(f"Lesson: {front.title}.")
        for objective in front.objectives:
            self.write(f"At the end you can: {objective}.")

    def _play_beat(self, beat: Beat) -> None:
        """Until the lesson waits for the next beat."""
        session, stage = self.session, self.stage
        while True:
            entries = session.poll()
            self._tell_log(beat)
            if session.command is not None:
                self._narrate(beat, session.command.line)
            self._tell_events()
            if session.state == "asking":
                self._ask()
            elif not 0 < entries < FREE:
                break
            else:
                begin = time.monotonic()
                stage.advance(entries, session.deadline)
                self._seconds += time.monotonic() - begin
                if reason := out_of_bounds(stage.cycle, self._seconds):
                    session.stop(reason)
                self._tell_events()
        self._narrate(beat, sys.maxsize)

    def _narrate(self, beat: Beat, line: int) -> None:
        """What stands in the file before a line and was not told yet."""
        while self._segment < len(beat.segments):
            part = beat.segments[self._segment]
            if isinstance(part, Play) and line != sys.maxsize and line <= _last_line(part):
                return
            if isinstance(part, Prose):
                for text in plain_lines(part.markdown):
                    self.write(text)
            self._segment += 1

    def _tell_log(self, beat: Beat) -> None:
        for line in self.session.log[self._logged :]:
            if line.kind in ("do", "check", "ask", "say", "compare"):
                self._narrate(beat, int(line.place.split(":")[-2]))
            if text := _log_in_words(line):
                self.write(text)
        self._logged = len(self.session.log)

    def _tell_events(self) -> None:
        """A sentence for each event that has happened since, as things stood when it happened."""
        events = self.stage.events
        self._told = min(self._told, len(events))
        for number in range(self._told, len(events)):
            event = events[number]
            if self.events == "all" or (self.events == "talk" and _matters(event)):
                fold = self.stage.fold
                if fold.view.event_count <= number:
                    fold.update(events[fold.view.event_count : number + 1])
                if (
                    self.events == "talk"
                    and event[0] == ev.DROPPED
                    and fold.view.speaks_for_the_dead(event[2], event[4])
                ):
                    continue
                self.write(f"Cycle {event[1]:,}: {sentence(fold.view, number, event)}.")
        self._told = len(events)

    def _ask(self) -> None:
        """Let the person predict; without an answer the lesson goes on without it."""
        question = self.session.question
        assert question is not None
        for number, choice in enumerate(question.choices, 1):
            self.write(f"{number}. {choice}")
        while True:
            self.write(f"What do you predict? A number from 1 to {len(question.choices)}:")
            answer = self._read()
            if answer is None:
                self.session.skip()
                return
            if answer.strip().isdecimal() and 1 <= int(answer) <= len(question.choices):
                self.session.answer(int(answer) - 1)
                return
            self.write(f"{answer.strip() or 'An empty line'} is none of them.")

    def _over(self) -> bool:
        return self.session.state == "over"

    def _read(self) -> str | None:
        return self.read() if self.read is not None else None

    def tell_score(self) -> None:
        """How well it was predicted, and what would have been right."""
        self.write(score(self.session).in_words())
        for one in self.session.predictions:
            self.write(f"{one.question} {explanation(one)}")


def try_results(path: Path) -> None:
    """Tell before a lesson that its results cannot be written; those of an earlier time stay. Raises CannotWrite."""
    there = path.exists()
    try:
        with path.open("a", encoding="utf-8"):
            pass
        if not there:
            path.unlink()
    except OSError as error:
        raise _cannot_write(path, error) from None


def save_results(session: LessonSession, seed: int, path: Path) -> None:
    """What was predicted, as JSON. Raises CannotWrite."""
    text = json.dumps(results(session, seed), indent=2, ensure_ascii=False) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _cannot_write(path, error) from None


def _cannot_write(path: Path, error: OSError) -> CannotWrite:
    reason = (error.strerror or str(error)).lower()
    return CannotWrite(f"the results cannot be written to {path}: {reason}")


def _matters(event: Event) -> bool:
    return event[0] in TALK and not (event[0] == ev.NOTE and event[3] in UNTOLD_NOTES)


def _log_in_words(line: LogLine) -> str:
    match line.kind:
        case "beat":
            return f"\nBeat: {line.text}."
        case "do":
            return f"Command: {line.text}"
        case "say":
            return line.text
        case "compare":
            return f"Compared: {line.text}."
        case "ask":
            return f"Question: {line.text}"
        case "answer":
            told = {"passed": "You predicted it: ", "failed": "You did not predict it: "}.get(line.verdict, "")
            return f"Answer: {told}{line.text}, because {line.detail}."
        case "check":
            detail = f" ({line.detail})" if line.detail else ""
            return f"{_VERDICTS[line.verdict]}: {line.text}{detail}." if line.verdict else ""
        case _:
            return ""


def _end_in_words(session: LessonSession) -> str:
    return {"passed": "passed", "failed": "failed"}.get(session.verdict, "not been decided")


def _last_line(part: Play) -> int:
    return part.commands[-1].line if part.commands else part.line


def _print(text: str) -> None:
    print(text, flush=True)


def _line() -> str | None:
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None
