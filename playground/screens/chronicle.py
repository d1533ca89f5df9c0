"""The lines of the stream, collected as they happen: messages in words, those that went nowhere, what servers noted,
what the probe did.

Heartbeats are left out: they go on for ever, and what matters of them is said when one is missing.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from playground.screens.words import KIND_INKS

if TYPE_CHECKING:
    from playground.view.model import MessageView, Note, View

MOST_LINES: Final = 500
"""Lines that can be looked back at; older ones are in the trace."""
MOST_AT_ONCE: Final = 120
"""Messages put into words at one look; flat out, more than that pass unseen."""
HEARTBEATS: Final = frozenset({"are you alive?", "alive", "pulse"})
UNSHOWN_NOTES: Final = frozenset({"you-reply", "server-started"})
BAD_NOTES: Final = frozenset({"server-died", "gave-up", "unavailable", "sabotaged"})


class Line(NamedTuple):
    """One line of the stream."""

    number: int
    """Number of its event."""
    head: str
    """Who, to whom: "you → fs"."""
    text: str
    kind: str
    """call, send, reply, fault, signal, lost, note, probe."""
    ink: str


def is_heartbeat(message: MessageView) -> bool:
    """Whether a signal belongs to the supervisor's rounds."""
    return message.kind == "signal" and message.operation in HEARTBEATS


class Chronicle:
    """The newest lines, and the message that passed through the kernel last."""

    def __init__(self, most_at_once: int = MOST_AT_ONCE) -> None:
        self._most_at_once = most_at_once
        self.lines: deque[Line] = deque(maxlen=MOST_LINES)
        self.message: MessageView | None = None
        self._seen = 0

    def update(self, view: View) -> bool:
        """Take in what has happened since the last time; whether there are new lines."""
        if view.event_count == self._seen:
            return False
        if view.event_count < self._seen:  # a recording that was wound back
            self.lines.clear()
            self.message, self._seen = None, 0
        fresh = [*self._messages(view), *self._notes(view), *self._probes(view), *self._lost(view)]
        fresh.sort()
        self.lines.extend(fresh)
        self._seen = view.event_count
        return bool(fresh)

    def message_until(self, count: int, view: View) -> None:
        """Let the message that passed last be the last one of the first `count` events."""
        self.message = None
        messages = view.messages
        for index in range(len(messages) - 1, max(len(messages) - self._most_at_once, 0) - 1, -1):
            if messages[index].number < count and not is_heartbeat(messages[index]):
                self.message = messages[index]
                return

    def _messages(self, view: View) -> list[Line]:
        found: list[Line] = []
        messages = view.messages
        for index in range(len(messages) - 1, max(len(messages) - self._most_at_once, 0) - 1, -1):
            message = messages[index]
            if message.number < self._seen:
                break
            if is_heartbeat(message):
                continue
            if not found:
                self.message = message
            ink = "faulted" if message.error else KIND_INKS.get(message.kind, "text")
            head = f"{message.sender} → {message.receiver}"
            found.append(Line(message.number, head, message.text, message.kind, ink))
        return found

    def _notes(self, view: View) -> list[Line]:
        found: list[Line] = []
        for note in reversed(view.notes):
            if note.number < self._seen:
                break
            if note.topic not in UNSHOWN_NOTES:
                found.append(_note_line(note, who(view, note.thread)))
        return found

    def _probes(self, view: View) -> list[Line]:
        found: list[Line] = []
        for number, thread, action, detail in reversed(view.probes):
            if number < self._seen:
                break
            words = f"the debug probe: {action} {detail}".strip()
            found.append(Line(number, f"probe → {who(view, thread)}", words, "probe", "faulted"))
        return found

    def _lost(self, view: View) -> list[Line]:
        found: list[Line] = []
        for number, thread, object_id, reason in reversed(view.lost[-self._most_at_once :]):
            if number < self._seen:
                break
            if view.speaks_for_the_dead(thread, object_id):
                continue
            target = view.name_of(object_id) if object_id else "nowhere"
            words = f"a message went nowhere: {reason}"
            found.append(Line(number, f"{who(view, thread)} → {target}", words, "lost", "faulted"))
        return found


def who(view: View, thread: int) -> str:
    """The server that a thread is or was, or its name."""
    owner = view.owners.get(thread)
    return owner.name if owner else view.name_of(thread)


def _note_line(note: Note, name: str) -> Line:
    fields = note.fields
    ink = "faulted" if note.topic in BAD_NOTES else "restarting"
    if note.topic == "server-died":
        words = f"{fields.get('server')} has died: {fields.get('detail') or fields.get('cause')}"
        return Line(note.number, name, words, "note", ink)
    text = str(fields.get("text", "")) or " ".join(f"{key}={value}" for key, value in fields.items())
    topic = note.topic.replace("-", " ")
    return Line(note.number, name, f"{topic}: {text}" if text else topic, "note", ink)
