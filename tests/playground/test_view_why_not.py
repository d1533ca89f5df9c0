"""Why not: what is missing for a call, a thread or an effect, on a workshop that really runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel import events as ev
from kernel.abi import Error, Label, ObjectType, Rights
from playground.view.refusals import is_refusal, why_refused
from playground.view.why_not import why_blocked, why_cannot, why_not, why_nothing
from tests.playground.scene import Scene
from tests.playground.workshop import Workshop, workshop


@pytest.fixture
def shop() -> Iterator[Workshop]:
    with workshop() as made:
        yield made


def said(shop: Workshop, words: str = "") -> list[str]:
    """The sentences of an answer; every link is checked to be an event that happened."""
    links = why_not(shop.view, shop.events, words)
    assert all(-1 <= link.number < shop.view.event_count for link in links)
    assert all(link.text.endswith((".", "!", "?")) for link in links)
    return [link.text for link in links]


def ask(shop: Workshop, **request: object) -> None:
    """Hand a request to `you` and wait for its answer."""
    before = len(shop.view.inputs)
    shop.core.request(dict(request))
    shop.until(lambda: len(shop.view.inputs) > before and shop.view.notes[-1].topic == "you-reply"
               and shop.view.notes[-1].number > shop.view.inputs[-1][0])  # fmt: skip


def start_reading(shop: Workshop) -> None:
    shop.read()
    shop.until(lambda: shop.server("disk").status.key == "handling")


def test_a_blocked_chain_ends_at_the_reply_that_is_missing(shop: Workshop) -> None:
    """Who has to answer whom what."""
    start_reading(shop)
    assert said(shop, "you")[:2] == [
        "A reply is missing: you wait until fs answers files.read.",
        "A reply is missing: fs waits until disk answers block.read.",
    ]


def test_a_thread_behind_a_fault_waits_for_whoever_handles_it(shop: Workshop) -> None:
    """The answer to the fault is what is missing."""
    start_reading(shop)
    shop.core.crash("disk", "null-pointer")
    shop.until(lambda: shop.server("disk").status.key == "faulted")
    assert said(shop, "you")[-1] == (
        "The answer to its fault is missing: disk stands still until supervisor restarts it."
    )


def test_a_driver_without_its_interrupt_lacks_a_capability_and_who_took_it_is_said(shop: Workshop) -> None:
    """Down from the reader to the revocation, before anything has given up."""
    ask(shop, operation="revoke", server="supervisor", capability="disk_irq")
    start_reading(shop)
    shop.core.run(100)
    shop.look()
    sentences = said(shop, "you")
    assert "disk lacks its capability `irq` (disk.irq)." in sentences
    assert "You did CNode_Revoke on supervisor.cspace." in sentences
    assert sentences[-1] == "You asked: revoke supervisor.disk_irq."


def test_a_refused_call_names_the_capability_that_is_missing_three_servers_down(shop: Workshop) -> None:
    """From the answer of `you` through fs to the empty slot, and to what emptied it."""
    ask(shop, operation="revoke", server="supervisor", capability="disk_block")
    ask(shop, operation="call", target="fs", name="read", arguments={"path": "/etc/motd"})
    sentences = said(shop)
    assert sentences[0] == 'You asked: call fs.read path="/etc/motd".'
    assert "The capability is missing: fs has nothing in slot 5 (`disk` in the manifest)." in sentences
    assert sentences[-1] == "You asked: revoke supervisor.disk_block."
    refused = next(link.number for link in why_nothing(shop.view, shop.events)
                   if link.number >= 0 and shop.events[link.number][0] == ev.INVOKED)  # fmt: skip
    assert is_refusal(shop.events[refused])
    assert why_refused(shop.view, shop.events, refused)[1].text in sentences


def test_ones_own_empty_slot_is_named_too(shop: Workshop) -> None:
    """In the second person."""
    ask(shop, operation="delete", server="you", capability="counter")
    ask(shop, operation="call", target="counter", name="value")
    sentences = said(shop)
    assert "The capability is missing: you have nothing in slot 5 (`counter` in the manifest)." in sentences
    assert sentences[-1] == "You asked: delete you.counter."


def test_a_name_that_does_not_exist_was_not_even_tried(shop: Workshop) -> None:
    """Nothing in the kernel refused it."""
    ask(shop, operation="call", target="countr", name="value")
    assert said(shop)[-1].startswith("It was not even tried")


def test_an_error_that_a_server_decided_itself_is_its_own(shop: Workshop) -> None:
    """A file that does not exist: nobody refused fs anything, and it says itself what was wrong."""
    ask(shop, operation="call", target="fs", name="read", arguments={"path": "/nothing"})
    sentences = said(shop)
    assert any("NOT_FOUND" in sentence for sentence in sentences)
    assert sentences[-1] == "fs: refused fs: there is no 'nothing' in '/'."


def test_what_was_done_is_said_to_be_done(shop: Workshop) -> None:
    """Nothing is missing."""
    ask(shop, operation="call", target="fs", name="read", arguments={"path": "/etc/motd"})
    assert said(shop)[-1] == "Nothing is missing: that was done."


def test_a_paused_server_is_the_receiver_that_is_missing(shop: Workshop) -> None:
    """With the word that lets it go on."""
    shop.core.pause_server("fs")
    shop.core.advance(10)
    shop.read()
    shop.core.run(300)
    shop.look()
    sentences = said(shop)
    assert (
        "A receiver is missing: nobody waits on fs.files; fs does that, and fs is stopped (paused by the debug probe)."
        in sentences
    )
    assert sentences[-1] == "The debug probe holds fs: it goes on after `resume fs`."


def test_keys_without_return_wait_for_the_return_key(shop: Workshop) -> None:
    """The shell reads lines."""
    shop.core.key("ls")
    shop.core.run(300)
    shop.look()
    assert said(shop)[1] == "The return key is missing: whoever reads a line waits for its end."


def test_nothing_happens_of_a_blow_before_the_machine_goes_on(shop: Workshop) -> None:
    """Time is what is missing; a step later it is not."""
    shop.core.crash("disk", "null-pointer")
    shop.look()
    assert said(shop)[-1] == "Time is missing: disk has not run since, and before that nothing comes of it."
    shop.until(lambda: shop.server("disk").status.key == "faulted")
    assert said(shop)[-1] == "Nothing is missing: that came of it."


def test_before_anybody_asked_an_input_is_missing(shop: Workshop) -> None:
    """A machine that was only booted."""
    assert said(shop) == ["An input is missing: nobody has asked for anything yet."]


def test_who_cannot_reach_whom_and_which_capability_it_would_take(shop: Workshop) -> None:
    """Never had it, had it and lost it, and has it."""
    assert said(shop, "you reach disk") == [
        "you cannot reach disk itself; only fs, whom it can ask, can.",
        "A capability is missing: you hold none that can send to disk.block.",
        "The manifest grants you none, and nobody has passed it one.",
        "Those who hold one: fs, supervisor.",
    ]
    assert said(shop, "fs can reach disk") == ["fs can reach disk through disk.block."]
    ask(shop, operation="revoke", server="supervisor", capability="disk_block")
    sentences = said(shop, "fs cannot reach disk")
    assert "It had one, called `disk`, and lost it." in sentences
    assert "You asked: revoke supervisor.disk_block." in sentences
    assert sentences[-1] == "Those who hold one: supervisor."


def test_every_server_gets_an_answer_at_every_moment(shop: Workshop) -> None:
    """Bounded, whatever goes on."""
    start_reading(shop)
    shop.core.crash("disk", "exit")
    for _ in range(120):
        shop.core.advance(5)
        shop.look()
        for name in shop.view.servers:
            assert 1 <= len(why_not(shop.view, shop.events, name)) <= 32
        assert why_nothing(shop.view, shop.events)


def test_words_that_make_no_sense_are_refused_with_a_sentence(shop: Workshop) -> None:
    """And nothing else is asked of nobody."""
    with pytest.raises(ValueError, match="No server is called `dsk`"):
        why_not(shop.view, shop.events, "dsk")
    with pytest.raises(ValueError, match="Say `why not`"):
        why_not(shop.view, shop.events, "fs disk you")
    assert why_blocked(shop.view, shop.events, "nobody") == []
    assert why_refused(shop.view, shop.events, 10**9) == []
    assert why_refused(shop.view, shop.events, 0) == []
    assert why_cannot(shop.view, shop.events, "nobody", "disk")[0].text.startswith("nobody cannot reach disk")


def refusal(scene: Scene, error: int, details: tuple[int, ...], target: int = 0, cptr: int = 999) -> str:
    """What is said of an invocation that the kernel refused to fs."""
    number = scene.emit(ev.INVOKED, scene.threads["fs"], cptr, target, int(Label.UNTYPED_RETYPE), error, details)
    return why_refused(scene.view, scene.events, number)[-1].text


@pytest.mark.parametrize(
    ("error", "details", "words"),
    [
        (Error.INVALID_ARGUMENT, (2,), "Argument 2 is not allowed."),
        (Error.INVALID_CAPABILITY, (1,), "Capability 1 of those passed is missing, or of the wrong kind."),
        (Error.ILLEGAL_OPERATION, (), "The object does not do this"),
        (Error.RANGE_ERROR, (1, 64), "A number from 1 to 64 is needed."),
        (Error.FAILED_LOOKUP, (0, 2), "leads to an empty slot: that capability is missing."),
        (Error.DELETE_FIRST, (), "what is in it has to be deleted first."),
        (Error.REVOKE_FIRST, (), "they have to be revoked first."),
        (Error.NOT_ENOUGH_MEMORY, (4096,), "Memory is missing: 4,096 bytes are left."),
        (Error.TRUNCATED_MESSAGE, (), "Words or capabilities are missing in the message."),
        (Error.ALIGNMENT_ERROR, (), "a multiple of the size"),
        (Error.INVALID_CAPABILITY, (0,), "Nothing was in that slot as far as the events go back"),
    ],
)
def test_every_error_of_the_kernel_says_what_was_missing(error: int, details: tuple[int, ...], words: str) -> None:
    """In a sentence of its own."""
    assert words in refusal(Scene(), int(error), details)


def test_a_right_that_is_missing_is_named_with_the_capability() -> None:
    """An endpoint that may only be received on, called; a notification that may only be waited for, signalled."""
    scene = Scene()
    endpoint = scene.endpoints["fs.files"]
    slot = scene.give(scene.cspaces["fs"], ObjectType.ENDPOINT, endpoint, int(Rights.READ))
    text = refusal(scene, int(Error.INVALID_CAPABILITY), (0,), endpoint, slot[1])
    assert text == (
        f"The right to send is missing: slot {slot[1]} of fs holds Endpoint fs.files (receive)."
        if slot[1] not in named_slots(scene)
        else text
    )
    assert "The right to send is missing" in text
    lost = scene.emit(ev.DROPPED, scene.threads["fs"], slot[1], endpoint, "no write right")
    assert "The right to send is missing" in why_refused(scene.view, scene.events, lost)[-1].text


def named_slots(scene: Scene) -> dict[int, str]:
    from playground.view.servers import slot_names

    return slot_names(scene.manifest, "fs")


def test_a_message_that_nobody_received_names_who_should_have() -> None:
    """And how that server is."""
    scene = Scene()
    scene.call("you", "fs", "read", path="/a")
    number = scene.emit(ev.DROPPED, scene.threads["counter"], 5, scene.endpoints["fs.files"], "no receiver")
    text = why_refused(scene.view, scene.events, number)[-1].text
    assert text.startswith("A receiver is missing: nobody waits on fs.files; fs does that, and fs is handling")


def test_an_error_without_a_reason_is_what_the_server_decided() -> None:
    """Nothing refused it anything between the call and the answer."""
    scene = Scene()
    scene.call("you", "fs", "read", path="/a")
    number = scene.emit(ev.REPLIED, scene.threads["fs"], scene.threads["you"], scene.replies["fs"], 4096 + 2, (), (),
                        0, 0)  # fmt: skip
    links = why_refused(scene.view, scene.events, number)
    assert links[0].text.startswith("fs answers you: files.read: BAD_REQUEST")
    assert links[-1].text == "fs decided that by itself: nothing refused it anything meanwhile."


def test_a_reply_without_a_caller_says_so() -> None:
    """The caller was answered before, or is gone."""
    scene = Scene()
    number = scene.emit(ev.DROPPED, scene.threads["fs"], 0, scene.replies["fs"], "nobody waits for this reply")
    assert why_refused(scene.view, scene.events, number)[-1].text.startswith("A caller is missing: nobody waits for")
