"""What a person types to find a moment: a condition of the lesson language, or the same as one would say it.

"next event where fs is blocked" and "last message to disk" are `fs is blocked`, forwards, and
`event message receiver=disk`, backwards.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from scenarios.language.happenings import event_fields

BACKWARDS: Final = frozenset({"back", "last", "previous"})
FORWARDS: Final = frozenset({"next", "on"})
_WHERE: Final = re.compile(r"(?:(?:event|moment|time)\s+)?(?:where|when)\s+")
_OF_WHOM: Final = re.compile(r"([a-z]+)((?:\s+(?:to|from|of)\s+[\w-]+)+)")
_PARTS: Final = re.compile(r"(to|from|of)\s+([\w-]+)")
_EVENTS: Final = {
    "message": ("message", {"to": "receiver", "from": "sender"}),
    "reply": ("replied", {"to": "caller", "from": "replier"}),
    "answer": ("replied", {"to": "caller", "from": "replier"}),
    "fault": ("faulted", {"of": "thread"}),
    "death": ("server-died", {"of": "server"}),
    "restart": ("restarted", {"of": "server"}),
    "crash": ("probe", {"of": "thread"}),
}
"""Words for events: the event in the language, and which field a server after `to`, `from` or `of` is."""


class Wish(NamedTuple):
    """What is looked for, and where."""

    condition: str
    """In the lesson language."""
    forward: bool


def wish_of(text: str) -> Wish:
    """What typed words mean. Whatever is not known here is left to the language, which says what is wrong with it."""
    text = text.strip().removeprefix("the ")
    first, _, rest = text.partition(" ")
    forward = first not in BACKWARDS
    if first in BACKWARDS | FORWARDS:
        text = rest
    here = _WHERE.match(text)
    text = text[here.end() if here else 0 :].strip()
    return Wish(_event(text) or text, forward)


def _event(text: str) -> str:
    """An event in the language, if the words name one."""
    found = _OF_WHOM.fullmatch(text)
    if found is None or found[1] not in _EVENTS:
        name = _EVENTS[text][0] if text in _EVENTS else text
        return f"event {name}" if event_fields(name) is not None else ""
    name, fields = _EVENTS[found[1]]
    parts = _PARTS.findall(found[2])
    if any(word not in fields for word, _ in parts):
        return ""
    return " ".join([f"event {name}", *(f"{fields[word]}={server}" for word, server in parts)])
