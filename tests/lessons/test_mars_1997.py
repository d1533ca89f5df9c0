"""Lesson mars-1997 fails wherever the cure does not work, or there was nothing to cure."""

from contextlib import AbstractContextManager

from kernel import kernel, reply
from servers.lessons.distributor import main as distributor
from tests.lessons.mutations import demand_failure, replaced, rewritten, with_line


def without_fast_path() -> AbstractContextManager[None]:
    """The short way through the kernel lends scheduling contexts by itself; leave only the one that is broken."""
    return replaced(kernel, "run_fast", lambda _kernel, _steps: 0)


def test_mars_fails_when_a_call_lends_no_scheduling_context() -> None:
    with without_fast_path(), rewritten(reply.push, "and can_donate:", "and False:"):
        demand_failure("mars-1997", "bus-taken (server weather)", "deadline-missed")


def test_mars_fails_when_a_reply_does_not_give_the_scheduling_context_back() -> None:
    with without_fast_path(), rewritten(reply.pop, "caller.sched_context is None:", "False:"):
        demand_failure("mars-1997", "deadline-missed")


def test_mars_fails_when_the_bus_is_less_important_than_the_radio() -> None:
    less = with_line("servers.bus", "priority = 120")
    demand_failure("mars-1997", "deadline-missed does not happen within 1500 ms", manifest=less)


def test_mars_fails_when_the_bus_has_time_of_its_own() -> None:
    demand_failure("mars-1997", "sched_context weather.sc", manifest=with_line("servers.bus", "passive = false"))


def test_mars_fails_when_the_radio_is_not_in_the_middle() -> None:
    demand_failure("mars-1997", "deadline-missed", manifest=with_line("servers.radio", "priority = 105"))


def test_mars_fails_when_the_important_task_does_not_need_the_bus() -> None:
    with rewritten(distributor, "await use_bus(env, NEEDED_US)", "pass"):
        demand_failure("mars-1997", "distributor is waiting for lock")
