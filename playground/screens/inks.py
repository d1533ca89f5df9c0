"""The colours of the screens: two themes, and the table that turns an ink's name into a style of the current theme.

Every colour is a variable of Textual's theme, so that each theme of Textual works; the two themes here only choose the
variables well: a calm dark one, and black on white with strong colours for a projector in a bright room.
"""

from __future__ import annotations

from typing import Any, Final

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

DARK: Final = Theme(
    name="playground",
    primary="#6cb6ff",
    secondary="#76a9d8",
    accent="#f2b866",
    warning="#e5b84b",
    error="#ff7a70",
    success="#6bd488",
    foreground="#dfe5ec",
    background="#10141a",
    surface="#161b22",
    panel="#1f2630",
    dark=True,
    variables={"playground-quiet": "#93a0ae", "playground-line": "#43505e", "playground-restart": "#c9a2ff"},
)

PROJECTOR: Final = Theme(
    name="projector",
    primary="#0040a0",
    secondary="#1c4f80",
    accent="#8a3c00",
    warning="#7a4a00",
    error="#b00010",
    success="#00601c",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#e6eaee",
    dark=False,
    variables={"playground-quiet": "#3a3a3a", "playground-line": "#555555", "playground-restart": "#5a1a8a"},
)

THEMES: Final = (DARK, PROJECTOR)

COLOURS: Final[dict[str, tuple[str, ...]]] = {
    "text": ("foreground",),
    "quiet": ("playground-quiet", "foreground-muted", "foreground"),
    "line": ("playground-line", "foreground-disabled", "foreground"),
    "title": ("foreground",),
    "you": ("primary",),
    "key": ("accent",),
    "lit": ("accent",),
    "running": ("success",),
    "idle": ("playground-quiet", "foreground-muted", "foreground"),
    "waiting": ("secondary",),
    "sending": ("secondary",),
    "handling": ("warning",),
    "faulted": ("error",),
    "restarting": ("playground-restart", "warning"),
    "stopped": ("playground-quiet", "foreground-muted", "foreground"),
    "call": ("primary",),
    "reply": ("success",),
    "signal": ("secondary",),
    "device": ("secondary",),
}
"""Ink name to theme variables, the first that the theme has."""

ATTRIBUTES: Final = frozenset({"bold", "dim", "italic", "underline", "strike", "reverse"})


class Palette:
    """Styles of one theme, each made once."""

    def __init__(self, variables: dict[str, str], background: str = "background") -> None:
        self._variables = variables
        self._background = _parse(variables.get(background, variables["background"]))
        self._panel = _parse(variables.get("panel", variables["background"]))
        self._styles: dict[str, Style] = {}

    def style(self, ink: str) -> Style:
        """The style of an ink such as "faulted bold"; a colour can also be given as "#rrggbb"."""
        style = self._styles.get(ink)
        if style is None:
            style = self._styles[ink] = self._make(ink)
        return style

    def _make(self, ink: str) -> Style:
        name, *words = ink.split()
        attributes: dict[str, Any] = {word: True for word in words if word in ATTRIBUTES}
        background = self._panel if "bar" in words else self._background
        if name == "title":
            attributes["bold"] = True
        colour = self._colour(name)
        if "dim" in attributes and colour.ansi is None and background.ansi is None:
            del attributes["dim"]
            colour = background.blend(colour, 0.45)
        return Style(color=colour.rich_color, bgcolor=background.rich_color, **attributes)

    def _colour(self, name: str) -> Color:
        if name.startswith("#"):
            return Color.parse(name)
        for variable in COLOURS[name]:
            value = self._variables.get(variable)
            if value and not value.startswith("auto"):
                colour = _parse(value)
                mixed = colour.ansi is None and self._background.ansi is None
                return self._background.blend(colour.with_alpha(1.0), colour.a) if mixed else colour
        return _parse(self._variables["foreground"])


def _parse(value: str) -> Color:
    """A variable of a theme; one of the terminal's own colours has no shades."""
    return Color.parse(value.split()[0] if value.startswith("ansi") else value)
