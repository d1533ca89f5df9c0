"""What the presenter's second terminal shows, as plain data that goes over the socket one JSON line at a time.

Everything that arrives is checked here: a line that is not what the show writes is an error, never a guess.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from scenarios.language.syntax import Ask, Say

if TYPE_CHECKING:
    from playground.screens.script import Script
    from scenarios.lesson import Beat

FORMAT: Final = 1
"""Version of the lines; both ends are nearly always the same program."""
LONGEST_LINE: Final = 256 * 1024
"""Bytes; a lesson is smaller."""


class NotUnderstood(ValueError):
    """A line makes no sense; the text is a clause."""


@dataclass(frozen=True, slots=True)
class Board:
    """One state of the show."""

    title: str
    """Of the lesson."""
    place: str
    """ "beat 3 of 9", with "on your own" when the script was left."""
    beat: str
    """Title of the beat on screen."""
    notes: tuple[str, ...]
    """For the presenter's eyes, about this beat."""
    doing: str
    """What the show does or waits for, and what the next key does, in words."""
    question: str
    choices: tuple[str, ...]
    """What the audience is asked now; empty if it is not."""
    answers: tuple[str, ...]
    """What was found right in this beat."""
    trouble: tuple[str, ...]
    """Expectations that did not hold, in words."""
    following: str
    """Title of the next beat, or "the end"."""
    following_text: str
    """Its narration, as Markdown."""
    following_notes: tuple[str, ...]
    following_asks: tuple[str, ...]
    """The questions that it will ask."""
    minutes: int
    """How long the lesson is meant to take."""


def board_of(script: Script) -> Board:
    """How the show stands."""
    session = script.session
    ready = session.state == "ready"
    following = session.beats[session.played] if session.played < len(session.beats) else None
    question = script.question
    begin = max((number for number, line in enumerate(session.log) if line.kind == "beat"), default=0)
    return Board(
        title=session.title,
        place=script.place,
        beat=session.title if ready else session.beat.title,
        notes=() if ready else _notes(session.beat),
        doing=script.doing,
        question="" if question is None else question.text,
        choices=() if question is None else question.choices,
        answers=tuple(line.text for line in session.log[begin:] if line.kind == "answer"),
        trouble=tuple(
            f"{one.sentence}: {one.detail}" if one.detail else one.sentence
            for one in session.outcomes
            if one.verdict != "passed"
        ),
        following="the end" if following is None else following.title,
        following_text="" if following is None else following.narration,
        following_notes=() if following is None else _notes(following),
        following_asks=()
        if following is None
        else tuple(one.action.question for one in following.commands if isinstance(one.action, Ask)),
        minutes=session.lesson.front.minutes,
    )


def _notes(beat: Beat) -> tuple[str, ...]:
    return tuple(one.action.text for one in beat.commands if isinstance(one.action, Say) and one.action.aside)


def encode(board: Board, elapsed: int) -> bytes:
    """A line with a board; `elapsed` seconds have passed since the lesson began."""
    return line_of({"board": asdict(board), "elapsed": elapsed})


def decode(found: dict[str, Any]) -> tuple[Board, int]:
    """The board of a line and the seconds. Raises NotUnderstood."""
    content, elapsed = found.get("board"), found.get("elapsed")
    if not isinstance(content, dict) or not isinstance(elapsed, int):
        raise NotUnderstood("it tells no board")
    values: dict[str, Any] = {}
    for field in fields(Board):
        value = content.get(field.name)
        if field.type == "tuple[str, ...]":
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise NotUnderstood(f"`{field.name}` is no list of texts")
            value = tuple(value)
        elif type(value).__name__ != field.type:
            raise NotUnderstood(f"`{field.name}` is missing or of another kind")
        values[field.name] = value
    return Board(**values), max(elapsed, 0)


def line_of(content: dict[str, Any]) -> bytes:
    """One JSON line."""
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def content_of(line: bytes) -> dict[str, Any]:
    """What stands in a line. Raises NotUnderstood."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise NotUnderstood("a line is no JSON") from None
    if not isinstance(found, dict):
        raise NotUnderstood("a line is no JSON object")
    return found
