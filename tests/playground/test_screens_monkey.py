"""Whatever is pressed, clicked, typed or resized at random, the screens stay whole; and what such runs have found."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from playground.actions import without_comment
from playground.screens.application import Playground
from playground.screens.command_line import CommandLine
from playground.screens.inspector import Inspector
from playground.screens.sheet import Sheet
from playground.screens.sheet_console import screen_lines
from playground.screens.shelves import Shelves
from tests.playground.lesson_tools import lesson_session
from tests.playground.monkey import SCENES, play
from tests.playground.scene import reading
from tests.playground.screen_tools import SMALL, desk_of, look, picture, press, showing


@pytest.mark.parametrize("scene", SCENES)
async def test_random_hands_break_nothing(scene: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some at every change; `python tests/playground/monkey.py` does it for a night."""
    for name in ("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkey = await play(scene, 7, 60, tmp_path)
    assert monkey.keys > 60


async def resize(pilot: Pilot[int], width: int, height: int) -> None:
    """Another size of the terminal, and its picture."""
    await pilot.resize_terminal(width, height)
    await pilot.pause()
    look(pilot)


@pytest.mark.parametrize("keys", [["k"], ["tab", "tab"], ["f1"], ["e"], ["s", "enter"], ["c"], ["question_mark"]])
async def test_keys_in_a_terminal_of_a_few_cells_do_no_harm(keys: list[str]) -> None:
    """The console would wrap its lines for ever where no cell is left, and tab would go round among no panes."""
    async with showing(reading()) as (pilot, _):
        for size in ((1, 1), (3, 40), (40, 2)):
            await resize(pilot, *size)
            await press(pilot, *keys, "escape")
        await resize(pilot, 120, 36)
        assert "╞ kernel" in picture(pilot)


@pytest.mark.parametrize("moment", ["opening", "beat", "question", "score"])
async def test_a_lesson_in_a_terminal_of_a_few_cells_comes_back(moment: str) -> None:
    """As soon as there is room again."""
    scene = reading()
    async with showing(scene, session=lesson_session(scene, moment)) as (pilot, _):
        before = picture(pilot)
        for size in ((120, 3), (2, 36), (1, 1)):
            await resize(pilot, *size)
        await resize(pilot, 120, 36)
        assert picture(pilot) == before


def test_a_console_of_no_width_still_has_lines() -> None:
    """One character each."""
    assert screen_lines("ab\nc", 0) == ["a", "b", "c"]


@pytest.mark.parametrize("size", [(120, 36), SMALL])
async def test_the_inspector_can_be_asked_for_while_a_sheet_lies_over_it(size: tuple[int, int]) -> None:
    """The sheet goes; otherwise the keys would go to what nobody sees."""
    async with showing(reading(), size) as (pilot, _):
        await press(pilot, "c", "shift+tab", "i")
        assert not pilot.app.query(Sheet)
        assert isinstance(pilot.app.focused, Inspector)
        assert pilot.app.focused.display
        assert pilot.app.focused.size.width


async def test_escape_closes_a_sheet_also_from_another_pane() -> None:
    """The footer says so."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "c", "tab")
        assert not isinstance(pilot.app.focused, Sheet)
        assert "esc leave it alone" in picture(pilot).splitlines()[-1]
        await press(pilot, "escape")
        assert not pilot.app.query(Sheet)
        await press(pilot, "tab", "escape")
        assert isinstance(pilot.app.focused, Shelves)


async def test_the_list_of_the_palette_can_be_asked_to_move_before_it_is_there() -> None:
    """Textual would look for its first line."""
    async with showing(reading()) as (pilot, _):
        app = pilot.app
        assert isinstance(app, Playground)
        await resize(pilot, 1, 1)
        await pilot.press("ctrl+p", "pageup", "pageup", "pagedown", "up", "down", "escape")
        await resize(pilot, 120, 36)
        assert app.is_running
        assert len(app.screen_stack) == 1


async def test_who_holds_enter_down_in_the_palette_chooses_once() -> None:
    """Textual would close it again, when it is closed."""
    async with showing(reading()) as (pilot, _):
        app = pilot.app
        assert isinstance(app, Playground)
        await pilot.press("ctrl+p", *"theme")
        await pilot.pause(0.3)
        for _ in range(30):
            app.post_message(events.Key("enter", None))
        await pilot.pause(0.3)
        assert app.is_running
        assert len(app.screen_stack) == 1


async def test_the_keys_always_reach_something_also_when_what_had_them_is_hidden_by_another_size() -> None:
    """The sheet beside the shelves takes their place in a narrow terminal."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "c", "tab")
        inspector = pilot.app.screen.query_one(Inspector)
        for chosen in (None, inspector):  # by Textual, when what had the focus goes
            pilot.app.screen.set_focus(None)
            pilot.app.screen.focused = chosen
            look(pilot)
            assert isinstance(pilot.app.focused, Sheet)
        await press(pilot, "escape")
        await press(pilot, "down", "down")
        assert isinstance(pilot.app.focused, Shelves)


@pytest.mark.parametrize("size", [(120, 36), SMALL])
async def test_after_a_command_in_a_lesson_the_keys_do_not_go_to_an_inspector_that_was_put_away(
    size: tuple[int, int],
) -> None:
    """The lesson takes them."""
    scene = reading()
    async with showing(scene, size, session=lesson_session(scene, "beat")) as (pilot, _):
        app = pilot.app
        assert isinstance(app, Playground)
        await press(pilot, "i", "colon")
        app.screen.remove_class("inspecting")  # as when the lesson goes on, by a key on the presenter's terminal
        await press(pilot, *"select", "space", *"disk", "enter")
        assert desk_of(pilot).selected == "disk"
        assert app.focused is app.lesson


async def test_keys_that_are_typed_while_the_program_ends_are_lost_without_a_word() -> None:
    """There is no screen any more that could take them."""
    async with showing(reading()) as (pilot, _):
        app = pilot.app
        await press(pilot, "q")
    for key in ("down", "x", "escape", "ctrl+p"):
        event = events.Key(key, None)
        await app.on_event(event)
        event._set_forwarded()  # as it comes back from a screen that had no use for it
        await app.on_event(event)
    assert app.return_value == 0


@pytest.mark.parametrize("line", ["timelines # all", "speed 20 # slowly", "select disk# the driver", "help #", "now#"])
async def test_a_comment_after_a_command_is_no_part_of_it(line: str) -> None:
    """As in lessons, from which lines are copied."""
    async with showing(reading()) as (pilot, _):
        app = pilot.app
        assert isinstance(app, Playground)
        app.on_command_line_entered(CommandLine.Entered(line))
        await pilot.pause()
        assert app.is_running
        assert "There is only this timeline" in app.desk.trouble or not app.desk.trouble


def test_a_hash_in_quotes_is_no_comment() -> None:
    """It is a name of its own."""
    assert without_comment('mark "a # b" # c') == 'mark "a # b" '
