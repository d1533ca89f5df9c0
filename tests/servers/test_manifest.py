"""Manifests: what is read from one, and what is said about a wrong one."""

from __future__ import annotations

from importlib import resources

import pytest

from servers.manifest import ManifestError, parse_manifest
from servers.toml_reader import locate

WORKSHOP = (resources.files("scenarios") / "systems" / "workshop.toml").read_text()


def test_the_workshop_is_read_whole() -> None:
    manifest = parse_manifest(WORKSHOP, "workshop.toml")
    assert manifest.name == "workshop"
    assert list(manifest.servers) == [
        "supervisor", "clock", "console", "disk", "log", "names", "fs", "counter", "shell", "you",
    ]  # fmt: skip
    assert [server.number for server in manifest.servers.values()] == list(range(1, 11))
    assert manifest.interface_of("you", "fs") == "files"
    assert manifest.interface_of("you", "disk") is None
    assert "fs" in manifest.clients_of("disk")
    assert manifest.servers["fs"].windows["window"].pages == manifest.servers["disk"].windows["dma"].pages


def test_servers_of_the_workshop_call_only_upwards_in_priority() -> None:
    manifest = parse_manifest(WORKSHOP)
    for server in manifest.servers.values():
        for use in server.uses.values():
            assert use.server == server.name or manifest.servers[use.server].priority > server.priority


def test_looking_up_a_server_suggests_the_nearest_name() -> None:
    manifest = parse_manifest(WORKSHOP)
    with pytest.raises(KeyError, match="no server is called `dsk`; did you mean `disk`"):
        manifest.server("dsk")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[supervision]", "[supervision", "this is not TOML"),
        ('uses = { disk = "disk.block"', 'uses = { disk = "disk.blok"', "no endpoint `blok`; did you mean `block`?"),
        ('uses = { disk = "disk.block"', 'uses = { disk = "dsk.block"', "called `dsk`; did you mean `disk`?"),
        ('uses = { disk = "disk.block"', 'uses = { disk = "disk"', "names an endpoint as server.endpoint"),
        ('shelf = "drivers"', 'shelf = "driver"', "applications, servers, drivers, not `driver`; did you mean"),
        ("replies = 8", "replis = 8", "`replis` means nothing in [servers.clock]; did you mean `replies`?"),
        ("priority = 220", "priority = 255", "must be 1 to 254, not 255"),
        ("priority = 220", 'priority = "high"', "must be a whole number"),
        ("priority = 220\n", "", "[servers.clock] needs `priority`"),
        ('registers = "timer"', 'registers = "timr"', "no device is called `timr`; did you mean `timer`?"),
        ("irq = 14", "irq = 13", "no device raises interrupt 13; there is 0 (timer)"),
        ("irq = 14", "irq = 1", "interrupt 1 already belongs to `console`"),
        ('window = "disk.dma"', 'window = "disk.registers"', "`disk` has no frames called `registers`"),
        ('"shell", "you"]', '"shel", "you"]', "no server is called `shel`; did you mean `shell`?"),
        ('provides = { log = "log" }', 'provides = { log = "logs" }', "not `logs`; did you mean `log`?"),
        ("[servers.you]", '[servers.you]\nmemory = "32K"', 'more than its memory; "64K" is enough'),
        ('memory = "256K"', 'memory = "100K"', "a power of two"),
        ("[servers.counter]", '[servers.counter]\nprogram = "conter"', "no program is called `conter`; did you mean"),
        ('shares = { window = "disk.dma" }', 'shares = { log = "disk.dma" }', "two capabilities called `log`"),
        ("pulse_us = ", "pulse = ", "`pulse` means nothing in [supervision]"),
        ('own = ["cspace"]  ', 'own = ["cspaces"]  ', "`own` lists cspace, tcb or vspace, not `cspaces`"),
    ],
)
def test_a_wrong_manifest_is_refused_at_its_place(right: str, wrong: str, said: str) -> None:
    assert right in WORKSHOP
    with pytest.raises(ManifestError) as caught:
        parse_manifest(WORKSHOP.replace(right, wrong, 1), "workshop.toml")
    error = caught.value
    assert said in error.sentence
    assert str(error).startswith(f"workshop.toml:{error.line}:{error.column}: ")
    assert error.line > 5


def test_a_system_needs_a_supervisor() -> None:
    with pytest.raises(ManifestError, match=r"needs \[servers.supervisor\]"):
        parse_manifest('[system]\nname = "x"\n[servers.log]\nshelf = "servers"\npriority = 9\n')


def test_a_place_inside_an_inline_table_is_found() -> None:
    text = '[servers.fs]\nshelf = "servers"\nuses = { disk = "a.b", log = "c.d" }\n'
    assert locate(text, ("servers", "fs", "uses", "log")) == (3, 24)
    assert locate(text, ("servers", "fs", "priority")) == (1, 2)
    assert locate(text, ("nothing",)) == (1, 1)
