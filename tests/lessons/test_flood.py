"""Lesson flood fails if budgets, lending or separate endpoints do not work, and if there was nothing to cure."""

from kernel import kernel, refills, reply, scheduler
from servers.lessons.crowd import main as crowd
from tests.lessons.mutations import demand_failure, replaced, rewritten, with_line

ALICE_KEEPS_HER_SHARE = "the count of served (server alice) is at least 45"


def test_flood_fails_when_a_call_lends_no_scheduling_context() -> None:
    slow = replaced(kernel, "run_fast", lambda _kernel, _steps: 0)
    with slow, rewritten(reply.push, "and can_donate:", "and False:"):
        demand_failure("flood", ALICE_KEEPS_HER_SHARE)


def test_flood_fails_when_the_crowd_has_no_budget() -> None:
    def generous(text: str) -> str:
        return text.replace("budget_us = 500\n", "budget_us = 10_000\n")

    demand_failure("flood", ALICE_KEEPS_HER_SHARE, manifest=generous)


def test_flood_fails_when_the_kernel_charges_a_tenth_of_the_time() -> None:
    used, tenth = "refills.charge(kernel, context, used)", "refills.charge(kernel, context, used // 10 + 1)"
    with rewritten(scheduler.charge_budget, used, tenth):
        demand_failure("flood", "the count of message (receiver south, operation till.pay) is at most 6")


def test_flood_fails_when_the_kernel_charges_half_of_the_time() -> None:
    charged = "refills = context.refills\n"
    with rewritten(refills.charge, charged, f"usage //= 2\n    {charged}"):
        demand_failure("flood", "the count of message (receiver south, operation till.pay) is at most 60")


def test_flood_fails_when_alice_shares_the_till_of_the_crowd() -> None:
    uses = 'uses = { clock = "clock.clock", one = "till.till", lean = "lean.till", own = "south.till" }'
    shared = with_line("servers.alice", uses)
    demand_failure("flood", "alice cannot reach south", ALICE_KEEPS_HER_SHARE, manifest=shared)


def test_flood_fails_when_there_is_no_flood() -> None:
    with rewritten(crowd, "if await page.load_word(CROWD):", "if False:"):
        demand_failure("flood", "the count of served (server alice) is at most 5")


def test_flood_fails_when_the_till_that_all_share_is_not_shared() -> None:
    uses = 'uses = { clock = "clock.clock", one = "north.till", lean = "north.till", own = "north.till" }'
    demand_failure("flood", "served (server alice) is at most 5", manifest=with_line("servers.alice", uses))
