"""An event: what happened, who was concerned, and for a message its way through the kernel."""

from __future__ import annotations

from typing import Any, Final

from kernel.events import TABLE, Event
from playground.screens.canvas import Canvas, cut
from playground.screens.desk import Desk
from playground.screens.explorer_parts import Topic, about, fact, heading, link, time_words
from playground.screens.inspector_tabs import Entry, Page, Target, entry, wrapped
from playground.screens.words import KIND_INKS
from playground.view import sentences
from playground.view.model import MessageView

ABOUT: Final = (
    "An event is one thing that the kernel did. Everything on these screens is made from the numbered list of all "
    "events and from nothing else."
)
IDS: Final = frozenset({
    "object", "thread", "cnode", "to_cnode", "with_cnode", "after_cnode", "sender", "receiver", "replier", "caller",
    "endpoint", "notification", "reply", "sched_context", "untyped", "frame", "vspace", "woken", "root_thread",
})  # fmt: skip
"""Fields that hold the number of an object."""
MOST_TEXT: Final = 40
"""Lines of a text in a message that are shown."""
HOW: Final = ("a send: the sender goes on", "a call: the sender waits for the answer", "a fault: the sender waits")
RESTARTS: Final = ("an answer to a call", "the answer to a fault: go on", "the answer to a fault: stop")
SLOTS: Final = (("cnode", "index"), ("to_cnode", "to_index"), ("with_cnode", "with_index"))


def page(desk: Desk, target: Target, width: int) -> Page:
    """The sentence, the picture, and a way to everything that is mentioned."""
    view, events = desk.view, desk.machine.events
    number = target.moment
    if not 0 <= number < len(events):
        return Page([entry((" There is no such event.", "quiet"))])
    event = events[number]
    row = TABLE[event[0]]
    lines = wrapped(sentences.sentence(view, number, event), width, "text bold")
    message = view.log.find(number)
    if message is not None:
        lines += _way(message, width)
    ago = view.cycle - event[1]
    lines.append(fact("kind", (row.name, "key"), (f"  cycle {event[1]:,}, {time_words(ago)} ago", "quiet")))
    if message is not None and message.arguments:
        for name, value in message.arguments:
            lines += _value(name, value, width)
    lines += [heading("it mentions", width), *_mentions(desk, event)]
    lines.append(heading("what was before and after", width))
    lines += _neighbours(desk, number, width)
    return Page([*lines, *about(ABOUT, width)])


def _value(name: str, value: object, width: int) -> list[Entry]:
    """An argument or a result; a text whole, with its own lines."""
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError as error:
            value = f"{len(error.object):,} bytes: {error.object.hex(' ')}"
    if not isinstance(value, str) or (len(value) <= width - 16 and "\n" not in value):
        return [fact(name, (cut(str(value), max(width - 16, 4)), "text"))]
    shown: list[Entry] = []
    for raw in value.removesuffix("\n").split("\n"):
        shown += wrapped(raw, width - 4, "text", "  ") if len(raw) > width - 4 else [entry((f"  {raw}", "text"))]
    left = len(shown) - MOST_TEXT
    return [fact(name, (f"{len(value):,} characters", "quiet")), *shown[:MOST_TEXT],
            *([entry((f"  and {left:,} more lines", "quiet"))] if left > 0 else [])]  # fmt: skip


def _way(message: MessageView, width: int) -> list[Entry]:
    """sender ──▶ endpoint ──▶ receiver."""
    canvas = Canvas(width, 3)
    ink = "faulted" if message.error else KIND_INKS.get(message.kind, "text")
    stops = [message.sender, message.endpoint, message.receiver]
    gap = max(min((width - sum(len(stop) + 4 for stop in stops)) // 2 - 1, 10), 3)
    x = 1
    for number, stop in enumerate(stops):
        canvas.box(x, 0, len(stop) + 4, 3, ink if number != 1 else "lit")
        canvas.put(x + 2, 1, stop, "text bold")
        x += len(stop) + 4
        if number < 2:
            x = canvas.put(x, 1, "─" * (gap - 1) + "▶", f"{ink} bold")
    return [Entry(canvas.row(row)) for row in range(3)]


def _mentions(desk: Desk, event: Event) -> list[Entry]:
    """Every field: objects as links, slots as capabilities, the rest as they are."""
    row = TABLE[event[0]]
    values: dict[str, Any] = dict(zip(row.fields, event[2:], strict=True))
    lines: list[Entry] = []
    for name, value in values.items():
        label = name.replace("_", " ")
        if name in IDS and isinstance(value, int):
            lines += [link(desk, label, value)] if value else []
        elif name == "caps":
            lines += [link(desk, "capability", each) for each in value]
        elif isinstance(value, tuple):
            if value:
                lines.append(fact(label, (cut(", ".join(map(str, value)), 60), "quiet")))
        elif isinstance(value, int):
            lines.append(fact(label, (_number(event, name, value), "quiet")))
        elif value != "":
            lines.append(fact(label, (cut(str(value), 60), "quiet")))
    for cnode, index in SLOTS:
        place = values.get(cnode), values.get(index)
        if isinstance(place[0], int) and isinstance(place[1], int) and place in desk.view.slots:
            lines.append(fact("slot today", (f"{desk.view.name_of(place[0])}, slot {place[1]}", "text"),
                              target=Target(slot=(place[0], place[1]))))  # fmt: skip
    return lines


def _number(event: Event, name: str, value: int) -> str:
    """A number, with its meaning where it stands for something."""
    meanings = {("message", "how"): HOW, ("replied", "restarts"): RESTARTS}.get((TABLE[event[0]].name, name))
    if meanings is not None:
        return meanings[value]
    if name in ("badge", "word", "address", "vaddr") or value > 0xFFFF_FFFF:
        return f"{value:#x}"
    return f"{value:,}"


def _neighbours(desk: Desk, number: int, width: int) -> list[Entry]:
    """The events around it, so that one can walk along the trace."""
    events = desk.machine.events
    lines: list[Entry] = []
    for other in range(max(number - 3, 0), min(number + 4, len(events))):
        if other == number:
            lines.append(entry((f" {other:>9,}  ", "lit bold"), ("this one", "lit")))
            continue
        words = cut(sentences.sentence(desk.view, other, events[other]), max(width - 13, 4))
        lines.append(Entry(((f" {other:>9,}  ", "quiet"), (words, "text")), Target(moment=other)))
    return lines


TOPIC = Topic(page, ABOUT)
