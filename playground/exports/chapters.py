"""A lesson as chapters for a page: what each beat said, did, showed and sent, gathered while it is played."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from playground.exports.diagram import drawn
from playground.exports.offscreen import Look, Offscreen, over
from playground.exports.played import Played
from playground.exports.run import Run, Span
from playground.exports.story import Step, story
from playground.screens.picture import compact
from playground.view.model import View
from scenarios.lesson import Beat, Lesson
from scenarios.logbook import LogLine
from scenarios.predictions import Prediction

MOST_STEPS: Final = 40
"""Steps of a beat's diagram; how many more there were is said."""
DEATHS: Final = frozenset({"server-died", "gave-up"})
"""Topics of notes at which a picture is drawn; faults are the other moments."""
QUIET: Final = frozenset({"idle", "absent"})
"""States of servers that are not worth a word beside a picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The screens at one moment."""

    title: str
    words: str
    """What it shows, in sentences."""
    svg: str
    text: str
    """The same as lines of text."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Who sent what to whom in one beat."""

    steps: Sequence[Step]
    more: int
    """How many steps came after these."""
    svg: str


@dataclass(slots=True)
class Chapter:
    """One beat."""

    number: int
    """From 1."""
    beat: Beat
    pictures: list[Picture] = field(default_factory=list)
    """At most two: something went wrong, and the end."""
    messages: Exchange | None = None
    """None if nothing was sent."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A lesson that was played to its end."""

    lesson: Lesson
    seed: int
    version: str
    verdict: str
    chapters: Sequence[Chapter]
    log: Mapping[str, Sequence[LogLine]]
    """What came of each command, by its place."""
    predictions: Mapping[str, Prediction]
    """The questions, by their place."""
    checks: Mapping[str, int]
    """How many expectations there were of each verdict."""


def tell(played: Played, look: Look) -> Telling:
    """Play the lesson and gather everything. Raises ExportProblem."""
    chapters = asyncio.run(_chapters(played, look))
    session = played.session
    log: dict[str, list[LogLine]] = {}
    for line in session.log:
        log.setdefault(line.place, []).append(line)
    checks = dict.fromkeys(("passed", "failed", "undecided"), 0)
    for outcome in session.outcomes:
        checks[outcome.verdict] += 1
    return Telling(
        lesson=played.lesson,
        seed=played.seed,
        version=played.run().version,
        verdict=session.verdict,
        chapters=chapters,
        log=log,
        predictions={one.command.place: one for one in session.predictions},
        checks=checks,
    )


async def _chapters(played: Played, look: Look) -> list[Chapter]:
    chapters: list[Chapter] = []
    async with over(played.machine, look) as screens:
        while played.next():
            number = len(chapters) + 1
            chapter = Chapter(number, played.session.beat)
            remark = f"beat {number} of {len(played.lesson.beats)}"
            moves = played.moves
            for steps in played.go_on():
                bad = next((step for step in steps if _went_wrong(step, played.machine.view)), None)
                if bad is not None and not chapter.pictures:
                    screens.select(bad.sender)
                    chapter.pictures.append(_picture(screens, remark, f"{_told(bad)}."))
            if played.moves != moves:
                screens.app.heard()
            screens.select(look.selected or played.session.focus)
            end = _picture(screens, remark, f"The end of beat {number}, “{chapter.beat.title}”.")
            if not chapter.pictures or chapter.pictures[0].svg != end.svg:
                chapter.pictures.append(end)
            chapter.messages = _messages(played, number)
            chapters.append(chapter)
    return chapters


def _went_wrong(step: Step, view: View) -> bool:
    """Whether somebody has just failed; the act of the debug probe before it is not yet that."""
    if step.kind != "note":
        return step.kind == "fault"
    note = next((note for note in reversed(view.notes) if note.number == step.number), None)
    return note is not None and note.topic in DEATHS


def _picture(screens: Offscreen, remark: str, title: str) -> Picture:
    screens.look(remark)
    view = screens.app.desk.view
    text = "\n".join(line.rstrip() for line in screens.text())
    return Picture(title, scene(view), compact(screens.svg("Microkernel playground")), text)


def scene(view: View) -> str:
    """What the shelves show, in sentences: who does something, and that the others wait for requests."""
    busy = [server for server in view.servers.values() if server.status.key not in QUIET]
    told = [f"Event {view.event_count:,}, cycle {view.cycle:,}."]
    for server in busy:
        how = server.status
        detail = f" {how.detail}" if how.key == "handling" else f" ({how.detail})" if how.detail else ""
        told.append(f"{server.name} is {how.word}{detail}.")
    if len(busy) < len(view.servers):
        told.append("All others wait for requests." if busy else "All servers wait for requests.")
    return " ".join(told)


def _messages(played: Played, number: int) -> Exchange | None:
    run = played.run()
    whole = Run(f"Beat {number}: {played.session.beat.title}", run.manifest, run.events, seed=run.seed)
    span = Span(played.begin, len(run.events))
    told = story(whole, span)
    steps = list(islice(told, MOST_STEPS))
    if not steps:
        return None
    more = sum(1 for _ in told)
    words = f"and {more:,} more steps in this beat" if more else ""
    return Exchange(steps, more, "".join(drawn(whole, span, steps, words)))


def _told(step: Step) -> str:
    """A step as a sentence without its full stop."""
    text = " ".join(step.text.split()).removesuffix(".")
    return f"{step.sender}: {text}" if step.sender and step.sender not in text else text


def in_words(step: Step) -> str:
    """A step as an entry of a list."""
    if step.receiver and step.receiver != step.sender:
        return f"{step.sender} → {step.receiver}: {step.text}"
    return _told(step)
