"""The call stack across servers: who waits for whose answer, through which Reply, on whose time."""

from __future__ import annotations

from typing import Final, NamedTuple

from kernel.abi import ThreadState
from playground.screens.canvas import Row
from playground.view.decode import operation_name, who
from playground.view.model import View
from playground.view.objects import ReplyView

DEEPEST: Final = 32
"""Calls that are followed in each direction."""


class Level(NamedTuple):
    """One level of the stack."""

    thread: int
    reply: int
    """The Reply at which it waits for the level above it; 0 at the top."""
    call: int
    """Number of the event of its call, or -1."""
    lent: int
    """The SchedContext that it lent with the call, or 0."""


def call_stack(view: View, thread: int) -> list[Level]:
    """The stack that a thread is part of: the first caller first, whoever works for all of them last."""
    levels: list[Level] = []
    bottom = _bottom(view, thread)
    for _ in range(2 * DEEPEST):
        known = view.threads.get(bottom)
        if known is None:
            break
        reply = view.replies.get(known.blocked_on) if known.state == ThreadState.BLOCKED_ON_REPLY else None
        levels.append(Level(bottom, reply.id if reply else 0, reply.call if reply else -1, reply.lent if reply else 0))
        if reply is None or not reply.server or any(level.thread == reply.server for level in levels):
            break
        bottom = reply.server
    return levels


def _bottom(view: View, thread: int) -> int:
    """Down to the caller that works for nobody else. A thread that holds several calls: the oldest."""
    for _ in range(DEEPEST):
        held = held_by(view, thread)
        if not held:
            break
        thread = held[0].thread
    return thread


def held_by(view: View, thread: int) -> list[ReplyView]:
    """The calls that a thread has received and not answered, oldest first."""
    return sorted((reply for reply in view.replies.values() if reply.server == thread), key=lambda reply: reply.call)


def asked(view: View, level: Level) -> str:
    """What a level asked of the one above: "block.read"."""
    call = view.calls.get(level.thread)
    if call is None:
        return ""
    if call[1][9] == 2:
        return "fault"
    return operation_name(call[1][6]) or "a call"


def stack_words(view: View, levels: list[Level]) -> Row:
    """The whole stack in one line: "you ─ files.read → fs ─ block.read → disk"."""
    runs: list[tuple[str, str]] = []
    for level in levels:
        runs.append((who(view, level.thread), "text bold"))
        if level.reply:
            runs.append((f" ─{asked(view, level)}→ ", "call"))
    return tuple(runs)
