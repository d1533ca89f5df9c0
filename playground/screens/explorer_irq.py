"""An IRQHandler: an interrupt line, and the way from the device to the driver."""

from __future__ import annotations

from typing import Final

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import Topic, about, fact, link
from playground.screens.inspector_tabs import Entry, Page, Target
from playground.view.decode import who
from playground.view.model import View
from playground.view.objects import IrqView

ABOUT: Final = (
    "An IRQHandler is the right to one interrupt line. The kernel turns an interrupt into a signal and masks the line "
    "until the driver acknowledges it; the driver is an ordinary program."
)


def page(desk: Desk, target: Target, width: int) -> Page:
    """The way of the interrupt, and how the line is."""
    from servers.hardware import DEVICES

    view = desk.view
    irq = view.objects[target.object].address
    line = view.irqs.get(irq) or IrqView(irq)
    device = next((name for name, board in DEVICES.items() if board.irq == irq), f"line {irq}")
    lines = [*about(ABOUT, width), *_way(view, line, device, width)]
    state = ("raised: masked until it is acknowledged", "handling bold") if line.masked else ("ready", "running")
    pending = (", and raised again meanwhile", "faulted bold") if line.pending else ("", "text")
    lines.append(fact("line", (f"{irq}", "text bold"), (f"  device {device}", "text")))
    lines.append(fact("state", state, pending))
    lines.append(fact("raised", (f"{line.count:,} times", "text")))
    lines.append(link(desk, "signals", line.notification))
    notification = view.notifications.get(line.notification)
    if notification is not None and notification.thread:
        lines.append(link(desk, "wakes", notification.thread))
    return Page([*lines, *holders(desk, target.object, width)])


def _way(view: View, line: IrqView, device: str, width: int) -> list[Entry]:
    """device ──▶ kernel ──▶ notification ──▶ driver."""
    notification = view.notifications.get(line.notification)
    driver = who(view, notification.thread) if notification is not None and notification.thread else "nobody"
    stops = [f"device {device}", f"irq {line.irq}", view.name_of(line.notification), f"thread {driver}"]
    canvas = Canvas(width, 3)
    spare = max(width - sum(len(stop) + 4 for stop in stops) - 1, 0)
    gap = max(min(spare // 3, 6), 2)
    x = 1
    for number, stop in enumerate(stops):
        lit = number <= (1 if line.masked else -1)
        canvas.box(x, 0, len(stop) + 4, 3, "handling" if lit else "line")
        canvas.put(x + 2, 1, stop, "text bold")
        x += len(stop) + 4
        if number < len(stops) - 1:
            canvas.put(x, 1, "─" * (gap - 1) + "▶", "handling" if lit else "line")
            x += gap
    return [Entry(canvas.row(row)) for row in range(3)]


TOPIC = Topic(page, ABOUT)
