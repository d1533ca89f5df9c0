"""Lesson check-then-use fails if the attack cannot work, and if a cure does not."""

from servers.lessons.careful_vault import CarefulVault
from servers.lessons.hasty_vault import HastyVault
from servers.lessons.vault import check
from tests.lessons.mutations import demand_failure, rewritten, with_line

SECOND_LOOK = "await use(self._env, await self._page.load_word(RECORD))"


def test_check_then_use_fails_when_the_careful_vault_looks_twice() -> None:
    with rewritten(CarefulVault.fetch, "await use(self._env, record)", SECOND_LOOK):
        demand_failure("check-then-use", "event used (record 3) does not happen")


def test_check_then_use_fails_when_the_hasty_vault_looks_once() -> None:
    with rewritten(HastyVault.fetch, SECOND_LOOK, "await use(self._env, 1)"):
        demand_failure("check-then-use", "used (server hasty, record 3)")


def test_check_then_use_fails_when_nobody_checks() -> None:
    with rewritten(check, "record >= FOR_GUESTS", "False"):
        demand_failure("check-then-use", "the reply is the error NOT_PERMITTED")


def test_check_then_use_fails_when_the_hand_cannot_run_while_a_vault_works() -> None:
    demand_failure(
        "check-then-use", "changed (record 3) comes before used", manifest=with_line("servers.hand", "priority = 140")
    )


def test_check_then_use_fails_when_the_hand_may_not_write_on_the_page() -> None:
    read_only = with_line("servers.hand", 'shares = { page = { from = "guest.page", writable = false } }')
    demand_failure("check-then-use", "the key", manifest=read_only)
