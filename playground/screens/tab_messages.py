"""The conversation of one server: what it was asked and what it answered, newest at the bottom."""

from __future__ import annotations

from playground.screens.canvas import cut
from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Entry, Page, Tab, Target, entry
from playground.screens.words import KIND_INKS
from playground.view.model import MessageView

MOST = 60
"""Messages shown; older ones are in the stream."""
LOOKED_AT = 1500
"""Messages of all servers looked through for them."""


def messages_of(desk: Desk, name: str) -> list[MessageView]:
    """The newest messages of a server, oldest first."""
    messages = desk.view.messages
    found: list[MessageView] = []
    for index in range(len(messages) - 1, max(len(messages) - LOOKED_AT, 0) - 1, -1):
        message = messages[index]
        if name in (message.sender, message.receiver):
            found.append(message)
            if len(found) == MOST:
                break
    return found[::-1]


def _lines(message: MessageView, name: str, width: int) -> list[Entry]:
    out = message.sender == name
    other = message.receiver if out else message.sender
    ink = "faulted" if message.error else KIND_INKS.get(message.kind, "text")
    arrow = "→" if out else "←"
    head = entry(
        (f"{message.number:>8,} ", "quiet"),
        (f"{arrow} {other:<11.11} ", f"{ink} bold"),
        (message.kind, ink),
        target=Target(moment=message.number, server=other),
    )
    return [head, entry((" " * 9 + cut(message.text, width - 9), "text"))]


def page(desk: Desk, width: int) -> Page:
    """The messages of the selected server."""
    lines = [line for message in messages_of(desk, desk.selected) for line in _lines(message, desk.selected, width)]
    if not lines:
        return Page([entry(("It has neither sent nor received a message.", "quiet"))])
    return Page(lines, focus=len(lines) - 1)


TAB = Tab("Messages", "what it was asked and what it answered", page, "enter follow   e all of it   ? why")
