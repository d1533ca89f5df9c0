"""The real screens without a terminal, over a run that stands still: pictures and films come from here."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.theme import BUILTIN_THEMES

from kernel import events as ev
from kernel.events import Event
from playground.exports.run import ExportProblem, Run, catch_up
from playground.screens.application import Playground
from playground.screens.inks import THEMES
from playground.screens.picture import portable
from playground.screens.words import size_word
from playground.settings import SMALLEST_HEIGHT, SMALLEST_WIDTH, Settings
from playground.view.fold import Fold
from playground.view.model import View
from servers.hardware import SECTOR_BYTES
from servers.manifest import Manifest

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from playground.screens.desk import Machine
    from scenarios.player import LessonSession

LARGEST: Final = 400
"""Columns or lines of a picture at most."""
MOST_PAUSES: Final = 10
"""After so many the screens are taken as they are."""
RESET: Final = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Look:
    """How the screens are drawn."""

    width: int = 120
    height: int = 36
    theme: str = ""
    ascii: bool = False
    selected: str = ""
    """The server in the inspector, or '' for the usual one."""

    @property
    def dark(self) -> bool:
        """Whether the theme is."""
        known = {**BUILTIN_THEMES, **{theme.name: theme for theme in THEMES}}
        return known[self.theme or THEMES[0].name].dark


def size_of(text: str) -> tuple[int, int]:
    """Columns and lines from words such as 120x36. Raises ExportProblem."""
    found = re.fullmatch(r"(\d{1,4})x(\d{1,4})", text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (SMALLEST_WIDTH <= width <= LARGEST and SMALLEST_HEIGHT <= height <= LARGEST):
        raise ExportProblem(
            f"{text!r} is no size of the screens; say for example 120x36, at least {SMALLEST_WIDTH}x{SMALLEST_HEIGHT}"
        )
    return width, height


class StillMachine:
    """A run at one moment, as the screens see a machine. Nothing can be done to it."""

    still = True
    """Nothing of it is live."""

    def __init__(self, run: Run) -> None:
        self.run_shown = run
        self.fold = Fold(run.manifest)
        self.running = False
        self.speed = 0.0
        self.disk_label = _disk_of(run.events)
        self.count = 0
        self.past = run.past()

    def show(self, count: int) -> None:
        """Go on to the moment after so many events; it never goes back."""
        self.count = catch_up(self.fold, self.run_shown.events, self.count, count)

    @property
    def view(self) -> View:
        """What was true then."""
        return self.fold.view

    @property
    def events(self) -> Sequence[Event]:
        """Everything that happened, later too; the view says how far it is."""
        return self.run_shown.events

    @property
    def manifest(self) -> Manifest:
        """The system that ran."""
        return self.run_shown.manifest

    @property
    def console_text(self) -> str:
        """What the console device showed then."""
        return self.past.console(self.count) if self.past is not None else ""

    def where(self, thread: int) -> tuple[str, int, str] | None:
        """File, line and function at which a thread stood then; None if the run cannot be had again."""
        return self.past.where(self.count, thread) if self.past is not None else None

    def _nothing(self, *_: Any) -> Any:
        """A picture takes no orders."""

    run = pause = set_speed = step = step_message = request = key = crash = pause_server = resume_server = _nothing


class Offscreen:
    """The screens over a machine that somebody else moves."""

    def __init__(self, app: Playground, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    async def settle(self) -> None:
        """Wait until everything has its place: a pause ends with a new layout, which the panes hear of in the next."""
        before: list[str] = []
        for _ in range(MOST_PAUSES):
            self.app.poll()
            await self.pilot.pause()
            now = self.text()
            if now == before:
                return
            before = now

    def look(self, remark: str) -> None:
        """Draw what is there now, with a remark in the first line."""
        view = self.app.desk.machine.view
        self.app.poll()
        self.app.desk.look = (view.event_count, view.cycle)
        self.app.header.note = remark
        self.app.header.poll()

    def select(self, server: str) -> None:
        """Look into another server."""
        if server in self.app.desk.machine.view.servers:
            self.app.desk.change(selected=server, capability=None)

    def lines(self) -> list[list[Segment]]:
        """What is on screen, line by line, as coloured pieces of text."""
        # Textual has no public way to the lines of a screen; its own screenshots are made like this.
        return [list(strip) for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> list[str]:
        """The same without colours."""
        return ["".join(piece.text for piece in line).rstrip() for line in self.lines()]

    def coloured(self) -> list[str]:
        """The same with colours, as a terminal takes them."""
        return [_sequences(line) for line in self.lines()]

    def svg(self, title: str) -> str:
        """The same as a picture."""
        return portable(self.app.export_screenshot(title=title))


class Still(Offscreen):
    """The screens over a run; `show` moves them on in time, never back."""

    def __init__(self, app: Playground, pilot: Pilot[int], machine: StillMachine) -> None:
        super().__init__(app, pilot)
        self.machine = machine

    def show(self, count: int, remark: str = "") -> None:
        """The moment after so many events, with a remark in the first line."""
        self.machine.show(count)
        self.look(remark)


def _sequences(line: list[Segment]) -> str:
    """A line as a terminal takes it; of the colours only what changes from one piece to the next."""
    parts = [RESET]
    before: tuple[str, str, str] = ("", "", "")
    for piece in line:
        if piece.control or not piece.text:
            continue
        now = _codes(piece.style)
        if now[0] != before[0]:
            parts.append(f"\x1b[{';'.join(filter(None, ('0', *now)))}m")
        elif changed := [code or default for old, code, default in zip(before[1:], now[1:], ("39", "49"), strict=True)
                         if code != old]:  # fmt: skip
            parts.append(f"\x1b[{';'.join(changed)}m")
        parts.append(piece.text)
        before = now
    return "".join(parts)


def _codes(style: Style | None) -> tuple[str, str, str]:
    """Attributes, foreground and background as the numbers of a terminal; '' is the usual."""
    if style is None:
        return "", "", ""
    flags = (style.bold, style.dim, style.italic, style.underline, style.reverse, style.strike)
    attributes = ";".join(number for number, on in zip("123479", flags, strict=True) if on)
    fore = ";".join(style.color.get_ansi_codes(foreground=True)) if style.color else ""
    back = ";".join(style.bgcolor.get_ansi_codes(foreground=False)) if style.bgcolor else ""
    return attributes, fore, back


class _Screens(Playground):
    """The application, without what is only for somebody who sits before it."""

    def lesson_ended(self) -> None:
        """Nobody has predicted anything, and the last page is still to be read."""


@asynccontextmanager
async def offscreen(run: Run, look: Look) -> AsyncIterator[Still]:
    """The screens over a run, before its first event."""
    machine = StillMachine(run)
    async with over(machine, look) as screens:
        yield Still(screens.app, screens.pilot, machine)


@asynccontextmanager
async def over(
    machine: Machine,
    look: Look,
    session: LessonSession | None = None,
    clock: Callable[[], float] = lambda: 0.0,
) -> AsyncIterator[Offscreen]:
    """The screens over any machine, with the lesson that is played on it; `clock` tells how long it takes."""
    settings = Settings(theme=look.theme, ascii=look.ascii)
    app = _Screens(machine, settings, session)
    if session is not None:
        from playground.screens.script import Script

        app.script = Script(app, session, clock=clock)
    async with _quiet(app).run_test(size=(look.width, look.height)) as pilot:
        await pilot.pause()
        if look.selected:
            app.desk.change(selected=look.selected)
        try:
            yield Offscreen(app, pilot)
        finally:
            app.desk.looking.close()


def _quiet(app: Playground) -> App[int]:
    """Whether it is live or recorded, the picture stands; nothing blinks or moves by itself."""
    app.animation_level = "none"
    return app


def _disk_of(events: Sequence[Event]) -> str:
    """The disk in a few words, from what the machine said when it was switched on."""
    for event in events[:64]:
        if event[0] == ev.INPUT and event[2] == "machine" and isinstance(event[3], tuple):
            known = dict(zip(event[3][::2], event[3][1::2], strict=False))
            sectors = known.get("disk", 0)
            return size_word(sectors * SECTOR_BYTES)
    return ""
