"""A run in a file: whole or cut off, damaged or foreign, it is read as far as it goes, or refused in one sentence."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import trio

from kernel.events import FAULTED
from playground.machine.core import Core
from playground.machine.live import Live
from playground.recording import frames
from playground.recording.frames import pack, scan
from playground.recording.problem import RecordingProblem
from playground.recording.reader import open_recording
from playground.recording.recorder import Recorder
from playground.recording.rerun import verify
from playground.trace import Mark
from tests.playground.machines import machine, read_file
from tests.timeline.runs import eventful

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Core, Path]:
    """An eventful run, and the finished file that was begun when it was half over."""
    path = tmp_path_factory.mktemp("recorded") / "run.mkp"
    core = machine(seed=5)
    core.advance(1500)
    core.request(read_file())
    core.record(path)
    core.crash("disk", "null-pointer")
    core.advance(2000)
    core.key("ls /\n")
    core.mark("here")
    core.advance(2000)
    core.close()
    return core, path


def altered(path: Path, data: bytes) -> Path:
    """A file beside another with other bytes."""
    other = path.with_name("altered.mkp")
    other.write_bytes(data)
    return other


def test_a_recording_holds_everything_from_boot_on_whenever_it_was_begun(recorded: tuple[Core, Path]) -> None:
    core, path = recorded
    recording = open_recording(path)
    assert list(recording.events) == core.kernel.events
    assert recording.inputs == core.trace.inputs
    assert recording.marks == [Mark(event=core.trace.marks[0].event, text="here")]
    assert recording.header == core.trace.header
    assert recording.digest == core.trace.digest()
    assert recording.complete
    assert recording.remark == ""
    assert any(event[0] == FAULTED and event[-1] for event in recording.events), "the words of exceptions are kept too"


def test_events_can_be_looked_at_anywhere_in_any_order(recorded: tuple[Core, Path]) -> None:
    core, path = recorded
    events = open_recording(path).events
    truth = core.kernel.events
    assert len(events) == len(truth)
    assert events[-1] == truth[-1]
    assert events[3000] == truth[3000]
    assert events[2040:2060] == truth[2040:2060]
    assert events[10:4:-2] == truth[10:4:-2]
    assert events[len(truth) - 3 : len(truth) + 5] == truth[-3:]
    assert events[5:2] == []
    with pytest.raises(IndexError):
        events[len(truth)]


def test_a_recording_run_again_does_the_same(recorded: tuple[Core, Path]) -> None:
    core, path = recorded
    verdict = verify(open_recording(path))
    assert verdict.same
    assert verdict.repeated == core.trace.digest()


def test_the_machine_does_the_same_with_and_without_a_recorder(recorded: tuple[Core, Path]) -> None:
    core, _ = recorded
    alone = machine(seed=5)
    alone.replay(core.trace.inputs, core.steps)
    alone.close()
    assert alone.trace.digest() == core.trace.digest()


def test_a_disk_that_was_written_to_is_recorded_as_it_was_at_boot(tmp_path: Path) -> None:
    core = machine()
    core.advance(1500)
    write = {
        "operation": "call",
        "target": "fs",
        "name": "write",
        "arguments": {"path": "/new.txt", "data": "zebra-4711"},
    }
    core.request(write)
    core.advance(4000)
    before = core.origin.disk().contents()
    core.record(tmp_path / "run.mkp")
    core.close()
    recording = open_recording(tmp_path / "run.mkp")
    assert b"zebra-4711" in bytes(core.disk.medium.read_sector(0)) + b"".join(
        core.disk.medium.read_sector(sector) for sector in range(core.disk.medium.sector_count)
    )
    assert b"zebra-4711" not in recording.origin.disk().contents()
    assert recording.origin.disk().contents() == before
    assert verify(recording).same


class Refusing:
    """A disk whose third read fails, as a broken file of the host does."""

    def __init__(self, medium: object) -> None:
        self._medium = medium
        self.reads = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._medium, name)

    def read_sector(self, sector: int) -> bytes:
        self.reads += 1
        if 12 < self.reads < 16:
            raise OSError(errno.EIO, "the host's disk is broken")
        content: bytes = self._medium.read_sector(sector)  # type: ignore[attr-defined]
        return content


def test_where_the_hosts_disk_failed_it_fails_again(tmp_path: Path) -> None:
    from playground.images import virtual_disk

    disk = Refusing(virtual_disk())
    core = machine(disk=disk)
    core.advance(1500)
    for _ in range(12):
        core.request(read_file("/docs/messages.txt"))
        core.advance(400)
    troubles = [one for one in core.trace.inputs if one.source == "medium"]
    assert troubles, "the disk was meant to fail"
    core.record(tmp_path / "run.mkp")
    core.close()
    verdict = verify(open_recording(tmp_path / "run.mkp"))
    assert verdict.same, verdict.text


def test_a_killed_program_leaves_what_happened_up_to_the_last_second(tmp_path: Path) -> None:
    path = tmp_path / "run.mkp"
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.playground.machines import machine, read_file\n"
        "core = machine(seed=9)\n"
        "core.record(Path(sys.argv[1]))\n"
        "while len(core.kernel.events) < 5000:\n"
        "    core.request(read_file())\n"
        "    core.advance(400)\n"
        "print(len(core.kernel.events), core.trace.digest(), flush=True)\n"
        "time.sleep(1.1)\n"
        "core.run(1)\n"
        "print('written', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        count, digest = process.stdout.readline().split()
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    recording = open_recording(path)
    assert not recording.complete
    assert "killed" in recording.remark
    assert len(recording.events) >= int(count)
    verdict = verify(recording)
    assert verdict.same
    core = recording.origin.boot()
    core.replay(recording.inputs)
    while len(core.kernel.events) < int(count):
        core.advance(1)
    assert core.trace.digest(int(count)) == digest
    core.close()


def test_wherever_a_file_is_cut_off_its_beginning_can_be_played_or_a_sentence_says_why_not(
    recorded: tuple[Core, Path],
) -> None:
    core, path = recorded
    data = path.read_bytes()
    first_events = next(frame.start for frame in scan(data)[0] if frame.kind == frames.EVENTS)
    played = 0
    sentences = []
    for length in [*range(0, 60), *range(60, first_events + 200, 997), *range(first_events, len(data), 1501)]:
        other = altered(path, data[:length])
        try:
            recording = open_recording(other)
        except RecordingProblem as problem:
            sentences.append(str(problem))
            continue
        played += 1
        assert list(recording.events) == core.kernel.events[: len(recording.events)]
        assert recording.remark.startswith(str(other))
    assert played > 5
    assert sentences
    assert all(str(path.with_name("altered.mkp")) in text and "\n" not in text for text in sentences)


def test_a_damaged_byte_ends_what_can_be_played_and_is_said(recorded: tuple[Core, Path]) -> None:
    core, path = recorded
    data = bytearray(path.read_bytes())
    blocks = [frame for frame in scan(bytes(data))[0] if frame.kind == frames.EVENTS]
    data[blocks[2].start + 60] ^= 0xFF
    recording = open_recording(altered(path, bytes(data)))
    assert "is damaged between byte" in recording.remark
    assert "what comes before is whole" in recording.remark
    assert list(recording.events) == core.kernel.events[: len(recording.events)]
    assert len(recording.events) > 2000
    assert verify(recording).same


def test_a_flipped_byte_anywhere_is_never_a_traceback(recorded: tuple[Core, Path]) -> None:
    _, path = recorded
    data = path.read_bytes()
    sentences = []
    for place in range(0, len(data), 487):
        changed = bytearray(data)
        changed[place] ^= 0x55
        try:
            recording = open_recording(altered(path, bytes(changed)))
            list(recording.events)
            list(recording.inputs)
        except RecordingProblem as problem:
            sentences.append(str(problem))
    assert all("\n" not in text for text in sentences)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 something else", "is not a recording of the playground"),
        (frames.SIGNATURE[:7], "breaks off in its first line"),
        (frames.SIGNATURE + b"7\n", "is a recording of format 7, and this playground reads up to format 1"),
        (frames.FIRST_LINE, "has no header"),
        (frames.FIRST_LINE + pack(frames.HEADER, b"{}"), "has a header that makes no sense"),
        (frames.FIRST_LINE + pack(frames.HEADER, b"[" * 100_000), "has a header that makes no sense"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "strange.mkp"
    path.write_bytes(content)
    with pytest.raises(RecordingProblem) as caught:
        open_recording(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert caught.value.is_users_mistake


def test_parts_that_a_newer_playground_added_are_skipped_or_end_the_reading(recorded: tuple[Core, Path]) -> None:
    core, path = recorded
    data = path.read_bytes()
    end = next(frame.start - 12 for frame in scan(data)[0] if frame.kind == frames.END)
    whole = open_recording(altered(path, data[:end] + pack(b"note", b"?") + data[end:]))
    assert whole.complete
    assert whole.remark == ""
    unknown = open_recording(altered(path, data[:end] + pack(b"NOTE", b"?") + data[end:]))
    assert "has a part that this playground does not know (NOTE)" in unknown.remark
    assert len(unknown.events) == len(core.kernel.events)


def test_a_newer_meaning_of_events_is_refused(recorded: tuple[Core, Path]) -> None:
    _, path = recorded
    data = path.read_bytes()
    head = scan(data)[0][0]
    header = json.loads(data[head.start : head.end]) | {"format": 99, "version": "9.9"}
    newer = frames.FIRST_LINE + pack(frames.HEADER, json.dumps(header).encode()) + data[head.end :]
    with pytest.raises(RecordingProblem, match=r"was recorded by playground 9\.9, which knows more than this one"):
        open_recording(altered(path, newer))


def test_a_run_that_is_not_true_is_told_in_words(recorded: tuple[Core, Path]) -> None:
    core, path = recorded
    data = path.read_bytes()
    found = scan(data)[0]
    head = found[0]
    header = json.loads(data[head.start : head.end]) | {"seed": 6}
    verdict = verify(open_recording(altered(
        path, frames.FIRST_LINE + pack(frames.HEADER, json.dumps(header).encode()) + data[head.end :]
    )))  # fmt: skip
    assert not verdict.same
    assert verdict.difference == core.trace.inputs[0].event
    assert "recorded: " in verdict.text
    assert "seed 5" in verdict.text
    assert "seed 6" in verdict.text


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("mine")
    core = machine()
    with pytest.raises(RecordingProblem, match="exists already and is not overwritten"):
        core.record(path)
    assert path.read_text() == "mine"
    assert core.recorder is None
    core.close()


class Full:
    """A file on a disk without room."""

    def write(self, data: object) -> int:
        """Refuse."""
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        """Nothing to do."""


def fill_the_disk(recorder: Recorder) -> None:
    """From now on nothing can be written."""
    assert recorder._file is not None
    recorder._file.close()
    recorder._file = Full()  # type: ignore[assignment]


def test_when_the_hosts_disk_is_full_the_machine_runs_on_and_says_so(tmp_path: Path) -> None:
    core = machine()
    recorder = core.record(tmp_path / "run.mkp")
    fill_the_disk(recorder)
    core.advance(5000)
    assert len(core.kernel.events) > 4000
    core.close()
    assert "cannot be written any more: no space left on device" in recorder.problem
    assert recorder.closed


def test_on_screen_a_full_disk_is_said_and_the_recording_is_over(tmp_path: Path) -> None:
    live = Live(machine(), running=True, speed=0)
    fill_the_disk(live.start_recording(tmp_path / "run.mkp"))

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(live.main)
            for _ in range(1000):
                await trio.sleep(0.01)
                if live.trouble:
                    break
            live.stop()

    trio.run(main)
    assert "cannot be written any more" in live.trouble
    assert live.recorder is None


def test_the_live_machine_starts_and_stops_recording_at_any_time(tmp_path: Path) -> None:
    live = Live(machine())
    live.core.advance(1500)
    live.start_recording(tmp_path / "one.mkp")
    live.request(read_file())
    live.mark("asked")
    live.core.advance(500)
    recorder = live.stop_recording()
    assert recorder is not None
    assert recorder.closed
    assert live.recorder is None
    so_far = len(live.events)
    live.core.advance(500)
    live.core.close()
    recording = open_recording(tmp_path / "one.mkp")
    assert len(recording.events) == so_far
    assert [mark.text for mark in recording.marks] == ["asked"]
    assert recording.complete


def test_blocks_are_small_in_number_and_in_bytes(tmp_path: Path) -> None:
    core = eventful()
    core.record(tmp_path / "run.mkp")
    core.close()
    recording = open_recording(tmp_path / "run.mkp")
    disk = sum(frame.end - frame.start for frame in scan((tmp_path / "run.mkp").read_bytes())[0]
               if frame.kind == frames.DISK)  # fmt: skip
    assert (recording.size - disk) / len(recording.events) < 6
