"""Help, made from what there is: the pane that was in use, every action with its keys, every verb with an example."""

from __future__ import annotations

from collections.abc import Sequence

from playground.line_count import lines_of
from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.sheet import Sheet, wrap
from playground.view.model import STATUSES

PICTURE = (
    "Applications on top, servers below, drivers below those, and under them the kernel: every message passes through "
    "that bar. Nothing else connects them."
)
Line = tuple[tuple[str, str], ...]


class HelpSheet(Sheet):
    """A page that scrolls."""

    TITLE = "Help"
    KEYS = (("↑ ↓", "scroll"), ("esc", "close"))

    def __init__(
        self, desk: Desk, here: str, actions: Sequence[tuple[str, str, str]], verbs: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(desk)
        self.here = here
        self.actions = actions
        self.verbs = verbs
        self.top = 0

    def page(self, width: int) -> list[Line]:
        """Everything, in the order in which one needs it."""
        lines: list[Line] = [((text, "text"),) for text in wrap(PICTURE, width)]
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

    def paint_body(self, canvas: Canvas) -> None:
        """As much as fits."""
        width, rows = canvas.width - 4, canvas.height - 2
        page = self.page(width)
        self.top = min(max(self.top, 0), max(len(page) - rows, 0))
        for y, line in enumerate(page[self.top : self.top + rows], 1):
            x = 2
            for text, ink in line:
                x = canvas.put(x, y, text, ink, canvas.width - 2 - x)
        below = len(page) - self.top - rows
        if below > 0:
            canvas.put_right(canvas.width - 2, canvas.height - 1, f" ↓ {below} more ", "quiet")

    def press(self, key: str, character: str | None) -> bool:
        """Scroll; f1 closes what it opened."""
        step = {"up": -1, "down": 1, "pageup": -12, "pagedown": 12, "home": -10_000, "end": 10_000}.get(key)
        if key in ("f1", "q", "enter"):
            self.close(done=True)
        elif step is not None:
            self.top += step
        else:
            return False
        return True


def help_sheet(desk: Desk, focused: object) -> HelpSheet:
    """The help sheet for where the person is."""
    from playground.actions import ACTIONS
    from playground.perform import ONLY_IN_LESSONS
    from scenarios.language.verbs import VERBS

    actions = [(action.shown, action.usage, action.help) for action in ACTIONS if action.shown]
    verbs = [(row.usage, f"{row.summary} {row.example}") for row in VERBS.values() if row.name not in ONLY_IN_LESSONS]
    return HelpSheet(desk, str(getattr(focused, "HELP", "")), actions, verbs)


def _ink(key: str) -> str:
    return "stopped" if key == "absent" else key


def _definition(term: str, ink: str, text: str, width: int, column: int) -> list[Line]:
    rows = wrap(text, width - column)
    first: Line = ((f"{term:<{column}}", ink), (rows[0], "text"))
    return [first, *(((" " * column + row, "text"),) for row in rows[1:])]
