"""The debug port: names and notes that programs give, which the kernel passes on without acting on them."""

from __future__ import annotations

from typing import Any

from kernel import events
from kernel.abi import Fault, UserException
from kernel.syscalls import debug_name, debug_note, recv
from tests.kernel.bench import Bench, scenario


def told(bench: Bench, kind: int) -> list[tuple[Any, ...]]:
    return [event[2:] for event in bench.kernel.events if event[0] == kind]


@scenario
async def test_a_name_is_told_of_the_object_behind_the_capability(bench: Bench) -> None:
    endpoint = await bench.endpoint()
    await debug_name(endpoint, "block")
    await debug_name(endpoint, "x" * 5000)
    named = told(bench, events.NAMED)[-2:]
    assert named[0][1] == "block"
    assert named[1][0] == named[0][0], "both are names of one object"
    assert "x" * 10 in named[1][1]
    assert len(named[1][1]) < 5000, "a name has a bound"


@scenario
async def test_a_name_for_an_empty_slot_is_told_of_nothing(bench: Bench) -> None:
    before = len(told(bench, events.NAMED))
    await debug_name(bench.empty_slots(), "nobody")
    assert len(told(bench, events.NAMED)) == before


@scenario
async def test_a_note_holds_text_and_numbers_of_64_bits(bench: Bench) -> None:
    largest = (1 << 64) - 1
    await debug_note("topic", ("text", "a"), ("largest", largest), ("smallest", -largest))
    assert told(bench, events.NOTE)[-1][1:] == (
        "topic",
        (("text", "a"), ("largest", largest), ("smallest", -largest)),
    )


@scenario
async def test_a_note_of_anything_else_is_a_fault_of_its_thread(bench: Bench) -> None:
    endpoint, reply = await bench.endpoint(), await bench.reply()
    fields: list[Any] = [1 << 64, -(1 << 64), 1.5, None, b"bytes", ["list"]]
    for field in fields:

        async def noting(field: Any = field) -> None:
            await debug_note("topic", ("field", field))

        await bench.thread(noting, 100, fault_handler=endpoint)
        fault = await recv(endpoint, reply)
        assert fault.label == Fault.USER_EXCEPTION, field
        assert UserException.MALFORMED_SYSCALL in fault.words, field
    assert [note for note in told(bench, events.NOTE) if note[1] == "topic"] == []
