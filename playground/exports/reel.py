"""A film as it is being made: asciicast v3, with markers and keys, and of each frame only the lines that changed.

The format: a header, then [seconds since the row before, code, data]; o is output, i a key, m a marker, x the end.
"""

from __future__ import annotations

from typing import Any, Final

from playground.exports.offscreen import RESET, Look, Offscreen

MOST_LABEL: Final = 80
"""Characters of a marker."""

_HIDE_CURSOR: Final = "\x1b[?25l"
_CLEAR: Final = "\x1b[2J\x1b[H"
_PALETTE: Final = (
    "#1c1c1c:#d75f5f:#87af5f:#d7af5f:#5f87d7:#af87d7:#5fafaf:#bcbcbc:"
    "#626262:#ff8787:#afd787:#ffd787:#87afff:#d7afff:#87d7d7:#eeeeee"
)


class Reel:
    """The rows that are due, and how long the present frame stands already."""

    def __init__(self, screens: Offscreen) -> None:
        self._screens = screens
        self._shown: list[str] | None = None
        self.waiting = 0.0
        """Seconds until the next row."""
        self.passed = 0.0
        """Seconds of all rows so far."""

    def header(self, look: Look, title: str, command: str) -> dict[str, Any]:
        """The first line: size, colours, what it shows."""
        theme = self._screens.app.theme_variables
        term = {
            "cols": look.width, "rows": look.height, "type": "xterm-256color",
            "theme": {"fg": theme["foreground"], "bg": theme["background"], "palette": _PALETTE},
        }  # fmt: skip
        return {"version": 3, "term": term, "title": title, "command": command}

    def hold(self, seconds: float) -> None:
        """The present frame stands so much longer."""
        self.waiting += seconds

    def frame(self) -> list[list[Any]]:
        """What is on the screens now, if it is something else than before."""
        picture = self._screens.coloured()
        before, self._shown = self._shown, picture
        if before is None:
            return [self._row("o", _HIDE_CURSOR + _CLEAR + _changes([""] * len(picture), picture))]
        changes = _changes(before, picture)
        return [self._row("o", changes)] if changes else []

    def marker(self, text: str) -> list[Any]:
        """A place to jump to."""
        line = " ".join(text.split())
        return self._row("m", line if len(line) <= MOST_LABEL else f"{line[: MOST_LABEL - 1]}…")

    def key(self, text: str) -> list[Any]:
        """A key that is pressed."""
        return self._row("i", text)

    def end(self) -> list[list[Any]]:
        """The colours of the terminal are its own again, and the program has left."""
        return [self._row("o", RESET), self._row("x", "0")]

    def _row(self, code: str, data: str) -> list[Any]:
        seconds, self.waiting = round(self.waiting, 3), 0.0
        self.passed += seconds
        return [seconds, code, data]


def _changes(before: list[str], now: list[str]) -> str:
    """What the terminal has to be told so that it shows other lines than before."""
    return "".join(
        f"\x1b[{row};1H{line}" for row, (old, line) in enumerate(zip(before, now, strict=True), 1) if old != line
    )
