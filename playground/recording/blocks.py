"""What is in the frames of a recording: the header, inputs, marks, and blocks of events.

A block holds events in the canonical form of `playground.trace`, so the digest is taken over what is written anyway.
Everything is JSON: nothing in a file from a stranger is ever executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from struct import Struct
from sys import intern
from typing import Any, Final
from zlib import compress

from kernel.events import FAULTED, INPUT, INVOKED, MESSAGE, NOTE, REFILLS, REPLIED, TABLE, Event
from playground.recording.frames import Unreadable, unpack
from playground.trace import DIGEST_BYTES, Header, Input, Mark, canonical
from servers.interfaces import add_interface
from servers.interfaces.as_data import from_data, to_data
from servers.own_programs import OwnProgram, name_problem, remember_text

LEVEL: Final = 1
"""How hard zlib tries; more gains a fifth and takes as long again as everything else together."""
NONSENSE: Final = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError,
)  # fmt: skip
"""What comes of taking something apart that is not what it should be."""
_HEAD: Final = Struct(f">QIQQ{DIGEST_BYTES}s")
_NESTED: Final = frozenset((INVOKED, FAULTED, REFILLS, NOTE, INPUT))
"""Kinds of events with tuples or texts inside."""
_NUMBERS: Final = {
    code: tuple(2 + TABLE[code].fields.index(name) for name in ("words", "caps")) for code in (MESSAGE, REPLIED)
}
"""Where the most frequent of them have flat lists of numbers."""
_WIDTHS: Final = {code: 2 + len(kind.fields) for code, kind in TABLE.items()}
_WIDTHS[FAULTED] -= 1


@dataclass(frozen=True, slots=True)
class BlockHead:
    """What can be known of a block without unpacking it."""

    first: int
    """Number of its first event."""
    count: int
    steps: int
    """Kernel entries that had been done when the block was written: all that made its events."""
    after: int
    """Cycle of the event before the first."""
    digest: str
    """Of all events up to the end of the block."""

    @property
    def end(self) -> int:
        """Number of the event after the last."""
        return self.first + self.count


class BlockWriter:
    """Makes blocks, one after the other, and keeps the digest."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=DIGEST_BYTES)
        self._after = 0
        self.written = 0
        """How many events are in blocks."""

    @property
    def digest(self) -> str:
        """Of everything that is in blocks."""
        return self._hash.hexdigest()

    def block(self, events: Sequence[Event], steps: int) -> bytes:
        """The next events, and how many kernel entries had been done after them."""
        form = canonical(events, self._after)
        self._hash.update(form)
        words = {index: event[-1] for index, event in enumerate(events) if event[0] == FAULTED and event[-1]}
        head = _HEAD.pack(self.written, len(events), steps, self._after, self._hash.digest())
        self._after = events[-1][1]
        self.written += len(events)
        return head + compress(form + b"\n" + json.dumps(words).encode("ascii"), LEVEL)


def block_head(content: bytes) -> BlockHead:
    """The head of a block. Raises Unreadable."""
    if len(content) < _HEAD.size:
        raise Unreadable("has a block of events without a head")
    first, count, steps, after, digest = _HEAD.unpack_from(content)
    return BlockHead(first, count, steps, after, digest.hex())


def block_events(content: bytes) -> list[Event]:
    """The events of a block. Raises Unreadable."""
    head = block_head(content)
    try:
        form, _, words = unpack(content[_HEAD.size :]).partition(b"\n")
        rows = json.loads(b"[" + form[:-1] + b"]", object_hook=_from_object if b'{"bytes"' in form else None)
        texts = {int(index): str(text) for index, text in json.loads(words).items()}
        events = _events(rows, head.after, texts)
    except NONSENSE as error:
        raise Unreadable(f"has a block with something that is no event ({error})") from error
    if len(events) != head.count:
        raise Unreadable("has a block with other events than it says")
    return events


def _events(rows: list[list[Any]], cycle: int, texts: dict[int, str]) -> list[Event]:
    events: list[Event] = []
    for row in rows:
        kind = row[0]
        if len(row) != _WIDTHS[kind]:
            raise ValueError(f"{TABLE[kind].name} with {len(row)} parts")
        row[1] = cycle = cycle + row[1]
        if kind == FAULTED:
            row.append(texts.get(len(events), ""))
        if kind in _NUMBERS:
            for place in _NUMBERS[kind]:
                row[place] = tuple(row[place])
        elif kind in _NESTED:
            events.append(_tuple(row))
            continue
        events.append(tuple(row))
    return events


def _tuple(row: list[Any]) -> tuple[Any, ...]:
    return tuple([_part(part) if isinstance(part, (list, str)) else part for part in row])


def _part(part: list[Any] | str) -> tuple[Any, ...] | str:
    """Texts are shared: notes say the same ones again and again."""
    return intern(part) if isinstance(part, str) else _tuple(part)


def _from_object(found: dict[str, str]) -> bytes:
    return bytes.fromhex(found["bytes"])


# -- header, inputs, marks, end ------------------------------------------------------------------------------------


def header_content(header: Header, wall: int) -> bytes:
    """What a run was started with; readable with any tool."""
    return json.dumps(asdict(header) | {"wall": wall}, indent=1).encode("ascii")


def read_header(content: bytes) -> tuple[Header, int]:
    """The header, and the wall clock at boot. Raises Unreadable."""
    try:
        found = json.loads(content)
        header = Header(
            str(found["system"]), str(found["manifest"]), int(found["seed"]), str(found["version"]),
            int(found["format"]), tuple((str(name), str(digest)) for name, digest in found.get("programs", ())),
        )  # fmt: skip
        return header, int(found["wall"])
    except NONSENSE as error:
        raise Unreadable(f"has a header that makes no sense ({error})") from error


def program_content(program: OwnProgram) -> bytes:
    """A program that is not the playground's: its text and what it serves, as data."""
    interface = None if program.interface is None else to_data(program.interface)
    return json.dumps({"name": program.name, "text": program.text, "interface": interface}).encode("ascii")


def read_program(content: bytes) -> tuple[str, str]:
    """Name and text of a program; its interface becomes known, and nothing of it is run. Raises Unreadable."""
    try:
        found = json.loads(content)
        name, text = str(found["name"]), str(found["text"])
        if name_problem(name):
            raise ValueError(name_problem(name))
        if found["interface"] is not None:
            add_interface(from_data(found["interface"]))
        remember_text(name, text)
    except NONSENSE as error:
        raise Unreadable(f"has a program that makes no sense ({error})") from error
    return name, text


def inputs_content(inputs: Sequence[Input]) -> bytes:
    """Inputs, packed."""
    rows = [(one.step, one.cycle, one.event, one.source, one.data) for one in inputs]
    return compress(json.dumps(rows, separators=(",", ":"), default=_to_object).encode("ascii"), LEVEL)


def _to_object(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"an input holds integers, strings, bytes and tuples of them, not {type(value).__name__}")
    return {"bytes": value.hex()}


def read_inputs(content: bytes) -> list[Input]:
    """Inputs. Raises Unreadable."""
    try:
        rows = json.loads(unpack(content), object_hook=_from_object)
        return [_input(*row) for row in rows]
    except NONSENSE as error:
        raise Unreadable(f"has inputs that make no sense ({error})") from error


def _input(step: int, cycle: int, event: int, source: str, data: Any) -> Input:
    """An input that a machine can be given. Raises ValueError, TypeError, KeyError."""
    data = _tuple(data) if isinstance(data, list) else data
    if not _SOURCES[source](data):
        raise ValueError(f"{source}: {data!r}")
    return Input(int(step), int(cycle), int(event), source, data)


def _is_request(data: object) -> bool:
    return isinstance(data, str) and isinstance(json.loads(data), dict)


_SOURCES: Final[dict[str, Callable[[object], bool]]] = {
    "machine": lambda data: isinstance(data, tuple),
    "operator": _is_request,
    "keyboard": lambda data: isinstance(data, str),
    "probe": lambda data: isinstance(data, tuple) and len(data) == 3 and all(isinstance(part, str) for part in data),
    "program": lambda data: isinstance(data, tuple) and len(data) == 2 and all(isinstance(it, str) for it in data),
    "wall": lambda data: isinstance(data, int),
    "medium": lambda data: isinstance(data, str),
}
"""Where inputs come from, and whether one of them makes sense."""


def mark_content(mark: Mark) -> bytes:
    """A mark."""
    return json.dumps([mark.event, mark.text]).encode("ascii")


def read_mark(content: bytes) -> Mark:
    """A mark. Raises Unreadable."""
    try:
        event, text = json.loads(content)
        return Mark(int(event), str(text))
    except NONSENSE as error:
        raise Unreadable(f"has a mark that makes no sense ({error})") from error
