"""Lesson call-cycle fails if there is no circle, if it is not found, if it cannot be cut, and without the rule."""

from __future__ import annotations

from kernel import endpoint
from playground.view import deadlock
from servers import manifest
from servers.lessons.room import Room
from servers.manifest_rules import check_upwards
from servers.supervisor import Supervisor
from tests.lessons.mutations import demand_failure, replaced, rewritten, with_line, without_line

CIRCLE = "files and memory wait for each other in a circle"


def test_call_cycle_fails_when_the_detector_does_not_see_who_waits_to_send() -> None:
    with rewritten(deadlock.link_of, "thread.state == ThreadState.BLOCKED_ON_SEND", "False"):
        demand_failure("call-cycle", "run until deadlock within 60 ms", CIRCLE)


def test_call_cycle_fails_when_the_detector_names_those_who_only_come_near() -> None:
    with rewritten(deadlock.circle_from, "circle = [links[here]]", "return tuple(links.values())"):
        demand_failure("call-cycle", "reader and files and memory do not wait for each other in a circle")


def test_call_cycle_fails_when_the_kernel_does_not_let_a_sender_wait() -> None:
    with rewritten(endpoint.send, "if blocking:", "if blocking and thread.fault is not None:"):
        demand_failure("call-cycle", "memory is sending")


def test_call_cycle_fails_when_the_rule_refuses_nothing() -> None:
    with replaced(manifest, "check_upwards", lambda _servers, _sections: None):
        demand_failure("call-cycle", "is refused at servers.memory.uses.files: it is accepted")


def test_call_cycle_fails_when_the_rule_lets_equals_call_each_other() -> None:
    with rewritten(check_upwards, "other.priority <= server.priority", "other.priority < server.priority"):
        demand_failure("call-cycle", "with servers.memory.priority = 140 is refused: it is accepted")


def test_call_cycle_fails_when_nobody_answers_for_a_dead_server() -> None:
    with rewritten(Supervisor._bury, "range(ward.server.replies)", "range(0)"):
        demand_failure("call-cycle", "event replied (replier supervisor, caller files) happens")


def test_call_cycle_fails_when_memory_never_runs_out() -> None:
    with rewritten(Room.take, "if self._free:", "if True:"):
        demand_failure("call-cycle", "run until deadlock within 60 ms")


def test_call_cycle_fails_when_memory_could_never_call_files() -> None:
    demand_failure("call-cycle", "memory can reach files", manifest=without_line("servers.memory.uses", "files"))


def test_call_cycle_fails_when_nobody_may_take_the_capability_away() -> None:
    helpless = with_line("servers.you", "controls = []")
    demand_failure("call-cycle", "memory lacks its capability files", manifest=helpless)
