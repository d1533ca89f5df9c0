"""The film: asciicast v3 as its documentation says, played by a terminal emulator that knows nothing of us."""

from __future__ import annotations

import json
from typing import Any

import pyte
import pytest

from playground.exports.asciicast import asciicast
from playground.exports.offscreen import Look
from playground.exports.run import ExportProblem, Run, Span, span_of
from playground.exports.screenshot import text
from tests.exports.runs import hand_run, lesson_run

LOOK = Look(120, 36)


def film(run: Run, span: Span, look: Look = LOOK) -> tuple[dict[str, Any], list[list[Any]]]:
    """Header and events of a film."""
    header, *events = (json.loads(line) for line in asciicast(run, span, look, 0.4))
    return header, events


def watched(header: dict[str, Any], events: list[list[Any]]) -> pyte.Screen:
    """What a terminal shows at the end."""
    screen = pyte.Screen(header["term"]["cols"], header["term"]["rows"])
    stream = pyte.Stream(screen)
    for _, code, data in events:
        if code == "o":
            stream.feed(data)
    return screen


@pytest.fixture(scope="module")
def killing() -> Span:
    return span_of(lesson_run(), "kill", "again")


def test_it_is_written_as_the_format_says(killing: Span) -> None:
    """The header's required keys, then [interval, code, data] with intervals from 0 on, and the exit status last."""
    header, events = film(lesson_run(), killing)
    assert header["version"] == 3
    assert (header["term"]["cols"], header["term"]["rows"]) == (120, 36)
    colours = [header["term"]["theme"]["fg"], header["term"]["theme"]["bg"]]
    colours += header["term"]["theme"]["palette"].split(":")
    assert len(colours) == 18
    assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for colour in colours)
    for event in events:
        interval, code, data = event
        assert isinstance(interval, (int, float))
        assert 0 <= interval <= 10
        assert code in ("o", "m", "x")
        assert isinstance(data, str)
    assert events[-1][1:] == ["x", "0"]
    assert [code for _, code, _ in events].count("x") == 1


@pytest.mark.parametrize("last", ["who notices", "second try", "again"])
def test_a_terminal_shows_at_its_end_what_the_screens_showed(last: str) -> None:
    """Only changed lines are sent, and still every line is right, wherever the film ends."""
    run = lesson_run()
    span = span_of(run, "kill", last)
    screen = watched(*film(run, span))
    look = Look(120, 36, selected="disk")
    expected = [line.rstrip() for line in text(run, Span(0, span.stop), look)]
    assert [line.rstrip() for line in screen.display] == expected


def test_colours_reach_the_terminal(killing: Span) -> None:
    """A fault is not drawn in the colour of everything else."""
    screen = watched(*film(lesson_run(), killing))
    colours = {cell.fg for row in screen.buffer.values() for cell in row.values()}
    assert len(colours) >= 6
    assert all(colour == "default" or len(colour) == 6 for colour in colours)


def test_there_is_a_marker_at_every_turning_point(killing: Span) -> None:
    """The beats of the lesson, what was done from outside, the fault, the death and the new life, in that order."""
    _, events = film(lesson_run(), killing)
    labels = [data for _, code, data in events if code == "m"]
    order = [
        "Kill the driver in the middle of a read", 'you asked: call fs.read path="/etc/motd"',
        "disk: the debug probe: crash null-pointer", "Who notices", "read of address 0x0", "disk died:",
        "Who repairs", "restarted disk: disk begins life 2", "The second try",
    ]  # fmt: skip
    places = [next(place for place, label in enumerate(labels) if part in label) for part in order]
    assert places == sorted(places)


def test_frames_of_an_idle_second_are_not_sent(killing: Span) -> None:
    """One event of output for each step at most, and none that changes nothing."""
    _, events = film(lesson_run(), killing)
    output = [data for _, code, data in events if code == "o"]
    assert len(output) < 40
    assert all(data for data in output)
    assert max(len(data) for data in output[1:]) < len(output[0])


def test_another_size_and_plain_characters() -> None:
    """A film for a small terminal without special characters."""
    run = hand_run()
    header, events = film(run, Span(0, span_of(run, None, "A crash").stop), Look(80, 24, ascii=True))
    screen = watched(header, events)
    assert (screen.columns, screen.lines) == (80, 24)
    assert "\n".join(screen.display).isascii()


def test_the_same_run_is_the_same_film(killing: Span) -> None:
    """Byte for byte."""
    assert list(asciicast(lesson_run(), killing, LOOK, 0.4)) == list(asciicast(lesson_run(), killing, LOOK, 0.4))


def test_a_film_that_nobody_would_watch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way out."""
    monkeypatch.setattr("playground.exports.asciicast.MOST_FRAMES", 5)
    with pytest.raises(ExportProblem, match="narrow the range with --from and --to"):
        list(asciicast(lesson_run(), lesson_run().everything, LOOK, 0.4))
