"""The application over one machine: it lays out the panes, hands keys to actions, and looks at the machine 25 times a
second. What a key or a command does stands in `playground.actions`, what is drawn in the panes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.message import Message

from playground.actions import (
    BY_KEY,
    BY_NAME,
    NEED_A_MACHINE,
    NEED_NOW,
    PLAYING,
    Action,
    UserMistake,
    command_of,
    footer_keys,
    lesson_keys,
    past_keys,
    replay_keys,
)
from playground.screens.chronicle import Chronicle
from playground.screens.command_line import CommandLine
from playground.screens.desk import Desk, Machine
from playground.screens.footer import Footer
from playground.screens.hand import ScreenHand
from playground.screens.header import Header
from playground.screens.inspector import Inspector
from playground.screens.palette import WithPalette
from playground.screens.pane import Pane
from playground.screens.sheet import Sheet
from playground.screens.shelves import Shelves
from playground.screens.stream import Stream
from playground.screens.terminal_app import TerminalApp
from playground.screens.timeline import Timeline
from playground.screens.too_small import TooSmall
from playground.screens.words import answer_line
from playground.settings import SMALLEST_HEIGHT, SMALLEST_WIDTH, Settings

if TYPE_CHECKING:
    from playground.screens.lesson_pane import LessonPane
    from playground.screens.script import Script
    from playground.timeline.timelines import Timelines
    from scenarios.player import LessonSession

POLLS_A_SECOND: Final = 25
POLLS_A_LOOK: Final = 5
"""What changes without a message, a note or a probe (heartbeats, states) is looked at with every fifth poll."""
FIRST_SELECTED: Final = "fs"
WIDE: Final = 110
"""From this width on the inspector stands beside the shelves."""


class Playground(TerminalApp, WithPalette):
    """The screens over one machine."""

    TITLE = "Microkernel playground"
    AUTO_FOCUS = "#shelves"
    CSS = """
    Screen { layers: base top; background: $background; overflow: hidden; }
    #body { layout: horizontal; height: 1fr; }
    #side { width: 45; height: 1fr; layout: vertical; }
    #side.covered Inspector { display: none; }
    .wide #side, .lesson.wide #side { width: 76; }
    .narrow #side { display: none; width: 1fr; }
    .narrow.inspecting #side { display: block; }
    .narrow.inspecting Shelves { display: none; }
    .narrow Stream { height: 4; }
    .lesson.narrow Stream { height: 2; }
    .lesson #side { width: 48; }
    .lesson #side Inspector { display: none; }
    .lesson.inspecting #side Inspector { display: block; }
    .lesson.inspecting #lesson { display: none; }
    .lesson.inspecting #side.covered Inspector { display: none; }
    .lesson.narrow #body { layout: vertical; }
    .lesson.narrow #side { display: block; width: 100%; height: 1fr; }
    .lesson.narrow Shelves { height: 4; }
    .narrow.wide Stream { display: none; }
    .told-2 Footer { height: 2; }
    .told-3 Footer { height: 3; }
    .told-2 Stream { height: 7; }
    .told-3 Stream { height: 6; }
    .narrow.told-2 Stream { height: 3; }
    .narrow.told-3 Stream { height: 2; }
    .lesson.narrow.told-2 Stream { height: 1; }
    .lesson.narrow.told-3 Stream { display: none; }
    .tiny TooSmall { display: block; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("ctrl+c", "do('quit')", show=False, priority=True),
        Binding("escape", "settle", show=False),
    ]  # all other keys are those of the registry of actions, see `_take_key`

    def __init__(
        self, machine: Machine, settings: Settings | None = None, session: LessonSession | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.panes: list[Pane] = []
        """Everything that is polled; known first, because a theme repaints it."""
        super().__init__(self.settings)
        self.session = session
        self.desk = Desk(machine)
        self.hand = ScreenHand(self)
        self.lesson: LessonPane
        """The pane of the lesson; only while one is played."""
        self.script: Script | None = None
        """What the keys do to the lesson; only while one is played."""
        if session is not None:
            from playground.screens.script import Script

            self.script = Script(self, session, student=self.settings.student)
        self.header = Header(self.desk)
        self._polls = 0
        self._notes_end = 0
        """Number of the first event whose note has not been looked at yet."""
        self._answering = False
        self.too_small = False
        """The terminal has less room than the panes need, and a sentence that says so covers them."""

    def compose(self) -> ComposeResult:
        """The panes from top to bottom."""
        desk = self.desk
        yield self.header
        with Container(id="body"):
            if self.session is None:
                yield Shelves(desk)
                yield Container(Inspector(desk), id="side")
            else:
                from playground.screens.lesson_pane import LessonPane

                assert self.script is not None
                self.lesson = LessonPane(desk, self.script)
                yield Container(self.lesson, Inspector(desk), id="side")
                yield Shelves(desk)
        yield Stream(desk)
        yield Timeline(desk)
        yield CommandLine(desk, self._complete, self._usage)
        yield Footer(desk, self.keys)
        yield TooSmall()

    def on_mount(self) -> None:
        """Select somebody and begin to look."""
        self.panes = list(self.screen.query(Pane))
        self.desk.live_chronicle.update(self.desk.machine.view)
        if self.session is not None:
            self.screen.add_class("lesson")
            self.hand.focus(self.lesson)
        self.select_first()
        self._fit(self.size.width, self.size.height)
        self.set_interval(1 / POLLS_A_SECOND, self.poll)

    def select_first(self) -> None:
        """Select somebody, so that there is something to see at once."""
        names = [*self.desk.machine.manifest.servers, ""]
        self.desk.change(selected=FIRST_SELECTED if FIRST_SELECTED in names else names[0])

    def on_resize(self, event: events.Resize) -> None:
        """Another size is another layout."""
        self._fit(event.size.width, event.size.height)

    def _fit(self, width: int, height: int) -> None:
        self.screen.set_class(width < WIDE, "narrow")
        self.too_small = width < SMALLEST_WIDTH or height < SMALLEST_HEIGHT
        self.screen.set_class(self.too_small, "tiny")

    def poll(self) -> None:
        """Look at the machine and draw what changed."""
        if not self.is_running or not self.screen_stack:
            return  # the last tick of the timer, while everything is being taken down
        desk, view = self.desk, self.desk.machine.view
        self._polls += 1
        fresh = desk.live_chronicle.update(view)
        if desk.looking.at is not None:
            desk.look = (desk.looking.at, self._polls // POLLS_A_LOOK)
        elif fresh or self._polls % POLLS_A_LOOK == 0 or not desk.machine.running:
            desk.look = (view.event_count, view.cycle)
        if view.event_count != self._notes_end:
            self._hear()
        if self.script is not None:
            self.script.poll()
            self.header.note = self.script.place
        self._try(self._go_on_looking)
        if self.app_focus and not self.too_small and len(self.screen_stack) == 1:
            self.hand.look_after_focus()
        for pane in self.panes:
            pane.poll()

    def _hear(self) -> None:
        """Show the answer to what `you` was asked to do."""
        view = self.desk.machine.view
        start, self._notes_end = self._notes_end, view.event_count
        for note in reversed(view.notes):
            if note.number < start:
                break
            if note.topic == "you-reply":
                self.desk.change(remark=answer_line(note.fields))
                break

    def heard(self) -> None:
        """Another machine is on the desk: what it has answered before is not news, its lines are."""
        view = self.desk.machine.view
        self._notes_end = view.event_count
        self.desk.live_chronicle = Chronicle()
        self.desk.live_chronicle.update(view)

    def _go_on_looking(self) -> None:
        """Nearer to the moment that somebody wants to see, if it is far."""
        looking = self.desk.looking
        ended = looking.poll()
        if ended:
            trouble = "" if ended == "found" else "Nothing like that is found in that direction"
            self.desk.change(remark="", trouble=trouble)
        elif looking.underway and looking.underway != self.desk.remark:
            self.desk.change(remark=looking.underway)

    async def on_event(self, event: events.Event) -> None:
        """Keys are acted on one after the other, so that one can type ahead of the screens."""
        if isinstance(event, events.Key) and not (self.is_running and self.screen_stack):
            return  # typed while everything is being taken down
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        if not self._take_key(event):
            await super().on_event(event)
        if not self._answering:  # keys that were typed ahead are answered together
            self._answering = True
            self.call_later(self.answer)

    def answer(self) -> None:
        """Paint what keys have done, without waiting for the next look at the machine."""
        self._answering = False
        if not self.is_running or not self.screen_stack:
            return  # everything is being taken down
        for pane in self.panes:
            pane.poll()

    def _take_key(self, event: events.Key) -> bool:
        """First the pane that has the focus, then the actions. False if neither has a use for the key."""
        if self.desk.trouble:
            self.desk.change(trouble="")
        if len(self.screen_stack) > 1:
            return False  # the command palette is open
        here = self.focused
        if self.script is not None and not isinstance(here, CommandLine) and self.script.take_key(event.key):
            return True
        if isinstance(here, Pane):
            taken: list[bool] = []
            if not self._try(lambda: taken.append(here.take_key(event))) or taken[0]:
                return True
        name = BY_KEY.get(event.key)
        if name is not None:
            self.action_do(name)
        return name is not None

    def take(self, message: Message) -> None:
        """What a pane tells, acted on at once."""
        getattr(self, message.handler_name)(message)

    def watch_theme(self) -> None:
        """Another theme is another picture of everything."""
        for pane in self.panes:
            pane.repaint()

    # What keys and commands come to.

    def action_do(self, name: str) -> None:
        """Carry out an action by the name in the registry."""
        self.desk.change(trouble="")
        action = BY_NAME[name]
        self._try(lambda: self._run(action, ""))

    def _run(self, action: Action, rest: str) -> None:
        """An action, unless it needs a machine that has booted."""
        if action.name in NEED_A_MACHINE:
            self._need_a_machine()
        if action.name in NEED_NOW:
            self._come_to_now(action.name in PLAYING)
        if action.name in NEED_NOW and action.name != "toggle":
            self._leave_script()
        action.run(self.hand, rest)

    def _come_to_now(self, plays_on: bool) -> None:
        """Whoever wants to do something is brought to now first. `plays_on`: a recording can do it too."""
        looking = self.desk.looking
        if looking.plays and not plays_on:
            raise UserMistake("This is a recording, and what happened stays; b begins another timeline here")
        if looking.at is not None and not looking.plays:
            self.desk.change(moment=-1, remark="back to now")

    def action_focus_next(self) -> None:
        """Tab, as Textual's screen binds it."""
        self.hand.next_pane(1)

    def action_focus_previous(self) -> None:
        """Shift and tab."""
        self.hand.next_pane(-1)

    def action_settle(self) -> None:
        """Escape where nothing else wants it: the sheet goes, or else back to the shelves, following the newest."""
        if self.hand.sheet is not None:
            self.hand.sheet.close(done=False)
            return
        self.desk.looking.come_back()
        self.desk.change(trouble="", remark="")
        self.screen.remove_class("inspecting")
        self.hand.focus(self.query_one(Shelves))

    def on_command_line_entered(self, message: CommandLine.Entered) -> None:
        """A command was typed."""
        found = command_of(message.text)
        if found is not None:
            done = self._try(lambda: self._run(*found))
        else:
            done = self._try(lambda: self._perform(message.text))
        if done:
            line = self.query_one(CommandLine)
            line.accepted()
            if self.focused is line:
                self.hand.return_focus()

    def _leave_script(self) -> None:
        """Whoever does something of his own in a lesson wants to see what comes of it."""
        if self.script is not None:
            self.script.leave()

    def _need_a_machine(self) -> None:
        if self.desk.view.event_count == 0 and not self.desk.looking.plays:
            raise UserMistake("The machine is still starting; try again in a moment")

    def _perform(self, text: str) -> None:
        from playground.perform import perform

        self._need_a_machine()
        self._come_to_now(plays_on=False)
        self._leave_script()
        remark = perform(text, self.desk.machine)
        if remark and not self.desk.machine.running and "the machine stands" not in remark:
            remark += "; the machine stands: space steps, p runs"
        self.desk.change(remark=remark)

    def _try(self, do: Any) -> bool:
        """Do something; what the person did wrong is said beside the command line."""
        try:
            do()
        except Exception as error:
            if not getattr(error, "is_users_mistake", False):
                raise
            self.desk.change(trouble=getattr(error, "sentence", None) or str(error), remark="")
            return False
        return True

    def on_command_line_left(self, message: CommandLine.Left) -> None:
        """Back to where the person was."""
        self.hand.return_focus()

    def on_shelves_chosen(self, message: Shelves.Chosen) -> None:
        """Enter on a server: look into it."""
        self.hand.open_tab("Capabilities")

    def on_stream_chosen(self, message: Stream.Chosen) -> None:
        """Enter on a line: why did it happen?"""
        self.hand.open_why()

    def on_inspector_followed(self, message: Inspector.Followed) -> None:
        """Enter on a line of the inspector."""
        self.hand.follow(message.target)

    def on_sheet_closed(self, message: Sheet.Closed) -> None:
        """A sheet is done."""
        self.hand.take_off_sheet()
        self.hand.return_focus()

    def leave(self) -> None:
        """Stop the machine and go."""
        self.exit(0)

    def branch(self) -> None:
        """Begin another timeline at the moment that is looked at."""
        raise UserMistake("Only a machine that runs can begin another timeline")

    def switch(self, number: int) -> None:
        """Go over to another timeline."""
        raise UserMistake("There is only this timeline")

    def timelines(self) -> Timelines | None:
        """All timelines of this sitting."""
        return None

    def show_first_timeline(self) -> None:
        """Back to the machine that the lesson is played on."""

    def hurry(self, *, on: bool) -> None:
        """Let the machine go flat out for a while, and as before afterwards."""

    def lesson_ended(self) -> None:
        """Say how well it was predicted."""
        self.hand.open_score()

    def keys(self) -> list[tuple[str, str]]:
        """Keys and words for the footer."""
        if self.desk.looking.plays:
            return replay_keys()
        if self.desk.moment >= 0:
            return past_keys()
        if self.session is None or (self.script is not None and self.script.ended):
            return footer_keys()
        question = None if self.script is None else self.script.question
        return lesson_keys(free=self.session.free, choices=0 if question is None else len(question.choices))

    def _complete(self, text: str) -> list[str]:
        if text.startswith("explore "):
            from playground.screens import explorer_names

            return explorer_names.completions(self.desk.view, text)
        from playground.perform import completions

        return completions(text, self.desk.machine.manifest)

    def _usage(self, text: str) -> str:
        from playground.perform import usage

        return usage(text)
