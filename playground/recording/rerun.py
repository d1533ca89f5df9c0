"""Is it true? The recorded machine is run again from its beginning with its inputs, and has to do the same.

Blocks carry the digest of everything up to their end, so the recorded events are unpacked only where something differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from playground.machine.devices.operator import OperatorBusy, RequestTooLong
from playground.machine.probe import ProbeError
from playground.recording.blocks import BlockWriter
from playground.trace import describe, first_difference
from playground.view.fold import Fold
from playground.view.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kernel.events import Event
    from playground.machine.core import Core
    from playground.recording.reader import Recording
    from servers.manifest import Manifest

SLICE: Final = 1000
"""Kernel entries between two looks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of running a recording again."""

    events: int
    """How many events were compared and are the same."""
    recorded: str
    """Digest of the recording."""
    repeated: str
    """Digest of as many events of the machine that ran again."""
    difference: int | None = None
    """Number of the first event that differs, or None."""
    text: str = ""
    """That difference in words."""

    @property
    def same(self) -> bool:
        """Whether the machine did what the recording says."""
        return self.difference is None


def verify(recording: Recording, progress: Callable[[int], None] = lambda events: None) -> Verdict:
    """Run it again and compare. `progress` is told how many events have been done now and then."""
    core = recording.origin.boot(recording.inputs)
    try:
        return _compare(recording, core, progress)
    finally:
        core.close()


def _compare(recording: Recording, core: Core, progress: Callable[[int], None]) -> Verdict:
    end = len(recording.events)
    inputs = [one for one in recording.inputs if one.event < end]
    refusal = ""
    try:
        for one in inputs:
            core.replay([one])
            progress(len(core.kernel.events))
        while len(core.kernel.events) < end and core.advance(SLICE):
            progress(len(core.kernel.events))
    except (ProbeError, OperatorBusy, RequestTooLong) as error:
        refusal = f"; later it refuses an input: {error}"  # only a machine that went another way before does
    events = core.kernel.events
    writer = BlockWriter()
    for head, _ in recording.blocks:
        part = events[head.first : head.end]
        if len(part) < head.count or not part:
            break
        writer.block(part, 0)
        if writer.digest != head.digest:
            break
    else:
        return Verdict(end, recording.digest, writer.digest)
    repeated = events[:end]
    number = first_difference(recording.events, repeated)
    if number is None:
        number = end
        text = "the recorded events do not fit the digest that is recorded with them"
    else:
        text = difference_in_words(recording.events, repeated, number, core.manifest) + refusal
    return Verdict(number, recording.digest, core.trace.digest(end), number, text)


def difference_in_words(
    one: Sequence[Event], other: Sequence[Event], number: int, manifest: Manifest, names: tuple[str, str] = ("", "")
) -> str:
    """What two runs say about the same moment; up to it they are the same."""
    fold = Fold(manifest)
    fold.update(one[:number])
    said: list[str] = []
    for name, events in zip(names, (one, other), strict=True):
        said.append(f"{name or ('recorded' if not said else 'now')}: {_told(fold, events, number)}")
    return f"event {number:,} differs; {said[0]}; {said[1]}"


def _told(fold: Fold, events: Sequence[Event], number: int) -> str:
    if number >= len(events):
        return "nothing more happens"
    event = events[number]
    words = sentence(fold.view, number, event)
    return f"{words} ({describe(event)})"
