"""The arguments of a trap: machine words, tuples of them, text. Anything else is the thread's own fault."""

from __future__ import annotations

from array import array
from typing import Any

from kernel.abi import MAX_EXTRA_CAPS, MAX_MESSAGE_WORDS, WORD_MAX

MAX_TEXT = 1000
"""Characters of a debug name or note that are kept."""


class Malformed(Exception):
    """Arguments of a trap that no machine could have in its registers."""


def arity(trap: tuple[Any, ...], length: int) -> None:
    if len(trap) != length:
        raise Malformed(f"{trap!r:.80} has {len(trap) - 1} arguments instead of {length - 1}")


def word(value: Any) -> int:
    if type(value) is int and 0 <= value <= WORD_MAX:
        return value
    if isinstance(value, int) and 0 <= value <= WORD_MAX:
        return int(value)
    raise Malformed(f"{value!r:.60} is not a machine word")


def words_of(values: Any) -> tuple[int, ...]:
    if not values and type(values) is tuple:
        return values
    if type(values) is not tuple:
        raise Malformed(f"{values!r:.60} is not a tuple of machine words")
    try:
        return tuple(array("Q", values))
    except (TypeError, OverflowError):
        raise Malformed(f"{values!r:.60} is not a tuple of machine words") from None


def message(trap: tuple[Any, ...], start: int, length: int) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    arity(trap, length)
    pointer, label, words, caps = trap[start : start + 4]
    return word(pointer), word(label), words_of(words)[:MAX_MESSAGE_WORDS], words_of(caps)[:MAX_EXTRA_CAPS]


def receive_slot(value: Any) -> tuple[int, int, int] | None:
    if value is None:
        return None
    if not isinstance(value, tuple) or len(value) != 3:
        raise Malformed(f"{value!r:.60} is not a receive slot (root, index, depth)")
    return word(value[0]), word(value[1]), word(value[2])


def text_of(value: Any) -> str:
    if type(value) is not str:
        raise Malformed(f"{value!r:.60} is not text")
    return value[:MAX_TEXT]
