"""The lesson that is played on the screens: what the presenter's keys do to it, and what it does to the screens.

The session (`scenarios.player`) decides what happens to the machine; the pane of the lesson only draws. Between them
stands this: one key per beat, the way back, leaving the script and coming back to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from playground.actions import COMMANDS, UserMistake
from scenarios.stage import StageError

if TYPE_CHECKING:
    from playground.screens.application import Playground
    from scenarios.logbook import Question
    from scenarios.player import LessonSession

NEXT: Final = frozenset({"right", "pagedown", "space", "full_stop", "enter"})
"""What presenters and their clickers press to go on."""
BACK: Final = frozenset({"left", "pageup", "backspace"})
FIRST_PREDICT: Final = "First a prediction: press the number of an answer, or 0 for none"


class Script:
    """One playing of a lesson on screen."""

    def __init__(
        self, app: Playground, session: LessonSession, *, student: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """`student`: nobody is there who could explain, so nothing can be tried before it was predicted."""
        self.app = app
        self.session = session
        self.student = student
        self.points = False
        """The lesson has opened something by itself, and the keys still belong to the lesson."""
        self._clock = clock
        self._begun: float | None = None
        self._hurries = False
        self._to_show: list[tuple[str, str]] = []
        self.ended = False
        """The last key of the lesson was pressed: the keys are those of the screens."""
        self._asked: list[str] = []
        """What another terminal wants to be done."""
        session.show = self._show_later

    @property
    def elapsed(self) -> int:
        """Seconds since the first beat was begun."""
        return 0 if self._begun is None else int(self._clock() - self._begun)

    @property
    def question(self) -> Question | None:
        """The prediction that is asked for, as long as the script is not left."""
        return None if self.session.free else self.session.question

    @property
    def place(self) -> str:
        """ "beat 3 of 9"."""
        session = self.session
        if session.state == "ready":
            return f"{len(session.beats)} beats"
        return f"beat {session.shown + 1} of {len(session.beats)}" + (" · on your own" if session.free else "")

    @property
    def doing(self) -> str:
        """What it does or waits for, and what the next key does, in words."""
        session = self.session
        if session.free:
            return "on your own; space: back to the lesson"
        if session.state in ("beat-over", "over") and not self.ended:
            if self.covered:
                return "space: back to the text"
            if self.app.lesson.below:
                return "space: read on"
        following = session.beats[session.played].title if session.played < len(session.beats) else "the end"
        return {
            "ready": "space begins",
            "running": "the machine works; space lets it hurry",
            "asking": "press the number of your answer",
            "beat-over": f"space: {following}",
            "over": "the lesson is over: look around" if self.ended else f"space: {self._at_the_end}",
        }[session.state]

    @property
    def covered(self) -> bool:
        """Something stands in the place of the narration."""
        return self.app.screen.has_class("inspecting")

    @property
    def _at_the_end(self) -> str:
        shown = self.session.predictions and not self.app.settings.presenting
        return "what you predicted" if shown else "the end"

    # -- keys ------------------------------------------------------------------------------------------------------

    def take_key(self, key: str) -> bool:
        """A key, before the pane that has the focus gets it: only while the lesson itself points at something."""
        if not self.points or key not in NEXT | BACK:
            self.points = False
            return False
        self._do(self.go_on if key in NEXT else self.go_back)
        return True

    def press(self, key: str) -> bool:
        """A key in the pane of the lesson."""
        if key in NEXT and not (key == "full_stop" and self.app.desk.looking.at is not None):
            self._do(self.go_on)
        elif key in BACK:
            self._do(self.go_back)
        elif key.isdecimal() and self.question is not None:
            self.answer(int(key))
        else:
            return False
        return True

    def _do(self, action: Callable[[], object]) -> None:
        try:
            action()
        except (UserMistake, StageError) as error:
            self.app.desk.change(trouble=str(error), remark="")

    def go_on(self) -> bool:
        """Next: back into the script, back to the text, its rest, faster, or the next beat. False after the end."""
        session, desk = self.session, self.app.desk
        if self.ended:
            return False
        self._attend()
        if session.free:
            session.come_back()
            desk.change(remark="back in the lesson, where you left it")
        elif session.question is not None:
            raise UserMistake(FIRST_PREDICT)
        elif session.state == "running":
            self._hurry()
        elif self.covered:
            self.put_away()
        elif session.state == "ready" or not self.app.lesson.scroll_on():
            if self._begun is None:
                self._begun = self._clock()
            self.put_away()
            desk.change(remark="")
            if not session.next():
                self.ended = True
                self.app.lesson_ended()
        return True

    def go_back(self) -> bool:
        """To the end of the beat before, the machine too; out of the script, back into it."""
        session, desk = self.session, self.app.desk
        self._attend()
        self._calm()
        if session.free:
            return self.go_on()
        here = session.beat.title
        if not session.back():
            raise UserMistake("This is where the lesson begins")
        self.ended = False
        self.put_away()
        desk.change(remark=f"“{here}” has not happened")
        return True

    def ask(self, wish: str) -> None:
        """Another terminal wants "next", "back" or an answer; it is done at the next look at the machine."""
        self._asked.append(wish)

    def answer(self, number: int) -> None:
        """Make a prediction by the number of an answer; 0 is none."""
        question = self.session.question
        if question is None or number > len(question.choices):
            return
        if number == 0:
            self.session.skip()
            self.app.desk.change(remark="nothing is predicted")
        else:
            self.session.answer(number - 1)
            self.app.desk.change(remark=f"you predict: {question.choices[number - 1]}")

    def leave(self) -> bool:
        """Leave the script, to come back to this very place. False if there is nothing to leave."""
        session = self.session
        if self.student and session.question is not None and not session.free:
            raise UserMistake(FIRST_PREDICT)
        self._calm()
        if not session.leave():
            return False
        self.app.desk.machine.run()
        self.app.desk.change(remark="on your own: the machine runs; space brings the lesson back")
        return True

    def _attend(self) -> None:
        """Whoever looks elsewhere, at the past or at another timeline, is brought to the lesson."""
        app = self.app
        if app.desk.looking.at is not None:
            app.desk.change(moment=-1)
        app.show_first_timeline()
        if not app.desk.machine.running:
            app.desk.machine.run()
        if self.session.free:
            app.screen.remove_class("inspecting")
            app.hand.focus(app.lesson)

    def put_away(self) -> None:
        """What covers the narration, above all what the lesson had opened."""
        if self.points or self.covered:
            self.points = False
            self.app.hand.take_off_sheet()
            self.app.screen.remove_class("inspecting")
            self.app.hand.focus(self.app.lesson)

    def _hurry(self) -> None:
        """Flat out to the end of the beat."""
        if not self._hurries:
            self._hurries = True
            self.app.hurry(on=True)

    def _calm(self) -> None:
        if self._hurries:
            self._hurries = False
            self.app.hurry(on=False)

    # -- what the lesson does to the screens -----------------------------------------------------------------------

    def _show_later(self, verb: str, rest: str) -> None:
        """The lesson is carried out by the machine's program; panes are opened at the next look at the machine."""
        if verb != "quit":  # that is the end of the lesson, not of the program: the score is still to be read
            self._to_show.append((verb, rest))

    def poll(self) -> None:
        """Show where the lesson points at, cover the shelves while it asks, open what it opens."""
        session, desk = self.session, self.app.desk
        while self._asked:
            wish = self._asked.pop(0)
            if wish.isdecimal():
                self.answer(int(wish))
            else:
                self._do(self.go_on if wish == "next" else self.go_back)
        lit = session.focus and session.state != "over" and not session.free
        spotlight = frozenset({session.focus} if lit else ())
        if self.app.hand.sheet is None and spotlight != desk.spotlight:
            desk.change(spotlight=spotlight)
            if session.focus in desk.view.servers and lit:
                desk.change(selected=session.focus, capability=None)
        if self.question != desk.question:
            desk.change(question=self.question)
            self._make_room()
        if session.state != "running":
            self._calm()
        while self._to_show:
            self._open(*self._to_show.pop(0))

    def _make_room(self) -> None:
        """Where the shelves have only a few lines, a question gets as many as it needs."""
        from playground.screens.curtain import small_height
        from playground.screens.shelves import Shelves

        height = None
        if self.question is not None and self.app.screen.has_class("narrow"):
            height = small_height(self.question, self.app.size.width)
        self.app.query_one(Shelves).styles.height = height

    def _open(self, verb: str, rest: str) -> None:
        try:
            COMMANDS[verb].run(self.app.hand, rest)
        except Exception as error:
            if not getattr(error, "is_users_mistake", False):
                raise
            self.app.desk.change(trouble=f"The lesson says `{verb} {rest}`".rstrip() + f": {error}", remark="")
        self.points = True
