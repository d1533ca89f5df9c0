"""Chains of causes, previews of revoking, and who can reach whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel import events as ev
from playground.requests import call_request, revoke_request
from playground.view import derivation
from playground.view.preview import revoke_preview
from playground.view.reach import can_reach
from playground.view.why import why_event, why_waiting
from tests.playground.workshop import Workshop, workshop


@pytest.fixture
def shop() -> Iterator[Workshop]:
    with workshop() as made:
        yield made


def start_reading(shop: Workshop) -> None:
    """Until the disk has the request."""
    shop.read()
    shop.until(lambda: shop.server("disk").status.key == "handling")


def test_a_waiting_server_is_explained_down_to_the_one_that_faulted_and_what_you_did(shop: Workshop) -> None:
    """The chain of the sketch."""
    start_reading(shop)
    shop.core.crash("disk", "null-pointer")
    shop.until(lambda: shop.server("disk").status.key == "faulted")
    chain = [link.text for link in why_waiting(shop.view, shop.events, "you")]
    assert chain[0] == "you are waiting because you called files.read on fs."
    assert chain[1] == "fs is waiting because it called block.read on disk."
    assert chain[2].startswith("disk faulted: read of address 0x0 at servers/disk.py:")
    assert chain[3] == "The debug probe: crash disk (null-pointer)."
    assert chain[4] == "You took the debug probe: crash disk by null-pointer."
    assert chain[5] == "fs still waits: only supervisor can answer it now, with the reply capability disk.reply0."


def test_every_link_is_an_event_that_says_so(shop: Workshop) -> None:
    """The numbers are links to moments."""
    start_reading(shop)
    chain = why_waiting(shop.view, shop.events, "disk")
    kinds = [shop.events[link.number][0] for link in chain if link.number >= 0]
    assert kinds == [ev.MESSAGE, ev.MESSAGE, ev.SIGNALLED, ev.IRQ_RAISED, ev.INPUT]
    assert chain[-1].text == 'You asked: call fs.read path="/etc/motd".'


def test_an_answer_is_explained_back_to_the_question(shop: Workshop) -> None:
    """From the note of `you` to what was typed."""
    shop.read()
    shop.until(lambda: any(note.topic == "you-reply" for note in shop.view.notes))
    number = next(note.number for note in shop.view.notes if note.topic == "you-reply")
    chain = [link.text for link in why_event(shop.view, shop.events, number)]
    assert chain[1].startswith("fs answers you: files.read: data=")
    assert chain[2] == 'You call fs: files.read(path="/etc/motd").'
    assert chain[-1] == 'You asked: call fs.read path="/etc/motd".'


def test_a_capability_that_went_is_explained_by_who_revoked_it(shop: Workshop) -> None:
    """The actor, the invocation, and what it was asked."""
    cnode, index = shop.slot_of("disk", "irq")
    shop.core.request({"operation": "revoke", "server": "supervisor", "capability": "disk_irq"})
    shop.until(lambda: (cnode, index) not in shop.view.slots)
    shop.until(lambda: any(note.topic == "you-reply" for note in shop.view.notes))
    number = next(
        number
        for number, event in enumerate(shop.events)
        if event[0] == ev.CAP_REMOVED and event[2:4] == (cnode, index)
    )
    chain = " ".join(link.text for link in why_event(shop.view, shop.events, number))
    assert "CNode_Revoke on supervisor.cspace" in chain
    assert chain.endswith("You asked: revoke supervisor.disk_irq.")


def test_an_error_is_explained_back_to_the_revocation_that_it_comes_from(shop: Workshop) -> None:
    """Through the answers of others and the refusal of the kernel, not only to the question."""
    shop.core.request(revoke_request("supervisor", "disk_irq"))
    shop.until(lambda: any(note.topic == "you-reply" for note in shop.view.notes))
    shop.read()
    shop.until(lambda: sum(note.topic == "you-reply" for note in shop.view.notes) == 2)
    number = next(message.number for message in reversed(list(shop.view.messages)) if message.receiver == "you")
    chain = [link.text for link in why_event(shop.view, shop.events, number)]
    assert chain[0].startswith("fs answers you: files.read: UNAVAILABLE")
    assert chain[1].startswith("disk answers fs: block.read: UNAVAILABLE")
    assert chain[2].startswith("disk did IRQHandler_Ack on the empty slot")
    assert "disk.irq" in chain[3]
    assert chain[-1] == "You asked: revoke supervisor.disk_irq."


def test_a_refusal_for_its_own_sake_is_explained_by_the_question(shop: Workshop) -> None:
    """Nothing went wrong before: there is no such file."""
    shop.core.request(call_request("fs", "read", {"path": "/nosuch"}))
    shop.until(lambda: any(note.topic == "you-reply" for note in shop.view.notes))
    number = next(message.number for message in reversed(list(shop.view.messages)) if message.receiver == "you")
    chain = [link.text for link in why_event(shop.view, shop.events, number)]
    assert "NOT_FOUND" in chain[0]
    assert chain[1] == 'You call fs: files.read(path="/nosuch").'


def test_why_of_nothing_is_empty(shop: Workshop) -> None:
    """A server or an event that does not exist."""
    assert why_waiting(shop.view, shop.events, "nobody") == []
    assert why_event(shop.view, shop.events, 10**9) == []


def test_chains_end(shop: Workshop) -> None:
    """For every event of a run and every server: bounded, nothing said twice."""
    start_reading(shop)
    for number in range(0, len(shop.events), 7):
        chain = why_event(shop.view, shop.events, number)
        said = [link.number for link in chain if link.number >= 0]
        assert 1 <= len(chain) <= 16
        assert len(said) == len(set(said))
    for name in shop.view.servers:
        assert len(why_waiting(shop.view, shop.events, name)) <= 16


def test_the_preview_of_a_revocation_is_what_then_happens(shop: Workshop) -> None:
    """The same capabilities die, and nothing else."""
    slot = shop.slot_of("supervisor", "disk_irq")
    preview = revoke_preview(shop.view, *slot)
    expected = {(cap.cnode, cap.index) for cap in preview.dying}
    assert [loss.server for loss in preview.losses] == ["disk"]
    assert preview.losses[0].capabilities == ("IRQHandler disk.irq (irq 14)",)
    assert preview.objects == ()
    before = set(shop.view.slots)
    shop.core.request({"operation": "revoke", "server": "supervisor", "capability": "disk_irq"})
    shop.until(lambda: any(note.topic == "you-reply" for note in shop.view.notes))
    assert before - set(shop.view.slots) == expected


def test_the_preview_of_revoking_a_life_shows_a_death_and_who_is_stuck(shop: Workshop) -> None:
    """The untyped that disk is made from: everything of disk goes, and fs would wait for ever."""
    start_reading(shop)
    preview = revoke_preview(shop.view, *shop.slot_of("supervisor", "disk_life"))
    losses = {loss.server: loss for loss in preview.losses}
    assert losses["disk"].everything
    assert losses["disk"].text == "disk dies: its thread is deleted with everything that only it held."
    assert [wake.server for wake in preview.wakes] == ["fs"]
    assert preview.wakes[0].text == "fs stops for good: nobody can answer its call without disk.reply0."
    depths = [branch.depth for branch in preview.tree]
    assert depths[0] == 0
    assert not preview.tree[0].dies
    assert all(branch.dies for branch in preview.tree[1:])


def test_the_dying_are_listed_leaves_first(shop: Workshop) -> None:
    """No capability comes before what was derived from it."""
    preview = revoke_preview(shop.view, *shop.slot_of("supervisor", "disk_block"))
    assert preview.dying
    for place, cap in enumerate(preview.dying):
        later = preview.dying[place + 1 :]
        assert not set(map(id, derivation.descendants(shop.view, cap))) & set(map(id, later))


def test_the_preview_says_who_will_be_deaf(shop: Workshop) -> None:
    """A driver that lives on without its interrupt."""
    supervisor = shop.view.servers["supervisor"].cspace
    held = shop.view.held[supervisor]
    named = [slot for slot, cap in held.items() if shop.view.name_of(cap.object) == "disk.irq"]
    index = next(slot for slot in named if derivation.has_children(shop.view, held[slot]))
    sentences = revoke_preview(shop.view, supervisor, index).sentences
    assert "disk cannot acknowledge irq 14 any more: it hears it once more at most." in sentences


def test_while_a_server_is_built_anew_the_supervisor_says_so(shop: Workshop) -> None:
    """On its card, beside that it runs."""
    shop.core.crash("disk", "exception")
    shop.until(lambda: shop.server("disk").status.key == "restarting" and shop.server("disk").status.detail == "now")
    shop.until(lambda: shop.server("supervisor").status.key == "running")
    assert shop.server("supervisor").status.detail == "builds disk"
    shop.until(lambda: shop.server("supervisor").status.key == "idle")


def test_revoking_what_nothing_was_derived_from_kills_nothing(shop: Workshop) -> None:
    """And an empty slot is no mistake."""
    assert revoke_preview(shop.view, *shop.slot_of("disk", "irq")).dying == ()
    assert revoke_preview(shop.view, 1, 9_999).sentences == ("The slot is empty: nothing happens.",)


def test_reach_follows_capabilities_and_ends_with_them(shop: Workshop) -> None:
    """You can ask fs, but disk only through fs; after revoking, only the supervisor still can."""
    direct = can_reach(shop.view, "you", "fs")
    assert direct.possible
    assert direct.text == "you can reach fs through fs.files."
    indirect = can_reach(shop.view, "you", "disk")
    assert not indirect.possible
    assert indirect.path == ("you", "fs", "disk")
    shop.core.request({"operation": "revoke", "server": "supervisor", "capability": "disk_block"})
    shop.until(lambda: any(note.topic == "you-reply" for note in shop.view.notes))
    assert not can_reach(shop.view, "fs", "disk").possible
    left = can_reach(shop.view, "you", "disk")
    assert left.path == ("you", "supervisor", "disk")
    assert left.text == "you cannot reach disk itself; only supervisor, whom it can ask, can."
    assert can_reach(shop.view, "disk", "you").path == ()


def test_parents_and_children_agree(shop: Workshop) -> None:
    """Whoever is among the children of a capability has it as its parent."""
    for cap in list(shop.view.slots.values())[:300]:
        for child in derivation.children(shop.view, cap):
            assert derivation.parent(shop.view, child) is cap
