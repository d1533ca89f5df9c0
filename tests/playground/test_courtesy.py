"""A machine in full flight stands aside while the screens answer a key, and no slice of it is long."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from textual.driver import Driver
from textual.events import Key
from textual.message import Message

from playground.attentive import SHORT_TURN, ShortTurns, attentive
from playground.hub import Hub
from playground.machine import courtesy, live
from playground.machine.live import Live
from playground.screens import application
from playground.screens.pane import Pane
from tests.playground.machines import machine
from tests.playground.scene import reading
from tests.playground.screen_tools import showing

PATIENCE = 30.0


def beside(one: Live, script: Callable[[Hub], Awaitable[None]]) -> None:
    """Run a machine that has yet to boot, flat out, and a script that sees it between two of its slices."""
    hub = Hub()

    async def program() -> None:
        async with trio.open_nursery() as nursery:
            hub.add(one)
            nursery.start_soon(hub.main)
            with trio.fail_after(PATIENCE):
                await script(hub)
            nursery.cancel_scope.cancel()

    trio.run(program)


async def grows(one: Live) -> int:
    """Wait until something has happened, and how many events that was."""
    before = len(one.events)
    while len(one.events) == before:
        await trio.lowlevel.checkpoint()
    return len(one.events) - before


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice ends after the least that can be done; nothing depends on how fast the host is."""
    monkeypatch.setattr(live, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(courtesy, "MOST_SECONDS", 3600.0)


@pytest.mark.usefixtures("small_slices")
def test_from_a_key_on_until_its_answer_is_painted_nothing_happens() -> None:
    """Two keys: the answer to the first is not that to the second."""
    one = Live(machine())

    async def script(hub: Hub) -> None:
        await grows(one)
        hub.courtesy.ask()
        hub.courtesy.ask()
        before = len(one.events)
        for _ in range(200):
            await trio.lowlevel.checkpoint()
        hub.answered(1)
        for _ in range(200):
            await trio.lowlevel.checkpoint()
        assert len(one.events) == before
        hub.answered(2)
        assert await grows(one)

    beside(one, script)


@pytest.mark.usefixtures("small_slices")
def test_a_key_that_nobody_answers_holds_the_machine_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """For example one that means nothing."""
    monkeypatch.setattr(courtesy, "MOST_SECONDS", 0.05)
    one = Live(machine())

    async def script(hub: Hub) -> None:
        await grows(one)
        hub.courtesy.ask()
        assert await grows(one)

    beside(one, script)


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize("speed", [0.0, 1e6])
def test_others_have_their_turn_after_few_events_at_any_pace(speed: float) -> None:
    """Flat out, at a pace, and while many steps are done."""
    one = Live(machine(), speed=speed)

    async def script(hub: Hub) -> None:
        for _ in range(5):
            assert await grows(one) < 200
        one.pause()
        one.step(1_000)
        for _ in range(5):
            assert await grows(one) < 200

    beside(one, script)


@pytest.mark.usefixtures("small_slices")
def test_what_happened_is_taken_in_at_once_if_anybody_looks() -> None:
    """So that whoever looks does not have to wait for it."""
    one = Live(machine())

    async def script(hub: Hub) -> None:
        view = one.view
        await grows(one)
        assert view.event_count == len(one.events)

    beside(one, script)


async def test_a_key_is_answered_without_waiting_for_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also several that were typed ahead."""
    monkeypatch.setattr(application, "POLLS_A_SECOND", 1 / 3600)
    async with showing(reading()) as (pilot, _):
        inspector, line = (pilot.app.query_one(name, Pane) for name in ("#inspector", "#command-line"))
        assert "fs · server" in inspector.text()
        await pilot.press("down", "colon", "x")
        await pilot.pause()
        assert "· driver" in inspector.text()
        assert "› x" in line.text()


class Noting(Driver):
    """A driver that keeps what it is given."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.seen: list[object] = []

    def process_message(self, message: Message) -> None:
        self.seen.append(message)

    def write(self, data: str) -> None:
        raise NotImplementedError

    def start_application_mode(self) -> None:
        raise NotImplementedError

    disable_input = stop_application_mode = start_application_mode


def test_a_key_is_told_before_it_goes_its_way() -> None:
    """Other messages are no keys."""
    told: list[int] = []
    driver = attentive(Noting, lambda: told.append(len(driver.seen)))(None)  # type: ignore[arg-type,attr-defined]
    driver.process_message(Message())
    driver.process_message(Key("x", "x"))
    assert told == [1]
    assert len(driver.seen) == 2  # type: ignore[attr-defined]


def test_threads_take_short_turns_only_as_long_as_the_screens_are_there() -> None:
    """The interpreter's own setting comes back."""
    before = sys.getswitchinterval()
    with ShortTurns():
        assert sys.getswitchinterval() == pytest.approx(SHORT_TURN)
    assert sys.getswitchinterval() == pytest.approx(before)
