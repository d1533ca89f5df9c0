"""Events as lines of JSON, for other people's tools: typed, named, and without loss.

The first line tells what was run; every other line is an event with its raw fields, the same fields in words where
names stand for numbers, and one sentence. `read` gives the events back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from kernel.events import BY_NAME, TABLE, Event
from playground.exports.run import ExportProblem, Run, Span, walk
from playground.trace import FORMAT
from playground.view.sentences import sentence, words

KIND: Final = "microkernel-playground-events"
VERSION: Final = 1


def jsonl(run: Run, span: Span) -> Iterator[str]:
    """One line for each event of the range, after one about the run."""
    head = {
        "file": KIND, "version": VERSION, "trace_format": FORMAT, "title": run.title, "system": run.manifest.name,
        "seed": run.seed, "playground": run.version, "first": span.start, "count": span.stop - span.start,
        "cycles_per_microsecond": 1000,
    }  # fmt: skip
    yield json.dumps(head, ensure_ascii=False) + "\n"
    for number, event, view in walk(run, span, frozenset(TABLE)):
        kind = TABLE[event[0]]
        row = {
            "number": number,
            "cycle": event[1],
            "event": kind.name,
            "fields": {name: _plain(value) for name, value in zip(kind.fields, event[2:], strict=True)},
            "words": words(view, event),
            "text": sentence(view, number, event),
        }
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def read(lines: Iterable[str]) -> Iterator[tuple[int, Event]]:
    """The events of an exported file with their numbers. Raises ExportProblem with the line that is wrong."""
    for place, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            if place == 1:
                _check_head(row)
                continue
            kind = BY_NAME[row["event"]]
            values = (_tuples(row["fields"][name]) for name in kind.fields)
            yield row["number"], (kind.code, row["cycle"], *values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ExportProblem(f"line {place} is no event of an exported run: {error}") from None


def _check_head(row: dict[str, Any]) -> None:
    if row.get("file") != KIND:
        raise ValueError("the first line does not say what file it is")
    if row["version"] > VERSION:
        raise ValueError(f"it is of version {row['version']}, this playground reads up to {VERSION}")


def _plain(value: Any) -> Any:
    """A field as JSON holds it: tuples are lists, octets are their hexadecimal digits."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(each) for each in value)
    if isinstance(value, dict):
        return bytes.fromhex(value["bytes"])
    return value
