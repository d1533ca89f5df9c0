"""Who holds what: exactly what the manifest lists, and what happens when it is taken away."""

from __future__ import annotations

import pytest

from kernel.abi import ObjectType
from servers.builder.layout import FAULT_BADGE, life_bytes, plan
from servers.manifest import parse_manifest
from tests.servers.bench import SYSTEM, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench().boot()


def held(bench: Bench, cnode: str) -> dict[int, object]:
    """What the slots of a CNode hold, by index."""
    target = bench.last_named(cnode)
    inspection = bench.kernel.inspect()
    return {index: cap for (home, index), cap in inspection.slots.items() if home == target}


def test_every_server_holds_exactly_the_slots_of_its_layout(bench: Bench) -> None:
    layout = plan(parse_manifest(SYSTEM))
    for server in layout.manifest.servers:
        listed = set(layout.slot_names(server).values())
        assert set(held(bench, f"{server}.cspace")) == listed, server


def test_root_keeps_no_memory_no_interrupts_and_no_time(bench: Bench) -> None:
    kinds = {cap.kind for cap in held(bench, "root.cspace").values()}  # type: ignore[attr-defined]
    assert not kinds & {
        ObjectType.UNTYPED, ObjectType.IRQ_CONTROL, ObjectType.SCHED_CONTROL, ObjectType.ENDPOINT,
        ObjectType.NOTIFICATION,
    }  # fmt: skip


def test_a_rebuilt_server_holds_what_it_held(bench: Bench) -> None:
    before = set(held(bench, "counter.cspace"))
    bench.crash("counter", "exception")
    bench.run_until_idle()
    assert set(held(bench, "counter.cspace")) == before


def test_a_server_gets_a_capability_by_name_and_can_use_it(bench: Bench) -> None:
    bench.ask("counter.increment", by=4)
    assert bench.ask("publish", name="count", capability="counter") == "published"
    assert bench.ask("found", actor="two", name="count") == "4"
    assert bench.ask("found", actor="two", name="count") == "4"
    assert bench.ask("found", actor="two", name="nobody") == "UNKNOWN"


def test_a_capability_sent_without_grant_does_not_arrive(bench: Bench) -> None:
    assert bench.ask("publish", actor="two", name="count", capability="counter") == "BAD_REQUEST"


def test_after_a_revoke_the_client_is_told_that_the_capability_leads_nowhere(bench: Bench) -> None:
    assert bench.ask("revoke", server="supervisor", capability="counter_counter") == "revoked"
    assert bench.ask("counter.value") == "UNAVAILABLE"


def test_controls_reach_the_new_life_of_a_server(bench: Bench) -> None:
    bench.crash("counter", "exception")
    bench.run_until_idle()
    assert bench.ask("revoke", server="counter", capability="heap") == "revoked"


def test_the_holder_of_controls_can_be_rebuilt_and_still_has_them(bench: Bench) -> None:
    bench.crash("one", "exception")
    bench.run_until_idle()
    assert bench.ask("revoke", server="counter", capability="heap") == "revoked"
    assert bench.ask("counter.value") == "0"


def test_deaths_leak_no_objects(bench: Bench) -> None:
    bench.crash("counter", "exception")
    bench.pass_time(1_000_000)
    before = len(bench.kernel.inspect().objects)
    for _ in range(2):
        bench.crash("counter", "exception")
        bench.pass_time(1_000_000)
    assert len(bench.kernel.inspect().objects) == before


def test_fault_badges_cannot_be_those_of_a_client() -> None:
    manifest = parse_manifest(SYSTEM)
    for grants in plan(manifest).grants.values():
        assert all(grant.badge & FAULT_BADGE == 0 or grant.badge < 0 or grant.badge > 1 << 60 for grant in grants)


def test_one_life_fits_into_its_untyped() -> None:
    layout = plan(parse_manifest(SYSTEM))
    for name, server in layout.manifest.servers.items():
        assert life_bytes(layout, name) <= server.memory
