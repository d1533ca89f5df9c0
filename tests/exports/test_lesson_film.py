"""The film of a lesson, watched by a terminal emulator that knows nothing of us."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pyte
import pytest

from playground.command_line import run
from playground.exports.lesson_film import lesson_film
from playground.exports.offscreen import Look
from playground.exports.played import Played
from scenarios.library import checked_lesson, lesson_names

ASKING = Path(__file__).with_name("samples") / "asking.md"
Rows = list[list[Any]]


def filmed(name: str, look: Look, first: str | None = None, last: str | None = None) -> list[Any]:
    """Header and rows of a film."""
    played = Played(name, asks=True)
    try:
        return [json.loads(line) for line in lesson_film(played, look, 0.4, first, last)]
    finally:
        played.close()


@cache
def asking(width: int, height: int) -> list[Any]:
    """The film of a lesson with a question and a way back, made once for all tests."""
    return filmed(str(ASKING), Look(width, height))


def screens(film: list[Any], code: str) -> list[tuple[str, str]]:
    """What a terminal shows right before each row of a kind, and what that row says."""
    header, *rows = film
    screen = pyte.Screen(header["term"]["cols"], header["term"]["rows"])
    stream = pyte.Stream(screen)
    found = []
    for _, kind, data in rows:
        if kind == code:
            found.append(("\n".join(screen.display), data))
        if kind == "o":
            stream.feed(data)
    return found


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_there_is_a_marker_at_every_beat(size: tuple[int, int]) -> None:
    """Numbered, with its title, in order, and the beat before is still on screen when it begins."""
    film = asking(*size)
    assert (film[0]["version"], film[0]["term"]["cols"], film[0]["term"]["rows"]) == (3, *size)
    marks = screens(film, "m")
    assert [text for _, text in marks] == ["1. Begin with <i>care</i>", "2. Predict", "3. Go back", "4. Be wrong"]
    assert "At the end you can" in marks[0][0]
    assert "beat 3 of 4" in marks[3][0]


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_the_narration_is_in_the_frames(size: tuple[int, int]) -> None:
    """Every word of it stands on some page, also what is told after the commands and at the end."""
    shown = " ".join(" ".join(screen.split()) for screen, _ in screens(asking(*size), "i"))
    for part in ("Raw <script>alert(2)</script>", "A deep heading", "That was to be expected.", "Everybody waits"):
        assert part in shown
    last = screens(asking(*size), "x")[0][0]
    assert "beat 4 of 4" in last
    assert "life of disk is 99" in last


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_every_key_is_pressed_and_shown(size: tuple[int, int]) -> None:
    """As an input of the film, and in the first line of the screens just before it acts."""
    keys = screens(asking(*size), "i")
    assert {data for _, data in keys} == {" ", "0"}
    for screen, data in keys:
        assert f"· key: {'space' if data == ' ' else data}" in screen.splitlines()[0]


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_a_question_is_shown_before_its_answer(size: tuple[int, int]) -> None:
    """With the choices; the crash comes after it."""
    [(screen, _)] = [row for row in screens(asking(*size), "i") if row[1] == "0"]
    assert "What becomes of <disk>?" in screen
    assert "1  it is rebuilt" in screen or "2  it is rebuilt" in screen
    assert "null" not in screen


def test_the_screens_say_that_they_are_a_recording() -> None:
    """Nothing in a film is live, and nothing is paused."""
    for screen, _ in screens(asking(120, 36), "i"):
        first = screen.splitlines()[0]
        assert first.rstrip().endswith("◀ recording")
        assert "paused" not in first


def test_pages_stand_long_enough_to_be_read_and_not_for_ever() -> None:
    """A page with many words stands longer than one with few."""
    _, *rows = asking(120, 36)
    waits = [seconds for seconds, _, _ in rows]
    assert all(0 <= seconds <= 20 for seconds in waits)
    assert max(waits) > 4
    assert 20 < sum(waits) < 300


def test_after_the_way_back_nothing_of_the_other_run_is_shown() -> None:
    """The death that has not happened is no line of the stream."""
    [mark] = [screen for screen, text in screens(asking(120, 36), "m") if text == "4. Be wrong"]
    stream = mark[mark.index("messages ─") :]
    assert "counter.increment" in stream
    assert "null pointer" not in stream


def test_the_same_lesson_is_the_same_film() -> None:
    """Byte for byte, however long it took to make."""
    assert filmed(str(ASKING), Look(80, 24)) == asking(80, 24)


def test_a_film_may_be_of_some_beats() -> None:
    """From one to the beginning of another."""
    marks = screens(filmed(str(ASKING), Look(80, 24), "predict", "be wrong"), "m")
    assert [text for _, text in marks] == ["2. Predict", "3. Go back"]


@pytest.mark.parametrize("name", lesson_names())
def test_every_lesson_can_be_filmed_to_its_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the smallest screens, with few frames of what happens between the keys."""
    monkeypatch.setattr("playground.exports.lesson_film.STEPS_A_BEAT", 2)
    monkeypatch.setattr("playground.exports.lesson_film.TURNS_A_BEAT", 3)
    film = filmed(name, Look(80, 24))
    titles = [beat.title for beat in checked_lesson(name).beats]
    assert [text for _, text in screens(film, "m")] == [f"{place}. {title}" for place, title in enumerate(titles, 1)]
    assert f"beat {len(titles)} of {len(titles)}" in screens(film, "x")[0][0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--from", "2"], 'say a name such as "Begin with <i>care</i>", not 2'),
        (["--from", "go back", "--to", "predict"], "there is no beat"),
        (["--from", "predikt"], 'did you mean "predict"?'),
    ],
)
def test_beats_that_do_not_exist_are_refused(more: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In one sentence."""
    assert run(["export", "--lesson", str(ASKING), "--format", "cast", *more]) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert (shown.out, shown.err.count("\n")) == ("", 1)
