"""A View put away in little memory, and taken out again as a View of its own.

What can change is copied as tuples, and equal tuples are stored once for all keyframes, because from one keyframe to
the next most capabilities and objects stay as they are. What only ever grows (names, types, messages) is stored once,
and a keyframe remembers how much of it there was. Why not pickle: the capabilities of a derivation list refer to each
other in a chain that is deeper than it can follow, and it would store each name hundreds of times.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, SupportsIndex

from kernel.events import Event
from playground.view.fold import Fold
from playground.view.message_log import Entry
from playground.view.model import MESSAGE_LIMIT, Note, ServerRecord, View
from playground.view.objects import (
    REMAINS_KEPT,
    CapView,
    EndpointView,
    IrqView,
    NotificationView,
    ObjectView,
    ReplyView,
    SchedContextView,
    ThreadView,
)

if TYPE_CHECKING:
    from servers.manifest import Manifest

Row = tuple[Any, ...]

SCALARS: Final = (
    "event_count", "cycle", "current_thread", "current_sched_context", "run_start", "booted", "ready",
    "memory_bytes", "root_thread",
)  # fmt: skip
TABLES: Final[dict[str, type[Any]]] = {
    "objects": ObjectView, "threads": ThreadView, "endpoints": EndpointView, "notifications": NotificationView,
    "replies": ReplyView, "sched_contexts": SchedContextView, "irqs": IrqView,
}  # fmt: skip
"""Fields of a View that are tables of flat objects by id."""
GROWING: Final = ("names", "types", "places", "uses")
"""Tables whose entries stay."""
LISTS: Final = ("probes", "notes", "inputs", "lost")
"""Lists of things that never change and come one after the other."""
CAPABILITIES: Final = ("slots", "held", "untyped_caps", "mappings")
OTHERS: Final = (
    "manifest", "describe", "log", "messages", "cached", "records", "remains", "owners", "calls",
)  # fmt: skip

_CAP_FIELDS: Final = tuple(one.name for one in fields(CapView) if one.name not in ("previous", "next"))
_CAP_ROW: Final[Callable[[CapView], Row]] = attrgetter(*_CAP_FIELDS)
_RECORD_ROW: Final[Callable[[ServerRecord], Row]] = attrgetter(*(one.name for one in fields(ServerRecord)))


def _row_of(kind: type[Any]) -> Callable[[Any], Row]:
    names = [one.name for one in fields(kind)]
    return attrgetter(*names)


_ROWS: Final = {name: _row_of(kind) for name, kind in TABLES.items()}


class Archive:
    """What the keyframes of one run share."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.numbers = array("Q")
        """Numbers of the events of all messages."""
        self.contexts = array("q")
        """For each the number of the call or fault that it refers to, or -1."""
        self._lists: dict[str, list[Any]] = {name: [] for name in LISTS}
        self._rows: dict[Row, Row] = {}
        self._growing: dict[str, dict[Any, Any]] = {name: {} for name in GROWING}
        self._journals: dict[str, list[tuple[Any, Any]]] = {name: [] for name in GROWING}

    def share(self, row: Row) -> Row:
        """The one tuple that is equal to this one."""
        return self._rows.setdefault(row, row)

    def follow(self, view: View) -> None:
        """Take note of the messages, notes and inputs that are new, before the view forgets any of them."""
        last = self.numbers[-1] if self.numbers else -1
        entries = view.log.entries
        start = len(entries)
        while start and entries[start - 1][0] > last:
            start -= 1
        for number, _, context in entries[start:]:
            self.numbers.append(number)
            self.contexts.append(context[0] if context is not None else -1)

        for name, whole in self._lists.items():
            number = _number(whole[-1]) if whole else -1
            items = getattr(view, name)
            start = len(items)
            while start and _number(items[start - 1]) > number:
                start -= 1
            whole += items[start:]

    def span(self, name: str, items: list[Any]) -> tuple[int, int]:
        """Where in the whole list the items of a view are; it has followed the view."""
        end = len(self._lists[name])
        return end - len(items), end

    def items(self, name: str, span: tuple[int, int]) -> list[Any]:
        """Those items again."""
        return self._lists[name][span[0] : span[1]]

    def entry(self, index: int) -> Entry:
        """A message as the log of a view has it."""
        number, context = self.numbers[index], self.contexts[index]
        return number, self.events[number], (context, self.events[context]) if context >= 0 else None

    def forget_rows(self) -> None:
        """Share only with keyframes to come, so that tuples of those that were dropped do not stay."""
        self._rows.clear()

    def journal(self, name: str, table: dict[Any, Any]) -> int:
        """How many changes of a growing table there have been."""
        known, journal = self._growing[name], self._journals[name]
        for key, value in table.items():
            if known.get(key) != value:
                known[key] = value
                journal.append((key, value))
        return len(journal)

    def table(self, name: str, length: int) -> dict[Any, Any]:
        """A growing table as it was after so many changes."""
        return dict(self._journals[name][:length])


def _number(item: Any) -> int:
    """Number of the event of a note, probe or input."""
    return int(item.number if isinstance(item, Note) else item[0])


class Recalled(list[Any]):
    """The messages of a log; those from before are looked up in the archive when somebody wants them."""

    def __init__(self, archive: Archive, start: int, end: int) -> None:
        super().__init__(range(start, end))
        self._archive = archive

    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        found = super().__getitem__(place)
        if isinstance(place, slice):
            return [self._archive.entry(one) if isinstance(one, int) else one for one in found]
        if isinstance(found, int):
            found = self._archive.entry(found)
            self[place] = found
        return found

    def __iter__(self) -> Iterator[Entry]:
        return (self[index] for index in range(len(self)))

    def __reversed__(self) -> Iterator[Entry]:
        return (self[index] for index in range(len(self) - 1, -1, -1))


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A View, put away."""

    scalars: Row
    tables: tuple[tuple[Row, ...], ...]
    caps: tuple[Row, ...]
    """Capabilities in slots, in their order, then those that are not."""
    in_slots: int
    follows: tuple[int, ...]
    """For each capability the index of the next in its derivation list, or -1."""
    holders: tuple[int, ...]
    untyped: tuple[tuple[int, tuple[int, ...]], ...]
    mapped: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    records: tuple[Row, ...]
    remains: tuple[tuple[int, tuple[ObjectView, ...]], ...]
    owners: tuple[tuple[int, str], ...]
    calls: dict[int, tuple[int, Event]]
    lists: tuple[tuple[int, int], ...]
    """For each of `LISTS` which part of the whole it has."""
    grown: tuple[int, ...]
    messages: int

    @property
    def event_count(self) -> int:
        """After how many events this was true."""
        return int(self.scalars[0])


def freeze(view: View, archive: Archive) -> Keyframe:
    """Put a view away."""
    archive.follow(view)
    share = archive.share
    caps = list(view.slots.values())
    index_of = {id(cap): index for index, cap in enumerate(caps)}
    for cap in [cap for held in view.mappings.values() for cap in held.values()]:
        if id(cap) not in index_of:
            index_of[id(cap)] = len(caps)
            caps.append(cap)
    return Keyframe(
        scalars=tuple(getattr(view, name) for name in SCALARS),
        tables=tuple(
            tuple([share(_flat(row(one))) for one in getattr(view, name).values()]) for name, row in _ROWS.items()
        ),
        caps=tuple([share(_CAP_ROW(cap)) for cap in caps]),
        in_slots=len(view.slots),
        follows=share(tuple([index_of.get(id(cap.next), -1) if cap.next is not None else -1 for cap in caps])),
        holders=share(tuple(view.held)),
        untyped=share(tuple(
            (key, tuple(index_of[id(cap)] for cap in held)) for key, held in view.untyped_caps.items()
        )),
        mapped=share(tuple(
            (space, tuple((address, index_of[id(cap)]) for address, cap in held.items()))
            for space, held in view.mappings.items()
        )),
        records=tuple([_flat(_RECORD_ROW(record)) for record in view.records.values()]),
        remains=tuple((key, tuple(gone)) for key, gone in view.remains.items()),
        owners=share(tuple((thread, record.name) for thread, record in view.owners.items())),
        calls=dict(view.calls),
        lists=tuple(archive.span(name, getattr(view, name)) for name in LISTS),
        grown=tuple(archive.journal(name, getattr(view, name)) for name in GROWING),
        messages=len(archive.numbers),
    )  # fmt: skip


def _flat(row: Row) -> Row:
    """Lists inside become something that nobody can change; pairs of numbers are packed."""
    return tuple([_packed(part) if isinstance(part, (list, deque)) else part for part in row])


def _packed(items: list[Any] | deque[Any]) -> Row | bytes:
    try:
        return array("q", [number for one, other in items for number in (one, other)]).tobytes() if items else ()
    except (TypeError, OverflowError):
        return tuple(items)


def _unpacked(items: Row | bytes) -> Iterator[Any]:
    if isinstance(items, tuple):
        return iter(items)
    numbers = iter(array("q", items))
    return zip(numbers, numbers, strict=True)


def _made(kind: type[Any], row: Row) -> Any:
    """The object of a row."""
    holders = _HOLDERS[kind]
    if not holders:
        return kind(*row)
    parts = list(row)
    for place, holder in holders:
        held = holder()
        held.extend(_unpacked(parts[place]))
        parts[place] = held
    return kind(*parts)


_HOLDERS: Final[dict[type[Any], tuple[tuple[int, Callable[[], Any]], ...]]] = {
    kind: tuple(
        (place, one.default_factory)
        for place, one in enumerate(fields(kind))
        if one.default_factory is not MISSING and isinstance(one.default_factory(), (list, deque))
    )
    for kind in (*TABLES.values(), ServerRecord)
}
"""Which fields of a kind hold several things, and what makes an empty holder."""


def thaw(keyframe: Keyframe, archive: Archive, manifest: Manifest | None) -> Fold:
    """The view as it was, in a fold that can go on from there."""
    fold = Fold(manifest)
    view = fold.view
    for name, value in zip(SCALARS, keyframe.scalars, strict=True):
        setattr(view, name, value)
    for (name, kind), rows in zip(TABLES.items(), keyframe.tables, strict=True):
        setattr(view, name, {row[0]: _made(kind, row) for row in rows})
    for name, length in zip(GROWING, keyframe.grown, strict=True):
        setattr(view, name, archive.table(name, length))
    for name, span in zip(LISTS, keyframe.lists, strict=True):
        setattr(view, name, archive.items(name, span))
    view.records = {row[0]: _made(ServerRecord, row) for row in keyframe.records}
    view.remains = {key: deque(gone, REMAINS_KEPT) for key, gone in keyframe.remains}
    view.owners = {thread: view.records[name] for thread, name in keyframe.owners}
    view.calls = dict(keyframe.calls)
    view.log.entries = Recalled(archive, max(0, keyframe.messages - MESSAGE_LIMIT), keyframe.messages)
    _thaw_capabilities(view, keyframe)
    return fold


def _thaw_capabilities(view: View, keyframe: Keyframe) -> None:
    caps = []
    for cnode, index, kind, object_id, rights, badge, revocable, first_badged, *rest in keyframe.caps:
        caps.append(CapView(cnode, index, kind, object_id, rights, badge, revocable, first_badged, None, None, *rest))
    for cap, following in zip(caps, keyframe.follows, strict=True):
        if following >= 0:
            cap.next = caps[following]
            caps[following].previous = cap
    held: dict[int, dict[int, CapView]] = {cnode: {} for cnode in keyframe.holders}
    slots = {}
    for cap in caps[: keyframe.in_slots]:
        slots[cap.cnode, cap.index] = cap
        held[cap.cnode][cap.index] = cap
    view.slots, view.held = slots, held
    view.untyped_caps = {key: [caps[index] for index in indices] for key, indices in keyframe.untyped}
    view.mappings = {space: {address: caps[index] for address, index in pairs} for space, pairs in keyframe.mapped}
