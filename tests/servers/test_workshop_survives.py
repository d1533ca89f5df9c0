"""The workshop whole, on the real machine: every server dies in every way, and nothing of it stays."""

from __future__ import annotations

from typing import Any

import pytest

from kernel import events
from playground.images import virtual_disk
from playground.machine.core import Core
from scenarios.library import read_system
from servers.manifest import SUPERVISOR
from servers.runtime.sabotage import ENDLESS_LOOP, KINDS, SILENCE, WRONG_ANSWER

SECOND = 1_000_000_000
VICTIMS = [name for name in read_system("workshop").servers if name != SUPERVISOR]
QUICK = [kind for kind in KINDS if kind not in (SILENCE, WRONG_ANSWER, ENDLESS_LOOP)]


class Person:
    """Somebody who looks at a machine and asks `you` for things."""

    def __init__(self) -> None:
        self.core = Core(read_system("workshop"), disk=virtual_disk())
        self.pass_time(1)

    def notes(self, topic: str) -> list[dict[str, Any]]:
        return [dict(event[4]) for event in self.core.kernel.events if event[0] == events.NOTE and event[3] == topic]

    def pass_time(self, seconds: float) -> None:
        end = self.core.kernel.now + int(seconds * SECOND)
        while self.core.kernel.now < end:
            self.core.advance(200)
        self.core.kernel.check()

    def ask(self, target: str, name: str, **arguments: Any) -> dict[str, Any]:
        number = self.core.request({"operation": "call", "target": target, "name": name, "arguments": arguments})
        for _ in range(200):
            self.core.advance(100)
            for note in self.notes("you-reply"):
                if note["request"] == number:
                    return note
        raise AssertionError(f"{target}.{name} was not answered")

    def everything_works(self) -> None:
        assert "welcome" in self.ask("fs", "read", path="/etc/motd")["data"]
        assert self.ask("counter", "increment")["ok"] == 1
        assert self.ask("names", "list")["ok"] == 1
        assert self.ask("log", "tail")["ok"] == 1
        assert self.ask("clock", "now")["ok"] == 1
        assert self.ask("console", "write", text="still here\n")["ok"] == 1
        states = {line.split()[1] for line in self.ask("supervisor", "status")["text"].splitlines()}
        assert states == {"running"}


def test_the_workshop_boots_into_a_system_in_which_everything_works() -> None:
    person = Person()
    person.everything_works()
    person.pass_time(60)
    assert not person.notes("server-died")
    assert not person.notes("unavailable")


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_server_of_the_workshop_survives_every_quick_death(victim: str) -> None:
    person = Person()
    for life, kind in enumerate(QUICK, 2):
        person.core.crash(victim, kind)
        person.pass_time(1)
        assert person.notes("restarted")[-1]["life"] == life, kind
        person.everything_works()
        person.pass_time(10)
    assert {note["server"] for note in person.notes("server-died")} == {victim}


@pytest.mark.parametrize("victim", [name for name in VICTIMS if read_system("workshop").servers[name].heartbeat_us])
def test_a_silent_server_of_the_workshop_is_found_and_nobody_else_is_blamed(victim: str) -> None:
    person = Person()
    person.core.crash(victim, SILENCE)
    person.pass_time(31)
    assert [(note["server"], note["cause"]) for note in person.notes("server-died")] == [(victim, SILENCE)]
    person.everything_works()


@pytest.mark.parametrize("victim", ["disk", "log"])
def test_callers_of_a_silent_server_are_not_blamed_for_waiting(victim: str) -> None:
    person = Person()
    person.core.crash(victim, SILENCE)
    person.core.request({"operation": "call", "target": "fs", "name": "read", "arguments": {"path": "/etc/motd"}})
    person.pass_time(60)
    assert [(note["server"], note["cause"]) for note in person.notes("server-died")] == [(victim, SILENCE)]
    assert [note["ok"] for note in person.notes("you-reply")] == [1]


@pytest.mark.parametrize("victim", ["disk", "fs"])
def test_an_endless_loop_in_the_workshop_is_stopped(victim: str) -> None:
    person = Person()
    person.core.crash(victim, ENDLESS_LOOP)
    person.pass_time(1)
    assert [note["cause"] for note in person.notes("server-died")] == ["runaway"]
    person.everything_works()


def test_the_driver_without_its_interrupt_cannot_answer_until_it_is_rebuilt() -> None:
    person = Person()
    person.core.request({"operation": "revoke", "server": SUPERVISOR, "capability": "disk_irq"})
    person.core.advance(500)
    assert person.notes("you-reply")[-1]["ok"] == 1
    assert person.ask("fs", "read", path="/etc/motd")["error"] == "UNAVAILABLE"
    assert not person.notes("server-died")
    person.ask("supervisor", "restart", server="disk")
    person.everything_works()


def test_without_the_supervisor_the_servers_go_on_unwatched() -> None:
    person = Person()
    person.core.crash(SUPERVISOR, "exception")
    person.pass_time(1)
    assert "welcome" in person.ask("fs", "read", path="/etc/motd")["data"]
    person.core.crash("counter", "exception")
    person.core.advance(500)
    assert not person.notes("server-died")
    assert "welcome" in person.ask("fs", "read", path="/etc/motd")["data"]
