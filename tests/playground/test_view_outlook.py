"""What the crash menu says will come of a crash: held against what the manifest grants."""

from __future__ import annotations

import pytest

from playground.view import outlook
from scenarios.library import read_system
from servers.runtime.sabotage import KINDS

WORKSHOP = read_system("workshop")


@pytest.mark.parametrize(
    ("server", "kind", "told"),
    [
        ("disk", "null-pointer", "The supervisor hears of it and builds disk anew, one_for_one."),
        ("disk", "silence", "The supervisor asks for a sign of life every"),
        ("disk", "wrong-answer", "`restart disk` builds it anew."),
        ("shell", "silence", "Nobody asks shell for signs of life, so nobody notices; `restart shell`"),
        ("shell", "wrong-answer", "But shell answers nobody: it fails with an exception instead."),
        ("you", "exit", "Until then nothing that you ask for is carried out."),
        ("you", "silence", "until you crash `you` in another way"),
        ("supervisor", "exception", "Nobody watches over the supervisor: it stays down"),
        ("supervisor", "wrong-answer", "Nobody can build the supervisor anew"),
    ],
)
def test_the_menu_says_what_will_come_of_a_crash(server: str, kind: str, told: str) -> None:
    """Who notices and who builds the server anew, or what helps if nobody does."""
    assert told in outlook.of_crash(WORKSHOP, server, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_crash_of_every_server_has_an_outlook(kind: str) -> None:
    """None is left without a sentence, and a server that does not exist has none."""
    assert all(outlook.of_crash(WORKSHOP, server, kind) for server in WORKSHOP.servers)
    assert outlook.of_crash(WORKSHOP, "nobody", kind) == ""


def test_what_nobody_puts_right_is_marked() -> None:
    """For the colour of the warning."""
    assert outlook.is_grave(WORKSHOP, "supervisor", "exit")
    assert outlook.is_grave(WORKSHOP, "shell", "silence")
    assert not outlook.is_grave(WORKSHOP, "disk", "null-pointer")
