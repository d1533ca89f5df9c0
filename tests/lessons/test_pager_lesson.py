"""Lesson pager fails if faults are not messages that can be answered, if mappings outlive capabilities, and if the
supervisor forgets what a dead pager owed."""

from __future__ import annotations

from kernel import deletion, faults
from servers.builder.builder import Builder
from servers.lessons.pager import Pager
from servers.supervisor import Supervisor
from tests.lessons.mutations import demand_failure, rewritten, with_line

GOES_ON = "the count of checked (server alice, ok 1) is at least"


def test_pager_fails_when_the_answer_to_a_page_fault_lets_nobody_go_on() -> None:
    with rewritten(faults.handle_reply, "return True", "return False"):
        demand_failure("pager", "run until alice is waiting for clock within 1 s", GOES_ON)


def test_pager_fails_when_a_page_stays_mapped_after_its_capability_is_gone() -> None:
    with rewritten(deletion._finalise, "memory.unmap(kernel, slot)", "pass"):
        demand_failure("pager", "the count of unmapped (vspace alice.vspace) is 4: the count is 0")


def test_pager_fails_when_nobody_answers_the_faults_that_a_dead_pager_left_behind() -> None:
    with rewritten(Supervisor._bury, "range(ward.server.replies)", "range(0)"):
        demand_failure("pager", "event replied (replier supervisor, caller bob) happens")


def test_pager_fails_when_a_pager_does_not_get_the_new_address_space_of_its_ward() -> None:
    with rewritten(Builder.refresh_controls, 'f"{server}.vspace"', 'f"{server}.nothing"'):
        demand_failure("pager", GOES_ON)


def test_pager_fails_when_a_pager_keeps_the_faults_that_it_cannot_deal_with() -> None:
    with rewritten(Pager.on_fault, "await send(ward.supervisor, label, words)", "pass"):
        demand_failure("pager", "event server-died (server alice, cause exception) happens")


def test_pager_fails_when_bob_has_a_pager_that_can_be_trusted() -> None:
    honest = with_line("servers.mallory", 'program = "pager"')

    def change(text: str) -> str:
        return honest(text).replace('"rogue_pager" }', '"pager" }')

    demand_failure("pager", manifest=change)


def test_pager_fails_when_a_dead_pager_is_back_before_anybody_misses_it() -> None:
    demand_failure("pager", "mason is restarting", manifest=with_line("supervision", "backoff_us = 2_000"))
