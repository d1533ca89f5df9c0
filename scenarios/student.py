"""What a student predicted in a lesson, held against what happened: a score and an explanation of every question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from scenarios.player import LessonSession
from scenarios.predictions import Prediction

FORMAT: Final = 1
"""Version of the results as data."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well a lesson was predicted."""

    right: int
    asked: int
    """Questions that were decided by what was offered; others do not count."""
    skipped: int
    """Questions that nobody answered; they count as asked."""

    def in_words(self) -> str:
        """One sentence."""
        if not self.asked:
            return "Nothing was asked that could be right or wrong."
        skipped = f" You left out {self.skipped}." if self.skipped else ""
        return f"You predicted {self.right} of {self.asked} right.{skipped}"


def counted(session: LessonSession) -> list[Prediction]:
    """Every question that was asked, once: if a lesson went back and asked again, the first prediction counts."""
    asked = {one.command.place: one for one in session.predictions}
    return list({**session.earlier, **asked, **session.earlier}.values())


def score(session: LessonSession) -> Score:
    """Of everything that was asked and decided so far."""
    decided = [one for one in counted(session) if one.known and one.answer in one.choices]
    right = sum(one.right is True for one in decided)
    return Score(right, len(decided), sum(one.chosen is None for one in decided))


def explanation(prediction: Prediction) -> str:
    """What happened, and what had been predicted, in words."""
    if not prediction.known:
        return "This was not decided."
    if not prediction.answer:
        return "None of the answers came true."
    came = f"{prediction.answer} ({prediction.why})" if prediction.why else prediction.answer
    if prediction.chosen is None:
        return f"Right was: {came}. You predicted nothing."
    if prediction.answer not in prediction.choices:
        return f"Something else happened: {came}. This question does not count."
    chosen = prediction.choices[prediction.chosen]
    return f"Right: {came}." if prediction.right else f"You predicted “{chosen}”. Right was: {came}."


def results(session: LessonSession, seed: int) -> dict[str, Any]:
    """Everything for a file of results, as plain data."""
    reached = score(session)
    return {
        "format": FORMAT,
        "lesson": session.lesson.name,
        "title": session.title,
        "seed": seed,
        "verdict": session.verdict,
        "finished": session.state == "over",
        "score": reached.right,
        "of": reached.asked,
        "predictions": [
            {
                "question": one.question,
                "place": one.command.place,
                "choices": list(one.choices),
                "predicted": None if one.chosen is None else one.choices[one.chosen],
                "answer": one.answer or None,
                "right": one.right,
                "explanation": explanation(one),
            }
            for one in counted(session)
        ],
    }
