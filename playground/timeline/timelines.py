"""Timelines as a tree: the run there was, and those that began at a moment of another and went on differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.timeline.past import Past

if TYPE_CHECKING:
    from playground.machine.core import Core


@dataclass(frozen=True, slots=True)
class Timeline:
    """One of them."""

    id: int
    """From 1, in the order in which they were begun."""
    parent: int
    """Id of the one it began in, or 0."""
    begins: int
    """How many events it shares with its parent."""
    title: str
    past: Past
    core: Core | None
    """The machine that goes on in it; None for a recording, which only ends."""


class NoSuchTimeline(Exception):
    """There is no timeline with that number; the text is one sentence."""

    is_users_mistake = True


class Timelines:
    """All timelines of one sitting."""

    def __init__(self, past: Past, core: Core | None = None, title: str = "as it was") -> None:
        """Begin with one that has no parent; `core`: its machine, if it is not a recording."""
        self._all = [Timeline(1, 0, 0, title, past, core)]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Timeline]:
        return iter(self._all)

    def __getitem__(self, number: int) -> Timeline:
        """Raises NoSuchTimeline."""
        if not 1 <= number <= len(self._all):
            numbers = "1" if len(self._all) == 1 else f"1 to {len(self._all)}"
            raise NoSuchTimeline(f"there is no timeline {number}; there is {numbers}")
        return self._all[number - 1]

    def branch(self, parent: int, count: int, title: str = "") -> Timeline:
        """A new timeline whose machine has done the first `count` events of another and waits there.

        Raises NoSuchTimeline. The machine is re-executed from boot, which takes as long as flat out.
        """
        return self.add(parent, self[parent].past.branch(count), title or f"from event {count:,} of {parent}")

    def add(self, parent: int, core: Core, title: str) -> Timeline:
        """A new timeline with a machine that was brought to its beginning otherwise, such as in portions by a Rerun.

        The marks of what it shares with its parent are its own as well.
        """
        begins = min(len(core.kernel.events), len(self[parent].past.events))
        core.trace.marks[:] = [mark for mark in self[parent].past.marks if mark.event <= begins]
        made = Timeline(len(self._all) + 1, parent, begins, title, Past.of_core(core), core)
        self._all.append(made)
        return made

    def children(self, number: int) -> list[Timeline]:
        """Those that begin in a timeline, in the order of their moments."""
        return sorted((one for one in self._all if one.parent == number), key=lambda one: (one.begins, one.id))

    def tree(self) -> list[tuple[int, Timeline]]:
        """Every timeline with its depth in the tree, each after its parent."""
        rows: list[tuple[int, Timeline]] = []

        def add(timeline: Timeline, depth: int) -> None:
            rows.append((depth, timeline))
            for child in self.children(timeline.id):
                add(child, depth + 1)

        add(self._all[0], 0)
        return rows

    def close(self) -> None:
        """Switch off every machine that was made for a branch, and the shadows of all."""
        for timeline in self._all:
            timeline.past.close()
            if timeline.core is not None and timeline.parent:
                timeline.core.close()
