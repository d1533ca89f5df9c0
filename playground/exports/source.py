"""Where runs come from: a recording, or a lesson that is played now, headless and flat out."""

from __future__ import annotations

from pathlib import Path

from playground.exports.run import ExportProblem, Run, ready_event
from playground.trace import Mark


def from_recording(path: Path) -> Run:
    """The run in a file. Raises RecordingProblem."""
    from playground.recording.reader import open_recording

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
    )


def from_lesson(name: str) -> Run:
    """Play a lesson to its end; its beats are the marks of the run. Raises what is wrong with the lesson."""
    from playground.images import virtual_disk
    from playground.machine.core import Core
    from playground.player import CoreStage
    from scenarios.language import world_of
    from scenarios.library import checked_lesson, manifest_of
    from scenarios.player import FREE, LessonSession

    lesson = checked_lesson(name)
    manifest = manifest_of(lesson)
    core = Core(manifest, seed=lesson.front.seed, disk=virtual_disk())
    stage = CoreStage(core)
    session = LessonSession(lesson, stage, world_of(manifest))
    marks: list[Mark] = []
    try:
        while session.next():
            if session.state != "over":
                marks.append(Mark(len(core.kernel.events), session.beat.title))
            while 0 < (entries := session.poll()) < FREE:
                stage.advance(entries, session.deadline)
    finally:
        core.close()
    if stage.failure:
        raise ExportProblem(f"the machine broke down while the lesson was played: {stage.failure}")
    trace = core.trace
    return Run(
        title=lesson.title,
        manifest=manifest,
        events=trace.events,
        inputs=trace.inputs,
        marks=marks,
        seed=trace.header.seed,
        version=trace.header.version,
        origin=lesson.file,
        names={"ready": ready_event(trace.events)},
    )
