"""The kernel as a single bar that every message passes through, and the devices below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.screens.canvas import Canvas, cut
from playground.screens.desk import Desk
from playground.screens.words import KIND_INKS

if TYPE_CHECKING:
    from playground.view.model import MessageView

SHOWN_FOR = 12
"""A message stays lit in the bar while at most so many events have followed it."""


def size_of_kernel() -> str:
    """How many lines of code have to be trusted."""
    from playground.line_count import lines_of

    return f" {lines_of('kernel'):,} lines of code "


def last_message(desk: Desk) -> MessageView | None:
    """The message that the bar shows."""
    return desk.chronicle.message


def is_fresh(desk: Desk, message: MessageView) -> bool:
    """Whether a message passed so lately that it is lit."""
    return desk.view.event_count - message.number <= SHOWN_FOR


def paint_bar(canvas: Canvas, y: int, desk: Desk, *, edges: bool) -> None:
    """Draw the bar over the whole width; `edges` joins it to the walls of the shelves."""
    width = canvas.width
    canvas.fill(0, y, width, "═", "text")
    if edges:
        canvas.put(0, y, "╞", "text")
        canvas.put(width - 1, y, "╡", "text")
    x = canvas.put(1, y, " kernel ", "title")
    message = last_message(desk)
    if message is not None:
        _paint_message(canvas, x, y, desk, message)
    elif width >= 60 and desk.view.event_count:
        canvas.put(x + 1, y, size_of_kernel(), "quiet")
    canvas.tint(1 if edges else 0, y, width - 2 if edges else width, "bar")


def _paint_message(canvas: Canvas, x: int, y: int, desk: Desk, message: MessageView) -> None:
    ink = KIND_INKS.get(message.kind, "text")
    fresh = is_fresh(desk, message)
    lit = " bold" if fresh else " dim"
    head, tail = f" {message.sender} ──", f"──▶ {message.receiver} "
    lines = size_of_kernel()
    text, room = message.text, canvas.width - x - 2
    wanted = len(head) + len(tail) + len(text) + 2
    if wanted + len(lines) + 3 <= room:
        x = canvas.put(x + 1, y, lines, "quiet")
        room = canvas.width - x - 2
    space = max(room - len(head) - len(tail) - 4, 0)
    if len(text) > space and message.kind == "fault":
        text = text.rpartition(" at ")[0] or text  # where it happened can be read in the stream
    text = cut(text, space)
    middle = f" {text} " if len(text) > 4 else ""
    start = x + max(1, (room - len(head) - len(middle) - len(tail)) // 2)
    start = canvas.put(start, y, head, ink + lit)
    start = canvas.put(start, y, middle, "text bold" if fresh else "quiet")
    canvas.put(start, y, tail, ink + lit)


def paint_devices(canvas: Canvas, y: int, desk: Desk, columns: dict[str, int]) -> None:
    """Name the devices, each below the driver that holds its interrupt (`columns`: where that driver stands)."""
    if not desk.view.event_count:
        return  # nothing is switched on yet
    from servers.hardware import DEVICES

    end = 0
    others: list[str] = []
    for name in DEVICES:
        driver = next((driver for driver in _drivers_of(desk, DEVICES[name].irq) if driver in columns), None)
        if driver is None:
            others.append(device_label(desk, name))
        else:
            x = columns[driver] + 1
            end = max(end, canvas.put(x, y, device_label(desk, name), "device", canvas.width - x - 2))
    right = canvas.width - 2
    for label in reversed(others):
        if end + 2 + len(label) <= right:
            canvas.put_right(right, y, label, "device", end + 2)
            right -= len(label) + 2


def device_label(desk: Desk, name: str) -> str:
    """A device in a few words."""
    if name == "disk" and desk.machine.disk_label:
        return f"disk: {desk.machine.disk_label}"
    return {"console": "keyboard, screen", "operator": "your commands"}.get(name, name)


def _drivers_of(desk: Desk, irq: int) -> list[str]:
    """The servers that hold an interrupt line: the drivers of its device."""
    return [server.name for server in desk.machine.manifest.servers.values() if irq in server.irqs.values()]
