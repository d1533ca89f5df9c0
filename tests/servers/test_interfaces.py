"""Interfaces as data, and the wire format that is made from them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, strategies as some

from kernel.abi import MAX_MESSAGE_WORDS
from servers.interfaces import COUNTER, FILES, INTERFACES, NAMES, find_operation
from servers.interfaces.base import Argument, ErrorCode, Interface, Operation, Value, error_label, error_of_label
from servers.interfaces.codec import (
    CodecError,
    capability_of,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
    parse_value,
)

EVERY_OPERATION = [(interface, operation) for interface in INTERFACES.values() for operation in interface.operations]
READ = FILES.operation("read")
VALUES: dict[str, some.SearchStrategy[Value]] = {
    "word": some.integers(0, 2**64 - 1),
    "bool": some.booleans(),
    "text": some.text(max_size=40),
    "bytes": some.binary(max_size=120),
    "capability": some.just(7),
}


def test_every_label_means_one_operation() -> None:
    labels = [interface.label(operation) for interface, operation in EVERY_OPERATION]
    assert len(set(labels)) == len(labels)
    for interface, operation in EVERY_OPERATION:
        assert find_operation(interface.label(operation)) == (interface, operation)
    assert find_operation(3) is None
    assert find_operation(max(labels) + 64) is None


@pytest.mark.parametrize(("interface", "operation"), EVERY_OPERATION, ids=lambda it: it.name)
@given(data=some.data())
def test_arguments_survive_the_wire(interface: Interface, operation: Operation, data: some.DataObject) -> None:
    given_values: dict[str, Value] = {
        argument.name: data.draw(VALUES[argument.type]) for argument in operation.arguments
    }
    words = encode_request(operation, given_values)
    without_capabilities = {
        argument.name: given_values[argument.name] for argument in operation.arguments if argument.type != "capability"
    }
    assert decode_request(operation, words) == without_capabilities


@given(words=some.lists(some.integers(0, 2**64 - 1), max_size=MAX_MESSAGE_WORDS))
def test_any_words_decode_or_are_refused_as_a_request(words: list[int]) -> None:
    for _, operation in EVERY_OPERATION:
        with suppress(CodecError):
            decode_request(operation, tuple(words))
        with suppress(CodecError):
            decode_reply(operation, tuple(words))


def test_the_layout_is_a_length_word_and_eight_octets_a_word() -> None:
    assert encode_request(READ, {"path": "/etc/motd!"}) == (10, 0x746F6D2F6374652F, 0x2164, 0, 800)


def test_defaults_are_filled_in() -> None:
    assert encode_request(COUNTER.operation("increment"), {}) == (1,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "read needs the argument `path`: absolute path"),
        ({"paht": "/"}, "read has no argument `paht`; did you mean `path`?"),
        ({"path": "/", "offset": -1}, "offset must be 0 to 2^64 - 1, not -1"),
        ({"path": "/", "offset": "x"}, "offset is a word, not 'x'"),
        ({"path": 3}, "path is text, not 3"),
        ({"path": "/" * 1000}, "a message has room for 120: send it in parts"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_words(arguments: dict[str, Value], said: str) -> None:
    with pytest.raises(CodecError) as caught:
        encode_request(READ, arguments)
    assert said in str(caught.value)


def test_capabilities_travel_beside_the_words() -> None:
    register = NAMES.operation("register")
    assert encode_request(register, {"name": "", "capability": 9}) == (0,)
    assert capability_of(register.arguments, {"name": "", "capability": 9}) == (9,)


def test_what_a_person_types_becomes_a_value() -> None:
    assert parse_value(READ.argument("offset"), "0x_10") == 16
    assert parse_value(READ.argument("path"), "/a b") == "/a b"
    assert parse_value(FILES.operation("write").argument("append"), "yes") is True
    assert parse_value(FILES.operation("write").argument("data"), "ä") == "ä".encode()
    with pytest.raises(CodecError, match="offset is a whole number, not 'ten'"):
        parse_value(READ.argument("offset"), "ten")
    with pytest.raises(CodecError, match="append is yes or no"):
        parse_value(FILES.operation("write").argument("append"), "maybe")


def test_errors_have_labels_of_their_own() -> None:
    assert error_of_label(error_label(1)) == 1
    assert error_of_label(0) is None
    assert error_of_label(FILES.label(READ)) is None
    assert FILES.error_code("NOT_FOUND") == 16
    with pytest.raises(KeyError, match="files has no error `NOTFOUND`; did you mean `NOT_FOUND`"):
        FILES.error_code("NOTFOUND")


@pytest.mark.parametrize(
    ("operations", "errors", "said"),
    [
        ((Operation("a", 1, ""), Operation("b", 1, "")), (), "operation number occurs twice"),
        ((Operation("a", 64, ""),), (), "must be 0 to 63"),
        ((Operation("a", 1, "", errors=("NONE",)),), (), "unknown error NONE"),
        ((), (ErrorCode("X", 3, ""),), "numbered 16 to 255"),
        (
            (Operation("a", 1, "", (Argument("x", "capability", ""), Argument("y", "capability", ""))),),
            (),
            "one capability",
        ),
    ],
)
def test_a_wrong_table_is_refused_when_it_is_made(
    operations: tuple[Operation, ...], errors: tuple[ErrorCode, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Interface("broken", 40, 1, "", operations, errors)


def test_replies_survive_the_wire() -> None:
    stat = FILES.operation("stat")
    assert decode_reply(stat, encode_reply(stat, {"size": 5, "kind": "file"})) == {"size": 5, "kind": "file"}
