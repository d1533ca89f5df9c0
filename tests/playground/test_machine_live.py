"""The machine in real time: idle time passes by the clock, pace holds it back, and what happens is always the same."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import trio
import trio.testing

import playground.trace
from kernel.events import MESSAGE, REPLIED
from playground.images import create, open_image
from playground.machine.backing import FileBacking
from playground.machine.live import Live
from playground.machine.pace import Pace
from playground.trace import first_difference
from tests.playground.machines import machine, notes, read_file

WRITE = {
    "operation": "call", "target": "fs", "name": "write",
    "arguments": {"path": "/slow.txt", "data": "x", "append": False},
}  # fmt: skip
SECOND = 1_000_000_000
"""Cycles."""


def run(live: Live, script: Callable[[], Awaitable[None]]) -> None:
    """Run a live machine on a mock clock beside a script, and switch it off when the script ends."""

    async def program() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(live.main)
            await script()
            live.stop()

    trio.run(program, clock=trio.testing.MockClock(autojump_threshold=0.01))


def test_idle_time_passes_as_fast_as_the_clock_outside() -> None:
    live = Live(machine())

    async def script() -> None:
        await trio.sleep(30)
        assert live.core.kernel.now <= 30.1 * SECOND
        live.pause()

    run(live, script)
    assert live.core.kernel.now == pytest.approx(30 * SECOND, rel=0.01)


def test_nothing_happens_and_no_time_passes_while_it_is_paused() -> None:
    live = Live(machine())

    async def script() -> None:
        await trio.sleep(1)
        live.pause()
        before, now = len(live.events), live.core.kernel.now
        await trio.sleep(100)
        assert (len(live.events), live.core.kernel.now) == (before, now)
        live.run()
        await trio.sleep(10)
        live.pause()
        assert live.core.kernel.now == pytest.approx(now + 10 * SECOND, rel=0.01)

    run(live, script)


def test_a_request_is_answered_in_its_own_time() -> None:
    live = Live(machine())

    async def script() -> None:
        await trio.sleep(2)
        live.request(read_file())
        await trio.sleep(0.1)
        assert "welcome" in notes(live.core, "you-reply")[0]["data"]

    run(live, script)
    arrival = live.core.trace.inputs[-1]
    assert arrival.cycle == pytest.approx(2 * SECOND, rel=0.001), "stamped when it came"


def test_a_server_that_is_crashed_comes_back_and_the_view_says_so() -> None:
    live = Live(machine())

    async def script() -> None:
        await trio.sleep(1)
        assert live.view.servers["disk"].life == 1
        live.crash("disk", "null-pointer")
        await trio.sleep(1)
        assert live.view.servers["disk"].life == 2

    run(live, script)


def test_pace_is_kept_in_events_a_second() -> None:
    live = Live(machine(), speed=20)
    at_boot = len(live.events)

    async def script() -> None:
        await trio.sleep(10)
        assert len(live.events) - at_boot == pytest.approx(200, abs=20)
        live.set_speed(100)
        before = len(live.events)
        await trio.sleep(10)
        assert len(live.events) - before == pytest.approx(1000, abs=150)

    run(live, script)


def test_an_idle_machine_wakes_for_its_heartbeats_and_for_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(machine(), speed=0)
    pulse = live.core.manifest.supervision.pulse_us / 1_000_000
    slept: list[float] = []
    sleep = live._sleep

    async def counted(seconds: float | None, *, keep_idle: bool = False) -> bool:
        slept.append(trio.current_time())
        return await sleep(seconds, keep_idle=keep_idle)

    async def script() -> None:
        await trio.sleep(10)
        before, events = len(slept), len(live.events)
        await trio.sleep(20 * pulse)
        assert len(live.events) > events
        assert len(slept) - before <= 21

    monkeypatch.setattr(live, "_sleep", counted)
    run(live, script)


def test_steps_do_as_many_events_as_asked_for_and_skip_idle_time() -> None:
    live = Live(machine(), running=False)

    async def script() -> None:
        for _ in range(5):
            before = len(live.events)
            live.step(10)
            await trio.sleep(0.01)
            assert 10 <= len(live.events) - before < 40
        live.step(20_000)
        await trio.sleep(0.5)
        assert live.core.kernel.now > SECOND, "heartbeats were reached without waiting for them"
        assert not live.running

    run(live, script)


def test_a_step_to_the_next_message_ends_with_it() -> None:
    live = Live(machine(), running=False)

    async def script() -> None:
        for _ in range(5):
            before = len(live.events)
            live.step_message()
            await trio.sleep(0.5)
            new = live.events[before:]
            assert sum(event[0] in (MESSAGE, REPLIED) for event in new) >= 1
            assert any(event[0] in (MESSAGE, REPLIED) for event in new[-8:])

    run(live, script)


def test_pace_changes_nothing_of_what_happens() -> None:
    paced = Live(machine(), running=False)

    async def script() -> None:
        paced.step(1500)
        await trio.sleep(1)
        paced.set_speed(50)
        paced.run()
        await trio.sleep(5)
        paced.request(read_file())
        paced.set_speed(0)
        await trio.sleep(5)

    run(paced, script)
    again = machine()
    again.replay(paced.core.trace.inputs, paced.core.steps)
    assert first_difference(paced.events, again.kernel.events) is None


def test_a_gate_decides_how_much_may_run() -> None:
    live = Live(machine())
    allowance = [0]

    def gate() -> int:
        granted, allowance[0] = min(allowance[0], 7), max(0, allowance[0] - 7)
        return granted

    live.gate = gate

    async def script() -> None:
        await trio.sleep(1)
        assert live.core.steps == 0
        allowance[0] = 70
        live.wake()
        await trio.sleep(1)
        assert live.core.steps == 70

    run(live, script)


def test_a_full_trace_stops_the_machine_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground.trace, "MAX_EVENTS", 2500)
    live = Live(machine())

    async def script() -> None:
        await trio.sleep(100)
        assert not live.running
        assert live.trouble.startswith("The trace is full: it holds 2,5")
        live.step(5)
        live.run()
        await trio.sleep(1)
        assert not live.running

    run(live, script)


def test_keys_come_from_a_real_keyboard_too() -> None:
    async def typist() -> AsyncIterator[str]:
        await trio.sleep(1)
        yield "cat /etc/motd\n"

    live = Live(machine(), keyboard=typist())

    async def script() -> None:
        await trio.sleep(3)
        assert "welcome" in live.console_text

    run(live, script)


def test_a_wall_clock_that_drifts_is_set_and_the_setting_recorded() -> None:
    outside = [1_700_000_000_000_000]
    live = Live(machine(virtual=False, wall=outside[0]), wall_clock=lambda: outside[0])

    async def script() -> None:
        await trio.sleep(0.5)
        outside[0] += 3_600_000_000
        live.request(read_file())
        await trio.sleep(0.2)
        assert live.core.timer.wall == pytest.approx(outside[0], abs=1_000_000)

    run(live, script)
    assert "wall" in [one.source for one in live.core.trace.inputs]


def test_a_slow_disk_of_the_host_holds_up_the_machine_but_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = machine()
    begun, finished = threading.Event(), threading.Event()

    def flush() -> None:
        begun.set()
        assert finished.wait(60), "nobody but the disk had its turn"

    monkeypatch.setattr(slow.disk.medium, "flush", flush)
    live = Live(slow)

    async def script() -> None:
        await trio.sleep(0.2)
        live.request(WRITE)
        with trio.fail_after(60):
            await trio.to_thread.run_sync(begun.wait)
        for _ in range(20):  # the host's disk is at work now; whoever shares the thread with the machine goes on
            await trio.sleep(0.01)
            assert not notes(slow, "you-reply")
        monkeypatch.setattr(slow.disk.medium, "flush", lambda: None)
        finished.set()
        with trio.fail_after(60):
            while not notes(slow, "you-reply"):  # noqa: ASYNC110  the machine knows no events of Trio
                await trio.sleep(0.01)
        live.stop()

    async def program() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(live.main)
            await script()

    trio.run(program)
    again = machine()
    again.replay(slow.trace.inputs, slow.steps)
    assert first_difference(slow.kernel.events, again.kernel.events) is None, "the time it took changed nothing"


def test_the_disk_is_closed_whatever_ends_the_machine() -> None:
    live = Live(machine())

    async def script() -> None:
        await trio.sleep(0.1)
        live.gate = lambda: 1 // 0
        live.wake()
        await trio.sleep(1)

    with pytest.raises(ExceptionGroup) as caught:
        run(live, script)
    assert caught.group_contains(ZeroDivisionError, depth=2)
    assert live.core.closed


def test_the_disk_in_words(tmp_path: Path) -> None:
    image = tmp_path / "school.img"
    create(image, 8 << 20, None)
    live = Live(machine(disk=open_image(image)))
    assert live.disk_label == "school.img 8 MiB read-only"
    assert Live(machine()).disk_label == "virtual 8 MiB"
    live.core.close()
    FileBacking(image, writable=True).close()


def test_a_pace_that_was_held_up_does_not_rush_to_catch_up() -> None:
    pace = Pace(speed=100)
    assert pace.allowed(0.0) == 0
    assert pace.allowed(0.05) == 5
    pace.happened(5, 0)
    assert pace.allowed(60.0) == 10


def test_a_speed_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="0 for flat out"):
        Pace().speed = -1
