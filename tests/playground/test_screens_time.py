"""Time on screen: looking back changes nothing, every pane shows that moment, and another timeline can begin there."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from playground.actions import BY_NAME
from playground.app import LivePlayground
from playground.images import virtual_disk
from playground.machine.core import Core
from playground.machine.live import Live
from playground.perform import perform
from playground.screens.application import Playground
from playground.screens.sheet import Sheet
from playground.screens.timeline import Timeline
from playground.screenshots import machine as booted
from playground.settings import Settings
from scenarios.library import read_system
from tests.playground.scene import faulting, reading
from tests.playground.screen_tools import desk_of, picture, press, showing, text_of, type_line


async def test_a_comma_shows_the_moment_before_in_every_pane_and_n_comes_back() -> None:
    """The fault has not happened yet, and then it has."""
    async with showing(faulting()) as (pilot, machine):
        now = machine.view.event_count
        assert "✖ faulted" in text_of(pilot, "#shelves")
        await press(pilot, "comma", "comma", "comma", "comma", "comma")
        assert desk_of(pilot).looking.count == now - 5
        assert "✖ faulted" not in text_of(pilot, "#shelves")
        assert "block.read(sector=117)" in text_of(pilot, "#shelves")
        assert f"the past, of {now:,}" in text_of(pilot, "#header")
        await press(pilot, "n")
        assert "✖ faulted" in text_of(pilot, "#shelves")
        assert machine.told == []


async def test_a_full_stop_goes_on_in_the_past_until_now_and_only_then_steps_the_machine() -> None:
    """Looking forward is not running."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "comma", "comma", "full_stop")
        assert machine.told == []
        await press(pilot, "full_stop")
        assert desk_of(pilot).moment == -1
        assert machine.told == []
        await press(pilot, "full_stop")
        assert machine.told == [("step", 1)]


async def test_what_is_different_from_the_moment_before_is_pointed_out() -> None:
    """With a mark and a colour on its card."""
    async with showing(faulting()) as (pilot, _):
        await press(pilot, "comma", "comma", "comma", "full_stop")
        lines = text_of(pilot, "#shelves")
        assert "∆ disk" in lines or "∆ supervisor" in lines
        assert "∆ clock" not in lines


async def test_brackets_go_by_messages_and_moments() -> None:
    """< is the message before; [ is the last boot, fault, restart or mark."""
    async with showing(faulting()) as (pilot, machine):
        await press(pilot, "less_than_sign", "less_than_sign")
        kinds = {machine.events[desk_of(pilot).moment][0]}
        assert kinds <= {12, 13, 16}
        await press(pilot, "left_square_bracket")
        assert desk_of(pilot).moment >= 0
        await press(pilot, *["left_square_bracket"] * 5)
        assert "There is no fault, restart or mark further in that direction" in picture(pilot)


async def test_the_timeline_is_a_wheel_when_it_has_the_focus() -> None:
    """Left and right by events, home to boot, end to now."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "shift+tab")
        assert isinstance(pilot.app.focused, Timeline)
        await press(pilot, "left", "left")
        assert desk_of(pilot).looking.count == machine.view.event_count - 2
        await press(pilot, "home")
        assert desk_of(pilot).looking.count == 1
        assert "☐ not started" in text_of(pilot, "#shelves")
        await press(pilot, "end")
        assert desk_of(pilot).moment == -1


async def test_one_can_type_where_to_go_and_what_to_look_for() -> None:
    """A number, boot, now, or a condition of the lesson language."""
    async with showing(faulting()) as (pilot, machine):
        await type_line(pilot, "go 100")
        assert desk_of(pilot).moment == 100
        await type_line(pilot, "find fs is waiting")
        for _ in range(50):
            await pilot.pause(0.02)
            if desk_of(pilot).moment != 100:
                break
        assert desk_of(pilot).view.servers["fs"].status.key == "waiting"
        await type_line(pilot, "go now")
        assert desk_of(pilot).moment == -1
        await type_line(pilot, "go 99999999")
        assert "A number from 1 to" in picture(pilot)
        await press(pilot, "escape")
        await type_line(pilot, "go nowhere")
        assert "No moment is marked `nowhere`" in picture(pilot)
        assert machine.told == []


async def test_whoever_acts_is_brought_back_to_now_first() -> None:
    """Nothing can be done to the past."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "comma", "comma", "c")
        assert desk_of(pilot).moment == -1
        assert pilot.app.query(Sheet)


async def test_the_source_line_of_a_past_moment_is_found_by_running_again() -> None:
    """It is no effect, so it is not in the events."""
    machine = booted()
    perform('call fs.read path="/etc/motd"', machine)
    for _ in range(6):
        machine.step_message()
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "enter", "right", "right", "less_than_sign", "less_than_sign")
        for _ in range(100):
            app.poll()
            await pilot.pause(0.01)
            if "▶" in text_of(pilot, "#inspector"):
                break
        assert "servers/" in text_of(pilot, "#inspector")
    app.desk.looking.close()
    machine.core.close()


async def test_go_leads_to_a_moment_by_the_name_of_its_mark() -> None:
    """With quotes or without, and the nearest name for one that is misspelt."""
    machine = booted()
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        machine.core.mark("before the crash")
        there = len(machine.events)
        machine.core.advance(200)
        await type_line(pilot, 'go "before the crash"')
        assert app.desk.moment == there - 1
        await type_line(pilot, "go now")
        await type_line(pilot, "go before the crash")
        assert app.desk.moment == there - 1
        await type_line(pilot, "go before the crahs")
        assert app.desk.trouble == "No moment is marked `before the crahs`; did you mean `before the crash`?"
    app.desk.looking.close()
    machine.core.close()


async def until(pilot: Pilot[int], what: str) -> None:
    """Wait until something is on the screen."""
    for _ in range(500):
        if what in picture(pilot):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{what!r} never appears in\n{picture(pilot)}")


async def test_another_timeline_begins_at_a_past_moment_and_goes_on_differently() -> None:
    """With a crash in one of them; the tree lists both, and the sheet shows where they part."""
    core = Core(read_system("workshop"), disk=virtual_disk())
    core.run(1500)
    app = LivePlayground(Settings(), Live(core, running=False))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, "for a request")
        await press(pilot, "comma", "comma", "comma", "b")
        assert "timeline 2" in text_of(pilot, "#header")
        begins = app.desk.looking.end
        await type_line(pilot, "crash disk with=exception")
        await type_line(pilot, "step 60")
        for _ in range(200):
            await asyncio.sleep(0.02)
            if app.desk.looking.end > begins + 20:
                break
        await press(pilot, "t")
        sheet = text_of(pilot, "Sheet")
        assert "1 as it was" in sheet
        assert "◉ 2 from event" in sheet
        await press(pilot, "c")
        compared = text_of(pilot, "Sheet")
        assert "Timeline 1 and timeline 2" in compared
        await press(pilot, "end", "left", "right", "d", "down", "up")
        await press(pilot, "escape", "t", "up", "enter")
        assert "timeline 2" not in text_of(pilot, "#header")
        assert app.desk.machine.events is core.kernel.events
        app.leave()


def test_looking_needs_no_machine_that_runs_but_branching_does() -> None:
    """What each action needs is written in the registry."""
    from playground.actions import NEED_A_MACHINE, NEED_NOW

    assert set(BY_NAME) >= NEED_NOW
    assert set(BY_NAME) >= NEED_A_MACHINE
    assert "now" not in NEED_A_MACHINE
    assert {"crash", "revoke", "send"} <= NEED_NOW


async def test_pause_ends_a_long_step_and_steps_that_are_typed_ahead_are_all_done() -> None:
    """A million events would else go on in a machine that says it is paused, also behind another timeline."""
    machine = Live(Core(read_system("workshop"), disk=virtual_disk()), running=False)
    machine.step(1_000_000)
    machine.pause()
    assert machine.pace.standing
    app = LivePlayground(Settings(), machine)
    BY_NAME["event"].run(app.hand, "")
    BY_NAME["event"].run(app.hand, "")
    assert machine.pace.allowed(0.0) == 2
    machine.core.close()


async def test_a_timeline_that_begins_while_all_are_listed_is_in_the_list() -> None:
    """The mark is at the one on the screens."""
    core = Core(read_system("workshop"), disk=virtual_disk())
    core.run(1500)
    app = LivePlayground(Settings(), Live(core, running=False))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, "for a request")
        await press(pilot, "comma", "b", "t", "b")
        await until(pilot, "timeline 3")
        app.poll()
        assert "◉ 3 from event" in text_of(pilot, "Sheet")
        app.leave()
