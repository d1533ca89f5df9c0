"""Every lesson fails when what it teaches is broken."""

import pytest

from kernel import cnode, deletion
from kernel.kernel import Kernel
from servers.supervisor import Supervisor
from tests.lessons.mutations import demand_failure, demand_pass, played, replaced, rewritten, with_line, without_line


def test_reincarnation_fails_when_the_driver_is_never_restarted() -> None:
    found = demand_failure(
        "reincarnation",
        "disk stays stopped: it is temporary",
        manifest=with_line("servers.disk", 'restart = "temporary"'),
    )
    assert found[0].sentence == "run until event restarted server=disk within 1 s"


def test_reincarnation_fails_when_nobody_asks_for_signs_of_life() -> None:
    demand_failure(
        "reincarnation", "server-died (server disk, cause silence)",
        manifest=without_line("servers.disk", "heartbeat_us"),
    )  # fmt: skip


def test_reincarnation_fails_when_a_crash_loop_has_no_limit() -> None:
    demand_failure("reincarnation", "gave-up (server disk)", manifest=with_line("supervision", "intensity = 100"))


def test_reincarnation_fails_when_the_person_may_ask_the_driver() -> None:
    demand_failure(
        "reincarnation", "you cannot reach disk",
        manifest=with_line("servers.you", 'uses = { disk = "disk.block", fs = "fs.files", counter = "counter.counter", '
                           'log = "log.log", clock = "clock.clock", supervisor = "supervisor.supervisor" }'),
    )  # fmt: skip


def test_reincarnation_fails_when_nobody_answers_in_place_of_the_dead() -> None:
    with rewritten(Supervisor._bury, 'await send(builder.slot(f"{name}.reply", number), DEAD.label)', "pass"):
        demand_failure("reincarnation", "the reply is a success within 1 s")


def test_reincarnation_fails_when_the_kernel_revokes_nothing() -> None:
    with rewritten(deletion.revoke, "while ", "while False and "):
        demand_failure("reincarnation", "disk lacks its capability irq")


def test_a_mutation_is_undone_at_the_end_of_its_block() -> None:
    before = cnode._insert.__code__
    with rewritten(cnode._insert, "rights", "rights"), replaced(Kernel, "check", lambda kernel: None):
        assert cnode._insert.__code__ is not before
    assert cnode._insert.__code__ is before
    assert Kernel.check.__qualname__ == "Kernel.check"
    demand_pass("reincarnation")


def test_a_lesson_that_passes_in_spite_of_a_mutation_is_complained_about() -> None:
    with pytest.raises(AssertionError, match="reincarnation is passed although what it teaches is broken"):
        demand_failure("reincarnation")


def test_a_mutation_that_changes_nothing_is_an_error() -> None:
    with pytest.raises(AssertionError, match="has no 'text' in it"), rewritten(cnode.invoke, "text", ""):
        pass
    with pytest.raises(AssertionError, match="changes nothing"):
        played("reincarnation", lambda text: text)
