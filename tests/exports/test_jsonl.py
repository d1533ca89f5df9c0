"""Events as lines of JSON: nothing is lost, and a reader without our tables understands them."""

from __future__ import annotations

import json

import pytest

from playground.exports.jsonl import jsonl, read
from playground.exports.run import ExportProblem, Span
from playground.trace import canonical
from tests.exports.runs import hand_run, killing, lesson_run


def test_what_was_written_can_be_read_back() -> None:
    """Every event, field by field, with types; so the digest would be the same too."""
    for run in (lesson_run(), hand_run()):
        back = list(read(jsonl(run, run.everything)))
        assert [number for number, _ in back] == list(range(len(run.events)))
        assert [event for _, event in back] == list(run.events)
        assert canonical([event for _, event in back]) == canonical(run.events)


def test_a_range_keeps_the_numbers_of_its_events() -> None:
    """So that lines of different exports can be put together."""
    run = lesson_run()
    back = list(read(jsonl(run, Span(1200, 1260))))
    assert back == list(enumerate(run.events))[1200:1260]


def test_a_line_has_names_and_a_sentence() -> None:
    """The call of a read, in fields, in words and as one sentence."""
    run = lesson_run()
    span = killing(run)
    head, *events = [json.loads(line) for line in jsonl(run, span)]
    assert (head["system"], head["cycles_per_microsecond"]) == ("workshop", 1000)
    assert (head["first"], head["count"]) == (span.start, len(events))
    row = next(row for row in events if row["event"] == "message")
    assert row["words"]["sender"] == "you"
    assert row["words"]["receiver"] == "fs"
    assert row["fields"]["how"] == 1
    assert row["text"] == 'you call fs: files.read(path="/etc/motd")'


def test_every_line_is_ascii_free_of_raw_line_ends() -> None:
    """One event, one line."""
    for line in jsonl(hand_run(), hand_run().everything):
        assert line.count("\n") == 1
        assert line.endswith("}\n")


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["{}"], 1),
        (["no json"], 1),
        (['{"file": "microkernel-playground-events", "version": 99}'], 1),
        ([None, '{"number": 1, "cycle": 2, "event": "nothing", "fields": {}}'], 2),
        ([None, '{"number": 1, "cycle": 2, "event": "scheduled", "fields": {}}'], 2),
        ([None, "[]"], 2),
    ],
)
def test_a_line_that_is_no_event_is_named(lines: list[str | None], place: int) -> None:
    """One sentence with its number."""
    head = next(iter(jsonl(lesson_run(), Span(0, 1))))
    with pytest.raises(ExportProblem, match=f"line {place} is no event"):
        list(read([head if line is None else line for line in lines]))
