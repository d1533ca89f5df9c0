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


CIRCLE = """[system]
name = "circle"
calls = "upwards"
[servers.supervisor]
shelf = "servers"
priority = 250
memory = "256K"
provides = { supervisor = "supervisor" }
device = { timer = { from = "timer", writable = false } }
[servers.low]
program = "counter"
shelf = "servers"
priority = 10
provides = { low = "counter" }
uses = { high = "high.high" }
[servers.middle]
program = "counter"
shelf = "servers"
priority = 20
provides = { middle = "counter" }
[servers.high]
program = "counter"
shelf = "servers"
priority = 30
own = ["cspace"]
provides = { high = "counter" }
"""


def refusal(text: str) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text, "circle.toml")
    return caught.value


def test_calls_that_lead_upwards_are_accepted() -> None:
    parse_manifest(CIRCLE)


def test_a_call_downwards_is_refused_with_what_would_be_right() -> None:
    error = refusal(CIRCLE + 'uses = { middle = "middle.middle" }\n')
    assert str(error) == (
        "circle.toml:27:10: `high` (30) may not call `middle` (20): calls go upwards in priority; "
        "give `middle` one above 30, or `high` one below 20"
    )


def test_a_call_to_the_same_priority_is_refused() -> None:
    error = refusal(CIRCLE.replace("priority = 20", "priority = 30") + 'uses = { middle = "middle.middle" }\n')
    assert "`high` (30) may not call `middle` (30)" in error.sentence


def test_a_call_that_closes_a_circle_is_refused_with_the_whole_circle() -> None:
    around = CIRCLE.replace('"high.high"', '"middle.middle"')
    middle = 'provides = { middle = "counter" }'
    around = around.replace(middle, middle + '\nuses = { high = "high.high" }')
    error = refusal(around + 'uses = { low = "low.low" }\n')
    assert error.sentence.endswith(", and `low` calls `middle` and `middle` calls `high`; one of these must go")


def test_a_call_to_oneself_is_refused_where_calls_go_upwards() -> None:
    assert "it would wait for itself for ever" in refusal(CIRCLE + 'uses = { me = "high.high" }\n').sentence


def test_a_pager_of_lower_priority_is_refused_where_calls_go_upwards() -> None:
    paged = CIRCLE.replace('provides = { middle = "counter" }', 'provides = { middle = "counter" }\nown = ["cspace"]')
    error = refusal(paged + 'pager = "middle"\n')
    assert "`high` (30) may not have its faults dealt with by `middle` (20)" in error.sentence


def test_without_the_rule_calls_may_lead_anywhere() -> None:
    parse_manifest(CIRCLE.replace('calls = "upwards"\n', "") + 'uses = { low = "low.low" }\n')
