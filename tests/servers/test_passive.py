"""A passive server: in the manifest, at boot, and in its next life."""

import pytest

from playground.images import virtual_disk
from playground.machine.core import Core
from playground.player import CoreStage
from playground.view.fold import Fold
from scenarios.library import read_system
from servers.manifest import ManifestError, parse_manifest

MILLISECOND = 1_000_000


def booted() -> CoreStage:
    stage = CoreStage(Core(read_system("mars-1997"), seed=1, disk=virtual_disk()))
    let_run(stage, 20)
    return stage


def let_run(stage: CoreStage, milliseconds: int) -> None:
    until = stage.cycle + milliseconds * MILLISECOND
    while stage.cycle < until and not stage.exhausted:
        stage.advance(500, until)


def owners(stage: CoreStage, context: str) -> list[str]:
    """Whom a scheduling context is bound to: its name, if anybody's."""
    fold = Fold(stage.core.manifest)
    fold.update(stage.events)
    view = fold.view
    number = next(it.id for it in view.objects.values() if it.name == context)
    return [stage.name_of(thread.id) for thread in view.threads.values() if thread.sched_context == number]


def test_a_passive_server_that_is_ready_has_no_scheduling_context() -> None:
    stage = booted()
    assert owners(stage, "bus.sc") == []
    assert owners(stage, "lock.sc") == ["lock"]
    assert stage.server("bus").state == "idle"


def test_a_passive_server_is_passive_again_in_its_next_life() -> None:
    stage = booted()
    stage.restart("bus")
    let_run(stage, 20)
    assert stage.server("bus").life == 2
    assert owners(stage, "bus.sc") == []


def test_a_request_that_waited_for_the_next_life_is_answered_in_it() -> None:
    stage = booted()
    stage.call("mission", "bus", {"way": "served"})
    while stage.server("bus").asked_by != "weather":
        stage.advance(1, stage.cycle + MILLISECOND)
        assert stage.cycle < 500 * MILLISECOND
    stage.pause("bus")
    let_run(stage, 30)
    assert stage.server("distributor").state == "sending"
    stage.restart("bus")
    let_run(stage, 3)
    assert stage.server("bus").life == 2
    assert stage.server("distributor").waits_for == "clock"
    assert owners(stage, "bus.sc") == []
    let_run(stage, 200)
    assert stage.server("distributor").life == 1
    assert owners(stage, "bus.sc") == []


@pytest.mark.parametrize("line", ["irq = { irq = 14 }", "heartbeat_us = 1_000_000"])
def test_only_a_call_can_wake_a_passive_server(line: str) -> None:
    text = read_system("mars-1997").text.replace("passive = true\n", f"passive = true\n{line}\n")
    with pytest.raises(ManifestError, match="`bus` cannot be passive: only a call wakes it"):
        parse_manifest(text)
