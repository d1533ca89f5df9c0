"""Same manifest, seed and inputs, same events: in another process, on another Python, in other slices, on screen."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import lark
import pytest
import trio

from kernel.events import INPUT
from playground.machine.core import Core
from playground.machine.live import Live
from playground.recording.reader import open_recording
from playground.recording.rerun import verify
from playground.timeline.past import Past
from playground.trace import describe, first_difference
from tests.determinism.story import tell
from tests.playground.machines import machine, read_file

ROOT = Path(__file__).parents[2]
INTERPRETERS = "PLAYGROUND_INTERPRETERS"
"""Environment variable with more places to look for interpreters in, separated as in PATH."""


def interpreter(version: str) -> str:
    """A Python of some version that starts, or the test is skipped with the reason."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    places = os.pathsep.join(filter(None, [os.environ.get(INTERPRETERS, ""), os.environ.get("PATH", "")]))
    for folder in places.split(os.pathsep):
        found = shutil.which(f"python{version}", path=folder)
        if found is None:
            continue
        asked = subprocess.run(
            [found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
        )
        if asked.returncode == 0 and asked.stdout.strip() == version:
            return found
    pytest.skip(f"no python{version} that starts is on PATH or in the folders that {INTERPRETERS} names")


def told_by(python: str, *arguments: str, seed: str = "random") -> str:
    """What the story comes to in a process of its own."""
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [python, "-m", "tests.determinism.story", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@cache
def story() -> Core:
    """The story as told here."""
    return tell(1000)


def words(core: Core) -> str:
    """What the story prints about a run."""
    return f"{len(core.kernel.events)} {core.trace.digest()}"


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_supported_python_tells_the_same_story(version: str) -> None:
    assert told_by(interpreter(version), "1000") == words(story())


LESSONS = ("reincarnation", "mars-1997", "delegation")


def digests_by(python: str) -> list[str]:
    """The digests of some lessons, played headless by another interpreter with the packages of this one."""
    packages = str(Path(lark.__file__).parents[1])
    environment = {
        "PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "random", "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), packages]),
    }  # fmt: skip
    done = subprocess.run(
        [python, "-m", "playground", "play", "--headless", "--digest", *LESSONS],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr or done.stdout
    return [line for line in done.stdout.splitlines() if line.startswith("digest ")]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_supported_python_plays_the_same_lessons(version: str) -> None:
    digests = digests_by(interpreter(version))
    assert len(set(digests)) == len(LESSONS)
    assert digests == played_here()


@cache
def played_here() -> list[str]:
    """The same by this interpreter, in another process with other hashes."""
    return digests_by(sys.executable)


@pytest.mark.parametrize("seed", ["0", "1", "4294967295"])
def test_the_order_of_sets_and_the_seed_of_hashes_play_no_role(seed: str) -> None:
    assert told_by(sys.executable, "1000", seed=seed) == words(story())


@pytest.mark.parametrize("slice_size", [1, 13, 100_000])
def test_the_size_of_slices_plays_no_role(slice_size: int) -> None:
    other = tell(slice_size)
    number = first_difference(story().kernel.events, other.kernel.events)
    assert number is None, describe(story().kernel.events[number]) + " / " + describe(other.kernel.events[number])


def test_a_story_has_every_source_of_input() -> None:
    sources = {event[2] for event in story().kernel.events if event[0] == INPUT}
    assert sources >= {"machine", "operator", "keyboard", "probe"}


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_a_recording_made_by_one_python_is_true_on_another(version: str, tmp_path: Path) -> None:
    path = tmp_path / "run.mkp"
    told_by(interpreter(version), "77", str(path))
    recording = open_recording(path)
    verdict = verify(recording)
    assert verdict.same, verdict.text
    assert f"{verdict.events} {verdict.repeated}" == words(story())


async def test_the_screens_change_nothing(tmp_path: Path) -> None:
    from playground.screens.application import Playground

    live = Live(machine(seed=12), running=False)
    live.core.advance(1500)
    path = tmp_path / "screens.mkp"
    live.start_recording(path)
    app = Playground(live)
    async with app.run_test(size=(120, 36)) as pilot:
        for number in range(6):
            live.request(read_file())
            live.core.run(211)
            await pilot.press("tab", "down", "i")
            app.poll()
            if number == 3:
                live.crash("disk", "null-pointer")
            live.core.advance(700)
            await pilot.pause()
            app.poll()
    live.core.close()
    bare = machine(seed=12)
    bare.replay(live.core.trace.inputs, live.core.steps)
    bare.close()
    assert first_difference(live.events, bare.kernel.events) is None
    assert bare.trace.digest() == live.core.trace.digest()
    assert verify(open_recording(path)).same


def in_real_time(path: Path) -> Live:
    """A machine that ran by the clock on the wall, and its recording."""
    live = Live(machine(seed=3, virtual=False), speed=0)
    live.start_recording(path)

    async def person() -> None:
        for number in range(12):
            await trio.sleep(0.04)
            live.request(read_file())
            live.key("ls /\n")
            if number == 5:
                live.crash("disk", "silence")
            if number == 7:
                live.pause()
                await trio.sleep(0.05)
                live.step(7)
                live.mark("slowly")
                await trio.sleep(0.05)
                live.set_speed(3000)
                live.run()
        live.stop()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(live.main)
            nursery.start_soon(person)

    trio.run(main)
    return live


def test_what_a_machine_in_real_time_did_happens_again(tmp_path: Path) -> None:
    path = tmp_path / "live.mkp"
    live = in_real_time(path)
    recording = open_recording(path)
    assert recording.complete
    assert list(recording.events) == live.core.kernel.events
    verdict = verify(recording)
    assert verdict.same, verdict.text
    assert [mark.text for mark in recording.marks] == ["slowly"]


def test_a_branch_can_begin_at_any_event_of_a_run_in_real_time(tmp_path: Path) -> None:
    path = tmp_path / "live.mkp"
    in_real_time(path)
    past = Past.of_recording(open_recording(path))
    chance = random.Random(11)
    around_inputs = [max(0, one.event + by) for one in past.inputs for by in (0, 1)]
    counts = [*chance.sample(around_inputs, 12), *(chance.randrange(len(past.events)) for _ in range(12))]
    for count in sorted(counts):
        core = past.branch(count)
        made = core.kernel.events
        assert count <= len(made)
        assert first_difference(past.events[: len(made)], made) is None
        core.replay([one for one in past.inputs if one.event >= len(made)])
        assert first_difference(past.events[: len(made)], made[: len(past.events)]) is None
        core.close()
