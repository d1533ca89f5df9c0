"""A thread: where it is in the state machine and how it came there, what it waits for, and what it runs on."""

from __future__ import annotations

from typing import Final

from kernel import events as ev
from kernel.abi import ObjectType, TcbSlot, ThreadState
from playground.screens import explorer_states
from playground.screens.desk import Desk
from playground.screens.explorer_calls import call_stack, stack_words
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import (
    STATES,
    Topic,
    about,
    cap_runs,
    fact,
    heading,
    link,
    listed,
    mention,
    state_runs,
    time_words,
)
from playground.screens.inspector_tabs import Entry, Page, Target, entry
from playground.screens.sheet import wrap
from playground.view.model import View
from playground.view.objects import ThreadView

ABOUT: Final = (
    "A thread runs one program. What it may do is what its capability table holds; what it waits for decides "
    "in which of seven states it is."
)

FAULT: Final = 2
"""`how` of a message that tells of a fault: the thread will do the same again when it is answered."""

INDENT: Final = 36
"""Columns before the reason of a transition."""
SLOTS: Final = {
    TcbSlot.CSPACE: "capabilities",
    TcbSlot.VSPACE: "memory",
    TcbSlot.IPC_BUFFER: "long messages",
    TcbSlot.FAULT_HANDLER: "fault handler",
    TcbSlot.TIMEOUT_HANDLER: "timeout handler",
}


def page(desk: Desk, target: Target, width: int) -> Page:
    """Everything about a thread."""
    view = desk.view
    thread = view.threads[target.object]
    lines = explorer_states.diagram(thread.state)
    lines += [heading("now", width), *_now(desk, thread)]
    lines += [heading("how it came to this", width), *_history(desk, thread, width)]
    lines += [heading("where it can go from here", width), *_ways_on(thread, width)]
    lines += [heading("its own slots", width), *_slots(view, thread)]
    lines += holders(desk, thread.id, width)
    return Page([*lines, *about(ABOUT, width)])


def _now(desk: Desk, thread: ThreadView) -> list[Entry]:
    view = desk.view
    lines = [fact("state", *state_runs(thread), target=Target(moment=thread.since))]
    if thread.blocked_on:
        lines.append(link(desk, "waits at", thread.blocked_on))
    reply = view.replies.get(thread.blocked_on)
    if reply is not None and reply.server:
        lines.append(link(desk, "answered by", reply.server))
    if thread.state == ThreadState.BLOCKED_ON_RECEIVE and thread.badge:
        lines.append(link(desk, "answers with", thread.badge))
    stack = call_stack(view, thread.id)
    if len(stack) > 1:
        lines.append(fact("call stack", *stack_words(view, stack), target=Target(object=stack[-2].reply)))
    if thread.fault is not None:
        words = thread.fault.text or "a fault that nobody has answered"
        lines.append(fact("fault", (words, "faulted"), target=Target(moment=thread.fault.number)))
    lines.append(_time(desk, thread))
    if thread.notification:
        lines.append(link(desk, "is woken by", thread.notification))
    priority = f"{thread.priority} of 255" + (f", and may give others up to {thread.mcp}" if thread.mcp else "")
    lines.append(fact("priority", (priority, "text")))
    if thread.probed:
        probe = fact("debug probe", (thread.probed, "faulted"), target=Target(moment=thread.probe_number))
        lines.append(probe)
    return lines


def _time(desk: Desk, thread: ThreadView) -> Entry:
    """What it runs on."""
    context = desk.view.sched_contexts.get(thread.sched_context)
    if context is None:
        reply = desk.view.replies.get(thread.blocked_on)
        if reply is not None and reply.lent:
            return link(desk, "its time", reply.lent, ("  lent with its call", "call"))
        return fact("runs on", ("nothing: passive, until a caller lends it time", "quiet"))
    words = "out of budget" if thread.released else f"{time_words(context.budget)} at a time"
    return link(desk, "runs on", context.id, (f"  {words}", "handling bold" if thread.released else "quiet"))


def _history(desk: Desk, thread: ThreadView, width: int) -> list[Entry]:
    """The last states, newest first, each with what led there."""
    states = list(thread.states)
    lines: list[Entry] = []
    for place in range(len(states) - 1, -1, -1):
        number, state = states[place]
        before = states[place - 1][1] if place else ThreadState.INACTIVE
        event = desk.machine.events[number] if number < len(desk.machine.events) else ()
        if event and event[0] == ev.MESSAGE and event[9] == FAULT and event[2] == thread.id:
            before = ThreadState.RESTART
        mark = STATES[state]
        rows = wrap(explorer_states.why(before, state), width - INDENT)
        head = ((f" {number:>9,}  ", "quiet"), (f"{mark.glyph} {mark.name:<22}", mark.ink))
        lines.append(Entry((*head, (rows[0], "text")), Target(moment=number)))
        lines += [entry((" " * INDENT + row, "text")) for row in rows[1:]]
    return listed(lines, "It has not changed its state yet.")


def _ways_on(thread: ThreadView, width: int) -> list[Entry]:
    lines: list[Entry] = []
    for state, why in explorer_states.can_go(thread.state).items():
        mark = STATES[state]
        rows = wrap(why, width - INDENT)
        lines.append(entry((f" {'':9}→ ", "quiet"), (f"{mark.glyph} {mark.name:<22}", mark.ink), (rows[0], "text")))
        lines += [entry((" " * INDENT + row, "text")) for row in rows[1:]]
    return lines


def _slots(view: View, thread: ThreadView) -> list[Entry]:
    lines: list[Entry] = []
    held = view.held.get(thread.id, {})
    for slot, purpose in SLOTS.items():
        cap = held.get(slot)
        if cap is None:
            lines.append(entry((f" {slot.value} {purpose:<17}empty", "quiet")))
            continue
        tail = cap_runs(view, cap) if cap.kind == ObjectType.CNODE else ()
        lines.append(
            Entry(
                ((f" {slot.value} ", "quiet"), (f"{purpose:<17}", "quiet"), *mention(view, cap.object),
                 *((("  ", "text"), *tail) if tail else ())),
                Target(object=cap.object, through=(thread.id, slot.value)),
            )
        )  # fmt: skip
    return lines


TOPIC = Topic(page, ABOUT)
