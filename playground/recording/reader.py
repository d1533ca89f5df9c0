"""Reads a recording, as much of it as is whole.

Opening looks at the frames alone; events are unpacked block by block when somebody asks for them, so a long recording
is open at once and takes little more memory than its file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, overload

from kernel.costs import CYCLES_PER_MICROSECOND
from kernel.events import Event
from playground.recording import frames
from playground.recording.blocks import (
    BlockHead,
    BlockWriter,
    block_events,
    block_head,
    read_header,
    read_inputs,
    read_mark,
    read_program,
)
from playground.recording.disk_image import put_together
from playground.recording.frames import Frame, FromTheFuture, Unreadable, scan
from playground.recording.origin import Origin
from playground.recording.problem import RecordingProblem, reason
from playground.trace import FORMAT, Header, Input, Mark
from scenarios.own_programs import read_text
from servers.own_programs import digest_of, load_program, remembered

if TYPE_CHECKING:
    from playground.machine.backing import MemoryBacking
    from servers.manifest import Manifest

KEPT_BLOCKS: Final = 32
"""Unpacked blocks that are remembered: some 15 MiB."""


class RecordedEvents(Sequence[Event]):
    """The events of a recording; each part is unpacked when it is looked at."""

    def __init__(self, path: Path, data: bytes, blocks: Sequence[tuple[BlockHead, Frame]]) -> None:
        self._path = path
        self._data = data
        self._blocks = blocks
        self._firsts = [head.first for head, _ in blocks]
        self._length = blocks[-1][0].end if blocks else 0
        self._kept: dict[int, list[Event]] = {}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> list[Event]: ...
    def __getitem__(self, place: int | slice) -> Event | list[Event]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._length)
            if step != 1:
                return [self[index] for index in range(start, stop, step)]
            return self._between(start, stop)
        index = place + self._length if place < 0 else place
        if not 0 <= index < self._length:
            raise IndexError(f"event {place} of {self._length}")
        block = bisect_right(self._firsts, index) - 1
        return self.block(block)[index - self._firsts[block]]

    def __iter__(self) -> Iterator[Event]:
        for number in range(len(self._blocks)):
            yield from self.block(number)

    def _between(self, start: int, stop: int) -> list[Event]:
        found: list[Event] = []
        block = bisect_right(self._firsts, start) - 1
        while start < stop:
            first = self._firsts[block]
            part = self.block(block)[start - first : stop - first]
            found += part
            start += len(part)
            block += 1
        return found

    def block(self, number: int) -> list[Event]:
        """The events of one block. Raises RecordingProblem."""
        kept = self._kept
        found = kept.pop(number, None)
        if found is None:
            frame = self._blocks[number][1]
            try:
                found = block_events(self._data[frame.start : frame.end])
            except Unreadable as error:
                raise RecordingProblem(f"{self._path} {error}, at byte {frame.start:,}") from error
            if len(kept) >= KEPT_BLOCKS:
                del kept[next(iter(kept))]
        kept[number] = found
        return found


class Recording:
    """A run in a file."""

    def __init__(self, path: Path, data: bytes) -> None:
        """Take the bytes of the file apart. Raises Unreadable."""
        self.path = path
        self.size = len(data)
        found, self.damage = scan(data)
        """What is wrong at the end, as the rest of a sentence that begins with the file, or ''."""
        self._inputs: list[Frame] = []
        self._data = data
        self.marks: list[Mark] = []
        self.programs: list[tuple[str, str]] = []
        """Name and text of the programs in it that are not the playground's, in the order in which they were used."""
        self.complete = False
        """Whether the program that wrote it came to finish it."""
        self.blocks: list[tuple[BlockHead, Frame]] = []
        """The blocks of events, in their order."""
        self._disk: list[bytes] = []
        self.header, self.wall = self._header(found, data)
        for frame in found[1:]:
            try:
                self._take(frame, data[frame.start : frame.end])
            except Unreadable as error:
                self.damage = str(error)
                break
        self._image = put_together(self._disk)
        self.events = RecordedEvents(path, data, self.blocks)

    def _header(self, found: list[Frame], data: bytes) -> tuple[Header, int]:
        if not found or found[0].kind != frames.HEADER:
            raise Unreadable(f"{self.damage or 'has no header'}, before it says what was recorded")
        header, wall = read_header(data[found[0].start : found[0].end])
        if header.format > FORMAT:
            raise FromTheFuture(f"was recorded by playground {header.version}, which knows more than this one")
        return header, wall

    def _take(self, frame: Frame, content: bytes) -> None:
        """One frame after the header. Raises Unreadable."""
        if frame.kind == frames.EVENTS:
            head = block_head(content)
            if head.first != (self.blocks[-1][0].end if self.blocks else 0) or not head.count:
                raise Unreadable(f"lacks events before number {head.first:,}")
            self.blocks.append((head, frame))
        elif frame.kind == frames.INPUTS:
            self._inputs.append(frame)
        elif frame.kind == frames.MARK:
            self.marks.append(read_mark(content))
        elif frame.kind == frames.PROGRAM:
            self.programs.append(read_program(content))
        elif frame.kind == frames.DISK:
            self._disk.append(content)
        elif frame.kind == frames.END:
            self.complete = True
        elif frame.kind[:1].isupper():
            raise Unreadable(f"has a part that this playground does not know ({frame.kind.decode('ascii', 'replace')})")

    @cached_property
    def inputs(self) -> list[Input]:
        """Everything that came from outside. Raises RecordingProblem."""
        try:
            return [one for frame in self._inputs for one in read_inputs(self._data[frame.start : frame.end])]
        except Unreadable as error:
            raise RecordingProblem(f"{self.path} {error}") from error

    @property
    def origin(self) -> Origin:
        """What the run began with."""
        known = {name: remembered(name, digest) for name, digest in self.header.programs}
        programs = {name: program for name, program in known.items() if program is not None}
        return Origin(self.header, self.wall, self._own_disk, programs=programs)

    def load_programs(self) -> None:
        """Make its programs ready to be run, which executes their top level. Raises OwnProgramError."""
        for name, text in self.programs:
            load_program(name, text, f"{name.removeprefix('./')} in {self.path}")

    @property
    def not_to_be_run(self) -> str:
        """Why the machine of this recording cannot run again, in one sentence, or ''."""
        for name, text in self.programs:
            if remembered(name, digest_of(text)) is None:
                short = name.removeprefix("./")
                return f"{self.path} holds {short}, a program of its own; --recorded-programs lets it run again"
        return ""

    def changed_programs(self, folder: Path) -> list[str]:
        """Names of the programs whose files in a folder are not what was recorded last."""
        last = dict(self.programs)
        files = {name: folder / name for name in last}
        return [name for name, file in files.items() if file.is_file() and read_text(file) != last[name]]

    def _own_disk(self) -> MemoryBacking:
        return self._image.copy(read_only=self._image.read_only)

    def manifest(self) -> Manifest:
        """The system that ran."""
        return self.origin.manifest()

    @property
    def digest(self) -> str:
        """Of all events, as it was written."""
        return self.blocks[-1][0].digest if self.blocks else BlockWriter().digest

    @property
    def steps(self) -> int:
        """Kernel entries after which all its events had happened."""
        return self.blocks[-1][0].steps if self.blocks else 0

    @property
    def cycle(self) -> int:
        """Virtual time at its end."""
        return int(self.events[-1][1]) if self.events else 0

    def floor(self, event: int) -> int:
        """Kernel entries that are known to make no more than so many events."""
        known = 0
        for (head, _), following in zip(self.blocks, [*self.blocks[1:], None], strict=True):
            if head.end > event:
                break
            if following is None or following[0].steps > head.steps:
                known = head.steps
        return known

    @property
    def cut_off(self) -> bool:
        """Whether it only breaks off, as when the program is killed; what is there is whole."""
        return not self.complete and (not self.damage or "breaks off" in self.damage)

    @property
    def remark(self) -> str:
        """What is missing, and what can be played nevertheless, in one sentence; '' for a whole recording."""
        if self.complete and not self.damage:
            return ""
        amount = f"{len(self.events):,} events, {self.cycle / CYCLES_PER_MICROSECOND / 1e6:.3g} s of virtual time"
        if not self.cut_off:
            return f"{self.path} {self.damage}; what comes before is whole: {amount}"
        return f"{self.path} was never finished, so the program was probably killed; what is in it is whole: {amount}"


def open_recording(path: Path) -> Recording:
    """Open a recording, also one that breaks off: see `remark`. Raises RecordingProblem if nothing can be played."""
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        raise RecordingProblem(f"{path} is a directory, not a recording") from None
    except FileNotFoundError:
        raise RecordingProblem(f"there is no file {path}") from None
    except OSError as error:
        raise RecordingProblem(f"{path} cannot be read: {reason(error)}") from None
    try:
        recording = Recording(path, data)
    except FromTheFuture as error:
        raise RecordingProblem(f"{path} {error}; a newer playground can read it") from error
    except Unreadable as error:
        raise RecordingProblem(f"{path} {error}") from error
    if not recording.events:
        raise RecordingProblem(f"{path} {recording.damage or 'ends'} before the first event; nothing can be played")
    return recording
