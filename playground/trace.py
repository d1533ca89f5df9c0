"""The truth about one run: what it was started with, what came in from outside, and everything that happened.

Header and inputs are enough to run it again; the events say what came of it, and the digest whether two runs came to
the same. The digest is taken over a canonical form that is equal on every machine and Python version: one JSON array
for each event, ASCII only, no spaces, bytes as ``{"bytes":"<hex>"}``, and instead of the cycle the cycles that have
passed since the event before. Recordings store that form, so that an event is put into words of JSON only once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from kernel.events import FAULTED, TABLE, Event

FORMAT: Final = 1
"""Version of the meaning of a trace; a higher one is from the future."""
DIGEST_BYTES: Final = 16
MAX_EVENTS: Final = 4_000_000
"""A machine whose trace has as many stops (about half a gigabyte of the host's memory)."""
BATCH: Final = 4096
"""Events that are encoded at a time."""

Data = int | str | bytes | tuple[Any, ...]
"""What an input carries: nested tuples of integers, strings and bytes."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a run was started with."""

    system: str
    """Name of the system."""
    manifest: str
    """The text of its manifest."""
    seed: int
    version: str
    """Of the playground."""
    format: int = FORMAT
    programs: tuple[tuple[str, str], ...] = ()
    """Programs that are not the playground's: name and digest of each."""


@dataclass(frozen=True, slots=True)
class Input:
    """Something that came from outside, and the exact place in the run where it came."""

    step: int
    """Kernel entries that had been done."""
    cycle: int
    """Virtual time."""
    event: int
    """Number of the event that records it."""
    source: str
    """Which part of the outside: operator, keyboard, probe, program, wall, machine."""
    data: Data


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that the person wants to find again. It is no input: it changes nothing in the machine."""

    event: int
    """How many events there were."""
    text: str


class Trace:
    """Header, inputs and events of one run. The list of events belongs to the kernel and only ever grows."""

    def __init__(self, header: Header, events: Sequence[Event]) -> None:
        self.header = header
        self.events = events
        self.inputs: list[Input] = []
        self.marks: list[Mark] = []
        self._hash = blake2b(digest_size=DIGEST_BYTES)
        self._hashed = 0

    @property
    def full(self) -> bool:
        """No more events are taken in."""
        return len(self.events) >= MAX_EVENTS

    def digest(self, upto: int | None = None) -> str:
        """Of all events so far, or of the first `upto`, as hexadecimal digits.

        Calls with growing `upto` continue where the last one ended; an earlier one starts again from the front.
        """
        end = len(self.events) if upto is None else min(upto, len(self.events))
        if end < self._hashed:
            self._hash = blake2b(digest_size=DIGEST_BYTES)
            self._hashed = 0
        while self._hashed < end:
            stop = min(end, self._hashed + BATCH)
            after = self.events[self._hashed - 1][1] if self._hashed else 0
            self._hash.update(canonical(self.events[self._hashed : stop], after))
            self._hashed = stop
        return self._hash.hexdigest()


def canonical(events: Sequence[Event], after: int = 0) -> bytes:
    """The canonical form of some events; `after` is the cycle of the event before the first, or 0.

    The form of a sequence is the forms of its parts one after the other. Left out is what is not an effect and may
    differ between Python versions: the words of an exception.
    """
    plain: list[tuple[Any, ...]] = []
    for event in events:
        kind, cycle = event[0], event[1]
        plain.append((kind, cycle - after, *(event[2:-1] if kind == FAULTED else event[2:])))
        after = cycle
    if not plain:
        return b""
    return (json.dumps(plain, separators=(",", ":"), default=_bytes)[1:-1] + ",").encode("ascii")


def _bytes(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"an event holds integers, strings, bytes and tuples of them, not {type(value).__name__}")
    return {"bytes": value.hex()}


def first_difference(one: Sequence[Event], other: Sequence[Event]) -> int | None:
    """The number of the first event that differs (also when one run is shorter), or None if there is none."""
    common = min(len(one), len(other))
    for start in range(0, common, BATCH):
        left, right = one[start : start + BATCH], other[start : start + BATCH]
        if canonical(left[: common - start]) != canonical(right[: common - start]):
            return next(
                start + index
                for index, (a, b) in enumerate(zip(left, right, strict=False))
                if canonical([a]) != canonical([b])
            )
    return None if len(one) == len(other) else common


def describe(event: Event) -> str:
    """An event with the names of its fields, for messages about traces."""
    kind = TABLE[event[0]]
    fields = ", ".join(f"{name}={value!r}" for name, value in zip(kind.fields, event[2:], strict=False))
    return f"{kind.name} at cycle {event[1]:,}: {fields}" if fields else f"{kind.name} at cycle {event[1]:,}"
