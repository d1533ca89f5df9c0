"""A film of the screens for asciinema: asciicast v3, with a marker at every turning point.

There is a frame for each message, note and act of the debug probe, and of a frame only the lines that changed. The
time of the film is for reading: each frame stands for `pace` seconds, longer where something turns and where virtual
time passed that nobody saw. The header of the screens tells the virtual cycle.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from math import log10
from typing import Any, Final

from playground.exports.offscreen import Look, offscreen
from playground.exports.reel import Reel
from playground.exports.run import ExportProblem, Run, Span, mark_before
from playground.exports.story import Step, story

TURN: Final = 1.6
"""Seconds that a turning point stands."""
LONGEST: Final = 2.0
"""Seconds that a frame stands at most, however much virtual time passes."""
MOST_FRAMES: Final = 5_000
"""More make a film of more than half an hour."""


def asciicast(run: Run, span: Span, look: Look, pace: float) -> Iterator[str]:
    """The film, line by line. Raises ExportProblem if it would be too long."""
    steps = list(story(run, span))
    if len(steps) > MOST_FRAMES:
        raise ExportProblem(
            f"a film of {len(steps):,} messages would be too long, {MOST_FRAMES:,} is the most; narrow the range "
            "with --from and --to"
        )
    yield from asyncio.run(_all(run, span, look, pace, steps))


async def _all(run: Run, span: Span, look: Look, pace: float, steps: list[Step]) -> list[str]:
    return [json.dumps(row, ensure_ascii=False) + "\n" async for row in _rows(run, span, look, pace, steps)]


async def _rows(run: Run, span: Span, look: Look, pace: float, steps: list[Step]) -> AsyncIterator[Any]:
    async with offscreen(run, look) as screens:
        reel = Reel(screens)
        yield reel.header(look, run.title, "playground")
        remark = mark_before(run, span.start)
        screens.show(span.start, remark)
        for row in reel.frame():
            yield row
        cycle = screens.machine.view.cycle
        for step in steps:
            reel.hold(_while(pace, step.cycle - cycle))
            cycle = step.cycle
            if step.kind == "mark":
                remark = step.text
            if step.bad and step.turn:
                screens.select(step.sender)
            screens.show(step.number + (step.kind != "mark"), remark)
            if step.turn:
                yield reel.marker(_label(step))
            for row in reel.frame():
                yield row
            if step.turn:
                reel.hold(TURN)
        screens.show(span.stop, remark)
        reel.hold(pace)
        for row in reel.frame():
            yield row
        reel.hold(TURN)
        for row in reel.end():
            yield row


def _while(pace: float, cycles: int) -> float:
    """How long the frame before stands: longer if more virtual time passed."""
    milliseconds = max(cycles, 0) / 1_000_000
    return min(pace * (1 + log10(1 + milliseconds)), LONGEST)


def _label(step: Step) -> str:
    told = step.kind in ("mark", "input") or f" {step.sender} " in f" {step.text} "
    about = f"{step.sender}: " if step.sender and not told else ""
    return f"{about}{step.text}"
