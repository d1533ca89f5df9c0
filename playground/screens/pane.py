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

from playground.screens.canvas import Canvas
from playground.screens.inks import Palette

if TYPE_CHECKING:
    from textual import events
    from textual.message import Message

_NEVER: Hashable = object()


class Pane(Widget):
    """A part of the screen that is drawn on a canvas."""

    DEFAULT_CSS = """
    Pane { background: $background; color: $foreground; }
    """
    ALLOW_SELECT = False
    SCROLLS = False
    """Whether the wheel of the mouse moves its cursor."""
    NEEDS_ROOM = True
    """Whether it is not drawn at all in a terminal that is too small for the playground."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._canvas = Canvas(0, 0)
        self._seen: Hashable = _NEVER
        self._drawn_in = ""
        """The theme of the picture."""

    @property
    def takes_text(self) -> bool:
        """Whether every character that is typed belongs to the pane."""
        return False

    def take_key(self, event: events.Key) -> bool:
        """Do what a key means here; False if it means nothing here."""
        return False

    def on_key(self, event: events.Key) -> None:
        """For a pane that is used alone: the playground hands keys over by `take_key`, one after the other."""
        if self.take_key(event):
            event.stop()
            event.prevent_default()

    def tell(self, message: Message) -> None:
        """Say something to the application; the playground acts on it before the next key."""
        take = getattr(self.app, "take", None)
        if take is None:
            self.post_message(message)
        else:
            take(message)

    def stamp(self) -> Hashable:
        """Everything that the picture depends on, cheap to compare."""
        return None

    def paint(self, canvas: Canvas) -> None:
        """Draw the pane."""
        raise NotImplementedError

    def poll(self) -> None:
        """Draw again if what the picture depends on has changed."""
        stamp = self.stamp()
        if stamp == self._seen or not self.size.width or not self.display:
            return
        if self.NEEDS_ROOM and getattr(self.app, "too_small", False):
            return
        self._seen = stamp
        canvas, before = Canvas(*self.size), self._canvas
        self.paint(canvas)
        self._canvas = canvas
        if (canvas.width, canvas.height) != (before.width, before.height) or self._drawn_in != self.app.theme:
            self._drawn_in = self.app.theme
            self.refresh()
        elif changed := canvas.differing(before):
            self.refresh(*(Region(0, y, canvas.width, 1) for y in changed))

    def repaint(self) -> None:
        """Draw at the next poll whatever the stamp says; used after the pane's own state changed."""
        self._seen = _NEVER
        self.poll()

    def render_line(self, y: int) -> Strip:
        """One line of the picture, as Textual asks for it."""
        if self._seen is _NEVER:
            self.poll()
        palette = self.palette()
        if y >= self._canvas.height:
            return Strip.blank(self.size.width, palette.style("text"))
        return Strip([Segment(text, palette.style(ink)) for text, ink in self._canvas.row(y)])

    def palette(self) -> Palette:
        """The styles of the current theme."""
        return palette_of(self)

    def text(self) -> str:
        """What the pane shows, without colours."""
        return self._canvas.text()

    def on_resize(self, event: events.Resize) -> None:
        """A pane of another size is another picture."""
        self.repaint()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel does what the arrows do."""
        self._wheel("up", event)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel does what the arrows do."""
        self._wheel("down", event)

    def _wheel(self, key: str, event: events.MouseEvent) -> None:
        from textual import events as textual_events

        if self.SCROLLS and self.take_key(textual_events.Key(key, None)):
            event.stop()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Its frame is lit, or not any more."""
        super().watch_has_focus(_has_focus)
        self.repaint()


_PALETTES: dict[str, Palette] = {}


def palette_of(widget: Widget) -> Palette:
    """The palette of the theme that a widget's app uses, made once for each theme."""
    name = widget.app.theme
    palette = _PALETTES.get(name)
    if palette is None:
        palette = _PALETTES[name] = Palette(widget.app.theme_variables)
    return palette
