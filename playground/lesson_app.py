"""The playground with a lesson: its machine is replaced when it goes back in time, and hurries when it is told to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from playground.app import LESSON_SPEED, LivePlayground

if TYPE_CHECKING:
    from typing import Self

    from playground.machine.live import Live
    from playground.presenter.show import Show
    from playground.settings import Settings

HURRY: Final = 10_000.0
"""In a hurry idle time passes so many times as fast as outside."""


class LessonPlayground(LivePlayground):
    """One lesson on screen, from the first key to the file with the results."""

    _calm: tuple[float, float] | None = None
    """While the lesson hurries: the speed before, and how fast idle time passed."""
    _show: Show | None = None
    """What is told to terminals with the presenter's notes."""

    @classmethod
    def of_lesson(cls, settings: Settings) -> Self:
        """With the lesson of the settings and its machine. Raises mistakes of the user."""
        from playground.starting import boot_lesson

        if settings.results is not None:
            from playground.linear import try_results

            try_results(settings.results)
        apps: list[Self] = []
        machine, session = boot_lesson(settings, lambda live: apps[0].go_on_with(live))
        app = cls(settings, machine, session)
        apps.append(app)
        return app

    def _start(self, live: Live) -> None:
        """With the first machine the show begins to be told to other terminals."""
        first = self._hub is None
        super()._start(live)
        if first and self._hub is not None and self.settings.presenting and self.script is not None:
            from playground.presenter.meeting import folder
            from playground.presenter.show import Show

            self._show = Show(self.script.session.lesson.name, self.script.ask, lambda: self._elapsed)
            self._hub.also(partial(self._show.main, folder()))

    @property
    def _elapsed(self) -> int:
        return 0 if self.script is None else self.script.elapsed

    def poll(self) -> None:
        """Also tell the terminals with the notes how the lesson stands."""
        super().poll()
        if self._show is not None and self.script is not None:
            from playground.presenter.board import board_of

            self._show.tell(board_of(self.script))
            if self._show.trouble:
                self.desk.change(trouble=self._show.trouble)
                self._show.trouble = ""

    def go_on_with(self, live: Live) -> None:
        """The lesson has gone back in time: this machine takes the place of all others."""
        from playground.machine.live import Live

        for machine in (self.desk.machine, *self._machines.values()):
            if isinstance(machine, Live):
                if machine.recorder is not None:
                    self.desk.change(trouble=f"The recording ends here: {machine.recorder.path} holds one run")
                machine.stop()
        self.desk.looking.close()
        if self._timelines is not None:
            self._timelines.close()
            self._timelines = None
            self._machines.clear()
            self.header.timeline = 1
        if not live.view.ready:
            live.set_speed(0)
            self._to_slow_down = True
        self._start(live)
        self.desk.change(machine=live, moment=-1)
        self.heard()

    def show_first_timeline(self) -> None:
        """Back to the machine that the lesson is played on."""
        if self._timelines is not None and self.header.timeline != 1:
            self.switch(1)

    def hurry(self, *, on: bool) -> None:
        """Let the machine of the lesson go flat out, and as before afterwards."""
        from playground.machine.live import Live

        live = self.desk.machine
        if not isinstance(live, Live):
            return
        if on:
            self._calm = (live.speed or LESSON_SPEED, live.idle_speed)
            live.idle_speed = HURRY
            live.set_speed(0)
        elif self._calm is not None:
            speed, live.idle_speed = self._calm
            live.set_speed(0 if self._to_slow_down else speed)
            self._calm = None

    def lesson_ended(self) -> None:
        """The results are kept; whoever is alone sees the score."""
        self.keep_results()
        if not self.settings.presenting:
            super().lesson_ended()

    def keep_results(self) -> None:
        """Write down what the student has predicted, if the lesson was begun. Raises CannotWrite."""
        session, path = self.session, self.settings.results
        if path is not None and session is not None and (session.log or session.earlier):
            from playground.linear import save_results
            from playground.machine.live import Live

            live = self.desk.machine
            assert isinstance(live, Live)
            save_results(session, live.core.trace.header.seed, path)

    def ended(self) -> None:
        """The results, however far the lesson has come."""
        self.keep_results()
