"""What all panes share: a widget that draws on a canvas and sends only those of its lines to the terminal that changed.

A pane computes nothing about the machine. It says what its picture depends on (`stamp`), and `poll`, called some
twenty times a second, draws again only if that changed; an idle machine costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from playground.screens.canvas import Canvas, Row
from playground.screens.inks import Palette

if TYPE_CHECKING:
    from textual import events

_NEVER: Hashable = object()


class Pane(Widget):
    """A part of the screen that is drawn on a canvas."""

    DEFAULT_CSS = """
    Pane { background: $background; color: $foreground; }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._rows: list[Row] = []
        self._seen: Hashable = _NEVER

    def stamp(self) -> Hashable:
        """Everything that the picture depends on, cheap to compare."""
        return None

    def paint(self, canvas: Canvas) -> None:
        """Draw the pane."""
        raise NotImplementedError

    def poll(self) -> None:
        """Draw again if what the picture depends on has changed."""
        if not self.display or not self.size.width:
            return
        seen = (self.stamp(), self.size, self.has_focus, self.app.theme)
        if seen == self._seen:
            return
        repaint_all = self._seen is _NEVER or not isinstance(self._seen, tuple) or seen[1:] != self._seen[1:]
        self._seen = seen
        canvas = Canvas(*self.size)
        self.paint(canvas)
        rows = canvas.rows()
        if repaint_all or len(rows) != len(self._rows):
            self._rows = rows
            self.refresh()
            return
        changed = [number for number, row in enumerate(rows) if row != self._rows[number]]
        self._rows = rows
        if changed:
            self.refresh(*(Region(0, number, canvas.width, 1) for number in changed))

    def repaint(self) -> None:
        """Draw at the next poll whatever the stamp says; used after the pane's own state changed."""
        self._seen = _NEVER
        self.poll()

    def render_line(self, y: int) -> Strip:
        """One line of the picture, as Textual asks for it."""
        if self._seen is _NEVER:
            self.poll()
        palette = self.palette()
        if y >= len(self._rows):
            return Strip.blank(self.size.width, palette.style("text"))
        return Strip([Segment(text, palette.style(ink)) for text, ink in self._rows[y]], self.size.width)

    def palette(self) -> Palette:
        """The styles of the current theme."""
        return palette_of(self)

    def text(self) -> str:
        """What the pane shows, without colours."""
        return "\n".join("".join(text for text, _ in row).rstrip() for row in self._rows)

    def on_resize(self, event: events.Resize) -> None:
        """A pane of another size is another picture."""
        self.poll()


_PALETTES: dict[str, Palette] = {}


def palette_of(widget: Widget) -> Palette:
    """The palette of the theme that a widget's app uses, made once for each theme."""
    name = widget.app.theme
    palette = _PALETTES.get(name)
    if palette is None:
        palette = _PALETTES[name] = Palette(widget.app.theme_variables)
    return palette
