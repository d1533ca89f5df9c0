"""Help, made from what there is: the pane that was in use, every action with its keys, every verb with an example."""

from __future__ import annotations

from collections.abc import Sequence

from playground.line_count import lines_of
from playground.screens.canvas import Row
from playground.screens.desk import Desk
from playground.screens.page import PageSheet
from playground.screens.sheet import wrap
from playground.view.model import STATUSES

PICTURE = (
    "Applications on top, servers below, drivers below those, and under them the kernel: every message passes through "
    "that bar. Nothing else connects them."
)


class HelpSheet(PageSheet):
    """All keys and commands."""

    TITLE = "Help"

    def __init__(
        self, desk: Desk, here: str, actions: Sequence[tuple[str, str, str]], verbs: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(desk)
        self.here = here
        self.actions = actions
        self.verbs = verbs

    def page(self, width: int) -> list[Row]:
        """Everything, in the order in which one needs it."""
        lines: list[Row] = [((text, "text"),) for text in wrap(PICTURE, width)]
        size = f"The kernel is {lines_of('kernel'):,} lines of code, the servers are {lines_of('servers'):,}."
        lines += [((text, "text bold"),) for text in wrap(size, width)]
        if self.here:
            lines += [(), (("Here", "quiet bold"),), *(((text, "text"),) for text in wrap(self.here, width))]
        lines += [(), (("Keys", "quiet bold"),)]
        for keys, command, text in self.actions:
            lines += _definition(keys, "key bold", f"{text}" + (f"  (: {command})" if command else ""), width, 14)
        lines += [(), (("A server is", "quiet bold"),)]
        for status in STATUSES.values():
            lines.append(((f" {status.glyph}  ", f"{_ink(status.key)} bold"), (status.word, "text")))
        lines += [(), (("Commands", "quiet bold"),)]
        for usage, text in self.verbs:
            lines += [((usage, "you"),), *(((f"   {row}", "quiet"),) for row in wrap(text, width - 3))]
        return lines

    def press(self, key: str, character: str | None) -> bool:
        """Scroll; f1 closes what it opened."""
        if key in ("f1", "q"):
            self.close(done=True)
            return True
        return super().press(key, character)


def help_sheet(desk: Desk, focused: object) -> HelpSheet:
    """The help sheet for where the person is."""
    from playground.actions import ACTIONS
    from playground.perform import ONLY_IN_LESSONS
    from scenarios.language.verbs import VERBS

    actions = [(action.shown, action.usage, action.help) for action in ACTIONS if action.shown]
    actions.append(("ctrl+p", "", "Find any of these by its name or by what it does."))
    verbs = [(row.usage, f"{row.summary} {row.example}") for row in VERBS.values() if row.name not in ONLY_IN_LESSONS]
    return HelpSheet(desk, str(getattr(focused, "HELP", "")), actions, verbs)


def _ink(key: str) -> str:
    return "stopped" if key == "absent" else key


def _definition(term: str, ink: str, text: str, width: int, column: int) -> list[Row]:
    rows = wrap(text, width - column)
    first: Row = ((f"{term:<{column}}", ink), (rows[0], "text"))
    return [first, *(((" " * column + row, "text"),) for row in rows[1:])]
