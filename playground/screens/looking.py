"""Where in time the screens look: at now, or at any moment before. Looking back changes nothing.

Every pane reads `Desk.view`; while one looks back, that is the view of then, so that all of them show that moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, cast

from playground.screens.chronicle import Chronicle
from playground.timeline.errands import Finding, Jump, ToMoment

if TYPE_CHECKING:
    from playground.screens.desk import Desk
    from playground.timeline.errands import Errand
    from playground.timeline.past import Past
    from playground.view.model import View

AHEAD: Final = 240
"""Events after the moment whose lines are shown below it in the stream."""
LINES: Final = 400
"""Messages put into words around a moment."""
AT_ONCE: Final = 0.1
"""Seconds in which the way to a moment may be gone at the press of the key; a longer one is gone in portions."""
ERRAND: Final = 0.03
PREPARE: Final = 0.008
"""Seconds of each poll for going on, and for making later jumps quick."""
GLANCE: Final = 0.02
"""Seconds that may be spent on finding a source line of the past at one look."""
TELLING: Final = frozenset({"mark", "ready", "fault", "died", "restarted", "gave-up", "stopped", "revoke", "probe"})
"""Kinds of moments that a jump stops at."""
HIGHLIGHTED: Final = frozenset({"status", "life", "cap_count", "waits_for", "handles"})
"""Parts of a server whose change is pointed out."""


class Played(Protocol):
    """What a recording can do besides what every machine can: it stands at any of its moments."""

    @property
    def moment(self) -> int:
        """How many events have been played."""
        ...

    def go(self, count: int) -> None:
        """Show the moment after so many events."""
        ...


class Looking:
    """The moment that is looked at, and the steps to others."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._past: Past | None = None
        self._of: object = None
        self._at: int | None = None
        self.changed: frozenset[str] = frozenset()
        """Servers that are different from the moment looked at before."""
        self.changed_slots: frozenset[tuple[int, int]] = frozenset()
        """Capability slots that are."""
        self._lines: tuple[int, Chronicle] | None = None
        self._errand: Errand | None = None
        """The way to a moment that is being gone."""
        self._ahead = True
        """Whether later jumps are made quick; not if the events of a file turn out not to fit each other."""

    @property
    def past(self) -> Past | None:
        """Everything that can be looked back at; None if the machine keeps nothing."""
        machine = self._desk.machine
        if self._of is not machine:
            self._of, self._past = machine, getattr(machine, "past", None)
            self._at, self._lines, self._errand, self._ahead = None, None, None, True
            core = getattr(machine, "core", None)
            if self._past is None and core is not None:
                from playground.timeline.past import Past

                self._past = Past.of_core(core)
        return self._past

    def use(self, past: Past) -> None:
        """The past of the machine that is on the desk now, if it is known already."""
        self._of, self._past = self._desk.machine, past
        self._at, self._lines, self._errand, self._ahead = None, None, None, True

    def close(self) -> None:
        """Switch off what was run again in the background."""
        if self._past is not None:
            self._past.close()

    @property
    def plays(self) -> bool:
        """Whether the machine is a recording: its now is its end, and it stands at a moment if it does not play."""
        return self._played is not None

    @property
    def _played(self) -> Played | None:
        machine = self._desk.machine
        return cast("Played", machine) if hasattr(machine, "go") else None

    @property
    def at(self) -> int | None:
        """How many events have happened at the moment that is looked at; None is now."""
        played = self._played
        if played is None:
            return self._at
        moment = played.moment
        return None if self._desk.machine.running or moment >= self.end else max(moment, 1)

    @property
    def still(self) -> bool:
        """Whether the screens are drawn for a picture or a film, so that nothing on them is live."""
        return getattr(self._desk.machine, "still", False)

    @property
    def count(self) -> int:
        """How many events have happened at the moment on screen."""
        return self._desk.machine.view.event_count if self.at is None else self.at

    @property
    def end(self) -> int:
        """How many events there are in all."""
        return len(self._desk.machine.events)

    @property
    def view(self) -> View:
        """What is, or was, true."""
        past = self.past
        if self.at is None or past is None:
            return self._desk.machine.view
        return past.view_at(self.at)

    def go(self, count: int | None) -> None:
        """Look at the moment after so many events; None, or more than there are, is now. It may take a while."""
        past = self.past
        if past is None:
            return
        count = self.end if count is None else count
        if count >= self.end and not self.plays:
            self._errand = None
            self._show(count)
        else:
            self._begin(Jump(past, max(count, 1)))

    def _begin(self, errand: Errand) -> bool:
        """Go the way to a moment, or as much of it as can be gone at once; False if there is no such moment."""
        self._errand = errand
        return not errand.go(AT_ONCE) or self._arrive()

    def _arrive(self) -> bool:
        """The way is gone; whether it led anywhere."""
        target = None if self._errand is None else self._errand.target
        self._errand = None
        if target is not None:
            self._show(target)
        return target is not None

    @property
    def underway(self) -> str:
        """How far the way to a moment is, in words; empty if none is being gone."""
        return self._errand.words if self._errand is not None else ""

    def _show(self, count: int) -> None:
        played = self._played
        if played is not None:
            self._desk.machine.pause()  # before looking: while it plays, its view is changed in place
        before = self.view
        if played is not None:
            played.go(count)
        else:
            self._at = None if count >= self.end else count
        self._compare(before, self.view)

    def come_back(self) -> None:
        """To now, where things can be done; a recording has nothing but moments, so it stays at the one it shows.

        No further moment is looked for.
        """
        self._errand = None
        if not self.plays:
            self.go(None)

    def _compare(self, before: View, after: View) -> None:
        """Point out what is different."""
        if before is after:
            return
        from playground.timeline.compare import changed_slots, changes

        found = changes(before, after)
        self.changed = frozenset(change.server for change in found if change.part in HIGHLIGHTED)
        self.changed_slots = frozenset(changed_slots(before, after))

    def step(self, by: int) -> None:
        """So many events on, or back."""
        self.go(self.count + by)

    def step_message(self, by: int) -> bool:
        """To the next or previous message, answer or fault; whether there is one."""
        past = self.past
        if past is None:
            return False
        here = self.count - 1
        number = past.moments.next_message(here) if by > 0 else past.moments.previous_message(here)
        return self._go_to(number)

    def step_moment(self, by: int, server: str = "") -> bool:
        """To the next or previous fault, death, restart, mark ...; of one server, if one is named.

        False if there is none; in a long run that may turn out later.
        """
        past = self.past
        return past is not None and self._begin(ToMoment(past, self.count - 1, by, tuple(TELLING), server))

    def _go_to(self, number: int | None) -> bool:
        if number is None:
            return False
        self.go(number + 1)
        return True

    def find(self, text: str) -> bool:
        """Begin to search for what a person typed; whether forwards. Raises mistakes of the user."""
        from playground.timeline.search import Search, condition_of
        from playground.timeline.wishes import wish_of

        past, wish = self.past, wish_of(text)
        if past is not None:
            condition = condition_of(wish.condition, past.manifest)
            self._errand = Finding(past, Search(past, condition, self.count - 1, forward=wish.forward))
        return wish.forward

    def poll(self) -> str:
        """Go on to a moment, or with making later jumps quick; "found" or "no" when a way to a moment has ended."""
        if self._errand is not None:
            errand, self._errand = self._errand, None  # if it cannot be gone, it is not tried again
            if not errand.go(ERRAND):
                self._errand = errand
                return ""
            self._errand = errand
            return "found" if self._arrive() else "no"
        if self._past is not None and self._ahead and (self.plays or self.at is not None):
            self._ahead = False  # as long as it is not known that the events of a file fit each other
            self._past.prepare(PREPARE)
            self._ahead = True
        return ""

    def chronicle(self) -> Chronicle | None:
        """The lines around the moment looked back at; None for now."""
        past = self.past
        if self.at is None or past is None:
            return None
        if self._lines is None or self._lines[0] != self.at:
            lines = Chronicle(LINES)
            lines.update(past.view_at(min(self.at + AHEAD, self.end)))
            lines.message_until(self.at, past.view_at(self.at))
            self._lines = (self.at, lines)
        return self._lines[1]

    def where(self, thread: int) -> tuple[str, int, str] | None:
        """File, line and function at which a thread stood; None as long as it is still being found out."""
        past = self.past
        if self.at is None or past is None:
            return self._desk.machine.where(thread)
        return past.where(self.at, thread, GLANCE)

    def console_text(self) -> str:
        """What the console showed."""
        past = self.past
        if self.at is None or past is None:
            return self._desk.machine.console_text
        return past.console(self.at, GLANCE)
