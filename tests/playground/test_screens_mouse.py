"""The mouse: never needed, and it does what a person would expect."""

from __future__ import annotations

from textual.pilot import Pilot

from playground.screens.footer import key_called
from tests.playground.scene import reading
from tests.playground.screen_tools import desk_of, look, picture, press, showing, text_of


async def click(pilot: Pilot[int], words: str, nth: int = 0) -> None:
    """Click on words on the screen."""
    rows = picture(pilot).splitlines()
    places = [(row.index(words), y) for y, row in enumerate(rows) if words in row]
    await pilot.click(offset=places[nth])
    await pilot.pause()
    look(pilot)


async def test_a_click_selects_a_server_and_opens_a_tab() -> None:
    """The card by its name, the tab by its word."""
    async with showing(reading()) as (pilot, _):
        await click(pilot, "counter")
        assert desk_of(pilot).selected == "counter"
        await click(pilot, "Memory")
        assert "memory" in text_of(pilot, "#inspector").lower()


async def test_a_click_on_a_message_looks_at_its_moment() -> None:
    """Once more opens its why."""
    async with showing(reading()) as (pilot, _):
        await click(pilot, "block.read(sector=117)", -1)
        assert desk_of(pilot).moment >= 0
        await click(pilot, "block.read(sector=117)", -1)
        assert "Why" in text_of(pilot, "#inspector")


async def test_a_click_chooses_in_a_menu_and_a_second_one_goes_on() -> None:
    """As the arrows and enter do."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "c")
        await click(pilot, "silence")
        assert "▸ silence" in text_of(pilot, "CrashSheet")
        assert machine.told == []
        await click(pilot, "silence")
        assert machine.told == [("crash", "fs", "silence")]


async def test_a_click_on_a_key_of_the_footer_presses_it() -> None:
    """Whatever it is a key of."""
    async with showing(reading()) as (pilot, _):
        await click(pilot, "s send")
        assert "What you hold" in text_of(pilot, "SendSheet")
        await click(pilot, "esc close", -1)
        assert not pilot.app.query("SendSheet")
    assert key_called("space") == "space"
    assert key_called(",") == "comma"
    assert key_called("↑ ↓") == ""


async def test_the_wheel_moves_the_cursor_of_a_list() -> None:
    """Up and down."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "c")
        from textual import events

        sheet = pilot.app.screen.query_one("CrashSheet")
        sheet.post_message(events.MouseScrollDown(sheet, 3, 3, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert "▸ exception" in text_of(pilot, "CrashSheet")
