"""The lessons about authority fail on a kernel that does not keep what they teach."""

from __future__ import annotations

from kernel import deletion, derivation, endpoint, fastpath, transfer
from kernel.abi import ObjectType, Rights
from kernel.kernel import Kernel
from kernel.objects import Capability, Slot
from tests.lessons.mutations import demand_failure, replaced, rewritten

EVE_DIES = "server eve, cause page-fault"
REFUSED = "the reply is the error NOT_PERMITTED"
BELIEVED = "{3: 5, 7: 4}.get(words[0], badge) if label == 2369 else badge"
"""The badge of `bank.pay` by the length of the name that the message begins with: ann is 5, mallory is 4."""


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


def test_delegation_fails_when_a_copied_way_keeps_the_right_to_give() -> None:
    with rewritten(derivation.mask_rights, "masked.rights &= rights\n", "pass\n"):
        demand_failure("delegation", "ann lacks its capability spare with grant", "the reply is the error BAD_REQUEST")


def test_delegation_fails_when_capabilities_travel_without_the_right_to_give() -> None:
    with rewritten(transfer.message, "if pointers and can_grant and", "if pointers and"):
        demand_failure(
            "delegation", "event cap-inserted (kind Frame) does not happen", "ben lacks its capability stronger"
        )


def test_revoke_the_tree_fails_when_another_original_with_the_same_badge_adopts_an_orphan() -> None:
    with rewritten(derivation.remove, "after.first_badged or slot.first_badged", "after.first_badged"):
        demand_failure("revoke-the-tree", "eve holds its capability key", "the count of cap-removed is 1")


def test_revoke_the_tree_fails_when_copies_of_copies_become_children() -> None:
    with rewritten(derivation.is_parent, "not left.revocable or ", ""):
        demand_failure("revoke-the-tree", "ben holds its capability key")


def test_revoke_the_tree_fails_when_the_same_badge_makes_the_same_branch() -> None:
    with rewritten(derivation.is_parent, " and not right.first_badged", ""):
        demand_failure("revoke-the-tree", "eve holds its capability key")


def test_revoke_the_tree_fails_when_the_revoker_loses_its_own() -> None:
    revoke = deletion.revoke

    def greedy(kernel: Kernel, slot: Slot) -> None:
        revoke(kernel, slot)
        if slot.cap is not None and slot.cap.kind == ObjectType.ENDPOINT:
            deletion.delete(kernel, slot, exposed=True)

    with replaced(deletion, "revoke", greedy):
        demand_failure("revoke-the-tree", "owner holds its capability seven")


def test_revoke_the_tree_fails_when_revoking_spares_what_others_hold() -> None:
    with rewritten(deletion.revoke, "while slot.next", "while slot.next.home is slot.home and slot.next"):
        demand_failure("revoke-the-tree", "ann lacks its capability key")


def test_revoke_the_tree_fails_when_losing_a_key_cancels_the_message_that_waits() -> None:
    final = "if not final or kind == ObjectType.ZOMBIE:"
    cancelling = f"if kind == ObjectType.ENDPOINT:\n        endpoint.cancel_all(kernel, target)\n    {final}"
    with rewritten(deletion._finalise, final, cancelling):
        demand_failure("revoke-the-tree", "ann is sending")


def test_who_is_calling_fails_when_the_kernel_gives_every_caller_the_same_badge() -> None:
    with rewritten(derivation.with_data, "changed.badge = data", "changed.badge = 5 if data == 4 else data"):
        demand_failure("who-is-calling", REFUSED, "badge 4")


def test_who_is_calling_fails_when_the_badge_is_taken_from_the_body_of_the_message() -> None:
    slow, fast = "label, words, moved = transfer.message(", "badge = cap.badge"
    reading = f"label, words = sender.message[:2]\n    badge = {BELIEVED}\n    {slow}"
    with (
        rewritten(endpoint.deliver, slow, reading),
        rewritten(fastpath._call, fast, f"{fast}\n    badge = {BELIEVED}"),
    ):
        demand_failure("who-is-calling", REFUSED, "badge 4")


def test_who_is_calling_fails_when_a_lent_capability_is_no_child_of_the_lenders() -> None:
    with rewritten(derivation.is_parent, "parent.badge == child.badge and", "False and"):
        demand_failure("who-is-calling", "mallory lacks its capability borrowed")


def test_confused_deputy_fails_when_a_capability_that_is_sent_takes_on_the_authority_of_the_receiver() -> None:
    derived = "derivation.insert(kernel, derived, slot, destination)"
    with rewritten(
        transfer._capabilities,
        derived,
        f"derived.badge = 5 if derived.badge == 6 else derived.badge\n        {derived}",
    ):
        demand_failure("confused-deputy", "badge 6", 'the reply is "translated: one"')


def test_confused_deputy_fails_when_capabilities_do_not_travel_with_a_request() -> None:
    with rewritten(transfer._receive_slot, "slot.cap is None", "False"):
        demand_failure("confused-deputy", "`charged` of the reply is 1")


def test_confused_deputy_fails_when_all_capabilities_to_the_sheets_carry_one_badge() -> None:
    with rewritten(derivation.with_data, "changed.badge = data", "changed.badge = 5 if data == 6 else data"):
        demand_failure("confused-deputy", "badge 6")
