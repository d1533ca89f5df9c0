"""The states of a server as glyph, word and colour, and the plain characters that stand for all others in ASCII mode.

Nothing on the screen says something by colour alone or by glyph alone; the word is always there.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Mark(NamedTuple):
    """How one state of a server looks."""

    glyph: str
    ascii: str
    word: str
    ink: str


MARKS: Final[dict[str, Mark]] = {
    "running": Mark("●", "R", "running", "running"),
    "idle": Mark("◌", "I", "idle", "idle"),
    "waiting": Mark("○", "W", "waiting", "waiting"),
    "sending": Mark("◔", "S", "sending", "sending"),
    "handling": Mark("◐", "H", "handling", "handling"),
    "faulted": Mark("✖", "X", "faulted", "faulted"),
    "restarting": Mark("↻", "~", "restarting", "restarting"),
    "stopped": Mark("■", "#", "stopped", "stopped"),
    "not-started": Mark("☐", "-", "not started", "stopped"),
}
"""Every state that a server can be seen in."""

_PAIRS: Final = {
    **{mark.glyph: mark.ascii for mark in MARKS.values()},
    "╭": "+", "╮": "+", "╰": "+", "╯": "+", "─": "-", "│": "|", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
    "┏": "#", "┓": "#", "┗": "#", "┛": "#", "━": "=", "┃": "#", "┌": "+", "┐": "+", "└": "`", "┘": "+",
    "╔": "#", "╗": "#", "╚": "#", "╝": "#", "═": "=", "║": "#", "╞": "+", "╡": "+", "╪": "+", "╟": "+", "╢": "+",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "▶": ">", "◀": "<", "▲": "^", "▼": "v", "▸": ">", "▾": "v", "◆": "*",
    "▁": "_", "▂": "_", "▃": ".", "▄": "-", "▅": "-", "▆": "=", "▇": "=", "█": "#", "▮": "|", "▌": "|", "▐": "|",
    "▊": "|", "▎": "|", "▏": "|", "▕": "|", "▔": "-", "░": ".", "▒": ":", "▓": "#", "›": ">", "‹": "<",
    "·": ".", "…": ".", "⏸": "=", "‖": "=", "✓": "+", "✗": "x", "×": "x", "–": "-", "—": "-",
    "“": '"', "”": '"', "‘": "'", "’": "'", "•": "*", "⋮": ":", "⚠": "!", "⊘": "x", "∆": "^", "◉": "*", "◦": "o",
    "⏎": "<", "∙": ".", "┊": ":", "µ": "u",
}  # fmt: skip
"""One plain character for each that the screens draw with."""

TO_ASCII: Final = str.maketrans(_PAIRS)


def to_ascii(text: str) -> str:
    """The text in plain ASCII, cell for cell; what has no counterpart becomes a question mark."""
    if text.isascii():
        return text
    return text.translate(TO_ASCII).encode("ascii", "replace").decode("ascii")
