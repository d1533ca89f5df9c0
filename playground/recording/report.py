"""`playground replay FILE --headless`: runs a recording again and prints whether it is true.

0 the same events happened again, 1 others did, 3 they did as far as the file is whole, which is not far enough.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import playground
from kernel.costs import CYCLES_PER_MICROSECOND
from playground.recording.problem import RecordingProblem
from playground.recording.reader import Recording, open_recording
from playground.recording.rerun import verify

SAME: Final = 0
DIFFERENT: Final = 1
UNDECIDED: Final = 3


def replay(path: Path, write: Callable[[str], None] = print, *, run_programs: bool = False) -> int:
    """Print what the recording is and what came of running it again. Raises RecordingProblem.

    `run_programs`: also the programs that are not the playground's, whose text it holds.
    """
    recording = open_recording(path)
    for line in summary(recording):
        write(line)
    if run_programs:
        recording.load_programs()
    if recording.not_to_be_run:
        raise RecordingProblem(recording.not_to_be_run)
    verdict = verify(recording)
    if verdict.same:
        write(f"digest {verdict.repeated}: the same {verdict.events:,} events happened again")
        return SAME if not recording.remark or recording.cut_off else UNDECIDED
    write(f"digest {verdict.recorded} was recorded, now it is {verdict.repeated}")
    write(verdict.text)
    if recording.header.version != playground.__version__:
        write(f"it was recorded with playground {recording.header.version}, and this is {playground.__version__}")
    return DIFFERENT


def summary(recording: Recording) -> list[str]:
    """What is in a recording, in a few lines."""
    header, count = recording.header, len(recording.events)
    seconds = recording.cycle / CYCLES_PER_MICROSECOND / 1_000_000
    lines = [
        f"{recording.path}: {header.system}, seed {header.seed}, recorded with playground {header.version}",
        f"{count:,} events in {seconds:.3g} s of virtual time, {len(recording.inputs)} inputs, "
        f"{recording.size:,} bytes ({recording.size / count:.1f} for each event)",
    ]
    lines += [f"mark at event {mark.event:,}: {mark.text}" for mark in recording.marks]
    lines += [
        f"{name.removeprefix('./')} has changed since; what the recording holds is the program as it was"
        for name in recording.changed_programs(recording.path.parent)
    ]
    return [*lines, recording.remark] if recording.remark else lines
