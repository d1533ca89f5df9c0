"""How a lesson was predicted: the score, and every question with what was said and what came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.screens.canvas import Row
from playground.screens.desk import Desk
from playground.screens.page import PageSheet
from playground.screens.sheet import wrap
from scenarios.student import counted, explanation, score

if TYPE_CHECKING:
    from scenarios.player import LessonSession

MARKS = {True: ("✓ ", "running bold"), False: ("✗ ", "faulted bold"), None: ("· ", "quiet bold")}


class ScoreSheet(PageSheet):
    """A page at the end of a lesson."""

    TITLE = "What you predicted"
    WIDE = True

    def __init__(self, desk: Desk, session: LessonSession, kept_in: str = "") -> None:
        """`kept_in`: the file with the results, if there is one."""
        super().__init__(desk)
        self.session = session
        self.kept_in = kept_in

    def page(self, width: int) -> list[Row]:
        """The score first, then question by question."""
        rows: list[Row] = [(), *_paragraph(score(self.session).in_words(), width, "title")]
        for one in counted(self.session):
            mark, ink = MARKS[one.right]
            rows.append(())
            for number, row in enumerate(wrap(one.question, width - 2)):
                rows.append((("  " if number else mark, ink), (row, "text bold")))
            rows += [(("  ", ink), (row, "text")) for row in wrap(explanation(one), width - 2)]
        outcomes = self.session.outcomes
        held = sum(outcome.verdict == "passed" for outcome in outcomes)
        if outcomes:
            rows += [(), *_paragraph(f"{held} of {len(outcomes)} expectations of the lesson hold.", width, "quiet")]
        if self.kept_in:
            rows += _paragraph(f"The results are kept in {self.kept_in}.", width, "quiet")
        words = "The machine runs on: close this page to look around, press q to leave."
        return [*rows, (), *_paragraph(words, width, "quiet")]


def _paragraph(text: str, width: int, ink: str) -> list[Row]:
    return [((row, ink),) for row in wrap(text, width)]
