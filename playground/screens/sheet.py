"""A sheet lies over the inspector while the person decides something: what to send, what to revoke, how to crash.

The shelves stay visible beside it, so that what would happen can be lit where it would happen.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from textual.message import Message

from playground.screens.canvas import Canvas, cut
from playground.screens.desk import Desk
from playground.screens.pane import Pane

if TYPE_CHECKING:
    from textual import events


class Sheet(Pane, can_focus=True):
    """A framed pane with a title and a line of keys at the bottom; escape closes it."""

    DEFAULT_CSS = """
    Sheet { width: 1fr; height: 1fr; }
    """
    SCROLLS = True
    TITLE = ""
    WIDE = False
    """Whether it takes more of the screen than the inspector."""
    KEYS: tuple[tuple[str, str], ...] = (("esc", "close"),)

    class Closed(Message):
        """The sheet is done; `done` says whether the person went through with it."""

        def __init__(self, *, done: bool) -> None:
            super().__init__()
            self.done = done

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.places: dict[int, int] = {}
        """The choice that stands on a line of the sheet; filled while it is painted."""
        self.turn = 0
        """Goes up with every change of the sheet's own state."""

    def stamp(self) -> Hashable:
        """The sheet's own state; sheets that show the machine add its moment."""
        return self.turn, self.desk.revision

    def title(self) -> str:
        """What the frame says."""
        return self.TITLE

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Keys and what they do, for the footer."""
        return self.KEYS

    def paint(self, canvas: Canvas) -> None:
        """Draw the frame, then the body inside it."""
        canvas.box(0, 0, canvas.width, canvas.height, "lit")
        canvas.put(2, 0, f" {self.title()} ", "title", canvas.width - 4)
        x = 2
        for key, label in self.keys():
            if x + len(key) + len(label) + 4 > canvas.width:
                break
            x = canvas.put(x, canvas.height - 1, f" {key}", "key bold")
            x = canvas.put(x, canvas.height - 1, f" {label} ", "quiet") + 1
        self.places = {}
        self.paint_body(canvas)

    def paint_body(self, canvas: Canvas) -> None:
        """Draw inside the frame: columns 2 to width-3, rows 1 to height-2."""
        raise NotImplementedError

    def press(self, key: str, character: str | None) -> bool:
        """Take a key; False if the sheet has no use for it."""
        raise NotImplementedError

    def close(self, *, done: bool) -> None:
        """Take the sheet off."""
        self.tell(self.Closed(done=done))

    def again(self) -> Sheet | None:
        """The same sheet anew, for when one that was put over it is done; None if it is not worth coming back to."""
        return None

    def back(self) -> bool:
        """Go one step back inside the sheet; False if there is none, and the sheet closes."""
        return False

    def pick(self, number: int) -> bool:
        """A click on a choice; True if the cursor was there already, which is as good as enter."""
        return False

    def on_click(self, event: events.Click) -> None:
        """A click chooses, once more goes on."""
        number = self.places.get(event.y)
        if number is None:
            return
        if self.pick(number):
            self.press("enter", None)
        self.turn += 1
        self.poll()

    def take_key(self, event: events.Key) -> bool:
        """Escape goes back or closes, everything else is the sheet's own."""
        if event.key == "escape":
            if not self.back():
                self.close(done=False)
        elif not self.press(event.key, event.character):
            return False
        self.turn += 1
        self.poll()
        return True


class Choice:
    """A cursor in a list that scrolls."""

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.at = 0
        self.top = 0

    def key(self, key: str) -> bool:
        """Move by a key; False if it is not for a list."""
        if key not in ("up", "down", "home", "end", "pageup", "pagedown") or not self.count:
            return False
        step = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -self.count, "end": self.count}[key]
        self.at = min(max(self.at + step, 0), self.count - 1)
        return True

    def pick(self, number: int) -> bool:
        """Put the cursor on an item; True if it was there already."""
        was, self.at = self.at, number
        return was == number

    def window(self, rows: int) -> range:
        """The items that are visible in so many rows, the chosen one among them."""
        self.top = min(max(self.top, self.at - rows + 1, 0), max(self.at, 0))
        return range(self.top, min(self.top + max(rows, 1), self.count))


def wrap(text: str, width: int, most: int = 0) -> list[str]:
    """A text as lines of at most `width` cells, broken between words; in `most` lines, what is left over is cut."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    if most and len(lines) > most:
        lines[most - 1 :] = [cut(" ".join(lines[most - 1 :]), width)]
    return lines
