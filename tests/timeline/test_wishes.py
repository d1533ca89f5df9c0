"""What a person types to find a moment of the past."""

from __future__ import annotations

import pytest

from playground.timeline.past import Past
from playground.timeline.search import Search, condition_of
from playground.timeline.wishes import wish_of
from tests.playground.machines import machine, read_file


@pytest.fixture(scope="module")
def past() -> Past:
    """The workshop boots, and a file is read from the disk."""
    core = machine()
    core.advance(2_000)
    core.request(read_file())
    core.advance(1_000)
    return Past.of_core(core)


@pytest.mark.parametrize(
    ("typed", "condition", "forward"),
    [
        ("next event where fs is blocked", "fs is blocked", True),
        ("last message to disk", "event message receiver=disk", False),
        ("message from fs to disk", "event message sender=fs receiver=disk", True),
        ("previous reply from disk", "event replied replier=disk", False),
        ("the last fault of disk", "event faulted thread=disk", False),
        ("last fault of disk", "event faulted thread=disk", False),
        ("back restart of fs", "event restarted server=fs", False),
        ("next fault", "event faulted", True),
        ("last crash of disk", "event probe thread=disk", False),
        ("last probe", "event probe", False),
        ("when fs is waiting for disk", "fs is waiting for disk", True),
        ("back moment when disk is dead", "disk is dead", False),
        ("disk lacks irq", "disk lacks irq", True),
        ("back event message receiver=disk", "event message receiver=disk", False),
        ("fault to disk", "fault to disk", True),
    ],
)
def test_a_wish_is_a_direction_and_a_condition(typed: str, condition: str, forward: bool) -> None:
    assert wish_of(typed) == (condition, forward)


def found(past: Past, typed: str, start: int) -> int | None:
    """The number of the event that is found from a moment on."""
    wish = wish_of(typed)
    search = Search(past, condition_of(wish.condition, past.manifest), start, forward=wish.forward)
    search.go()
    return search.found


def test_the_last_message_to_a_server_is_found(past: Past) -> None:
    number = found(past, "last message to disk", len(past.events))
    assert number is not None
    assert past.view_at(number + 1).messages[-1].receiver == "disk"
    assert found(past, "message to disk", number) is None


def test_a_server_is_blocked_while_it_waits_for_another(past: Past) -> None:
    number = found(past, "next event where fs is blocked", 0)
    assert number is not None
    assert past.view_at(number).servers["fs"].status.key not in ("waiting", "sending")
    assert past.view_at(number + 1).servers["fs"].status.key in ("waiting", "sending")
