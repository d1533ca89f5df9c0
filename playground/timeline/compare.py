"""Two runs beside each other: where they part, which moments belong together, and what is different at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from playground.recording.rerun import difference_in_words
from playground.trace import BATCH, canonical
from playground.view.sentences import sentence

if TYPE_CHECKING:
    from kernel.events import Event
    from playground.timeline.past import Past
    from playground.view.model import ServerView, View

PARTS: Final = ("status", "waits_for", "handles", "life", "thread", "priority", "cap_count", "message_count",
                "last_message", "memory_used")  # fmt: skip
"""What of a server is compared."""
WORDS: Final = {"status": "state", "waits_for": "waits for", "handles": "handles", "life": "life", "thread": "thread",
                "priority": "priority", "cap_count": "capabilities", "message_count": "messages",
                "last_message": "last message", "memory_used": "memory"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """Something about a server that is different at two moments."""

    server: str
    part: str
    """One of `PARTS`."""
    one: Any
    other: Any
    text: str
    """In words: "disk: state running, then faulted (null pointer)"."""


def changes(one: View, other: View, *, between: str = "then") -> list[Change]:
    """What is different between two views: of two moments of a run, or of two runs at moments that belong together."""
    found = []
    mine, theirs = one.servers, other.servers
    for name in dict.fromkeys([*mine, *theirs]):
        found += _of_server(name, mine.get(name), theirs.get(name), between)
    return found


def _of_server(name: str, one: ServerView | None, other: ServerView | None, between: str) -> list[Change]:
    found = []
    for part in PARTS:
        left, right = getattr(one, part, None), getattr(other, part, None)
        if left != right and (part != "waits_for" or _shown(left) != _shown(right)):  # since when is no difference
            text = f"{name}: {WORDS[part]} {_shown(left)}, {between} {_shown(right)}"
            found.append(Change(name, part, left, right, text))
    return found


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if hasattr(value, "word"):
        return f"{value.word} ({value.detail})" if value.detail else str(value.word)
    return str(getattr(value, "text", value)) if not isinstance(value, int) else f"{value:,}"


def changed_slots(one: View, other: View) -> set[tuple[int, int]]:
    """Slots that hold another capability, or none at one of two moments of the same run."""
    return {
        place
        for place in one.slots.keys() | other.slots.keys()
        if (a := one.slots.get(place)) is None
        or (b := other.slots.get(place)) is None
        or any(getattr(a, name) != getattr(b, name) for name in _CAP_PARTS)
    }


_CAP_PARTS: Final = ("kind", "object", "rights", "badge", "revocable", "born", "vspace", "vaddr")


class Comparison:
    """Two runs that began alike."""

    def __init__(self, one: Past, other: Past) -> None:
        self.one = one
        self.other = other
        self._same = 0
        """So many events are known to be the same."""
        self._parted = False

    def first_difference(self) -> int | None:
        """Number of the first event that differs, or None while there is none; both may still go on."""
        ours, theirs = self.one.events, self.other.events
        while not self._parted and self._same < min(len(ours), len(theirs)):
            end = min(self._same + BATCH, len(ours), len(theirs))
            left, right = ours[self._same : end], theirs[self._same : end]
            if canonical(left) == canonical(right):
                self._same = end
                continue
            self._same += next(
                index for index, (a, b) in enumerate(zip(left, right, strict=True)) if canonical([a]) != canonical([b])
            )
            self._parted = True
        return self._same if self._parted else None

    def describe(self) -> str:
        """The first difference in words."""
        number = self.first_difference()
        if number is None:
            ours, theirs = len(self.one.events), len(self.other.events)
            if ours == theirs:
                return f"all {ours:,} events of the two are the same"
            longer = "the first" if ours > theirs else "the second"
            return f"the first {self._same:,} events are the same, and only {longer} goes on after them"
        return difference_in_words(
            self.one.events, self.other.events, number, self.one.manifest, ("the first", "the second")
        )

    def parting(self) -> tuple[int, str, str] | None:
        """Number of the first event that differs, and what happens in each of the two instead, as sentences."""
        number = self.first_difference()
        if number is None:
            return None
        first, second = (sentence(past.view_at(number), number, past.events[number]) for past in (self.one, self.other))
        return number, first, second

    def partner(self, count: int, *, of_other: bool = False) -> int:
        """Which moment of the other run belongs to the one after `count` events.

        Where they are the same it is the same number; later it is the last moment at which not more virtual time had
        passed. `of_other`: the other way round, from the second run to the first.
        """
        number = self.first_difference()
        ours, theirs = (self.other, self.one) if of_other else (self.one, self.other)
        if count <= self._same or number is None:
            return min(count, len(theirs.events))
        cycle = ours.events[min(count, len(ours.events)) - 1][1]
        return max(self._same, _events_until(theirs.events, cycle))

    def step(self, counts: tuple[int, int]) -> tuple[int, int]:
        """The next moments: of both runs the next event where they are the same, else of the one that is behind."""
        first, second = counts
        ours, theirs = self.one.events, self.other.events
        if first >= len(ours) or second >= len(theirs):
            return min(first + 1, len(ours)), min(second + 1, len(theirs))
        self.first_difference()
        if first == second and first < self._same:
            return first + 1, second + 1
        left, right = ours[first][1], theirs[second][1]
        return first + (left <= right), second + (right <= left)

    def back(self, counts: tuple[int, int]) -> tuple[int, int]:
        """The moments before: the other way round."""
        first, second = counts
        if first == second and first <= self._same:
            return max(0, first - 1), max(0, second - 1)
        left = self.one.events[first - 1][1] if first > self._same else -1
        right = self.other.events[second - 1][1] if second > self._same else -1
        return first - (left >= right and left >= 0), second - (right >= left and right >= 0)

    def changes(self, counts: tuple[int, int]) -> list[Change]:
        """What is different between the runs at two moments."""
        one, other = self.one.view_at(counts[0]), self.other.view_at(counts[1])
        return changes(one, other, between="in the second run")


def _events_until(events: Sequence[Event], cycle: int) -> int:
    """How many events happened up to a cycle; cycles never go back."""
    low, high = 0, len(events)
    while low < high:
        middle = (low + high) // 2
        if events[middle][1] <= cycle:
            low = middle + 1
        else:
            high = middle
    return low
