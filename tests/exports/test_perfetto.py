"""The trace for Perfetto and Chrome, held against the Trace Event Format as it is documented.

Perfetto's trace processor is a program that its package downloads, so it is not asked; what it insists on is checked
here: known phases with their required keys, slices that nest on their track, arrows whose ends lie in slices.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from kernel import events as ev
from playground.exports.perfetto import FURTHER, MACHINE, PROCESSOR, SYSTEM, perfetto
from playground.exports.run import Run, Span, span_of
from tests.exports.runs import hand_run, killing, lesson_run

Row = dict[str, Any]
COMMON = {"ph": str, "pid": int, "tid": int, "ts": (int, float), "name": str}
REQUIRED: dict[str, dict[str, Any]] = {
    "X": {**COMMON, "cat": str, "dur": (int, float), "args": dict},
    "M": {**COMMON, "args": dict},
    "i": {**COMMON, "cat": str, "s": str, "args": dict},
    "s": {**COMMON, "cat": str, "id": int},
    "f": {**COMMON, "cat": str, "id": int, "bp": str},
}
METADATA = {"process_name": "name", "thread_name": "name", "thread_sort_index": "sort_index"}


def rows_of(run: Run, span: Span | None = None) -> list[Row]:
    document = json.loads("".join(perfetto(run, span or run.everything)))
    assert set(document) == {"displayTimeUnit", "otherData", "traceEvents"}
    assert document["displayTimeUnit"] in ("ms", "ns")
    rows: list[Row] = document["traceEvents"]
    return rows


@pytest.mark.parametrize("make", [lesson_run, hand_run])
def test_every_row_has_what_its_phase_needs(make: Any) -> None:
    """And nothing that the format does not know."""
    for row in rows_of(make()):
        wanted = REQUIRED[row["ph"]]
        assert set(row) == set(wanted), row
        for key, kind in wanted.items():
            assert isinstance(row[key], kind), row
        assert row["ts"] >= 0
        if row["ph"] == "X":
            assert row["dur"] >= 0
        if row["ph"] == "M":
            assert METADATA[row["name"]] in row["args"]
        if row["ph"] == "i":
            assert row["s"] in ("t", "p", "g")


@pytest.mark.parametrize("make", [lesson_run, hand_run])
def test_slices_of_a_track_nest(make: Any) -> None:
    """Two slices of one track either lie in one another or do not touch."""
    stacks: dict[tuple[int, int], list[float]] = {}
    for row in rows_of(make()):
        if row["ph"] != "X":
            continue
        stack = stacks.setdefault((row["pid"], row["tid"]), [])
        begin, end = round(row["ts"] * 1000), round((row["ts"] + row["dur"]) * 1000)
        while stack and stack[-1] <= begin:
            stack.pop()
        assert not stack or end <= stack[-1], row
        stack.append(end)


@pytest.mark.parametrize("make", [lesson_run, hand_run])
def test_arrows_lead_from_one_slice_to_another(make: Any) -> None:
    """Each has one beginning and one end, each inside a slice on its track."""
    rows = rows_of(make())
    slices: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row in rows:
        if row["ph"] == "X":
            place = (row["pid"], row["tid"])
            slices.setdefault(place, []).append((round(row["ts"] * 1000), round((row["ts"] + row["dur"]) * 1000)))
    ends = Counter((row["cat"], row["id"], row["name"], row["ph"]) for row in rows if row["ph"] in "sf")
    assert ends
    assert set(ends.values()) == {1}
    assert {key[:3] for key in ends if key[3] == "s"} == {key[:3] for key in ends if key[3] == "f"}
    for row in rows:
        if row["ph"] in ("s", "f"):
            moment = round(row["ts"] * 1000)
            around = slices[row["pid"], row["tid"]]
            assert any(begin <= moment <= end for begin, end in around), row


def test_every_track_has_the_name_of_its_thread() -> None:
    """Servers by name, their later lives by number, and the processor below them."""
    rows = rows_of(lesson_run())
    names = {(row["pid"], row["tid"]): row["args"]["name"] for row in rows if row["name"] == "thread_name"}
    used = {(row["pid"], row["tid"]) for row in rows if row["ph"] in ("X", "i", "s", "f")}
    assert used <= set(names)
    assert {"you", "fs", "disk", "disk, life 2", "disk, life 4", "supervisor"} <= set(names.values())
    assert names[MACHINE, PROCESSOR] == "processor"


def test_there_is_a_slice_for_every_call_with_its_time() -> None:
    """Virtual cycles are the time of the trace: 1,000 a microsecond."""
    run = lesson_run()
    span = killing(run)
    calls = [(number, event) for number, event in enumerate(run.events) if event[0] == ev.MESSAGE and event[9] == 1]
    inside = {number: event for number, event in calls if span.start <= number < span.stop}
    rows = {row["args"]["event"]: row for row in rows_of(run, span) if row["ph"] == "X" and row["cat"] == "call"}
    assert set(inside) <= set(rows)
    for number, event in inside.items():
        assert rows[number]["ts"] == event[1] / 1000
        assert rows[number]["tid"] == event[2]
    read = next(row for row in rows.values() if row["name"] == "files.read")
    assert read["args"]["answer"].startswith("files.read: data=")
    retried = [row for row in rows.values() if row["name"] == "block.read"]
    assert [row["args"]["answer"].partition(",")[0] for row in retried] == [
        "block.read: SERVER_DIED", "block.read: ok",
    ]  # fmt: skip


def test_a_range_is_cut_at_both_ends() -> None:
    """A call that began before it begins at its edge; one that is not answered in it says so."""
    run = lesson_run()
    span = span_of(run, "who notices", "who repairs")
    first, last = run.events[span.start][1] / 1000, run.events[span.stop - 1][1] / 1000
    rows = [row for row in rows_of(run, span) if row["ph"] != "M"]
    assert all(first <= row["ts"] <= last for row in rows)
    waits = next(row for row in rows if row["ph"] == "X" and row["name"] == "files.read")
    assert (waits["ts"], waits["args"]["answered"]) == (first, "not in this range")


def test_a_server_that_owes_two_answers_gets_a_second_track() -> None:
    """The console holds the shell's read while it serves others."""
    rows = rows_of(hand_run())
    tracks = {row["tid"] for row in rows if row["ph"] == "X" and row["pid"] == SYSTEM}
    further = {track for track in tracks if track >= FURTHER}
    assert {track % FURTHER for track in further} <= tracks
