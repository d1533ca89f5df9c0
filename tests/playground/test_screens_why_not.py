"""`why not` on the command line of the screens: the answer stands in the inspector, mistakes beside the line."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.playground.scene import Scene, reading
from tests.playground.screen_tools import desk_of, press, showing, text_of, type_line


def answer(pilot: Pilot[int]) -> str:
    """What the inspector shows, in one line without its frame."""
    return " ".join(text_of(pilot, "#inspector").replace("│", " ").split())


async def test_why_not_says_what_a_server_is_missing() -> None:
    """In the tab that also says why."""
    async with showing(reading()) as (pilot, _):
        await type_line(pilot, "why not you")
        shown = answer(pilot)
        assert "Why not you?" in shown
        assert "A reply is missing: you wait until fs answers files.read." in shown
        assert desk_of(pilot).trouble == ""


async def test_why_not_alone_asks_about_the_last_thing_that_was_done() -> None:
    """Nothing was done here."""
    async with showing(Scene()) as (pilot, _):
        await type_line(pilot, "why not")
        shown = answer(pilot)
        assert "Why did nothing happen?" in shown
        assert "An input is missing: nobody has asked for anything yet." in shown


async def test_why_not_two_servers_asks_for_the_way_between_them() -> None:
    """With the word that reads well."""
    async with showing(reading()) as (pilot, _):
        await type_line(pilot, "why not you reach disk")
        shown = answer(pilot)
        assert "A capability is missing: you hold none that can send to disk.block." in shown


async def test_the_question_mark_goes_back_to_why() -> None:
    """Until somebody asks `why not` again."""
    async with showing(reading()) as (pilot, _):
        await type_line(pilot, "why not you")
        await press(pilot, "escape", "question_mark")
        assert "Why is fs as it is?" in text_of(pilot, "#inspector")


@pytest.mark.parametrize(
    ("line", "told"),
    [("why not dsk", "did you mean `disk`?"), ("why not fs disk you", "Say `why not`"), ("why dsk", "`dsk`")],
)
async def test_a_mistake_is_answered_beside_the_line(line: str, told: str) -> None:
    """With the nearest name."""
    async with showing(reading()) as (pilot, _):
        await type_line(pilot, line)
        assert told in desk_of(pilot).trouble
