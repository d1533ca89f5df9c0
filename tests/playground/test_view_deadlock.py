"""Circles of servers that wait for each other: found in the view, told, drawn, and found again in the past."""

from functools import cache

from playground.images import virtual_disk
from playground.machine.core import Core
from playground.player import CoreStage
from playground.timeline.past import Past
from playground.timeline.search import Search, condition_of
from playground.view.deadlock import circle_from, circles, drawing
from playground.view.model import View
from playground.view.why import why_waiting
from scenarios.library import read_system
from servers.manifest import parse_manifest

MILLISECOND = 1_000_000


def after(stage: CoreStage, milliseconds: int) -> CoreStage:
    until = stage.cycle + milliseconds * MILLISECOND
    while stage.cycle < until and not stage.exhausted:
        stage.advance(500, until)
    return stage


def booted(system: str, text: str = "") -> CoreStage:
    manifest = parse_manifest(text) if text else read_system(system)
    return CoreStage(Core(manifest, seed=1, disk=virtual_disk()))


@cache
def locked() -> CoreStage:
    return after(booted("call-cycle"), 200)


def view_of(stage: CoreStage) -> View:
    stage.deadlocks()
    return stage.fold.view


def test_there_is_no_circle_while_everybody_is_served() -> None:
    assert after(booted("call-cycle"), 20).deadlocks() == []


def test_the_circle_names_those_in_it_and_nobody_else() -> None:
    found = locked().deadlocks()
    assert [circle.servers for circle in found] == [("files", "memory")]
    assert found[0].text == (
        "files waits for memory to answer room.take, and memory waits for files to take its message on files.folder"
    )


def test_whoever_waits_for_one_in_the_circle_is_led_into_it() -> None:
    view = view_of(locked())
    circle = circle_from(view, view.servers["editor"].thread)
    assert circle == circles(view)[0]
    assert circle_from(view, view.servers["you"].thread) == ()


def test_the_chain_of_causes_ends_with_the_circle() -> None:
    stage = locked()
    last = why_waiting(view_of(stage), stage.events, "reader")[-1].text
    assert last.startswith("That is a deadlock: files waits for memory")


def test_the_drawing_shows_one_below_the_other_and_the_way_back() -> None:
    assert drawing(circles(view_of(locked()))[0], 40) == [
        "╭─▶ files",
        "│   │ waits for memory to answer",
        "│   ▼ room.take",
        "│   memory",
        "│   │ waits for files to take its",
        "│   │ message on files.folder",
        "╰───╯",
    ]


def test_a_server_that_is_built_anew_leaves_the_circle() -> None:
    stage = after(booted("call-cycle"), 200)
    stage.restart("memory")
    assert after(stage, 10).deadlocks() == []


def test_a_fault_can_close_a_circle_too() -> None:
    text = read_system("call-cycle").text
    text = text.replace('own = ["cspace"]\nprovides = { room', 'own = ["cspace"]\npager = "files"\nprovides = { room')
    text = text.replace('program = "folder"\n', 'program = "folder"\nown = ["cspace"]\n')
    stage = after(booted("", text), 20)
    while not stage.server("memory").handles:
        stage.advance(1, stage.cycle + MILLISECOND)
    stage.crash("memory", "null-pointer")
    found = after(stage, 5).deadlocks()
    assert [circle.servers for circle in found] == [("files", "memory")]
    assert "memory waits for files to take the message about its fault on files.folder" in found[0].text


def test_a_server_that_calls_itself_is_a_circle_of_one() -> None:
    text = read_system("call-cycle").text.replace('files = "files.folder"\ndrive', 'files = "memory.room"\ndrive')
    assert [circle.servers for circle in after(booted("", text), 200).deadlocks()] == [("memory",)]


def test_the_past_can_be_searched_for_a_deadlock() -> None:
    past = Past.of_core(locked().core)
    search = Search(past, condition_of("deadlock of memory and files", past.manifest), 0)
    search.go()
    assert search.found is not None
    assert not circles(past.history.fold_at(search.found).view)
    assert circles(past.history.fold_at(search.found + 1).view)
