"""The lessons about authority fail on a kernel that does not keep what they teach."""

from __future__ import annotations

from kernel import derivation
from kernel.abi import ObjectType, Rights
from kernel.objects import Capability
from tests.lessons.mutations import demand_failure, replaced, rewritten

EVE_DIES = "server eve, cause page-fault"


def test_delegation_fails_when_a_copy_keeps_all_rights() -> None:
    with replaced(derivation, "mask_rights", lambda cap, _rights: cap.copy()):
        demand_failure("delegation", "rights 2", EVE_DIES)


def test_delegation_fails_when_a_copy_gets_the_rights_that_were_asked_for() -> None:
    mask_rights = derivation.mask_rights

    def generous(cap: Capability, rights: int) -> Capability:
        masked = mask_rights(cap, rights)
        if cap.kind == ObjectType.FRAME:
            masked.rights = rights & (Rights.READ | Rights.WRITE)
        return masked

    with replaced(derivation, "mask_rights", generous):
        demand_failure("delegation", "rights 3", EVE_DIES)


def test_delegation_fails_when_a_badge_can_be_set_twice() -> None:
    with rewritten(derivation.with_data, "preserve or cap.badge != 0", "preserve"):
        demand_failure("delegation", "the reply is the error ILLEGAL_OPERATION")
