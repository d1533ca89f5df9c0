"""Writes a run to a file while it happens.

The machine says after each slice that there may be something new; a block is written when it is full or when the last
one was a second ago, and when the machine rests. Each frame is handed to the host whole, so whoever kills this program
loses at most the last second. What only the power going off can lose (the host's own cache) is not waited for.
"""

from __future__ import annotations

import json
import os
import time
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playground.recording import blocks, frames
from playground.recording.disk_image import pieces
from playground.recording.frames import pack
from playground.recording.problem import RecordingProblem, reason
from servers.own_programs import remembered

if TYPE_CHECKING:
    from playground.machine.core import Core
    from playground.trace import Input

BLOCK: Final = 2048
"""Events in a block: what has to be unpacked to look at one of them."""
PATIENCE: Final = 1.0
"""Seconds after which what has happened is written even if it does not fill a block."""


class Recorder:
    """One recording of one machine, from boot until it is closed, whenever it was begun."""

    def __init__(self, path: Path, core: Core, *, block: int = BLOCK) -> None:
        """Begin, with everything that has happened so far. Raises RecordingProblem."""
        self.path = path
        self.problem = ""
        """Why nothing more can be written, in one sentence, or ''."""
        self._core = core
        self._trace = core.trace
        self._block = block
        self._blocks = blocks.BlockWriter()
        self._inputs = 0
        self._marks = 0
        self._written_at = time.monotonic()
        try:
            self._file: FileIO | None = path.open("xb", buffering=0)
        except FileExistsError:
            raise RecordingProblem(f"{path} exists already and is not overwritten; choose another name") from None
        except OSError as error:
            raise RecordingProblem(f"{path} cannot be written: {reason(error)}") from None
        self._begin()
        if self.problem:
            path.unlink(missing_ok=True)
            raise RecordingProblem(self.problem)

    @property
    def events(self) -> int:
        """How many events are in the file."""
        return self._blocks.written

    @property
    def digest(self) -> str:
        """Of the events in the file."""
        return self._blocks.digest

    @property
    def closed(self) -> bool:
        """Whether nothing is written any more."""
        return self._file is None

    def follow(self) -> None:
        """There may be something new: write it if it is worth a block, or has waited long enough."""
        waiting = len(self._trace.events) - self._blocks.written
        if waiting >= self._block:
            self._write_events(whole=True)
        elif time.monotonic() - self._written_at >= PATIENCE:
            self.flush()

    def flush(self) -> None:
        """Write whatever there is."""
        self._write_events(whole=False)
        for mark in self._trace.marks[self._marks :]:
            self._write(frames.MARK, blocks.mark_content(mark))
        self._marks = len(self._trace.marks)

    def close(self) -> None:
        """Write the rest, and that it is all. May be called any number of times."""
        if self._file is None:
            return
        self.flush()
        end = {"events": self.events, "steps": self._core.steps, "digest": self.digest}
        self._write(frames.END, json.dumps(end).encode("ascii"))
        self._give_up("")

    def _begin(self) -> None:
        origin = self._core.origin
        disk = origin.disk()
        self._append(frames.FIRST_LINE)
        self._write(frames.HEADER, blocks.header_content(origin.header, origin.wall))
        for program in origin.programs.values():
            self._write(frames.PROGRAM, blocks.program_content(program))
        for piece in pieces(disk):
            self._write(frames.DISK, piece)
        self.flush()

    def _write_events(self, *, whole: bool) -> None:
        """Blocks of all events, or only as many as are whole; and before each the inputs that belong to it."""
        self._written_at = time.monotonic()
        events, steps = self._trace.events, self._core.steps
        end = len(events)
        if inputs := self._trace.inputs[self._inputs :]:
            self._inputs += len(inputs)
            for one in inputs:
                self._write_program(one)
            self._write(frames.INPUTS, blocks.inputs_content(inputs))
        while (start := self._blocks.written) < end and self._file is not None:
            if whole and end - start < self._block:
                break
            self._write(frames.EVENTS, self._blocks.block(events[start : min(start + self._block, end)], steps))

    def _write_program(self, one: Input) -> None:
        """The text of a program that an input put in the place of another."""
        if one.source == "program" and isinstance(one.data, tuple):
            program = remembered(*one.data)
            if program is not None:
                self._write(frames.PROGRAM, blocks.program_content(program))

    def _write(self, kind: bytes, content: bytes) -> None:
        self._append(pack(kind, content))

    def _append(self, data: bytes) -> None:
        if self._file is None:
            return
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._give_up(f"{self.path} cannot be written any more: {reason(error)}; what is in it can be replayed")

    def _give_up(self, problem: str) -> None:
        assert self._file is not None
        self.problem = problem
        try:
            if not problem:
                os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            self.problem = problem or f"{self.path} may be incomplete: {reason(error)}"
        self._file = None
