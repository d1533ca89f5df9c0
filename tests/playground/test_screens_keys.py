"""What keys do: the screens are used without a mouse, and every mistake is answered with a sentence."""

from __future__ import annotations

import pytest

from playground.screens.command_line import CommandLine
from playground.screens.inspector import Inspector
from playground.screens.sheet import Sheet
from playground.screens.shelves import Shelves
from playground.screens.stream import Stream
from playground.screens.timeline import Timeline
from tests.playground.scene import Scene, faulting, reading
from tests.playground.screen_tools import LARGE, SMALL, desk_of, picture, press, showing, text_of, type_line


async def test_space_goes_on_to_the_next_message_and_the_full_stop_by_one_event() -> None:
    """Both leave the machine standing."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "space", "full_stop")
        assert machine.told == [("step", "message"), ("step", 1)]
        assert not machine.running


async def test_p_runs_and_pauses_and_the_header_says_so() -> None:
    """As a glyph and a word."""
    async with showing(reading()) as (pilot, machine):
        assert "‖ paused" in text_of(pilot, "#header")
        await press(pilot, "p")
        assert machine.running
        assert "▶ 20 events/s" in text_of(pilot, "#header")
        await press(pilot, "p")
        assert not machine.running


async def test_plus_and_minus_change_the_pace_up_to_flat_out() -> None:
    """From one speed to the next in the list."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "plus")
        assert machine.speed == 50
        await press(pilot, "minus", "minus")
        assert machine.speed == 10
        await press(pilot, *["plus"] * 12)
        assert machine.speed == 0
        machine.run()
        assert "flat out" in text_of(pilot, "#header")
        await press(pilot, "minus")
        assert machine.speed == 2000


async def test_tab_goes_round_the_panes_and_arrows_move_inside_them() -> None:
    """Shelves, inspector, stream, and again."""
    async with showing(reading()) as (pilot, _):
        app = pilot.app
        assert isinstance(app.focused, Shelves)
        await press(pilot, "tab")
        assert isinstance(app.focused, Inspector)
        await press(pilot, "right")
        assert app.focused.tab == 1
        await press(pilot, "tab")
        assert isinstance(app.focused, Stream)
        await press(pilot, "tab")
        assert isinstance(app.focused, Timeline)
        await press(pilot, "tab")
        assert isinstance(app.focused, Shelves)
        await press(pilot, "shift+tab")
        assert isinstance(app.focused, Timeline)


async def test_arrows_choose_the_neighbour_on_the_shelves() -> None:
    """Left and right on a shelf, up and down between them, and nothing happens at an edge."""
    async with showing(reading()) as (pilot, _):
        for key, name in (("down", "disk"), ("left", "console"), ("up", "log"), ("up", "counter"), ("left", "you"),
                          ("left", "you"), ("up", "you")):  # fmt: skip
            await press(pilot, key)
            assert desk_of(pilot).selected == name
        assert f" {'you'} " in text_of(pilot, "#inspector").splitlines()[0]


async def test_a_dead_server_keeps_its_place() -> None:
    """Nothing on the shelves jumps when a server dies."""
    places = []
    for scene in (reading(), faulting()):
        async with showing(scene) as (pilot, _):
            lines = text_of(pilot, "#shelves").splitlines()[:22]
            corners = [f"{corner} {{}} " for corner in "╭╔┏"]
            found = {
                name: {line.find(corner.format(name)) for line in lines for corner in corners}
                for name in ("fs", "disk", "clock")
            }
            places.append(found)
    assert places[0] == places[1]


async def test_every_server_and_the_bar_stand_above_the_last_three_rows_at_80x24() -> None:
    """The last rows of a projector are hidden by heads."""
    async with showing(faulting(), SMALL) as (pilot, machine):
        upper = picture(pilot).splitlines()[:21]
        for server in machine.view.servers.values():
            line = next(line for line in upper if line[18:].startswith(f"{server.name} "))
            assert server.status.glyph in line
        assert any("disk ── fault: read of address 0x0 ──▶ supervisor" in line for line in upper)


async def test_i_shows_the_inspector_instead_of_the_shelves_at_80x24_and_hides_it_again() -> None:
    """Over the full width."""
    async with showing(reading(), SMALL) as (pilot, _):
        await press(pilot, "i")
        assert not pilot.app.query_one(Shelves).is_on_screen
        assert pilot.app.query_one(Inspector).size.width == 80
        await press(pilot, "i")
        assert pilot.app.query_one(Shelves).size.width == 80


async def test_escape_closes_a_sheet_and_gives_the_focus_back() -> None:
    """To the pane that had it."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "tab", "tab", "c")
        assert isinstance(pilot.app.focused, Sheet)
        await press(pilot, "escape")
        assert not pilot.app.query(Sheet)
        assert isinstance(pilot.app.focused, Stream)
        assert machine.told == []


async def test_the_stream_can_be_looked_back_in_and_let_go() -> None:
    """A cursor on an older line; the header says that one looks back."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "tab", "tab", "up", "up")
        moment = desk_of(pilot).moment
        assert moment == pilot.app.query_one(Stream).shown[-2].number
        assert "the past, of" in text_of(pilot, "#header")
        assert f"event {moment + 1:,}" in text_of(pilot, "#header")
        await press(pilot, "end")
        assert desk_of(pilot).moment == -1
        assert "live" in text_of(pilot, "#header")


async def test_keys_typed_into_the_console_go_to_the_keyboard_device() -> None:
    """Also those that are actions elsewhere; escape takes the hands off."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "k", "q", "c", "backspace", "enter")
        assert machine.told == [("key", "q"), ("key", "c"), ("key", "\x7f"), ("key", "\n")]
        await press(pilot, "escape", "space")
        assert machine.told[-1] == ("step", "message")


async def test_crash_asks_how_and_hands_it_to_the_probe() -> None:
    """The kinds are those of the lesson language."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "down", "c", "down", "enter")
        assert machine.told == [("crash", "disk", "exception")]
        assert not pilot.app.query(Sheet)


async def test_what_has_not_started_cannot_be_crashed() -> None:
    """One sentence beside the command line, until the next key."""
    scene = Scene()
    scene.view.records["disk"].thread = 0
    scene.note("supervisor", "stopped", server="disk")
    async with showing(scene) as (pilot, _):
        await press(pilot, "down", "c")
        assert "`disk` is not alive" in text_of(pilot, "#command-line")
        await press(pilot, "up")
        assert "not alive" not in picture(pilot)


async def test_revoke_shows_who_loses_what_and_does_it_only_after_enter() -> None:
    """Struck through in the tree, and on the cards of the losers."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "enter", "down", "down", "down", "r")
        sheet = text_of(pilot, "Sheet")
        assert "Revoke supervisor: disk.block" in sheet
        assert "fs loses Endpoint disk.block" in " ".join(sheet.split())
        assert "loses disk.b" in text_of(pilot, "#shelves")
        assert machine.told == []
        await press(pilot, "enter")
        (told,) = machine.told
        assert told[1]["operation"] == "revoke"
        assert told[1]["server"] == "supervisor"
        assert desk_of(pilot).losing == {}
        assert "Revoked supervisor: disk.block" in text_of(pilot, "Sheet")
        await press(pilot, "escape")
        assert not pilot.app.query("RevokeSheet")


async def test_the_send_form_is_made_from_the_interface_and_keeps_the_last_values() -> None:
    """Defaults first; what was typed is there again the next time."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "s", "enter", "enter", *"abc", "enter", "enter", "enter")
        request = {"operation": "call", "target": "fs", "name": "read",
                   "arguments": {"path": "abc", "offset": 0, "length": 800}}  # fmt: skip
        assert machine.told == [("request", request)]
        await press(pilot, "s", "enter", "enter")
        assert ': call fs.read path="abc"' in text_of(pilot, "Sheet")


async def test_a_field_that_does_not_fit_its_type_is_refused_in_words() -> None:
    """The form stays, the cursor goes to the field."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "s", "enter", "enter", "a", "down", "x", "down", "enter")
        assert machine.told == []
        assert "offset" in text_of(pilot, "Sheet").partition("✖")[2]


async def test_what_you_no_longer_hold_says_so_in_the_list() -> None:
    """The kernel would refuse it; one may try."""
    scene = reading()
    you = scene.view.servers["you"].cspace
    slot = next(index for index, cap in scene.view.held[you].items() if scene.view.name_of(cap.object) == "fs.files")
    scene.emit(6 - 1, you, slot, scene.endpoints["fs.files"])
    async with showing(scene) as (pilot, _):
        await press(pilot, "s")
        assert "You no longer hold this capability" in " ".join(text_of(pilot, "Sheet").replace("│", " ").split())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("crahs disk", "No command is called `crahs`; did you mean `crash`?"),
        ("select dsk", "No server is called `dsk`; did you mean `disk`?"),
        ("crash dsk", "did you mean `disk`?"),
        ("crash disk with=null-pointr", "did you mean `null-pointer`?"),
        ("call fs.raed", "did you mean `read`?"),
        ("speed fast", "A speed is a number of events a second"),
        ("step -3", "A number from 1 to 1,000,000"),
        ("expect reply succeeds", "is about the moment on screen"),
        ("theme dork", "No theme is called `dork`"),
        ("inspect memmory", "did you mean `memory`?"),
    ],
)
async def test_a_mistake_on_the_command_line_is_one_sentence_beside_it(line: str, words: str) -> None:
    """With the nearest name; the line stays to be corrected, and nothing was done."""
    async with showing(reading()) as (pilot, machine):
        await type_line(pilot, line)
        shown = picture(pilot).splitlines()[-2:]
        assert any(words in row for row in shown), shown
        assert "Traceback" not in picture(pilot)
        assert machine.told == []
        await press(pilot, "backspace")
        assert words not in picture(pilot)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("step 10", ("step", 10)),
        ("crash disk with=silence", ("crash", "disk", "silence")),
        ("pause fs", ("pause", "fs")),
        ("resume fs", ("resume", "fs")),
        ('key "ls"', ("key", "ls")),
        (
            'call fs.read path="/etc/motd"',
            ("request", {"operation": "call", "target": "fs", "name": "read", "arguments": {"path": "/etc/motd"}}),
        ),
        ("revoke disk.irq", ("request", {"operation": "revoke", "server": "disk", "capability": "irq"})),
        (
            "restart disk",
            ("request", {"operation": "call", "target": "supervisor", "name": "restart",
                         "arguments": {"server": "disk"}}),
        ),
    ],
)  # fmt: skip
async def test_the_command_line_speaks_the_language_of_lessons(line: str, told: tuple[object, ...]) -> None:
    """What is typed becomes an input to the machine."""
    async with showing(reading()) as (pilot, machine):
        await type_line(pilot, line)
        assert machine.told == [told]
        assert pilot.app.query_one(CommandLine).editor.text == ""


async def test_the_command_line_completes_and_remembers() -> None:
    """Tab takes the next completion, up brings back what was entered."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "colon", "s", "e", "l", "tab")
        line = pilot.app.query_one(CommandLine).editor
        assert line.text == "select"
        await press(pilot, "space", "d", "tab", "enter")
        assert desk_of(pilot).selected == "disk"
        await press(pilot, "colon", "up")
        assert line.text == "select disk"
        await press(pilot, "escape")
        assert isinstance(pilot.app.focused, Shelves)


async def test_the_answer_to_a_request_appears_beside_the_command_line() -> None:
    """As `you` said it in its note."""
    scene = reading()
    async with showing(scene) as (pilot, _):
        scene.note("you", "you-reply", request=1, ok=1, operation="fs.read", text="data = 'welcome'")
        assert "✓ data = 'welcome'" in picture(pilot).splitlines()[-2]


async def test_the_command_palette_offers_every_action_that_has_a_key() -> None:
    """From the same registry."""
    from playground.actions import ACTIONS

    async with showing(reading()) as (pilot, _):
        offered = {command.title for command in pilot.app.get_system_commands(pilot.app.screen)}
        assert offered == {action.name for action in ACTIONS if action.keys}


async def test_q_leaves() -> None:
    """With exit code 0."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "q")
    assert pilot.app.return_value == 0


@pytest.mark.parametrize("typed", [["space"], ["space", "space", "c"], ["quotation_mark"], ["c", "space", "space"]])
async def test_whatever_is_typed_the_command_line_goes_on(typed: list[str]) -> None:
    """Also a space before anything else, for which there is nothing to complete."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "colon", *typed, "tab")
        assert isinstance(pilot.app.focused, CommandLine)
        await press(pilot, "enter")
        assert pilot.app.is_running


async def test_a_form_is_not_opened_for_what_nobody_holds() -> None:
    """The names that one holds are told."""
    async with showing(reading()) as (pilot, _):
        await type_line(pilot, "send fss")
        assert "You hold no capability called `fss`; did you mean `fs`?" in picture(pilot)
        assert not pilot.app.query("SendSheet")


@pytest.mark.parametrize("size", [LARGE, SMALL])
async def test_a_sentence_about_a_mistake_can_be_read_to_its_end(size: tuple[int, int]) -> None:
    """It takes the lines it needs, below what was typed, and gives them back with the next key."""
    async with showing(reading(), size) as (pilot, _):
        height = pilot.app.screen.query_one(Stream).size.height
        await type_line(pilot, "find nonsense here")
        trouble = desk_of(pilot).trouble
        assert len(trouble) > 80
        lines = picture(pilot).splitlines()
        typed = next(number for number, line in enumerate(lines) if line.startswith(" › find nonsense here"))
        assert " ".join(" ".join(lines[typed + 1 :]).split()) == f"✖ {trouble}"
        assert pilot.app.screen.query_one(Stream).size.height < height
        await press(pilot, "escape")
        assert pilot.app.screen.query_one(Stream).size.height == height
        assert "f1 help" in picture(pilot).splitlines()[-1]
