"""A lesson on a machine in real time: the person decides when, and what happens is the same as without a screen."""

from pathlib import Path

import trio
import trio.testing

from playground.headless import run_lesson
from playground.images import virtual_disk
from playground.machine.core import Core
from playground.machine.live import Live
from playground.player import attach_lesson
from scenarios.library import checked_lesson, manifest_of
from scenarios.player import LessonSession
from tests.lessons.test_exit_codes import lesson as lesson_file
from tests.lessons.test_ways_to_play import BACK


async def watch(session: LessonSession, live: Live) -> None:
    """A person who goes on whenever the lesson waits, and now and then touches the machine's clock by looking."""
    while session.next():
        while session.state in ("running", "asking"):
            if session.state == "asking":
                session.answer(0)
            await trio.sleep(0.037)
            live.wake()
    live.stop()


def played_live() -> tuple[LessonSession, Live]:
    """The shipped lesson, from the first key to the last."""
    lesson = checked_lesson("reincarnation")
    live = Live(Core(manifest_of(lesson), seed=lesson.front.seed, disk=virtual_disk()))
    session = attach_lesson(live, lesson)

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(live.main)
            nursery.start_soon(watch, session, live)

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    return session, live


def test_a_lesson_on_screen_passes_with_the_same_events_as_headless() -> None:
    session, live = played_live()
    lesson = session.lesson
    headless = run_lesson(lesson, manifest_of(lesson), lesson.front.seed)
    assert session.verdict == "passed"
    assert [(it.sentence, it.detail) for it in session.outcomes] == [
        (it.sentence, it.detail) for it in headless.outcomes
    ]
    upto = len(headless.stage.events)
    assert list(live.events[:upto]) == list(headless.stage.events)


def test_a_lesson_on_screen_goes_back_in_time_with_another_machine(tmp_path: Path) -> None:
    found = checked_lesson(lesson_file(tmp_path, "back", BACK))
    manifest = manifest_of(found)
    machines = [Live(Core(manifest, seed=0, disk=virtual_disk()))]

    async def main() -> None:
        async with trio.open_nursery() as nursery:

            def begin(machine: Live) -> None:
                machines.append(machine)
                nursery.start_soon(machine.main)

            session = attach_lesson(machines[0], found, begin)
            nursery.start_soon(machines[0].main)
            await watch(session, machines[0])
            assert session.verdict == "passed", session.log
            machines[1].stop()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    assert len(machines) == 2
    headless = run_lesson(found, manifest, 0)
    upto = len(headless.stage.events)
    assert list(machines[1].events[:upto]) == list(headless.stage.events)
    assert len(machines[0].events) != len(machines[1].events)


def test_the_machine_stands_still_before_the_first_key_and_between_beats() -> None:
    lesson = checked_lesson("reincarnation")
    live = Live(Core(manifest_of(lesson), seed=lesson.front.seed, disk=virtual_disk()))
    session = attach_lesson(live, lesson)
    marks: list[tuple[int, int]] = []

    async def person() -> None:
        await trio.sleep(5)
        marks.append((live.core.steps, live.core.kernel.now))
        session.next()
        await trio.sleep(10)
        marks.append((live.core.steps, live.core.kernel.now))
        await trio.sleep(60)
        marks.append((live.core.steps, live.core.kernel.now))
        session.leave()
        await trio.sleep(60)
        marks.append((live.core.steps, live.core.kernel.now))
        live.stop()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(live.main)
            nursery.start_soon(person)

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    before, after_boot, a_minute_later, set_free = marks
    assert before[0] == 0
    assert after_boot[0] > 0
    assert a_minute_later == after_boot
    assert set_free[1] > a_minute_later[1]
