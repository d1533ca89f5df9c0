"""A Notification: its word of signals bit by bit, who is woken by it, and what signals it."""

from __future__ import annotations

from typing import Final

from kernel import events as ev
from kernel.abi import WORD_BITS, ObjectType
from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import Topic, about, fact, heading, link, listed, moment
from playground.screens.inspector_tabs import Entry, Page, Target
from playground.view.decode import signal_meaning, who
from playground.view.model import View
from playground.view.objects import NotificationView

ABOUT: Final = (
    "A Notification is a word of 64 bits. A signal sets bits in it and never waits; whoever waits here takes the word "
    "and leaves zero. So nothing can overflow: a hundred signals with one badge are one bit."
)
LOOKED_AT: Final = 2000
"""Messages and signals of everybody that are looked through for its own."""
MOST_SIGNALS: Final = 10


def page(desk: Desk, target: Target, width: int) -> Page:
    """The word, who waits, what signals it, the last signals."""
    view = desk.view
    notification = view.notifications[target.object]
    lines = [*about(ABOUT, width), *_word(view, notification)]
    lines.append(_state(notification))
    if notification.thread:
        lines.append(link(desk, "wakes", notification.thread))
    if notification.sched_context:
        lines.append(link(desk, "lends", notification.sched_context, ("  to whom it wakes", "quiet")))
    lines += [heading("who waits here and for nothing else", width), *listed(_queue(view, notification), "Nobody.")]
    lines += [heading("interrupts that signal it", width), *listed(_lines(view, notification.id), "None.")]
    lines += [heading("last signals", width), *listed(_signals(view, notification.id), "None lately.")]
    return Page([*lines, *holders(desk, notification.id, width)])


def _word(view: View, notification: NotificationView) -> list[Entry]:
    """Every bit of the word, the highest first, and which are set."""
    canvas = Canvas(WORD_BITS + 8, 2)
    set_bits = [bit for bit in range(WORD_BITS) if notification.word >> bit & 1]
    for bit in range(WORD_BITS):
        x = 1 + WORD_BITS - 1 - bit
        is_set = bit in set_bits
        canvas.put(x, 0, "█" if is_set else "·", "lit bold" if is_set else "line")
    canvas.put(1, 1, "bit 63", "quiet")
    canvas.put_right(WORD_BITS + 1, 1, "bit 0", "quiet")
    if set_bits:
        meaning = signal_meaning(view, notification.id, notification.word)
        words = f"set: {', '.join(map(str, set_bits))}" + (f" ({meaning})" if meaning else "")
        canvas.put_center(8, WORD_BITS - 6, 1, words, "lit")
    return [Entry(canvas.row(row)) for row in range(2)]


def _state(notification: NotificationView) -> Entry:
    if notification.active:
        words = f"active: {notification.word:#x} is kept for the next who looks"
        return fact("state", (words, "lit bold"))
    return fact("state", ("waited for: the next signal wakes somebody", "idle") if notification.queue else
                ("idle: no signal is pending", "quiet"))  # fmt: skip


def _queue(view: View, notification: NotificationView) -> list[Entry]:
    lines: list[Entry] = []
    for place, thread_id in enumerate(notification.queue, 1):
        thread = view.threads[thread_id]
        runs = ((f" {place:>3}  ", "quiet"), (f"{who(view, thread_id):<16.16}", "text bold"),
                (f"priority {thread.priority:>3}  ", "key"), (f"since {moment(thread.since)}", "quiet"))  # fmt: skip
        lines.append(Entry(runs, Target(object=thread_id)))
    return lines


def _lines(view: View, notification: int) -> list[Entry]:
    handlers = {thing.address: thing.id for thing in view.objects.values() if thing.type is ObjectType.IRQ_HANDLER}
    found: list[Entry] = []
    for line in view.irqs.values():
        if line.notification != notification:
            continue
        state = "raised, not yet acknowledged" if line.masked else "ready"
        handler = handlers.get(line.irq, 0)
        runs = ((f" irq {line.irq:<4}", "text bold"), (f"{state}, {line.count:,} times so far", "quiet"))
        found.append(Entry(runs, Target(object=handler) if handler else None))
    return found


def _signals(view: View, notification: int) -> list[Entry]:
    """Newest first."""
    lines: list[Entry] = []
    for entry in reversed(view.log.entries[-LOOKED_AT:]):
        number, event, _ = entry
        if event[0] != ev.SIGNALLED or event[3] != notification:
            continue
        message = view.log.decode(entry)
        woke = f"woke {who(view, event[6])}" if event[6] else "kept until somebody looks"
        meaning = message.operation or f"bits {event[4]:#x}"
        runs = ((f" {number:>9,}  ", "quiet"), (f"{message.sender}: {meaning}", "signal"), (f"  {woke}", "text"))
        lines.append(Entry(runs, Target(moment=number)))
        if len(lines) == MOST_SIGNALS:
            break
    return lines


TOPIC = Topic(page, ABOUT)
