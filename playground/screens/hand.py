"""The hand that actions work with: it opens, closes and moves among the panes of the application.

Whatever can be done stands in `playground.actions`; this is the other side of its `Hand`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.actions import UserMistake
from playground.requests import call_request
from playground.screens.command_line import CommandLine
from playground.screens.desk import Desk
from playground.screens.footer import Footer
from playground.screens.inspector import Inspector
from playground.screens.inspector_tabs import Target
from playground.screens.pane import Pane
from playground.screens.sheet import Sheet
from playground.screens.shelves import Shelves
from servers.nearest import nearest

if TYPE_CHECKING:
    from playground.screens.application import Playground


class ScreenHand:
    """Opens sheets, moves the focus, follows where lines lead."""

    def __init__(self, app: Playground) -> None:
        self.app = app
        self.desk: Desk = app.desk
        self.last_values: dict[tuple[str, str, str], str] = {}
        """What was last typed into the fields of forms, by target, operation and argument."""
        self.sheet: Sheet | None = None
        self._below: Sheet | None = None
        """What is put on again when the sheet is done."""
        self.before: Pane | None = None
        """The pane that had the focus before a sheet or the command line took it."""

    @property
    def theme(self) -> str:
        """Name of the current theme."""
        return self.app.theme

    @theme.setter
    def theme(self, name: str) -> None:
        self.app.theme = name

    def follow(self, target: Target) -> None:
        """Go where a line of the inspector leads."""
        from playground.screens.following import server_behind

        name = server_behind(self.desk, target)
        if target.moment >= 0:
            self.desk.change(moment=target.moment, why_state=False)
        if name:
            self.desk.change(selected=name, capability=None)
        if target.slot is not None or target.object:
            from playground.screens.explorer_mentions import object_of

            self.explore(object_of(self.desk, target))

    def open_explorer(self, name: str = "") -> None:
        """The kernel explorer: on an object by its name, or on what is under the cursor."""
        from playground.screens import explorer_mentions, explorer_names

        here = self.before if isinstance(self.app.focused, CommandLine) else self.app.focused
        found = explorer_names.find(self.desk, name) if name else explorer_mentions.mentioned(self.desk, here)
        self.explore(found or Target())

    def explore(self, target: Target) -> None:
        """On to an object, a capability or an event."""
        from playground.screens.explorer import Explorer, Trail

        if isinstance(self.sheet, Explorer):
            self.sheet.go(target)
            self._show_side(self.sheet)
        else:
            self._put_on(Explorer(self.desk, Trail(target)))

    def focus(self, pane: Pane) -> None:
        """Give a pane the focus at once, so that keys which were typed ahead already reach it."""
        self.app.screen.set_focus(pane, scroll_visible=False)
        if self.app.focused is not pane:
            pane.focus()  # it is not laid out yet: as soon as it is

    def next_pane(self, by: int) -> None:
        """Move the focus among the panes that can be seen."""
        panes = [pane for pane in self.app.screen.query(Pane) if pane.can_focus and _visible(pane)]
        panes = [pane for pane in panes if not isinstance(pane, CommandLine)]
        if not panes:
            return  # a terminal of a few cells shows none
        here = self.app.focused
        place = panes.index(here) if here in panes else -1
        self.focus(panes[(place + by) % len(panes)])

    def toggle_inspector(self) -> None:
        """Beside the shelves: go there. Instead of them: show or hide it. A sheet that lies over it goes."""
        if self.sheet is not None:
            self.take_off_sheet()
            self._below = None
        elif self.app.screen.has_class("narrow") and self.app.screen.has_class("inspecting"):
            self.app.screen.remove_class("inspecting")
            self.focus(self.app.query_one(Shelves))
            return
        self._show_side(self.app.query_one(Inspector))

    def open_tab(self, name: str) -> None:
        """Show a tab of the inspector."""
        self.take_off_sheet()
        self._below = None
        inspector = self.app.query_one(Inspector)
        inspector.open(name)
        self._show_side(inspector)

    def open_why(self, *, of_server: bool = False) -> None:
        """The chain of causes: of the selected server if that is meant or has the focus, or else of the event."""
        self.desk.change(why_state=of_server or isinstance(self.app.focused, Shelves))
        self.open_tab("Why")

    def _show_side(self, pane: Pane) -> None:
        self.app.screen.add_class("inspecting")
        self.focus(pane)

    def open_send(self, target: str = "") -> None:
        """What you hold, as a list that becomes a form."""
        from playground.screens.sheet_send import SendSheet

        sheet = SendSheet(self.desk, self._ask, self.last_values, target or self.desk.selected)
        names = [holding.target for holding in sheet.holdings]
        if target and target not in names:
            raise UserMistake(f"You hold no capability called `{target}`{nearest(target, names)}")
        self._put_on(sheet)

    def _ask(self, target: str, operation: str, values: dict[str, Any]) -> None:
        self.desk.machine.request(call_request(target, operation, values))
        still = "" if self.desk.machine.running else "; the machine stands: space steps, p runs"
        self.desk.change(remark=f"you ask {target}.{operation}{still}")

    def open_crash(self) -> None:
        """How the selected server shall fail."""
        from playground.screens.sheet_crash import CrashSheet

        server = self.desk.server
        if server is None or not server.thread:
            raise UserMistake(f"`{self.desk.selected}` is not alive, so it cannot be crashed")
        self._put_on(CrashSheet(self.desk))

    def open_revoke(self) -> None:
        """What would die."""
        from playground.screens.sheet_revoke import RevokeSheet

        slot = self.desk.capability
        if slot is None or slot not in self.desk.view.slots:
            self.open_tab("Capabilities")
            self.desk.change(remark="choose a capability with the arrows, then press r")
            return
        self._put_on(RevokeSheet(self.desk, slot))

    def open_console(self) -> None:
        """The console device of the machine."""
        from playground.screens.sheet_console import ConsoleSheet

        self._put_on(ConsoleSheet(self.desk))

    def open_help(self) -> None:
        """Everything that can be done."""
        from playground.screens.sheet_help import help_sheet

        self._put_on(help_sheet(self.desk, self.app.focused))

    def _put_on(self, sheet: Sheet) -> None:
        below = None if self.sheet is None else self.sheet.again()
        self.take_off_sheet()
        self._below = below
        self._remember_focus()
        self.sheet = sheet
        self.app.screen.set_class(sheet.WIDE, "wide")
        side = self.app.query_one("#side")
        side.add_class("covered")
        side.mount(sheet)
        self.app.panes.append(sheet)
        self._show_side(sheet)
        self.app.query_one(Footer).show(sheet.keys)

    def take_off_sheet(self) -> None:
        """The inspector, or the lesson, is seen again."""
        if self.sheet is None:
            return
        self.sheet.remove()
        self.app.panes.remove(self.sheet)
        self.sheet = None
        self.desk.change(losing={}, spotlight=frozenset())
        self.app.screen.remove_class("wide")
        self.app.query_one("#side").remove_class("covered")
        self.app.query_one(Footer).show(self.app.keys)

    def _remember_focus(self) -> None:
        here = self.app.focused
        if isinstance(here, Pane) and not isinstance(here, (Sheet, CommandLine)):
            self.before = here

    def return_focus(self) -> None:
        """Back to the sheet that is open or was covered by another, or to the pane that had the focus before."""
        if self.sheet is None and self._below is not None:
            self._put_on(self._below)
        if self.sheet is not None:
            self.focus(self.sheet)
            return
        pane = self.before if self.before is not None and self.before.is_attached else self.app.query_one(Shelves)
        if isinstance(pane, Inspector) and not self._inspector_is_shown:
            pane = self.app.query_one(Shelves) if self.app.session is None else self.app.lesson
        if not isinstance(pane, Inspector):
            self.app.screen.remove_class("inspecting")
        self.focus(pane)

    def look_after_focus(self) -> None:
        """Keys never go to what is hidden or gone: by another size of the terminal, or by a sheet that came later."""
        screen, here = self.app.screen, self.app.focused
        hidden = {
            Inspector: self.sheet is not None or not self._inspector_is_shown,
            Shelves: screen.has_class("inspecting") and screen.has_class("narrow"),
            type(None): True,
        }.get(type(here), isinstance(here, Sheet) and here is not self.sheet)
        if hidden:
            self.return_focus()

    @property
    def _inspector_is_shown(self) -> bool:
        """It was asked for, or there is room for it anyway."""
        screen = self.app.screen
        return screen.has_class("inspecting") or not (screen.has_class("narrow") or screen.has_class("lesson"))

    def focus_command_line(self) -> None:
        """Begin to type."""
        self._remember_focus()
        self.desk.change(remark="")
        self.focus(self.app.query_one(CommandLine))

    def next_beat(self) -> bool:
        """Go on in the lesson."""
        return self.app.script is not None and self.app.script.go_on()

    def previous_beat(self) -> bool:
        """Back to the end of the beat before."""
        return self.app.script is not None and self.app.script.go_back()

    def roam(self) -> bool:
        """Leave the script of a lesson for a while; it goes on where it was."""
        return self.app.script is not None and self.app.script.leave()

    def open_score(self) -> None:
        """What was predicted in the lesson, and what was right."""
        from playground.screens.sheet_score import ScoreSheet

        if self.app.session is not None and self.app.session.predictions:
            kept_in = self.app.settings.results
            self._put_on(ScoreSheet(self.desk, self.app.session, "" if kept_in is None else str(kept_in)))

    def mark(self, name: str) -> None:
        """Give the moment a name; in a run that is recorded it is kept with it."""
        mark = getattr(self.desk.machine, "mark", None)
        if mark is None:
            raise UserMistake("Only a machine that runs can be given marks")
        mark(name.strip('"') or f"mark {self.desk.looking.count:,}")
        self.desk.change(remark="marked")

    def record(self, file: str) -> None:
        """Begin or end a recording."""
        from playground.screens.recording import toggle

        self.desk.change(remark=toggle(self.desk.machine, file))

    def branch(self) -> None:
        """Another timeline."""
        self.app.branch()

    def open_timelines(self) -> None:
        """The tree of timelines."""
        from playground.screens.sheet_timelines import TimelinesSheet

        timelines = self.app.timelines()
        if timelines is None:
            raise UserMistake("There is only this timeline; look back with , and press b to begin another")
        self._put_on(TimelinesSheet(self.desk, timelines, self.app.switch, self.compare))

    def compare(self, one: int, other: int) -> None:
        """Two timelines side by side, the older one left."""
        from playground.screens.sheet_compare import CompareSheet

        timelines = self.app.timelines()
        if timelines is not None:
            first, second = sorted((one, other))
            self._put_on(CompareSheet(self.desk, timelines[first], timelines[second]))

    def theme_names(self) -> list[str]:
        """Every theme there is."""
        return list(self.app.available_themes)

    def leave(self) -> None:
        """Stop the machine and go."""
        self.app.leave()


def _visible(pane: Pane) -> bool:
    return bool(pane.display and pane.size.width and pane.is_on_screen)
