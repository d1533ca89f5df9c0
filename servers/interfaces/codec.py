"""How arguments and results become message words, and back.

One rule for all interfaces: in the order of the table, a word or bool is one word; text and bytes are one word of
length and then the octets, eight a word, little-endian, the last word filled with zeros. Capabilities take no words,
they travel beside them. The runtime and every screen that shows a message use these functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kernel.abi import MAX_MESSAGE_WORDS, WORD_MAX
from servers.interfaces.base import Argument, Operation, Value
from servers.nearest import nearest

BYTES_PER_WORD: Final = 8


class CodecError(ValueError):
    """Arguments that do not fit an operation, or words that do not decode: one sentence that says which and why."""


def encode_request(operation: Operation, arguments: Mapping[str, Value]) -> tuple[int, ...]:
    """The message words of a request; arguments that are left out take their defaults. Raises CodecError."""
    return _encode(operation.name, operation.arguments, arguments)


def decode_request(operation: Operation, words: tuple[int, ...]) -> dict[str, Value]:
    """The arguments in the words of a request, without capabilities. Raises CodecError."""
    return _decode(operation.name, operation.arguments, words)


def encode_reply(operation: Operation, results: Mapping[str, Value]) -> tuple[int, ...]:
    """The message words of a reply. Raises CodecError."""
    return _encode(f"the reply to {operation.name}", operation.results, results)


def decode_reply(operation: Operation, words: tuple[int, ...]) -> dict[str, Value]:
    """The results in the words of a reply, without capabilities. Raises CodecError."""
    return _decode(f"the reply to {operation.name}", operation.results, words)


def capability_of(arguments: tuple[Argument, ...], values: Mapping[str, Value]) -> tuple[int, ...]:
    """The slots of the capabilities (none or one) among some arguments or results."""
    slots: list[int] = []
    for argument in arguments:
        if argument.type == "capability" and argument.name in values:
            slot = values[argument.name]
            if not isinstance(slot, int):
                raise CodecError(f"{argument.name} is a capability and needs the number of a slot, not {slot!r}")
            slots.append(int(slot))
    return tuple(slots)


def capability_name(arguments: tuple[Argument, ...]) -> str | None:
    """The name of the argument or result that is a capability, or None."""
    return next((argument.name for argument in arguments if argument.type == "capability"), None)


def parse_value(argument: Argument, text: str) -> Value:
    """What a person typed for an argument, as a value. Raises CodecError."""
    if argument.type in ("text", "bytes"):
        return text if argument.type == "text" else text.encode()
    if argument.type == "bool":
        if text.lower() in ("true", "yes", "1", "on", "false", "no", "0", "off"):
            return text.lower() in ("true", "yes", "1", "on")
        raise CodecError(f"{argument.name} is yes or no, not {text!r}")
    try:
        return _word(argument, int(text.replace("_", ""), 0))
    except ValueError as error:
        if isinstance(error, CodecError):
            raise
        raise CodecError(f"{argument.name} is a whole number, not {text!r}") from None


def pack(data: bytes) -> tuple[int, ...]:
    """Octets as a length word and packed words."""
    padded = data + bytes(-len(data) % BYTES_PER_WORD)
    chunks = range(0, len(padded), BYTES_PER_WORD)
    return (len(data), *(int.from_bytes(padded[at : at + BYTES_PER_WORD], "little") for at in chunks))


def _encode(what: str, arguments: tuple[Argument, ...], values: Mapping[str, Value]) -> tuple[int, ...]:
    names = [argument.name for argument in arguments]
    for name in values:
        if name not in names:
            raise CodecError(f"{what} has no argument `{name}`{nearest(name, names)}")
    words: list[int] = []
    for argument in arguments:
        value = values.get(argument.name, argument.default)
        if argument.type == "capability":
            continue
        if value is None:
            raise CodecError(f"{what} needs the argument `{argument.name}`: {argument.doc}")
        words.extend(_encode_value(argument, value))
    if len(words) > MAX_MESSAGE_WORDS:
        room = MAX_MESSAGE_WORDS
        raise CodecError(f"{what} takes {len(words)} words, and a message has room for {room}: send it in parts")
    return tuple(words)


def _encode_value(argument: Argument, value: Value) -> tuple[int, ...]:
    if argument.type == "text" or argument.type == "bytes":
        if isinstance(value, str):
            return pack(value.encode("utf-8", "surrogateescape"))
        if isinstance(value, (bytes, bytearray)):
            return pack(bytes(value))
        raise CodecError(f"{argument.name} is {argument.type}, not {value!r}")
    if not isinstance(value, int):
        raise CodecError(f"{argument.name} is a {argument.type}, not {value!r}")
    return (int(bool(value)),) if argument.type == "bool" else (_word(argument, int(value)),)


def _word(argument: Argument, value: int) -> int:
    if not 0 <= value <= WORD_MAX:
        raise CodecError(f"{argument.name} must be 0 to 2^64 - 1, not {value}")
    return value


def _decode(what: str, arguments: tuple[Argument, ...], words: tuple[int, ...]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    at = 0
    for argument in arguments:
        if argument.type == "capability":
            continue
        if at >= len(words):
            raise CodecError(f"{what} ends before `{argument.name}`: {len(words)} words are too few")
        word = words[at]
        at += 1
        if argument.type == "word":
            values[argument.name] = word
        elif argument.type == "bool":
            values[argument.name] = bool(word)
        else:
            count = -(-word // BYTES_PER_WORD)
            if at + count > len(words):
                raise CodecError(f"{what}: `{argument.name}` claims {word} bytes, more than the message holds")
            data = b"".join(part.to_bytes(BYTES_PER_WORD, "little") for part in words[at : at + count])[:word]
            values[argument.name] = data.decode("utf-8", "replace") if argument.type == "text" else data
            at += count
    return values
