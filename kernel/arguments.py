"""The arguments of a trap: machine words, tuples of them, text. Anything else is the thread's own fault."""

from __future__ import annotations

from array import array
from typing import Any, Final

from kernel.abi import LABEL_MAX, MAX_EXTRA_CAPS, MAX_MESSAGE_WORDS, WORD_MAX

MAX_TEXT: Final = 1000
"""Characters of a debug name or note that are kept."""
MAX_NOTE_FIELDS: Final = 64


MAX_NUMBER: Final = 1 << 64
"""Numbers in a debug note lie between minus this and this."""
_PLAIN: Final = frozenset({int})
_SHOWN_ITEMS: Final = 6
_SHOWN_TEXT: Final = 40
_ATOMS: Final = frozenset({bool, float, type(None)})


class Malformed(Exception):
    """Arguments of a trap that no machine could have in its registers."""


def shown(value: Any, *, inside: bool = False) -> str:
    """A value in words. A thread can hand over anything: showing it must not run its code, fail, or take long."""
    kind = type(value)
    if kind is int and -MAX_NUMBER < value < MAX_NUMBER:
        return str(value)
    if kind is str or kind is bytes:
        return repr(value[:_SHOWN_TEXT])
    if kind in _ATOMS:
        return repr(value)
    if kind is tuple and not inside:
        items = ", ".join(shown(item, inside=True) for item in value[:_SHOWN_ITEMS])
        return f"({items}{', ...' if len(value) > _SHOWN_ITEMS else ',' if len(value) == 1 else ''})"
    return f"<{kind.__name__}>"


def arity(trap: tuple[Any, ...], length: int) -> None:
    """Raises Malformed unless a trap has so many words, its number among them."""
    if len(trap) != length:
        raise Malformed(f"{shown(trap)} has {len(trap) - 1} arguments instead of {length - 1}")


def word(value: Any) -> int:
    """A machine word, 0 to 2^64 - 1. Raises Malformed for everything else."""
    if type(value) is not int:
        if not isinstance(value, int):
            raise Malformed(f"{shown(value)} is not a machine word")
        value = int.__index__(value)
    if 0 <= value <= WORD_MAX:
        return value  # type: ignore[no-any-return]
    raise Malformed(f"{shown(value)} is not a machine word")


def words_of(values: Any, most: int) -> tuple[int, ...]:
    """The first `most` of a tuple of machine words."""
    if type(values) is not tuple:
        raise Malformed(f"{shown(values)} is not a tuple of machine words")
    if not values:
        return values
    values = values[:most]
    if not _PLAIN.issuperset(map(type, values)):
        return tuple(map(word, values))
    try:
        return tuple(array("Q", values))
    except OverflowError:
        raise Malformed(f"{shown(values)} is not a tuple of machine words") from None


def message(trap: tuple[Any, ...], start: int, length: int) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    """The pointer, label, words and capabilities that stand in a trap from `start` on. Raises Malformed."""
    arity(trap, length)
    pointer, label, words, caps = trap[start : start + 4]
    return word(pointer), word(label) & LABEL_MAX, words_of(words, MAX_MESSAGE_WORDS), words_of(caps, MAX_EXTRA_CAPS)


def receive_slot(value: Any) -> tuple[int, int, int] | None:
    """Where a capability is to be received: root, index and depth, or nowhere. Raises Malformed."""
    if value is None:
        return None
    if not isinstance(value, tuple) or tuple.__len__(value) != 3:
        raise Malformed(f"{shown(value)} is not a receive slot (root, index, depth)")
    root, index, depth = tuple.__iter__(value)
    return word(root), word(index), word(depth)


def text_of(value: Any) -> str:
    """Text that can be encoded, whatever it came as."""
    if type(value) is not str:
        raise Malformed(f"{shown(value)} is not text")
    return value[:MAX_TEXT].encode("utf-8", "replace").decode()


def bytes_of(value: Any, most: int) -> bytes:
    """A copy of at most so many bytes. Raises Malformed."""
    if type(value) is not bytes and type(value) is not bytearray:
        raise Malformed(f"{shown(value)} is not bytes")
    if len(value) > most:
        raise Malformed(f"{len(value)} bytes are more than the {most} of one store")
    return bytes(value)


def note_fields(value: Any) -> tuple[tuple[str, int | str], ...]:
    """The (name, value) pairs of a debug note."""
    if type(value) is not tuple or len(value) > MAX_NOTE_FIELDS:
        raise Malformed(f"{shown(value)} is not a tuple of at most {MAX_NOTE_FIELDS} (name, value) pairs")
    for pair in value:
        if type(pair) is not tuple or len(pair) != 2:
            raise Malformed(f"{shown(pair)} is not a (name, value) pair")
    return tuple((text_of(name), _note_value(field)) for name, field in value)


def _note_value(value: Any) -> int | str:
    if type(value) is not int:
        return text_of(value)
    if -MAX_NUMBER < value < MAX_NUMBER:
        return value
    raise Malformed("a note holds a number of more than 64 bits")
