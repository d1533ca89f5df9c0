"""Where runs come from: a recording, or a lesson that is played now, headless and flat out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from playground.exports.run import Run, ready_event


def from_recording(path: Path) -> Run:
    """The run in a file. Raises RecordingProblem."""
    from playground.recording.reader import open_recording
    from playground.timeline.past import Past

    recording = open_recording(path)
    manifest = recording.manifest()
    return Run(
        title=manifest.title or manifest.name,
        manifest=manifest,
        events=recording.events,
        inputs=recording.inputs,
        marks=recording.marks,
        seed=recording.header.seed,
        version=recording.header.version,
        origin=str(path),
        names={"ready": ready_event(recording.events)},
        remark=recording.remark,
        past=lambda: Past.of_recording(recording),
    )


def from_lesson(name: str, *, seed: int | None = None, values: Mapping[str, str] | None = None) -> Run:
    """Play a lesson to its end; its beats are the marks of the run. Raises what is wrong with the lesson."""
    from playground.exports.played import Played

    played = Played(name, seed=seed, values=values)
    try:
        while played.next():
            for _ in played.go_on():
                pass
        return played.run()
    finally:
        played.close()
