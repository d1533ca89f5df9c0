"""The kernel explorer in use: from any mention to its object by one key, and back; mistakes are answered."""

from __future__ import annotations

from itertools import pairwise

import pytest
from textual.app import App, ComposeResult

from kernel import events as ev
from kernel.abi import ObjectType, ThreadState
from kernel.states import TRANSITIONS
from playground.actions import UserMistake
from playground.line_count import lines_of
from playground.screens import explorer_names, explorer_states
from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.explorer import MODULES, Explorer, Trail, title_of, topic, topic_of
from playground.screens.explorer_parts import STATES
from playground.screens.explorer_untyped import spans, watermark
from playground.screens.inspector import Inspector
from playground.screens.inspector_tabs import Target
from playground.screens.shelves import Shelves
from tests.playground.explorer_scene import explored
from tests.playground.lesson_tools import lesson_session
from tests.playground.scene import Scene, StillMachine, reading
from tests.playground.screen_tools import LARGE, SMALL, desk_of, explore, press, showing, text_of, type_line


def desk_for(scene: Scene) -> Desk:
    """A desk without an application."""
    return Desk(StillMachine(scene))


def page_text(desk: Desk, name: str, width: int = 72) -> str:
    """The page about something, as text."""
    target = explorer_names.find(desk, name)
    entries = topic_of(desk, target).page(desk, target, width).entries
    return "\n".join("".join(text for text, _ in line.runs) for line in entries)


async def test_e_on_a_server_explores_its_thread_and_escape_gives_the_shelves_back() -> None:
    """One key there, one back."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "e")
        assert isinstance(pilot.app.focused, Explorer)
        assert "thread fs" in text_of(pilot, "Explorer").splitlines()[0]
        await press(pilot, "escape")
        assert isinstance(pilot.app.focused, Shelves)


async def test_enter_on_a_capability_of_the_inspector_leads_to_its_object() -> None:
    """And d from there to the capability itself."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "tab", "enter")
        assert "Endpoint fs.files" in text_of(pilot, "Explorer").splitlines()[0]
        await press(pilot, "d")
        assert "capability in fs, slot 1" in text_of(pilot, "Explorer").splitlines()[0]


async def test_e_on_a_line_of_the_stream_leads_to_its_message_and_on_to_everybody_in_it() -> None:
    """Sender, receiver, endpoint and Reply are one key away."""
    async with showing(reading()) as (pilot, machine):
        await press(pilot, "tab", "tab", "up", "e")
        assert "fs calls disk" in text_of(pilot, "Explorer")
        seen = []
        for _ in range(4):
            await press(pilot, "enter")
            seen.append(text_of(pilot, "Explorer").splitlines()[0].split("─ ")[1].split(" ─")[0])
            await press(pilot, "backspace", "down")
        assert seen == ["thread fs", "thread disk", "Endpoint disk.block", "Reply disk.reply0"]
        assert machine.told == []


async def test_e_on_a_message_of_the_inspector_leads_to_it() -> None:
    """The row's own event, not the newest."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "tab", "right", "home")
        inspector = pilot.app.query_one(Inspector)
        assert inspector.target is not None
        number = inspector.target.moment
        await press(pilot, "e")
        assert f"event {number:,}" in text_of(pilot, "Explorer").splitlines()[0]


async def test_enter_on_a_queue_leads_to_the_thread_that_waits() -> None:
    """Highest priority first."""
    async with showing(explored()) as (pilot, _):
        await explore(pilot, "disk.block")
        await press(pilot, "enter")
        assert "thread counter" in text_of(pilot, "Explorer").splitlines()[0]


async def test_backspace_goes_back_all_the_way_with_the_cursor_where_it_was() -> None:
    """The history is a stack; at its bottom backspace does nothing."""
    async with showing(explored()) as (pilot, _):
        await explore(pilot, "pool")
        await press(pilot, "down", "down")
        first = text_of(pilot, "Explorer")
        await press(pilot, "enter", "enter")
        assert text_of(pilot, "Explorer") != first
        await press(pilot, "backspace", "backspace", "backspace")
        assert text_of(pilot, "Explorer") == first


async def test_a_cnode_inside_a_cnode_can_be_entered() -> None:
    """The slot that holds it leads on, whatever lies between."""
    desk = desk_for(explored())
    target = explorer_names.find(desk, "pool.table")
    inner = [line.target for line in topic_of(desk, target).page(desk, target, 72).entries
             if line.target is not None and line.target.through == (target.object, 1)]  # fmt: skip
    assert [each.object for each in inner] == [target.object]


async def test_r_in_the_explorer_revokes_and_then_the_explorer_is_there_again() -> None:
    """Where it was; leaving it goes back to the shelves."""
    async with showing(reading()) as (pilot, _):
        await explore(pilot, "fs.cspace")
        await press(pilot, "pagedown", "home", "down", "down")
        before = text_of(pilot, "Explorer")
        await press(pilot, "r")
        assert "Revoke" in text_of(pilot, "RevokeSheet").splitlines()[0]
        await press(pilot, "escape")
        assert text_of(pilot, "Explorer") == before
        assert isinstance(pilot.app.focused, Explorer)
        await press(pilot, "escape")
        assert isinstance(pilot.app.focused, Shelves)
        assert not pilot.app.query(Explorer)


async def test_the_explorer_selects_the_server_whose_object_it_shows() -> None:
    """So that one sees on the shelves where it belongs."""
    async with showing(reading()) as (pilot, _):
        await press(pilot, "e", "down", "enter")
        assert "Reply disk.reply0" in text_of(pilot, "Explorer").splitlines()[0]
        assert desk_of(pilot).selected == "disk"


async def test_looking_at_an_event_stays_where_it_is_until_w_goes_to_its_moment() -> None:
    """A page about an event is not a journey in time; w is."""
    async with showing(reading()) as (pilot, machine):
        await explore(pilot, "event 340")
        assert desk_of(pilot).moment == -1
        await press(pilot, "w")
        assert desk_of(pilot).moment == 340
        assert machine.told == []


@pytest.mark.parametrize("size", [LARGE, SMALL])
async def test_in_a_lesson_the_explorer_takes_the_place_of_the_narration(size: tuple[int, int]) -> None:
    """All of it; escape brings the lesson back."""
    scene = reading()
    async with showing(scene, size, session=lesson_session(scene, "beat")) as (pilot, _):
        await explore(pilot, "disk.block")
        assert [pilot.app.query_one(name).is_on_screen for name in ("Explorer", "Inspector", "#lesson")] == [
            True,
            False,
            False,
        ]
        await press(pilot, "escape")
        assert pilot.app.query_one("#lesson").is_on_screen


async def test_explore_as_a_command_takes_names_and_suggests_the_nearest() -> None:
    """The mistake is said beside the command line, which keeps what was typed."""
    async with showing(reading()) as (pilot, _):
        await type_line(pilot, "explore disk.block")
        assert "Endpoint disk.block" in text_of(pilot, "Explorer").splitlines()[0]
        assert isinstance(pilot.app.focused, Explorer)
        await type_line(pilot, "explore disk.blok")
        assert desk_of(pilot).trouble == "No object is called `disk.blok`; did you mean `disk.block`?"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("disk", "thread disk"),
        ("disk.sc", "SchedContext disk.sc"),
        ("disk.cspace[1]", "capability in disk, slot 1"),
        ("event 5", "event 5"),
        ("kernel", "the kernel"),
        ("irq 14", "IRQHandler irq 14"),
    ],
)
def test_everything_has_a_name(name: str, title: str) -> None:
    """What `explore` understands."""
    desk = desk_for(reading())
    assert title_of(desk, explorer_names.find(desk, name)) == title


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("disk.sched", "No object is called `disk.sched`; did you mean `disk.sc`?"),
        ("dsk", "No object is called `dsk`; did you mean `disk`?"),
        ("disk.cspace[30]", "Slot 30 of `disk.cspace` is empty; filled are 1, 2, 3, 4"),
        ("event 9,999,999", "There is no event 9,999,999; they go from 0 to 381"),
        ("4711", "No object has the number 4711; numbers stand on pages such as `explore disk.cspace`"),
    ],
)
def test_a_wrong_name_is_answered_with_one_sentence(name: str, sentence: str) -> None:
    """What was wrong, and what would be right."""
    with pytest.raises(UserMistake) as mistake:
        explorer_names.find(desk_for(reading()), name)
    assert str(mistake.value) == sentence


def test_names_are_completed() -> None:
    """Servers and objects."""
    view = reading().view
    assert explorer_names.completions(view, "explore disk.b") == ["explore disk.block", "explore disk.boot"]
    assert "explore disk" in explorer_names.completions(view, "explore di")


def test_every_type_of_object_has_a_page() -> None:
    """None can be forgotten."""
    assert set(MODULES) == set(ObjectType)
    for module in {*MODULES.values(), "capability", "event", "gone", "kernel"}:
        assert topic(module).about.endswith(".")


@pytest.mark.parametrize("width", [40, 72, 76, 120])
def test_every_object_capability_and_event_of_a_scene_can_be_looked_at(width: int) -> None:
    """At any width, and everything that a page mentions leads to a page."""
    desk = desk_for(explored())
    view = desk.view
    targets = {Target(), *(Target(object=each) for each in view.types), *(Target(slot=slot) for slot in view.slots)}
    targets |= {Target(moment=number) for number in range(view.event_count)}
    for target in list(targets):
        assert title_of(desk, target)
        page = topic_of(desk, target).page(desk, target, width)
        assert page.entries
        targets |= {line.target for line in page.entries if line.target is not None}
    for target in targets:
        assert topic_of(desk, target).page(desk, target, width).entries


def test_the_diagram_has_a_way_for_every_transition_of_the_kernel_and_for_no_other() -> None:
    """A new arrow in the table cannot be forgotten."""
    assert set(explorer_states.WAYS) == {(arrow.before, arrow.after) for arrow in TRANSITIONS}


@pytest.mark.parametrize("state", ThreadState)
def test_the_state_of_a_thread_is_in_brackets_and_its_ways_on_are_lit(state: ThreadState) -> None:
    """Not by colour alone."""
    canvas = Canvas(explorer_states.WIDTH, explorer_states.HEIGHT)
    explorer_states.paint(canvas, state)
    name = STATES[state].name
    assert canvas.text().count("[") == 1
    assert f" {name}]" in canvas.text()
    for arrow in TRANSITIONS:
        if arrow.before == state:
            for row, first, end in explorer_states.WAYS[arrow.before, arrow.after]:
                inks = _inks(canvas, row)[first:end]
                assert all("lit" in ink or "reverse" in ink for ink in inks)


def _inks(canvas: Canvas, row: int) -> list[str]:
    return [ink for text, ink in canvas.row(row) for _ in text]


def test_the_map_of_an_untyped_covers_all_of_it_without_overlap() -> None:
    """Objects, what is gone, what is lost, and the free rest."""
    scene = explored()
    pool = next(thing for thing in scene.view.objects.values() if thing.name == "pool")
    parts = spans(scene.view, pool)
    assert parts[0].start == 0
    assert parts[-1].end == 1 << pool.size_bits
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert [part.thing.name for part in parts if part.gone and part.thing] == ["pool.old"]
    assert watermark(scene.view, pool.id) == 0x3080 == parts[-1].start


def test_a_thread_page_tells_how_it_came_to_its_state() -> None:
    """Newest first, each with the kernel's reason."""
    text = page_text(desk_for(reading()), "fs")
    history = text[text.index("how it came to this") : text.index("where it can go")]
    assert history.index("BlockedOnReply") < history.index("Running") < history.index("BlockedOnReceive")
    assert "Call delivered" in history


def test_lent_time_is_told_at_both_ends_and_on_the_way() -> None:
    """The caller, the Reply and the context itself."""
    desk = desk_for(explored())
    assert "its time      SchedContext pool.time  lent with its call" in page_text(desk, "pool.thread")
    assert "time lent     SchedContext pool.time" in page_text(desk, "pool.answer")
    assert "pool.thread → log" in page_text(desk, "pool.time")


def test_an_object_that_is_gone_is_told_as_such_with_its_beginning_and_end() -> None:
    """And so is the memory that it leaves behind."""
    desk = desk_for(explored())
    gone = next(key for key, name in desk.view.names.items() if name == "pool.old")
    target = Target(object=gone)
    entries = topic_of(desk, target).page(desk, target, 72).entries
    text = "\n".join("".join(run for run, _ in line.runs) for line in entries)
    assert "Frame pool.old" in text
    destroyed = next(number for number, event in enumerate(desk.machine.events) if event[0] == ev.OBJECT_DESTROYED)
    assert f"destroyed     event {destroyed}" in text
    assert "gone, not usable yet 4 KiB" in page_text(desk, "pool")


async def test_the_lines_of_code_of_kernel_and_servers_are_on_the_kernels_page_and_in_the_help() -> None:
    """Counted by the program itself."""
    text = page_text(desk_for(reading()), "kernel")
    assert f"{'kernel':<9}{lines_of('kernel'):>6,}" in text
    assert f"{'servers':<9}{lines_of('servers'):>6,}" in text
    async with showing(reading()) as (pilot, _):
        await press(pilot, "f1")
        words = " ".join(text_of(pilot, "HelpSheet").replace("│", " ").split())
        assert f"The kernel is {lines_of('kernel'):,} lines of code, the servers are {lines_of('servers'):,}." in words


async def test_the_explorer_works_alone_in_any_application() -> None:
    """It needs a desk and nothing else of the playground."""
    desk = desk_for(explored())

    class Alone(App[None]):
        def compose(self) -> ComposeResult:
            yield Explorer(desk, Trail(explorer_names.find(desk, "pool")))

    async with Alone().run_test(size=SMALL) as pilot:
        explorer = pilot.app.query_one(Explorer)
        explorer.focus()
        await pilot.pause()
        explorer.poll()
        assert "watermark" in explorer.text()
        await pilot.press("enter")
        await pilot.pause()
        explorer.poll()
        assert "thread pool.thread" in explorer.text().splitlines()[0]


async def test_every_line_of_a_long_page_can_be_seen_with_the_arrows() -> None:
    """Also those between links."""
    async with showing(explored(), SMALL) as (pilot, _):
        await explore(pilot, "fs")
        seen: set[str] = set()
        for _ in range(60):
            seen |= {line[1:].strip(" │▸") for line in text_of(pilot, "Explorer").splitlines()}
            await press(pilot, "down")
        desk = desk_of(pilot)
        wanted = {line.strip(" │▸") for line in page_text(desk, "fs", 76).splitlines()}
        assert {line for line in wanted if len(line) < 72} <= seen
