"""An Endpoint: who waits at it and in which order, which calls through it are not answered, and who may use it."""

from __future__ import annotations

from typing import Final

from kernel import events as ev
from playground.screens.canvas import Canvas, cut
from playground.screens.desk import Desk
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import Topic, about, heading, listed
from playground.screens.inspector_tabs import Entry, Page, Target
from playground.screens.words import KIND_INKS, plural
from playground.view.capability_words import badge_words
from playground.view.decode import who
from playground.view.model import View
from playground.view.objects import EndpointView

ABOUT: Final = (
    "An Endpoint is where messages change hands. It stores none: whoever comes first waits here, and when the other "
    "one comes, the kernel copies the message straight across."
)
LOOKED_AT: Final = 2000
"""Messages of everybody that are looked through for those that went through it."""
MOST_MESSAGES: Final = 12
GATE: Final = 24
"""Columns of the endpoint in the picture."""


def page(desk: Desk, target: Target, width: int) -> Page:
    """The picture of the gate, the queue, open calls, the last messages."""
    view = desk.view
    endpoint = view.endpoints[target.object]
    lines = [*about(ABOUT, width), *_picture(view, endpoint, width)]
    doing = "to send" if endpoint.sending else "to receive"
    if endpoint.queue:
        lines.append(heading(f"{plural(len(endpoint.queue), 'thread')} waiting {doing}, first served first", width))
    else:
        lines.append(heading("who waits", width))
    lines += listed(_queue(view, endpoint), "Nobody waits here now.")
    open_calls = _open_calls(view, endpoint.id)
    if open_calls:
        lines += [heading("calls that came through it and are not answered yet", width), *open_calls]
    lines += [heading("last messages through it", width)]
    lines += listed(_messages(view, endpoint.id, width), "None lately.")
    return Page([*lines, *holders(desk, endpoint.id, width)])


def _picture(view: View, endpoint: EndpointView, width: int) -> list[Entry]:
    """Senders on the left, receivers on the right; only one side can have a queue."""
    canvas = Canvas(width, 3)
    left = (width - GATE) // 2
    canvas.box(left, 0, GATE, 3, "lit")
    canvas.put_center(left + 1, left + GATE - 1, 1, view.name_of(endpoint.id), "title")
    names = [who(view, thread) for thread in endpoint.queue]
    senders, receivers = (names, []) if endpoint.sending else ([], names)
    _side(canvas, 0, left - 4, "senders", senders)
    _side(canvas, left + GATE + 4, width, "receivers", receivers)
    canvas.put(left - 4, 1, " ──▶", "call bold" if senders else "line")
    canvas.put(left + GATE, 1, "◀── " if receivers else "──▶ ", "idle" if receivers else "line")
    return [Entry(canvas.row(row)) for row in range(3)]


def _side(canvas: Canvas, start: int, end: int, word: str, names: list[str]) -> None:
    canvas.put_center(start, end, 0, word, "quiet")
    if not names:
        canvas.put_center(start, end, 1, "nobody waits", "line")
        return
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    canvas.put_center(start, end, 1, cut(names[0], end - start - len(more)) + more, "text bold")
    canvas.put_center(start, end, 2, "waits", "quiet")


def _queue(view: View, endpoint: EndpointView) -> list[Entry]:
    lines: list[Entry] = []
    for place, thread_id in enumerate(endpoint.queue, 1):
        thread = view.threads[thread_id]
        if endpoint.sending:
            kind = view.types[endpoint.id]
            more = badge_words(view, kind, endpoint.id, thread.badge) or "no badge"
        else:
            more = f"answers with {view.name_of(thread.badge)}" if thread.badge else "cannot answer: no Reply"
        runs = ((f" {place:>3}  ", "quiet"), (f"{who(view, thread_id):<16.16}", "text bold"),
                (f"priority {thread.priority:>3}  ", "key"), (f"{more}  ", "text"),
                (f"since {thread.since:,}", "quiet"))  # fmt: skip
        lines.append(Entry(runs, Target(object=thread_id)))
    return lines


def _open_calls(view: View, endpoint: int) -> list[Entry]:
    lines: list[Entry] = []
    for reply in view.replies.values():
        call = view.calls.get(reply.thread) if reply.server else None
        if call is None or call[1][0] != ev.MESSAGE or call[1][4] != endpoint:
            continue
        message = view.log.find(call[0])
        words = message.text if message is not None else "a call"
        runs = ((f" {who(view, reply.thread)} waits for {who(view, reply.server)}: ", "text"), (words, "call"))
        lines.append(Entry(runs, Target(object=reply.id)))
    return lines


def _messages(view: View, endpoint: int, width: int) -> list[Entry]:
    """Newest first."""
    lines: list[Entry] = []
    for entry in reversed(view.log.entries[-LOOKED_AT:]):
        event = entry[1]
        if event[0] != ev.MESSAGE or event[4] != endpoint:
            continue
        message = view.log.decode(entry)
        head = f" {message.number:>9,}  {message.sender} → {message.receiver}  "
        words = (cut(message.text, max(width - len(head), 4)), KIND_INKS.get(message.kind, "text"))
        lines.append(Entry(((head, "quiet"), words), Target(moment=message.number)))
        if len(lines) == MOST_MESSAGES:
            break
    return lines


TOPIC = Topic(page, ABOUT)
