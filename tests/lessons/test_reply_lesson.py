"""The lesson on replies fails on a system that answers twice, or never."""

from __future__ import annotations

from kernel import reply, transfer
from servers.supervisor import Supervisor
from tests.lessons.mutations import demand_failure, rewritten


def test_replies_fails_when_a_reply_object_answers_twice() -> None:
    dropped = '(events.DROPPED, kernel.now, sender.id, 0, held.id, "nobody waits for this reply")'
    last = "next((it[3] for it in reversed(kernel.events) if it[0] == events.REPLIED and it[4] == held.id), 0)"
    doubled = f"(events.REPLIED, kernel.now, sender.id, {last}, held.id, 0, (), (), 0, 0) if {last} else {dropped}"
    with rewritten(reply.transfer_reply, dropped, doubled):
        demand_failure("replies", "the count of replied (replier desk, caller ann) is 1")


def test_replies_fails_when_nobody_answers_in_place_of_the_dead() -> None:
    with rewritten(Supervisor._bury, 'await send(builder.slot(f"{name}.reply", number), DEAD.label)', "pass"):
        demand_failure("replies", "event replied (replier supervisor, caller ann)")


def test_replies_fails_when_a_reply_capability_cannot_be_sent() -> None:
    with rewritten(
        transfer._capabilities, "if derived is None:", "if derived is None or cap.kind == ObjectType.REPLY:"
    ):
        demand_failure("replies", "clerk holds its capability pen")
