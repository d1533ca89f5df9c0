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

from playground.exports.offscreen import RESET, Look, offscreen
from playground.exports.run import ExportProblem, Run, Span, mark_before
from playground.exports.story import Step, story

TURN: Final = 1.6
"""Seconds that a turning point stands."""
LONGEST: Final = 2.0
"""Seconds that a frame stands at most, however much virtual time passes."""
MOST_FRAMES: Final = 5_000
"""More make a film of more than half an hour."""
MOST_LABEL: Final = 80

_HIDE_CURSOR: Final = "\x1b[?25l"
_CLEAR: Final = "\x1b[2J\x1b[H"
_PALETTE: Final = (
    "#1c1c1c:#d75f5f:#87af5f:#d7af5f:#5f87d7:#af87d7:#5fafaf:#bcbcbc:"
    "#626262:#ff8787:#afd787:#ffd787:#87afff:#d7afff:#87d7d7:#eeeeee"
)


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
        theme = screens.app.theme_variables
        term = {
            "cols": look.width, "rows": look.height, "type": "xterm-256color",
            "theme": {"fg": theme["foreground"], "bg": theme["background"], "palette": _PALETTE},
        }  # fmt: skip
        yield {"version": 3, "term": term, "title": run.title, "command": "playground"}
        remark = mark_before(run, span.start)
        screens.show(span.start, remark)
        shown = screens.coloured()
        yield [0.0, "o", _HIDE_CURSOR + _CLEAR + _drawn([""] * len(shown), shown)]
        passed, cycle = 0.0, screens.machine.view.cycle
        for step in steps:
            passed += _while(pace, step.cycle - cycle)
            cycle = step.cycle
            if step.kind == "mark":
                remark = step.text
            if step.bad and step.turn:
                screens.select(step.sender)
            screens.show(step.number + (step.kind != "mark"), remark)
            picture = screens.coloured()
            if step.turn:
                yield [round(passed, 3), "m", _label(step)]
                passed = 0.0
            if changes := _drawn(shown, picture):
                yield [round(passed, 3), "o", changes]
                passed, shown = 0.0, picture
            if step.turn:
                passed += TURN
        screens.show(span.stop, remark)
        yield [round(passed + pace, 3), "o", _drawn(shown, screens.coloured()) + RESET]
        yield [TURN, "x", "0"]


def _while(pace: float, cycles: int) -> float:
    """How long the frame before stands: longer if more virtual time passed."""
    milliseconds = max(cycles, 0) / 1_000_000
    return min(pace * (1 + log10(1 + milliseconds)), LONGEST)


def _drawn(before: list[str], now: list[str]) -> str:
    """What the terminal has to be told so that it shows other lines than before."""
    return "".join(
        f"\x1b[{row};1H{line}" for row, (old, line) in enumerate(zip(before, now, strict=True), 1) if old != line
    )


def _label(step: Step) -> str:
    told = step.kind in ("mark", "input") or f" {step.sender} " in f" {step.text} "
    about = f"{step.sender}: " if step.sender and not told else ""
    line = " ".join(f"{about}{step.text}".split())
    return line if len(line) <= MOST_LABEL else f"{line[: MOST_LABEL - 1]}…"
