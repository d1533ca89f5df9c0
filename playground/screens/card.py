"""The card of one server on its shelf: who it is, how it is, what it is at, how busy it has been."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playground.screens.canvas import DOUBLE, HEAVY, ROUND, Canvas
from playground.screens.words import ink_of, plural, rate_word, sparkline, state_detail, state_word

if TYPE_CHECKING:
    from playground.view.model import ServerView

FULL_HEIGHT = 6
"""Rows of a card with all its lines; one less leaves out what the waiting is about."""
NARROWEST = 13


class Look(NamedTuple):
    """How a card stands out from the others."""

    selected: bool = False
    lit: bool = False
    """It sends or receives the message that passes through the kernel now."""
    dimmed: bool = False
    """A spotlight is on others."""
    losing: str = ""
    """What it would lose, in a preview."""
    changed: bool = False
    """It is different from the moment that was looked at before."""


def paint_card(canvas: Canvas, x: int, y: int, width: int, height: int, server: ServerView, look: Look) -> None:
    """Draw a card with its top left corner at (x, y)."""
    ink = ink_of(server)
    frame = DOUBLE if look.selected else HEAVY if server.name == "you" else ROUND
    border = "line"
    if server.status.key in ("faulted", "restarting"):
        border = f"{ink} bold"
    elif look.lit:
        border = "lit bold"
    elif look.selected:
        border = "text bold"
    elif server.name == "you":
        border = "you"
    canvas.box(x, y, width, height, border, frame)
    name = f" ∆ {server.name} " if look.changed else f" {server.name} "
    end = canvas.put(x + 1, y, name, "lit bold" if look.changed else "title", width - 2)
    if server.life > 1:
        life = next((word for word in (f" life {server.life} ", f" {server.life} ") if end + len(word) < x + width), "")
        canvas.put_right(x + width - 1, y, life, "quiet", max(end, x + 2))
    _paint_lines(canvas, x + 2, y + 1, width - 3, height - 2, server, look, ink)
    if server.cap_count:
        canvas.put(x + 1, y + height - 1, f" {plural(server.cap_count, 'cap')} ", "quiet", width - 2)
    if look.dimmed:
        for row in range(y, y + height):
            canvas.tint(x, row, width, "dim")


def _paint_lines(
    canvas: Canvas, x: int, y: int, width: int, height: int, server: ServerView, look: Look, ink: str
) -> None:
    canvas.put(x, y, f"{server.status.glyph} {state_word(server)}", f"{ink} bold", width)
    first, second = state_detail(server)
    if look.losing:
        canvas.put(x, y + 1, f"loses {look.losing}", "faulted strike", width)
    elif height < 4 and first and second:
        canvas.put(x, y + 1, f"{first} {second}", "text", width)
    else:
        canvas.put(x, y + 1, first if len(first) <= width else first.rpartition(".")[2], "text", width)
        if height >= 4:
            canvas.put(x, y + 2, second if len(second) <= width else second.rpartition(".")[2], "text", width)
    if server.status.key == "absent":
        return
    rate = rate_word(server.rate)
    sparks = min(8, width - len(rate) - 2)
    canvas.put(x, y + height - 1, sparkline(server.history, sparks), ink if server.rate else "line")
    canvas.put_right(x + width, y + height - 1, rate + " ", "text" if server.rate >= 1 else "quiet", x)
