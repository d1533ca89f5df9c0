"""Pagers: in the manifest, for their wards, and when one of the two dies."""

import pytest

from playground.images import virtual_disk
from playground.machine.core import Core
from playground.player import CoreStage
from playground.view.why import why_waiting
from scenarios.library import read_system
from servers.builder.layout import FAULT_BADGE, plan
from servers.manifest import ManifestError, parse_manifest

MILLISECOND = 1_000_000
TEXT = read_system("pager").text


def booted(text: str = TEXT) -> CoreStage:
    stage = CoreStage(Core(parse_manifest(text), seed=1, disk=virtual_disk()))
    let_run(stage, 50)
    return stage


def let_run(stage: CoreStage, milliseconds: int) -> None:
    until = stage.cycle + milliseconds * MILLISECOND
    while stage.cycle < until and not stage.exhausted:
        stage.advance(500, until)
    stage.core.kernel.check()


def ask(stage: CoreStage, target: str, operation: str, **arguments: str) -> str:
    request = stage.call(target, operation, arguments)
    let_run(stage, 5)
    reply = stage.reply(request)
    assert reply is not None
    return reply.error or reply.text


def test_a_pager_gets_the_address_space_of_its_ward_and_a_way_to_pass_its_faults_on() -> None:
    layout = plan(parse_manifest(TEXT))
    alice = layout.manifest.servers["alice"]
    grants = {grant.name: grant for grant in layout.grants["mason"]}
    assert grants["vspace_of_alice"].resource == "alice.vspace"
    assert grants["faults_of_alice"].badge == FAULT_BADGE | alice.number
    assert "vspace_of_bob" not in grants
    assert not any("alice" in grant.name for grant in layout.grants["mallory"])


def test_a_pager_and_its_ward_may_die_in_any_order() -> None:
    stage = booted()
    for victim in ("alice", "mason", "alice", "mason"):
        stage.crash(victim, "exception")
        let_run(stage, 120)
    stage.crash("mason", "exception")
    let_run(stage, 10)
    assert stage.server("alice").state == "faulted"
    request = stage.restart("alice")
    let_run(stage, 1_000)
    assert stage.reply(request) is not None
    assert stage.server("alice").life == 4
    assert stage.server("alice").state == "waiting"
    assert stage.server("alice").waits_for == "clock"
    assert stage.server("mason").state == "idle"


def test_a_ward_that_reads_nowhere_dies_although_it_has_a_pager() -> None:
    stage = booted()
    stage.crash("alice", "null-pointer")
    let_run(stage, 20)
    assert stage.server("alice").life == 2
    assert stage.server("mason").life == 1


def test_a_pager_knows_only_its_own_wards() -> None:
    stage = booted()
    assert ask(stage, "mason", "evict", server="alice") == "pages = 4"
    assert ask(stage, "mason", "evict", server="bob") == "BAD_REQUEST"


def test_a_ward_that_waits_for_its_pager_is_explained() -> None:
    stage = booted()
    assert ask(stage, "mallory", "plot", kind="keep") == "done"
    ask(stage, "mallory", "evict", server="bob")
    let_run(stage, 20)
    assert stage.server("bob").state == "faulted"
    links = why_waiting(stage.fold.view, stage.events, "bob")
    assert links[0].text == "bob waits for mallory to deal with its fault."
    assert links[1].text.startswith("bob faulted: read of address 0x5000")


def test_a_ward_whose_pager_was_stopped_can_be_built_again_when_there_is_one() -> None:
    stage = booted()
    ask(stage, "supervisor", "stop", server="mason")
    let_run(stage, 50)
    assert stage.server("alice").state == "faulted"
    assert stage.server("carol").state == "waiting"
    ask(stage, "supervisor", "start", server="mason")
    ask(stage, "supervisor", "restart", server="alice")
    let_run(stage, 50)
    assert stage.server("alice").state == "waiting"


def test_a_wait_shorter_than_the_supervisors_pulse_does_not_stop_the_machine() -> None:
    stage = booted(TEXT.replace("backoff_us = 100_000", "backoff_us = 20"))
    for _ in range(3):
        stage.crash("mason", "exit")
        let_run(stage, 5)
    assert stage.server("mason").life == 4


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('pager = "mason"', 'pager = "masn"', "no server is called `masn`; did you mean `mason`?"),
        ('pager = "mason"', 'pager = "bob"', "`bob` cannot be a pager: it needs an endpoint under `provides`"),
        ('pager = "mason"', 'pager = "supervisor"', "the supervisor has no pager and is none"),
        ('program = "pager"', 'program = "pager"\npager = "mason"', "paged in a circle: `mason` by `mason`"),
        ("priority = 120\npager", "priority = 160\npager", "`alice` (160) may not have its faults"),
    ],
)
def test_a_wrong_pager_is_refused_at_its_place(right: str, wrong: str, said: str) -> None:
    assert right in TEXT
    with pytest.raises(ManifestError) as caught:
        parse_manifest(TEXT.replace(right, wrong, 1), "pager.toml")
    assert said in caught.value.sentence
    assert caught.value.line > 1
