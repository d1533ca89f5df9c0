"""Messages, faults, inputs and every other event in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel import events as ev
from kernel.abi import Fault, Label, ObjectType, UserException
from playground.screens.chronicle import Chronicle
from playground.view import decode, inputs
from playground.view.capability_words import badge_words, is_used
from playground.view.fold import Fold
from playground.view.sentences import address, sentence
from servers.interfaces import BLOCK, FILES
from servers.interfaces.codec import encode_reply, encode_request
from tests.playground.random_steps import STORIES
from tests.playground.random_system import RandomSystem
from tests.playground.workshop import Workshop, workshop


@pytest.fixture(scope="module")
def shop() -> Iterator[Workshop]:
    """A workshop in which `you` has read a file, asked for a missing one, and the disk died meanwhile."""
    with workshop() as made:
        for path, kind in (("/etc/motd", "null-pointer"), ("/nowhere", "")):
            made.read(path)
            made.until(lambda: made.server("you").status.key == "waiting")
            if kind:
                made.until(lambda: made.server("disk").status.key == "handling")
                made.core.crash("disk", kind)
            made.until(lambda: made.server("you").status.key == "idle")
        yield made


def texts(shop: Workshop, kind: str) -> list[str]:
    """The texts of all messages of a kind, oldest first."""
    return [f"{one.sender} -> {one.receiver}: {one.text}" for one in shop.view.messages if one.kind == kind]


def test_a_request_is_shown_as_the_call_that_it_is(shop: Workshop) -> None:
    """Defaults are left out."""
    calls = texts(shop, "call")
    assert 'you -> fs: files.read(path="/etc/motd")' in calls
    assert any(text.startswith("fs -> disk: block.read(sector=") for text in calls)


def test_a_badge_is_a_server_only_on_an_endpoint_that_the_manifest_gives_out(shop: Workshop) -> None:
    """Whoever makes an endpoint of his own chooses his own numbers."""
    number = shop.core.manifest.servers["fs"].number
    ids = {shop.view.name_of(number): number for number in shop.view.objects}
    assert badge_words(shop.view, ObjectType.ENDPOINT, ids["disk.block"], number) == "badge fs"
    assert badge_words(shop.view, ObjectType.ENDPOINT, 999_999, number) == f"badge {number:#x}"
    assert badge_words(shop.view, ObjectType.NOTIFICATION, ids["fs.signals"], number) == f"badge {number:#x}"


def test_a_reply_is_read_with_the_request_that_it_answers(shop: Workshop) -> None:
    """Results, errors of the interface, and the supervisor answering for the dead."""
    replies = texts(shop, "reply")
    assert any(text.startswith('fs -> you: files.read: data="  Hello') for text in replies)
    assert "fs -> you: files.read: NOT_FOUND, there is no such file or folder" in replies
    assert "supervisor -> fs: block.read: SERVER_DIED, the server died before it answered" in replies


def test_a_reply_knows_the_number_of_its_call_and_its_error(shop: Workshop) -> None:
    """For arrows and links."""
    reply = next(one for one in shop.view.messages if one.error == "NOT_FOUND")
    call = shop.view.log.find(reply.call)
    assert call is not None
    assert call.text == 'files.read(path="/nowhere")'
    assert (reply.interface, reply.operation) == ("files", "read")


def test_a_fault_message_says_what_and_where(shop: Workshop) -> None:
    """The place in the source, as people find it."""
    (text,) = texts(shop, "fault")
    assert text.startswith("disk -> supervisor: fault: read of address 0x0 at servers/disk.py:")


def test_signals_say_what_they_mean(shop: Workshop) -> None:
    """Interrupts, and the supervisor asking for signs of life."""
    shop.until(lambda: any(one.operation == "alive" for one in shop.view.messages[-5:]))
    meanings = {one.operation for one in shop.view.messages if one.kind == "signal"}
    assert {"irq 2", "irq 14", "are you alive?", "alive"} <= meanings


def test_every_event_of_a_run_has_a_sentence_without_holes(shop: Workshop) -> None:
    """No field is left as a template, no number where a name is known."""
    for number, event in enumerate(shop.events):
        text = sentence(shop.view, number, event)
        assert text
        assert "{" not in text or event[0] in (ev.INPUT, ev.MESSAGE, ev.REPLIED, ev.NOTE)
        assert "\n" not in text


@pytest.mark.parametrize("name", STORIES)
def test_every_kind_of_event_has_a_sentence(name: str) -> None:
    """Also those that the workshop never makes."""
    system = RandomSystem()
    for step in STORIES[name]:
        system.perform(step)
    fold = Fold()
    fold.update(system.kernel.events)
    for number, event in enumerate(system.kernel.events):
        assert sentence(fold.view, number, event)


def test_what_you_do_is_told_in_the_second_person(shop: Workshop) -> None:
    """The server `you` is the reader."""
    told = [sentence(shop.view, number, event) for number, event in enumerate(shop.events)]
    assert 'you call fs: files.read(path="/etc/motd")' in told
    assert address("you is waiting because you calls fs, which answers you") == (
        "you are waiting because you call fs, which answers you"
    )


@pytest.mark.parametrize(
    ("fault", "details", "text", "expected"),
    [
        (Fault.VM_FAULT, (1, 0x10, 0, 1), "", "write to address 0x10"),
        (Fault.CAP_FAULT, (1, 5, 0, 2, 64), "", "sending through address 5: there is no capability"),
        (Fault.UNKNOWN_SYSCALL, (0, 0, 99), "", "unknown system call 99"),
        (Fault.TIMEOUT, (1, 100), "", "its time budget ran out"),
        (Fault.USER_EXCEPTION, (1, 0, 0, UserException.RUNAWAY, 0), "", "it looped without a system call"),
        (Fault.USER_EXCEPTION, (1, 0, 0, UserException.EXCEPTION, 0), "ValueError: no", "ValueError: no"),
    ],
)
def test_faults_in_words(fault: Fault, details: tuple[int, ...], text: str, expected: str) -> None:
    """Each kind of fault says its cause."""
    assert decode.fault_cause(fault, details, text) == expected


def test_words_that_do_not_decode_are_shown_as_unreadable_and_do_no_harm() -> None:
    """A lying client must not break the screen."""
    fold = Fold()
    label = FILES.label(FILES.operation("read"))
    event = (ev.MESSAGE, 5, 1, 2, 3, 0, label, (9_999, 1), (), 1, 4, 0)
    text = decode.message(fold.view, 0, event).text
    assert text.startswith("files.read(unreadable: ")


def test_an_unknown_label_is_shown_as_label_and_words() -> None:
    """Not every message belongs to an interface."""
    event = (ev.MESSAGE, 5, 1, 2, 3, 0, 77, (1, 2), (), 0, 0, 0)
    assert decode.message(Fold().view, 0, event).text == "message(label 77, 1, 2)"


def test_requests_and_replies_are_decoded_by_the_codec_that_carries_them() -> None:
    """Round trip through the interface tables."""
    read = BLOCK.operation("read")
    call = (ev.MESSAGE, 5, 1, 2, 3, 0, BLOCK.label(read), encode_request(read, {"sector": 7}), (), 1, 4, 0)
    assert decode.message(Fold().view, 0, call).arguments == (("sector", 7), ("count", 1), ("offset", 0))
    info = BLOCK.operation("info")
    call = (ev.MESSAGE, 5, 1, 2, 3, 0, BLOCK.label(info), (), (), 1, 4, 0)
    words = encode_reply(info, {"sector_count": 9, "sector_size": 512, "read_only": True})
    reply = (ev.REPLIED, 6, 2, 1, 4, 0, words, (), 0, 0)
    text = decode.message(Fold().view, 1, reply, (0, call)).text
    assert text == "block.info: sector_count=9, sector_size=512, read_only=yes"


def test_every_invocation_has_its_name_in_sel4() -> None:
    """A new label cannot be forgotten."""
    assert set(decode.INVOCATION_NAMES) == set(Label)
    assert decode.invocation(Label.CNODE_MINT) == "CNode_Mint"


@pytest.mark.parametrize(
    ("source", "data", "expected"),
    [
        ("operator", '{"operation":"revoke","server":"disk","capability":"irq"}', "you asked: revoke disk.irq"),
        ("operator", "no json", 'you asked: "no json"'),
        ("keyboard", "ls\n", 'you typed "ls\\n"'),
        ("probe", ("crash", "disk", "exit"), "you took the debug probe: crash disk by exit"),
        ("elsewhere", (1, "two"), 'from outside, elsewhere: 1, "two"'),
    ],
)
def test_inputs_in_words(source: str, data: object, expected: str) -> None:
    """What came from outside, as the person did it."""
    assert inputs.sentence(source, data) == expected


def test_the_stream_tells_of_messages_that_went_nowhere() -> None:
    """By whom, to what and why; not of the supervisor's answers to those who asked nothing of a server that died."""
    with workshop() as made:
        made.read("/etc/motd")
        made.until(lambda: made.server("disk").status.key == "handling")
        made.core.crash("disk", "null-pointer")
        made.until(lambda: made.server("disk").life == 2)
        made.until(lambda: made.server("you").status.key == "idle")
        view, chronicle = made.view, Chronicle()
        chronicle.update(view)
        assert any(view.speaks_for_the_dead(thread, object_id) for _, thread, object_id, _ in view.lost)
        assert not [line for line in chronicle.lines if line.kind == "lost"]
        view.lost.append((view.event_count, view.servers["shell"].thread, 0, "empty slot"))
        view.event_count += 1
        chronicle.update(view)
        lost = [line for line in chronicle.lines if line.kind == "lost"]
        assert [(line.head, line.text) for line in lost] == [("shell → nowhere", "a message went nowhere: empty slot")]


def test_what_a_server_has_used_is_what_it_did_something_by(shop: Workshop) -> None:
    """The file server asked the disk and never the clock; a Frame is used by being mapped."""
    view = shop.view
    server = view.servers["fs"]
    used = {view.name_of(cap.object): is_used(view, server.thread, cap) for cap in view.held[server.cspace].values()}
    assert used["disk.block"]
    assert used["fs.files"]
    assert not used["clock.clock"]
    assert used["disk.dma0"]
