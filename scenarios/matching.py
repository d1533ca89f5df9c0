"""Whether an event is the one that a condition names: fields are compared by name, not by number.

`event faulted thread=disk fault=UserException` means the thread that is called disk and the fault of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from kernel import events
from kernel.abi import ERROR_NAMES, FAULT_NAMES, TYPE_NAMES, Error, Fault, ObjectType, ThreadState
from kernel.events import Event
from scenarios.language.happenings import TOPICS
from scenarios.language.syntax import EventPattern, Literal
from servers.interfaces import find_operation

NameOf = Callable[[int], str]

_HOW: Final = ("send", "call", "fault")
_ENUMERATED: Final[dict[str, Callable[[int], str]]] = {
    "state": lambda value: ThreadState(value).name.replace("_", "-").lower(),
    "type": lambda value: TYPE_NAMES[ObjectType(value)],
    "kind": lambda value: TYPE_NAMES[ObjectType(value)],
    "fault": lambda value: FAULT_NAMES[Fault(value)],
    "error": lambda value: ERROR_NAMES[Error(value)],
    "how": lambda value: _HOW[value],
}
"""Fields whose number has a name of its own."""


class Chronicle:
    """Finds events in a growing list; remembers which request each reply answers, since a reply does not say so."""

    def __init__(self, name_of: NameOf) -> None:
        self._name_of = name_of
        self._seen = 0
        self._asked: dict[int, int] = {}
        """Label of the request that a Reply object holds the caller of."""
        self._answered: dict[int, int] = {}
        """Label of the request, by the number of the reply's event."""
        self.names: set[str] = set()
        """What objects were called so far, also those that are gone."""

    def update(self, trace: Sequence[Event]) -> None:
        """Take note of the events that are new."""
        for number in range(self._seen, len(trace)):
            event = trace[number]
            if event[0] == events.MESSAGE and event[10]:
                self._asked[event[10]] = event[6]
            elif event[0] == events.REPLIED:
                self._answered[number] = self._asked.get(event[4], 0)
            elif event[0] == events.NAMED:
                self.names.add(event[3])
        self._seen = len(trace)

    def find(self, trace: Sequence[Event], pattern: EventPattern, begin: int) -> Iterator[int]:
        """Numbers of the events from `begin` on that the pattern means."""
        topic = pattern.name.text if pattern.name.text in TOPICS else ""
        kind = events.NOTE if topic else events.BY_NAME[pattern.name.text].code
        for number in range(begin, len(trace)):
            event = trace[number]
            if event[0] == kind and (not topic or event[3] == topic) and self._fields_match(number, event, pattern):
                yield number

    def tell(self, number: int, event: Event, names: Sequence[str]) -> str:
        """Some fields of an event in words: 'server=disk cause=silence'."""
        return " ".join(f"{name}={self._in_words(self._value(number, event, name), name)}" for name in names)

    def value_in_words(self, number: int, event: Event, name: str) -> str:
        """One field of an event, with the name of what it is."""
        return self._in_words(self._value(number, event, name), name)

    def _fields_match(self, number: int, event: Event, pattern: EventPattern) -> bool:
        return all(
            setting.name is not None
            and self._same(self._value(number, event, setting.name.text), setting.name.text, setting.value)
            for setting in pattern.fields
        )

    def _value(self, number: int, event: Event, name: str) -> object:
        if event[0] == events.NOTE and name not in events.TABLE[events.NOTE].fields:
            return dict(event[4]).get(name, "")
        if name == "operation":
            found = find_operation(event[6] if event[0] == events.MESSAGE else self._answered.get(number, 0))
            return f"{found[0].name}.{found[1].name}" if found else ""
        return events.field(event, name)

    def _in_words(self, value: object, name: str) -> str:
        if not isinstance(value, int):
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if name in _ENUMERATED:
            return _ENUMERATED[name](value)
        return self._name_of(value) if name in _IDS else str(value)

    def _same(self, value: object, name: str, literal: Literal) -> bool:
        if isinstance(literal.value, int):
            return value == literal.value
        return self._in_words(value, name).lower() == literal.value.lower()


_IDS: Final = frozenset(
    name for kind in events.TABLE.values() for name in (*kind.concerned, "untyped", "object", "sched_context")
)
"""Fields that hold the id of an object or thread."""
