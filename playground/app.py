"""The playground on the terminal: the screens over a machine that runs in real time.

The first frame is drawn before anything of the machine is loaded. Then it boots, and its Trio program runs as a guest
on the loop of the screens; leaving goes the other way round: first the machine unwinds, then the screens.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any, Final

from playground.screens.application import Playground
from playground.screens.standby import Standby, outline_of

if TYPE_CHECKING:
    from playground.machine.guest import Guest
    from playground.screens.desk import Machine
    from playground.settings import Settings
    from scenarios.player import LessonSession

SPEED: Final = 20.0
"""Events a second at which a person can follow."""
LESSON_SPEED: Final = 100.0
"""In a lesson most of what happens is told, not read."""
MISTAKE: Final = 2
"""Exit code after a mistake of the user."""
EARLY_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LivePlayground(Playground):
    """The screens, and the machine behind them."""

    def __init__(self, settings: Settings, machine: Machine, session: LessonSession | None = None) -> None:
        """`machine`: one that has booted, or one that stands for it until the first frame is drawn."""
        super().__init__(machine, settings, session)
        self._guest: Guest | None = None
        self._to_slow_down = session is not None
        """A lesson's machine boots flat out; then it slows down so that one can follow."""
        self._told = ""
        """What the machine said last about why it stopped by itself."""
        self.failure: BaseException | None = None
        """Why it could not start (a mistake of the user), or what ended the machine (ours)."""

    def on_mount(self) -> None:
        """Draw first, then boot."""
        super().on_mount()
        for number in EARLY_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.leave)
        self.call_after_refresh(self._boot)

    def _boot(self) -> None:
        from playground.machine.guest import Guest
        from playground.machine.live import Live
        from playground.starting import boot

        machine = self.desk.machine
        if not isinstance(machine, Live):
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
        self._guest = Guest(machine.main, on_done=self._machine_ended)
        self._guest.start()
        self._guest.handle_signals()

    def poll(self) -> None:
        """Look at the machine; once a lesson's has booted, slow it down."""
        super().poll()
        trouble: str = getattr(self.desk.machine, "trouble", "")
        if trouble and trouble != self._told:
            self._told = trouble
            self.desk.change(trouble=trouble)
        if self._to_slow_down and self.desk.view.event_count and self.desk.view.ready:
            self.desk.machine.set_speed(LESSON_SPEED)
            self._to_slow_down = False

    def leave(self) -> None:
        """Stop the machine; the screens go when it has."""
        if self._guest is None:
            self.exit(0)
        else:
            self._guest.quit()

    def _machine_ended(self, error: BaseException | None) -> None:
        self.failure = error
        number = self._guest.signal if self._guest else 0
        self.exit(1 if error else 128 + number if number else 0)

    async def on_unmount(self) -> None:
        """However the screens end, the machine has ended first."""
        if self._guest is not None:
            self._guest.quit()
            await self._guest.wait()


def run(settings: Settings) -> int:
    """Run the screens until the person leaves. Gives the exit code; raises the user's mistakes for the command line."""
    from playground.starting import boot_lesson, system_text

    machine: Any
    session: LessonSession | None = None
    if settings.lesson is not None:
        machine, session = boot_lesson(settings)
    else:
        machine = Standby(outline_of(system_text(settings.system)), running=True, speed=SPEED)
    app = LivePlayground(settings, machine, session)
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0 if code is None else code
