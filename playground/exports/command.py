"""`playground export`: from the words of the command line to a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playground.exports.formats import FORMATS, OF_LESSONS, OF_ONE_MOMENT, WHOLE
from playground.exports.run import ExportProblem, Run, Span, span_of
from servers.nearest import closest

if TYPE_CHECKING:
    from servers.manifest import Manifest

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
    seed: int | None = None
    """Of the lesson's machine; None is what the lesson says."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Of the lesson's parameters."""
    force: bool = False
    """Replace the file if it exists."""


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
        near = closest(order.format, FORMATS)
        hint = f"did you mean {near}?" if near else f"there is {', '.join(FORMATS)}"
        raise ExportProblem(f"there is no format {order.format!r}; {hint}")
    if (order.recording is None) == (order.lesson is None):
        raise ExportProblem("say what to export: the file of a recording, or a lesson with --lesson NAME")
    target = None if order.output is None else free_place(Path(order.output), replace=order.force)
    pieces = _lesson(order) if order.lesson is not None and order.format in OF_LESSONS else _run(order)
    if target is None:
        sys.stdout.writelines(pieces)
    else:
        write(target, pieces)
    return 0


def free_place(path: Path, *, replace: bool) -> Path:
    """Where a file can be written; asked before anything long is begun. Raises ExportProblem."""
    if not path.parent.is_dir():
        raise ExportProblem(f"{path} cannot be written: there is no folder {path.parent}")
    if path.is_dir():
        raise ExportProblem(f"{path} is a folder; say the name of a file, for example {path / 'export'}")
    if path.exists() and not replace:
        raise ExportProblem(f"{path} exists already; choose another name, or replace it with --force")
    return path


def _run(order: Order) -> Iterator[str]:
    """A recording, or the machine of a lesson."""
    from playground.exports.source import from_lesson, from_recording

    if order.format == "page":
        raise ExportProblem("a page tells a lesson, with what is said in it; name one with --lesson NAME")
    if order.lesson is not None:
        run = from_lesson(order.lesson, seed=order.seed, values=order.values)
    elif order.seed is not None or order.values:
        raise ExportProblem("a recording has its seed and its values; leave out --seed and --set")
    else:
        run = from_recording(Path(str(order.recording)))
    if run.remark:
        _say(run.remark)
    span = span_of(run, order.first, order.last)
    if order.format in OF_ONE_MOMENT and order.first is not None and order.last is None:
        raise ExportProblem(f"{order.format} shows one moment, the end of the range: say --to {order.first}")
    if order.format in WHOLE and span.start:
        raise ExportProblem("a lesson begins where the machine is switched on; leave out --from")
    return made(run, span, order)


def _lesson(order: Order) -> Iterator[str]:
    """What is told of a lesson with its words: a page or a film."""
    from playground.exports.offscreen import Look, size_of
    from playground.exports.played import Played

    width, height = size_of(order.size)
    if order.format == "page" and (order.first is not None or order.last is not None):
        raise ExportProblem("a page tells the whole lesson; leave out --from and --to")
    played = Played(str(order.lesson), seed=order.seed, values=order.values, asks=order.format == "cast")
    try:
        _know_the_server(order.server, played.manifest)
        look = Look(width, height, order.theme, order.ascii, order.server)
        if order.format == "page":
            from playground.exports.chapters import tell
            from playground.exports.page import page

            yield from page(tell(played, look), dark=look.dark)
        else:
            from playground.exports.lesson_film import lesson_film

            yield from lesson_film(played, look, order.pace, order.first, order.last)
        if remark := played.remark():
            _say(remark)
    finally:
        played.close()


def _say(remark: str) -> None:
    print(f"playground: {remark}", file=sys.stderr)


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

    _know_the_server(order.server, run.manifest)
    width, height = size_of(order.size)
    look = Look(width, height, order.theme, order.ascii, order.server)
    if order.format == "svg":
        return screenshot.svg(run, span, look)
    if order.format == "text":
        return screenshot.text(run, span, look)
    return asciicast.asciicast(run, span, look, order.pace)


def _know_the_server(name: str, manifest: Manifest) -> None:
    if name and name not in manifest.servers:
        near = closest(name, manifest.servers)
        hint = f"did you mean {near}?" if near else f"there is {', '.join(manifest.servers)}"
        raise ExportProblem(f"no server is called {name!r}; {hint}")


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
