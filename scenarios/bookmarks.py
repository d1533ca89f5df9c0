"""How a lesson stood before a beat, so that a presenter can go back to it and play it again.

The machine's part is a moment that the stage knows how to return to; the rest is what the session has written down.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from scenarios.distractors import Asked
    from scenarios.player import LessonSession
    from scenarios.predictions import Kept, Predictor

KEPT: Final = (
    "state", "shown", "played", "focus", "log", "outcomes", "answers", "_marks", "_request", "_called", "_beat_begin",
    "_last_action", "_used",
)  # fmt: skip
"""Everything of a session that a beat changes; lists, sets and dictionaries in it only grow, so copies are enough."""
ABOUT: Final = ("requests", "interface", "operation")
"""What a question is about."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place in a lesson between two beats."""

    moment: object
    """Of the machine."""
    _session: dict[str, Any]
    _asked: dict[str, Any]
    _predictions: Kept

    @classmethod
    def of(cls, session: LessonSession, asked: Asked, predictor: Predictor) -> Bookmark:
        """The place at which a session is."""
        return cls(
            session.stage.moment(),
            {name: copy(getattr(session, name)) for name in KEPT},
            {name: getattr(asked, name) for name in ABOUT},
            predictor.keep(),
        )

    def put_back(self, session: LessonSession, asked: Asked, predictor: Predictor) -> None:
        """Make a session be at this place again; once, since it gets what was kept."""
        for name, value in self._session.items():
            setattr(session, name, value)
        for name, value in self._asked.items():
            setattr(asked, name, value)
        predictor.put_back(self._predictions)
