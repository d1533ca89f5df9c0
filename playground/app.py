"""The playground on the terminal: the screens over a machine that runs in real time.

The first frame is drawn before anything of the machine is loaded. Then it boots, and its Trio program runs as a guest
on the loop of the screens; leaving goes the other way round: first the machine unwinds, then the screens.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import TYPE_CHECKING, Any, Final, cast

from playground.actions import UserMistake
from playground.attentive import ShortTurns, attentive
from playground.screens.application import Playground
from playground.screens.standby import Standby, outline_of

if TYPE_CHECKING:
    from textual.driver import Driver

    from playground.hub import Hub
    from playground.machine.guest import Guest
    from playground.machine.live import Live
    from playground.screens.desk import Machine
    from playground.settings import Settings
    from playground.timeline.branching import Branching
    from playground.timeline.timelines import Timelines
    from scenarios.player import LessonSession

SPEED: Final = 20.0
"""Events a second at which a person can follow."""
LESSON_SPEED: Final = 100.0
"""In a lesson most of what happens is told, not read."""
MISTAKE: Final = 2
"""Exit code after a mistake of the user."""
FAILED: Final = 1
"""Exit code, also Textual's own, after a mistake of ours."""
EARLY_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LivePlayground(Playground):
    """The screens, and the machines behind them: one for each timeline."""

    def __init__(self, settings: Settings, machine: Machine, session: LessonSession | None = None) -> None:
        """`machine`: one that has booted, a recording, or one that stands for it until the first frame is drawn."""
        self._hub: Hub | None = None
        super().__init__(machine, settings, session)
        self._guest: Guest | None = None
        self._timelines: Timelines | None = None
        self._branching: Branching | None = None
        """The timeline that is on its way."""
        self._machines: dict[int, Machine] = {}
        """The machine of every timeline, by its number."""
        self._to_slow_down = session is not None
        """A lesson's machine boots flat out; then it slows down so that one can follow."""
        self._left_by = 0
        """Number of the signal that came before there was a machine, or 0."""
        self.failure: BaseException | None = None
        """Why it could not start (a mistake of the user), or what ended the machine (ours)."""

    def on_mount(self) -> None:
        """Draw first, then boot."""
        super().on_mount()
        for number in EARLY_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._leave_by, number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, EARLY_SIGNALS)
        self.call_after_refresh(self._boot)

    def get_driver_class(self) -> type[Driver]:
        """The terminal's, which tells the machines to stand aside as soon as a key has come."""
        return attentive(super().get_driver_class(), self._key_has_come)

    def _key_has_come(self) -> None:
        if self._hub is not None:
            self._hub.courtesy.ask()

    def answer(self) -> None:
        """Draw what keys have done; once that is on the terminal, the machines go on."""
        super().answer()
        if self._hub is not None:
            self._hub.answered(self._hub.courtesy.asked)

    def _boot(self) -> None:
        from playground.machine.live import Live
        from playground.starting import boot

        machine = self.desk.machine
        if isinstance(machine, Standby):
            standby = machine
            try:
                machine = boot(self.settings)
            except Exception as error:
                if not getattr(error, "is_users_mistake", False):
                    raise
                self.failure = error
                self.exit(MISTAKE)
                return
            machine.set_speed(standby.speed)
            if not standby.running:
                machine.pause()
            self.desk.change(machine=machine)
            if self.desk.selected not in machine.manifest.servers:
                self.select_first()
        if isinstance(machine, Live):
            self._start(machine)

    def _start(self, live: Live) -> None:
        """Let a machine run in real time, beside those that do already.

        What has been built lives as long as it, and need not be walked through whenever garbage is looked for; a pause
        for that in a long run would be seen.
        """
        gc.collect()
        gc.freeze()
        if self._hub is None:
            from playground.hub import Hub
            from playground.machine.guest import Guest

            self._hub = Hub()
            self._guest = Guest(self._hub.main, on_done=self._machines_ended)
            self._hub.add(live)
            self._guest.start()
            self._guest.handle_signals()
        else:
            self._hub.add(live)

    def poll(self) -> None:
        """Look at the machine, unless a key waits for its answer; once a lesson's has booted, slow it down."""
        if self._hub is not None and self._hub.courtesy.seconds > 0:
            return
        super().poll()
        self._hear_of_the_machine()
        self._go_on_branching()
        if self._to_slow_down and self.desk.view.event_count and self.desk.view.ready:
            self.desk.machine.set_speed(LESSON_SPEED)
            self._to_slow_down = False

    def _hear_of_the_machine(self) -> None:
        """Say what became of a server's file that was changed, and why the machine or its recording ended."""
        if not hasattr(self.desk.machine, "news"):  # a machine that has not booted yet, or that is only shown
            return
        live = cast("Live", self.desk.machine)
        if live.news:
            news, live.news = live.news, ""
            self.desk.change(trouble=news if live.news_is_trouble else "", remark="" if live.news_is_trouble else news)
        if live.trouble:
            trouble, live.trouble = live.trouble, ""
            self.desk.change(trouble=trouble, remark="")

    def timelines(self) -> Timelines | None:
        """The tree; None as long as there is only the run as it was."""
        return self._timelines

    def branch(self) -> None:
        """A machine is run again up to the moment on screen; it stands there and can go on in another way."""
        from playground.timeline.branching import Branching
        from playground.timeline.timelines import Timelines

        looking, machine = self.desk.looking, self.desk.machine
        past = looking.past
        if past is None or not looking.count:
            raise UserMistake("There is no moment to begin from yet")
        if self._timelines is None:
            self._timelines = Timelines(past, getattr(machine, "core", None))
            self._machines[1] = machine
        self._give_up_branching()
        self._branching = Branching(past, looking.count)
        self._go_on_branching()

    def _go_on_branching(self) -> None:
        """Let the machine of the new timeline come nearer to its moment; once it is there, go over to it."""
        branching, timelines = self._branching, self._timelines
        if branching is None or timelines is None:
            return
        if not branching.go():
            self.desk.change(remark=branching.words)
            return
        from playground.machine.live import Live

        self._branching = None
        parent = next(one.id for one in timelines if one.past is branching.past)
        timeline = timelines.add(parent, branching.core, f"from event {branching.count:,} of {parent}")
        live = Live(branching.core, running=False, speed=SPEED)
        self._machines[timeline.id] = live
        self._start(live)
        self.switch(timeline.id)
        self.desk.change(remark=f"timeline {timeline.id} begins here; it stands still: do something else, or press p")

    def _give_up_branching(self) -> None:
        if self._branching is not None:
            self._branching.close()
            self._branching = None

    def action_settle(self) -> None:
        """Escape: a timeline that is on its way is given up as well."""
        self._give_up_branching()
        super().action_settle()

    def switch(self, number: int) -> None:
        """Go over to another timeline; the one that is left stands still."""
        if self._timelines is None:
            raise UserMistake("There is only this timeline")
        timeline = self._timelines[number]
        self.desk.machine.pause()
        self.desk.looking.come_back()
        self.desk.change(machine=self._machines[number])
        self.desk.looking.use(timeline.past)
        self.header.timeline = number
        self.heard()

    def ended(self) -> None:
        """What remains to be done when the screens are gone."""

    def leave(self) -> None:
        """Stop the machines; the screens go when they have."""
        if self._guest is None:
            self.exit(0)
        else:
            self._guest.quit()

    def _leave_by(self, number: int) -> None:
        """A signal came before there was a machine that could take it."""
        self._left_by = number
        if self._guest is None:
            self.exit(128 + number)
        else:
            self._guest.quit()

    def _machines_ended(self, error: BaseException | None) -> None:
        self.failure = error
        number = (self._guest.signal if self._guest else 0) or self._left_by
        failed = error is not None or self.return_code == FAILED  # in the machine, or in the screens
        self.exit(FAILED if failed else 128 + number if number else 0)

    async def on_unmount(self) -> None:
        """However the screens end, the machines have ended first."""
        if self._guest is not None:
            self._guest.quit()
            await self._guest.wait()
        gc.unfreeze()
        self._give_up_branching()
        self.desk.looking.close()
        if self._timelines is not None:
            self._timelines.close()


def run(settings: Settings) -> int:
    """Run the screens until the person leaves. Gives the exit code; raises the user's mistakes for the command line."""
    app: LivePlayground
    if settings.lesson is not None:
        from playground.lesson_app import LessonPlayground

        app = LessonPlayground.of_lesson(settings)
    else:
        from playground.starting import system_text

        standby: Any = Standby(outline_of(system_text(settings.system)), running=True, speed=SPEED)
        app = LivePlayground(settings, standby)
    # From the first byte sent to the terminal on, a signal waits until there is a handler that gives it back.
    signal.pthread_sigmask(signal.SIG_BLOCK, EARLY_SIGNALS)
    try:
        with ShortTurns():
            code = app.run()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, EARLY_SIGNALS)
        app.ended()
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0 if code is None else code
