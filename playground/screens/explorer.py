"""The kernel explorer: a page about any object, capability or event, with a way on from everything it mentions.

Enter follows what is under the cursor, backspace goes back. Each kind of thing has a page in a module of its own
(`explorer_thread`, `explorer_untyped`, ...), which is loaded when it is first looked at.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from importlib import import_module
from typing import Final, NamedTuple

from kernel.abi import ObjectType
from playground.screens.canvas import Canvas, cut
from playground.screens.desk import Desk
from playground.screens.explorer_parts import Topic, kind_word, place_words
from playground.screens.inspector_tabs import Entry, Page, Target
from playground.screens.sheet import Sheet

MOST_REMEMBERED: Final = 100
"""Places that backspace can go back to."""
NEAR: Final = 2
"""So many lines beyond the edge, the next link is still jumped to; else the page scrolls."""

MODULES: Final[dict[ObjectType, str]] = {
    ObjectType.UNTYPED: "untyped",
    ObjectType.TCB: "thread",
    ObjectType.ENDPOINT: "endpoint",
    ObjectType.NOTIFICATION: "notification",
    ObjectType.CNODE: "cnode",
    ObjectType.SCHED_CONTEXT: "context",
    ObjectType.REPLY: "reply",
    ObjectType.FRAME: "frame",
    ObjectType.VSPACE: "vspace",
    ObjectType.SCHED_CONTROL: "control",
    ObjectType.IRQ_CONTROL: "control",
    ObjectType.IRQ_HANDLER: "irq",
    ObjectType.ZOMBIE: "cnode",
}
"""The module of the page for each type of object."""


@cache
def topic(name: str) -> Topic:
    """The page of a module."""
    found = import_module(f"playground.screens.explorer_{name}").TOPIC
    assert isinstance(found, Topic)
    return found


def topic_of(desk: Desk, target: Target) -> Topic:
    """The page that shows a target."""
    if target.slot is not None:
        return topic("capability")
    if target.object:
        alive = desk.view.objects.get(target.object)
        return topic(MODULES[alive.type] if alive is not None else "gone")
    return topic("event" if target.moment >= 0 else "kernel")


def title_of(desk: Desk, target: Target) -> str:
    """What a place is called."""
    view = desk.view
    if target.slot is not None:
        cap = view.slots.get(target.slot)
        return f"capability in {place_words(view, cap)}" if cap is not None else "an empty slot"
    if target.object:
        kind, name = kind_word(view, target.object), view.name_of(target.object)
        return name if name.startswith(kind) else f"{kind} {name}"
    return f"event {target.moment:,}" if target.moment >= 0 else "the kernel"


class Place(NamedTuple):
    """Where the person has been, and on which line."""

    target: Target
    cursor: int = 0
    top: int = 0


class Trail:
    """Where the person is and has been."""

    def __init__(self, target: Target) -> None:
        self.here = Place(target)
        self.past: list[Place] = []

    def go(self, target: Target, cursor: int = 0, top: int = 0) -> None:
        """On to another place; the cursor of this one is remembered."""
        if target == self.here.target:
            return
        self.past.append(Place(self.here.target, cursor, top))
        del self.past[:-MOST_REMEMBERED]
        self.here = Place(target)

    def back(self) -> bool:
        """Back to the place before; False if there is none."""
        if not self.past:
            return False
        self.here = self.past.pop()
        return True


class Explorer(Sheet):
    """A page of the explorer and the way through them."""

    DEFAULT_CSS = """
    Explorer { width: 1fr; height: 1fr; }
    """
    WIDE = True
    HELP = (
        "The kernel explorer: everything about one object, capability or event. Enter follows what is under the "
        "cursor, backspace goes back, d shows the capability of a row and who it was derived from, w looks at "
        "everything as it was at the event of a row."
    )

    def __init__(self, desk: Desk, trail: Trail) -> None:
        super().__init__(desk)
        self.trail = trail
        self._page = Page([])
        self._cursor = trail.here.cursor
        self._top = trail.here.top
        self._rows = 1

    def stamp(self) -> Hashable:
        """The machine's moment, and the explorer's own state."""
        return self.desk.look, self.turn, self.desk.revision

    def title(self) -> str:
        """What is shown."""
        return title_of(self.desk, self.trail.here.target)

    def keys(self) -> tuple[tuple[str, str], ...]:
        """What can be done here."""
        back = (("backspace", "back"),) if self.trail.past else ()
        time = (("w", "look at when"),) if self._time() >= 0 else ()
        derived = (("d", "derivation"),) if self._capability() is not None else ()
        return (("enter", "follow"), *back, *derived, *time, ("esc", "close"))

    @property
    def target(self) -> Target | None:
        """Where the line under the cursor leads."""
        entries = self._page.entries
        return entries[self._cursor].target if 0 <= self._cursor < len(entries) else None

    def paint(self, canvas: Canvas) -> None:
        """Make the page, then draw; which keys there are depends on it."""
        here = self.trail.here.target
        self._rows = max(canvas.height - 2, 1)
        self._page = topic_of(self.desk, here).page(self.desk, here, canvas.width - 4)
        self._settle()
        super().paint(canvas)

    def paint_body(self, canvas: Canvas) -> None:
        """As much of the page as fits."""
        width = canvas.width - 4
        for y, line in enumerate(self._page.entries[self._top : self._top + self._rows], 1):
            self._paint_line(canvas, y, line, width, here=self._top + y - 1 == self._cursor)
        below = len(self._page.entries) - self._top - self._rows
        if below > 0:
            canvas.put_right(canvas.width - 2, canvas.height - 1, f" ↓ {below} more ", "quiet")
        if self.trail.past:
            before = title_of(self.desk, self.trail.past[-1].target)
            canvas.put_right(canvas.width - 2, 0, f" ← {before} ", "quiet", len(self.title()) + 6)

    def _paint_line(self, canvas: Canvas, y: int, line: Entry, width: int, *, here: bool) -> None:
        x = 2
        for text, ink in line.runs:
            x = canvas.put(x, y, cut(text, 2 + width - x), ink)
        if here and line.target is not None:
            canvas.put(1, y, "▸", "lit bold")
            canvas.tint(2, y, width, "bold")

    def _settle(self) -> None:
        """Keep the page inside the pane and the cursor on a link that can be seen, if there is one."""
        entries = self._page.entries
        self._top = min(max(self._top, 0), max(len(entries) - self._rows, 0))
        seen = range(self._top, min(self._top + self._rows, len(entries)))
        if self._cursor not in seen or entries[self._cursor].target is None:
            links = [number for number in seen if entries[number].target is not None]
            self._cursor = min(links, key=lambda number: abs(number - self._cursor), default=-1)
        target = self.target
        self.desk.capability = target.slot or target.through if target is not None else None

    def again(self) -> Explorer:
        """The explorer comes back where it was."""
        self.trail.here = Place(self.trail.here.target, self._cursor, self._top)
        return Explorer(self.desk, self.trail)

    def press(self, key: str, character: str | None) -> bool:
        """Move, follow, go back."""
        if key == "enter":
            if self.target is not None:
                self.go(self.target)
        elif key == "d":
            slot = self._capability()
            if slot is not None:
                self.go(Target(slot=slot))
        elif key == "w":
            number = self._time()
            if number >= 0:
                self.desk.change(moment=number)
        elif key in ("backspace", "left"):
            self._back()
        elif key in ("up", "down"):
            self._move(1 if key == "down" else -1)
        elif key in ("pageup", "pagedown", "home", "end"):
            step = {"pageup": -self._rows + 1, "pagedown": self._rows - 1, "home": -100_000, "end": 100_000}[key]
            self._top += step
            self._cursor = 0 if step < 0 else len(self._page.entries)
        else:
            return False
        return True

    def go(self, target: Target) -> None:
        """On to what a line mentions."""
        self.trail.go(target, self._cursor, self._top)
        self._cursor, self._top = 0, 0
        self.turn += 1
        self._light_owner()

    def _capability(self) -> tuple[int, int] | None:
        """The capability that the line under the cursor mentions, or that led to this page."""
        return self.desk.capability or self.trail.here.target.through

    def _time(self) -> int:
        """The event that the line under the cursor leads to, or that the page is about; -1 if there is none."""
        here = self.trail.here.target
        if self.target is not None and self.target.moment >= 0:
            return self.target.moment
        return here.moment if here.slot is None and not here.object else -1

    def _back(self) -> None:
        if self.trail.back():
            self._cursor, self._top = self.trail.here.cursor, self.trail.here.top
            self._light_owner()

    def _light_owner(self) -> None:
        """Select the server whose object is shown, so that one sees on the shelves where it belongs."""
        from playground.screens.explorer_mentions import owner_of_target

        owner = owner_of_target(self.desk, self.trail.here.target)
        if owner:
            self.desk.change(selected=owner)

    def _move(self, by: int) -> None:
        """To the next link; where the next is far away, a few lines further."""
        entries, bottom = self._page.entries, self._top + self._rows
        places = range(self._cursor + 1, len(entries)) if by > 0 else range(self._cursor - 1, -1, -1)
        following = next((place for place in places if entries[place].target is not None), None)
        if following is not None and self._top - NEAR <= following < bottom + NEAR:
            self._cursor = following
            if following >= bottom:
                self._top = following - self._rows + 1
            elif following < self._top:
                self._top = following
        else:
            self._top += by * max(self._rows // 2, 1)
            self._top = min(max(self._top, 0), max(len(entries) - self._rows, 0))


__all__ = ["Explorer", "Place", "Trail", "title_of", "topic", "topic_of"]
