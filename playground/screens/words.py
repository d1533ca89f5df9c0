"""The short words and numbers of the panes, so that the same thing is said the same way everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playground.view.model import ServerView

SPARKS: Final = "▁▂▃▄▅▆▇█"

INKS: Final = {"absent": "stopped", "paused": "handling"}
"""Inks of states whose name is not the name of an ink."""

WORDS: Final = {"waiting": "waiting", "sending": "sending", "absent": "not started"}
"""Shorter words than those of the View, where a card is narrow."""

ANSWER_FIELDS: Final = frozenset({"request", "ok", "operation", "text", "error"})
"""What every answer to the person has, beside the results of the operation."""

KIND_INKS: Final = {"call": "call", "send": "call", "reply": "reply", "fault": "faulted", "signal": "signal"}


def ink_of(server: ServerView) -> str:
    """The ink of a server's state."""
    return INKS.get(server.status.key, server.status.key)


def state_word(server: ServerView) -> str:
    """The state in a word or two."""
    return WORDS.get(server.status.key, server.status.word)


def state_detail(server: ServerView) -> tuple[str, str]:
    """Two short lines under the state: with whom, and about what."""
    waits, key = server.waits_for, server.status.key
    if key in ("waiting", "sending") and waits:
        whom = f"{'for' if key == 'waiting' else 'to'} {waits.server}" if waits.server else waits.what
        return whom, waits.what if waits.server else ""
    if key == "handling":
        what, _, whom = (server.handles or server.status.detail).rpartition(" for ")
        return (what or whom, f"for {whom}" if what else "")
    if key == "idle":
        what = waits.what if waits else server.status.detail
        return ("for a request" if "." in what else f"for {what}" if what else ""), ""
    if key == "faulted" and server.program == "supervisor":
        return server.status.detail, "for good"
    return server.status.detail, ""


def state_sentence(server: ServerView) -> str:
    """The state in one line: "waiting for disk: block.read"."""
    first, second = state_detail(server)
    word = state_word(server)
    if server.status.key == "idle" and first:
        return f"idle, waits {first}"
    if server.status.key in ("faulted", "restarting", "stopped") and first:
        return f"{word}: {first}"
    if server.status.key == "running" and first:
        return f"{word}: {first}"
    if second and server.status.key == "waiting":
        return f"{word} {first}: {second}"
    return " ".join(filter(None, (word, first, second)))


def answer_line(fields: Mapping[str, object]) -> str:
    """What came of a request of the person, in one line; the text of a file as text, not as in a program."""
    text = str(fields.get("text", ""))
    results = {name: value for name, value in fields.items() if name not in ANSWER_FIELDS}
    if fields.get("ok") and any(isinstance(value, str) for value in results.values()):
        text = ", ".join(
            f"{name}: {' '.join(value.split()) or 'empty'}" if isinstance(value, str) else f"{name} = {value}"
            for name, value in results.items()
        )
    return ("✓ " if fields.get("ok") else "✗ ") + " ".join(text.split())


def rate_word(rate: float) -> str:
    """Messages a second, short."""
    if rate >= 1000:
        return f"{rate / 1000:.0f}k/s"
    return f"{rate:.0f}/s" if rate >= 1 or rate == 0 else "<1/s"


def sparkline(history: tuple[int, ...], width: int) -> str:
    """How many messages there were lately, one character for each span of time; the root tames the peaks."""
    if width <= 0:
        return ""
    spans = list(history)
    while len(spans) > width:
        half = (len(spans) + 1) // 2
        spans = [sum(spans[2 * number : 2 * number + 2]) for number in range(half)]
    spans = [0] * (width - len(spans)) + spans
    top = max(max(spans), 4) ** 0.5
    return "".join(SPARKS[0 if not count else max(1, round(count**0.5 / top * 7))] for count in spans)


def size_word(size: int) -> str:
    """Bytes in the largest unit that keeps the number whole enough."""
    for unit, bits in (("MiB", 20), ("KiB", 10)):
        if size >= 1 << bits:
            number = size / (1 << bits)
            return f"{number:.0f} {unit}" if number >= 10 or number == int(number) else f"{number:.1f} {unit}"
    return f"{size} B"


def rights_word(rights: int) -> str:
    """Rights as letters: r receive, w send, g grant, p grant reply."""
    from kernel.abi import Rights

    letters = ((Rights.READ, "r"), (Rights.WRITE, "w"), (Rights.GRANT, "g"), (Rights.GRANT_REPLY, "p"))
    return "".join(letter for right, letter in letters if rights & right)


def plural(count: int, noun: str) -> str:
    """ "1 cap", "2 caps"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
