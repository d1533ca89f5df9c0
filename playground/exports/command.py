"""`playground export`: from the words of the command line to a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from playground.exports.formats import FORMATS, OF_ONE_MOMENT, WHOLE
from playground.exports.run import ExportProblem, Run, Span, span_of

SHORTEST_FRAME: Final = 0.01
LONGEST_FRAME: Final = 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the person wants."""

    format: str
    recording: str | None = None
    lesson: str | None = None
    first: str | None = None
    """Where the range begins: a number or a mark."""
    last: str | None = None
    output: str | None = None
    """A file; None is standard output."""
    size: str = "120x36"
    theme: str = ""
    ascii: bool = False
    pace: float = 0.4
    """Seconds that a frame of a film stands."""
    server: str = ""
    """The one that the inspector shows."""


def pace_of(text: str) -> float:
    """Seconds that a frame stands, from words. Raises ExportProblem."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not SHORTEST_FRAME <= seconds <= LONGEST_FRAME:
        raise ExportProblem(f"{text!r} is no pace; say how many seconds a frame stands, for example 0.4")
    return seconds


def export(order: Order) -> int:
    """Carry an order out. Raises ExportProblem and the mistakes of whatever is read."""
    if order.format not in FORMATS:
        near = get_close_matches(order.format, FORMATS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(FORMATS)}"
        raise ExportProblem(f"there is no format {order.format!r}; {hint}")
    run = _run(order)
    if run.remark:
        print(f"playground: {run.remark}", file=sys.stderr)
    span = span_of(run, order.first, order.last)
    if order.format in OF_ONE_MOMENT and order.first is not None and order.last is None:
        raise ExportProblem(f"{order.format} shows one moment, the end of the range: say --to {order.first}")
    if order.format in WHOLE and span.start:
        raise ExportProblem("a lesson begins where the machine is switched on; leave out --from")
    pieces = made(run, span, order)
    if order.output is None:
        sys.stdout.writelines(pieces)
    else:
        write(Path(order.output), pieces)
    return 0


def _run(order: Order) -> Run:
    from playground.exports.source import from_lesson, from_recording

    if (order.recording is None) == (order.lesson is None):
        raise ExportProblem("say what to export: the file of a recording, or a lesson with --lesson NAME")
    if order.lesson is not None:
        return from_lesson(order.lesson)
    return from_recording(Path(str(order.recording)))


def made(run: Run, span: Span, order: Order) -> Iterator[str]:
    """The text of the export, in pieces; only what the format needs is imported."""
    match order.format:
        case "jsonl":
            from playground.exports.jsonl import jsonl

            return jsonl(run, span)
        case "mermaid":
            from playground.exports.mermaid import mermaid

            return mermaid(run, span)
        case "diagram":
            from playground.exports.diagram import diagram

            return diagram(run, span)
        case "perfetto":
            from playground.exports.perfetto import perfetto

            return perfetto(run, span)
        case "lesson":
            from playground.exports.skeleton import lesson

            return lesson(run, span)
        case _:
            return _pictured(run, span, order)


def _pictured(run: Run, span: Span, order: Order) -> Iterator[str]:
    from playground.exports import asciicast, screenshot
    from playground.exports.offscreen import Look, size_of

    if order.server and order.server not in run.manifest.servers:
        raise ExportProblem(f"no server is called {order.server!r}; there is {', '.join(run.manifest.servers)}")
    width, height = size_of(order.size)
    look = Look(width, height, order.theme, order.ascii, order.server)
    if order.format == "svg":
        return screenshot.svg(run, span, look)
    if order.format == "text":
        return screenshot.text(run, span, look)
    return asciicast.asciicast(run, span, look, order.pace)


def write(path: Path, pieces: Iterable[str]) -> None:
    """Write a file that is there whole or not at all. Raises ExportProblem."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as opened:
            opened.writelines(pieces)
        draft.replace(path)
    except OSError as error:
        raise ExportProblem(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None
    finally:
        draft.unlink(missing_ok=True)
