"""The newest messages, kept as events and put into words only when somebody looks at them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import overload

from kernel.events import Event
from playground.view import decode
from playground.view.model import MessageView, View

Entry = tuple[int, Event, tuple[int, Event] | None]
"""Number, event, and the call or fault that it refers to (see decode.message)."""


class MessageLog(Sequence[MessageView]):
    """A sequence of messages, oldest first."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        """What the fold appends to."""
        self.view: View | None = None
        self._decoded: dict[int, MessageView] = {}

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, place: int) -> MessageView: ...
    @overload
    def __getitem__(self, place: slice) -> list[MessageView]: ...
    def __getitem__(self, place: int | slice) -> MessageView | list[MessageView]:
        if isinstance(place, slice):
            return [self.decode(entry) for entry in self.entries[place]]
        return self.decode(self.entries[place])

    def decode(self, entry: Entry) -> MessageView:
        """One entry in words; remembered until the log is trimmed."""
        number = entry[0]
        found = self._decoded.get(number)
        if found is None:
            if self.view is None:
                raise RuntimeError("a message log belongs to a view")
            found = self._decoded[number] = decode.message(self.view, *entry)
        return found

    def find(self, number: int) -> MessageView | None:
        """The message of an event, or None if it is no message or too old."""
        entries = self.entries
        place = bisect_left(entries, number, key=lambda entry: entry[0])
        return self.decode(entries[place]) if place < len(entries) and entries[place][0] == number else None

    def of_server(self, name: str, count: int = 100) -> list[MessageView]:
        """The newest messages that a server sent or received, oldest first."""
        view = self.view
        if view is None:
            return []
        threads = {thread for thread, record in view.owners.items() if record.name == name}
        found: list[MessageView] = []
        for entry in reversed(self.entries):
            event = entry[1]
            if event[2] in threads or event[3] in threads or (len(event) == 7 and event[6] in threads):
                found.append(self.decode(entry))
                if len(found) >= count:
                    break
        found.reverse()
        return found

    def trim(self, limit: int) -> None:
        """Forget the oldest when there are more than twice `limit`."""
        if len(self.entries) > 2 * limit:
            del self.entries[:-limit]
            self._decoded.clear()
