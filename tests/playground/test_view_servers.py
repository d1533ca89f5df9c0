"""Servers as people see them: a glyph, a word and what for, at every moment of a life."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.view.fold import Fold, view_at
from playground.view.model import STATUSES
from servers.manifest import parse_manifest
from tests.playground.fold_check import differences
from tests.playground.workshop import SYSTEM, Workshop, workshop


@pytest.fixture
def shop() -> Iterator[Workshop]:
    with workshop() as made:
        yield made


def state(shop: Workshop, name: str) -> tuple[str, str]:
    """Key and detail of a server's status."""
    status = shop.server(name).status
    return status.key, status.detail


def test_before_anything_runs_every_server_of_the_manifest_is_shown_as_not_started() -> None:
    """In the order of the manifest, so that positions never jump."""
    manifest = parse_manifest(SYSTEM.read_text(encoding="utf-8"), SYSTEM.name)
    servers = Fold(manifest).view.servers
    assert list(servers) == list(manifest.servers)
    assert {server.status.word for server in servers.values()} == {"not started"}


def test_each_state_has_a_glyph_and_a_letter_of_its_own() -> None:
    """The glyphs of the sketch, and one letter each for terminals without them."""
    assert "".join(status.glyph for status in STATUSES.values()) == "●◌○◔◐✖↻■☐"
    assert "".join(status.ascii for status in STATUSES.values()) == "RIWSHX~#-"


def test_a_server_with_nothing_to_do_is_idle_and_says_what_it_waits_for(shop: Workshop) -> None:
    """A driver for its interrupt, a server for requests, the shell for a line."""
    assert state(shop, "log") == ("idle", "requests on log.log")
    assert state(shop, "you") == ("idle", "irq 2")
    assert state(shop, "shell") == ("waiting", "console.read_line of console")
    assert state(shop, "console") == ("handling", "console.read_line for shell")


def test_a_request_is_seen_on_its_whole_way(shop: Workshop) -> None:
    """`you` waits for fs, which waits for disk, which handles a read for fs."""
    shop.read()
    shop.until(lambda: shop.server("disk").status.key == "handling")
    assert state(shop, "you") == ("waiting", "files.read of fs")
    assert state(shop, "fs") == ("waiting", "block.read of disk")
    assert state(shop, "disk") == ("handling", "block.read for fs")
    assert shop.server("fs").handles == "files.read for you"
    waits_for = shop.server("fs").waits_for
    assert waits_for is not None
    assert (waits_for.server, waits_for.what) == ("disk", "block.read")


def test_a_call_that_nobody_receives_yet_is_waiting_to_be_sent(shop: Workshop) -> None:
    """The disk is held by the debug probe, so its client queues."""
    shop.core.pause_server("disk")
    shop.read()
    shop.until(lambda: shop.server("fs").status.key == "sending")
    assert state(shop, "fs") == ("sending", "to disk")
    assert state(shop, "disk") == ("stopped", "paused by the debug probe")


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("null-pointer", "null pointer"),
        ("exception", "InjectedFailure: the debug probe made disk fail"),
        ("exit", "its program ended"),
        ("memory-exhaustion", "out of memory"),
        ("silence", "silence"),
    ],
)
def test_a_death_says_why_then_when_it_comes_back_then_that_it_is_back(shop: Workshop, kind: str, word: str) -> None:
    """Faulted, restarting, idle in its second life."""
    shop.read()
    shop.until(lambda: shop.server("disk").status.key == "handling")
    shop.core.crash("disk", kind)
    shop.until(lambda: shop.server("disk").status.key == "faulted")
    assert shop.server("disk").status.detail == word
    shop.until(lambda: shop.server("disk").status.key == "restarting")
    assert shop.server("disk").status.detail == "now"
    shop.until(lambda: shop.server("disk").life == 2 and shop.server("disk").status.key == "idle")
    shop.until(lambda: shop.server("you").status.key == "idle")
    assert differences(shop.view, shop.core.kernel.inspect()) == []


def test_capabilities_memory_and_messages_are_counted(shop: Workshop) -> None:
    """From the server's own CSpace, its own untyped, and both ends of every message."""
    before = shop.server("disk")
    assert before.cap_count == len(shop.view.held[before.cspace])
    assert 0 < before.memory_used <= before.memory_size == 64 * 1024
    shop.read()
    shop.until(lambda: shop.server("you").status.key == "waiting")
    shop.until(lambda: shop.server("you").status.key == "idle")
    after = shop.server("disk")
    assert after.message_count > before.message_count
    assert sum(after.history) == after.rate * 16 * (1 << 26) / 1e9 > 0
    assert after.last_message is not None
    assert after.last_message.text == "block.read: ok"


def test_the_view_of_a_past_moment_is_the_view_as_it_was_then(shop: Workshop) -> None:
    """Folding the first n events gives what a fold showed when there were n."""
    shop.read()
    shop.until(lambda: shop.server("disk").status.key == "handling")
    count, then = shop.view.event_count, dict(shop.view.servers)
    shop.until(lambda: shop.server("you").status.key == "idle")
    assert view_at(shop.events, count, shop.view.manifest).servers == then


def test_a_note_about_a_server_that_nobody_knows_changes_nothing(shop: Workshop) -> None:
    """Programs may say what they like."""
    before = dict(shop.view.servers)
    note = (51, shop.view.cycle, 0, "server-died", (("server", "nobody"), ("cause", "exit")))
    shop.fold.update([note])
    assert [server.status for server in shop.view.servers.values()] == [server.status for server in before.values()]


def test_a_server_that_the_supervisor_gives_up_is_stopped_and_says_so(shop: Workshop) -> None:
    """More deaths than the intensity allows; in between it restarts, later and later."""
    seen: set[str] = set()
    for _ in range(10):
        shop.core.crash("counter", "exit")
        shop.until(lambda: shop.server("counter").status.key in ("restarting", "stopped"))
        seen.add(shop.server("counter").status.detail)
        if shop.server("counter").status.key == "stopped":
            break
        shop.until(lambda: shop.server("counter").status.key == "idle")
    assert shop.server("counter").status.word == "stopped"
    assert {"now", "in 10 ms", "in 20 ms", "in 40 ms"} <= seen
