"""Each event as one sentence, from the table of events with names for numbers.

The linear mode, the stream, `why` and exports all speak with these sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from kernel import events as ev
from kernel.abi import TYPE_NAMES, ObjectType, ThreadState
from kernel.events import TABLE, Event
from playground.view import decode, inputs
from playground.view.capability_words import capability
from playground.view.model import View

_STATES: Final[dict[int, str]] = {
    ThreadState.INACTIVE: "stopped",
    ThreadState.RUNNING: "ready to run",
    ThreadState.RESTART: "about to do its system call again",
    ThreadState.BLOCKED_ON_RECEIVE: "waiting to receive on",
    ThreadState.BLOCKED_ON_SEND: "waiting to send to",
    ThreadState.BLOCKED_ON_REPLY: "waiting for an answer through",
    ThreadState.BLOCKED_ON_NOTIFICATION: "waiting for",
}

MOST_TEXT: Final = 160
"""Characters of a note's text in its sentence."""

Render = Callable[[View, Any], str]
"""A field of an event in words."""


def _object(view: View, value: Any) -> str:
    return view.name_of(value)


def _thread(view: View, value: Any) -> str:
    return decode.who(view, value)


def _plain(view: View, value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _refills(value: Any) -> str:
    """The list of refills, or how many there may be."""
    if isinstance(value, int):
        return str(value)
    return ", ".join(f"{amount:,} from {at:,}" for at, amount in value)


_RENDER: Final[dict[str, Render]] = {
    **dict.fromkeys(
        ("object", "untyped", "cnode", "to_cnode", "with_cnode", "after_cnode", "endpoint", "reply", "notification",
         "sched_context", "frame", "vspace"),
        _object,
    ),
    **dict.fromkeys(("thread", "sender", "receiver", "replier", "caller", "woken"), _thread),
    "type": lambda view, value: TYPE_NAMES[ObjectType(value)],
    "state": lambda view, value: _STATES[value],
    "error": lambda view, value: decode.error_name(value),
    "badge": lambda view, value: f"{value:#x}" if value > 9 else str(value),
    "vaddr": lambda view, value: f"{value:#x}",
    "irq": lambda view, value: str(value),
    "index": lambda view, value: str(value),
    "to_index": lambda view, value: str(value),
    "with_index": lambda view, value: str(value),
    "size_bits": lambda view, value: str(value),
    "entry": lambda view, value: str(value),
    "fields": lambda view, value: ", ".join(f"{key}={decode.show_value(each)}" for key, each in value),
    "refills": lambda view, value: _refills(value),
}  # fmt: skip
"""How fields are said, by name; others are said as they are."""


def words(view: View, event: Event) -> dict[str, str]:
    """Every field of an event in words, by name."""
    names = TABLE[event[0]].fields
    return {name: _RENDER.get(name, _plain)(view, value) for name, value in zip(names, event[2:], strict=True)}


def sentence(view: View, number: int, event: Event) -> str:
    """What an event says, without its number and cycle."""
    special = _SPECIAL.get(event[0])
    said = special(view, number, event) if special else TABLE[event[0]].sentence.format_map(words(view, event))
    return address(said)


_YOUR_VERBS: Final = {
    "is": "are", "has": "have", "does": "do", "was": "were", "goes": "go", "loses": "lose", "dies": "die",
    "calls": "call", "sends": "send", "answers": "answer", "runs": "run", "waits": "wait", "wakes": "wake",
    "signals": "signal", "stops": "stop", "starts": "start", "stays": "stay", "holds": "hold", "lacks": "lack",
}  # fmt: skip
_YOU: Final = re.compile(rf"\byou ({'|'.join(_YOUR_VERBS)})\b")


def address(text: str) -> str:
    """A sentence about servers, made right for the one that is called `you`."""
    return _YOU.sub(lambda found: f"you {_YOUR_VERBS[found[1]]}", text)


def _created(view: View, number: int, event: Event) -> str:
    kind, size_bits, untyped = ObjectType(event[3]), event[4], event[6]
    made = f" made from {view.name_of(untyped)}" if untyped else " exists from boot"
    size = f", {1 << size_bits:,} bytes" if size_bits else ""
    return f"{view.name_of(event[2])} ({TYPE_NAMES[kind]}{size}){made}"


def _inserted(view: View, number: int, event: Event) -> str:
    _, _, cnode, index, kind, object_id, rights, badge, _, _, after, after_index = event
    held = capability(view, kind, object_id, rights, badge)
    origin = f", derived from {view.name_of(after)}[{after_index}]" if after else ""
    return f"{view.name_of(cnode)}[{index}] now holds {held}{origin}"


def _changed(view: View, number: int, event: Event) -> str:
    _, _, cnode, index, kind, object_id, rights, badge, _, _ = event
    place = f"{view.name_of(cnode)}[{index}]"
    if kind == ObjectType.UNTYPED:
        return f"{place}: {badge:,} bytes of {view.name_of(object_id)} are used"
    if kind == ObjectType.ZOMBIE:
        return f"{place}: {view.name_of(object_id)} is being taken apart"
    return f"{place} is now {capability(view, kind, object_id, rights, badge)}"


def _thread_state(view: View, number: int, event: Event) -> str:
    _, _, thread, state, object_id, _ = event
    target = f" {view.name_of(object_id)}" if object_id else ""
    return f"{decode.who(view, thread)} is {_STATES[state]}{target}"


def _scheduled(view: View, number: int, event: Event) -> str:
    return f"{decode.who(view, event[2])} runs" if event[2] else "nobody can run: the processor idles"


def _message(view: View, number: int, event: Event) -> str:
    told = view.log.find(number) or decode.message(view, number, event)
    if told.kind == "fault":
        return f"{told.receiver} is told of the {told.text.replace('fault:', f'fault of {told.sender}:', 1)}"
    verb = "calls" if told.kind == "call" else "sends"
    return f"{told.sender} {verb} {told.receiver}: {told.text}"


def _replied(view: View, number: int, event: Event) -> str:
    told = view.log.find(number) or decode.message(view, number, event)
    return f"{told.sender} answers {told.receiver}: {told.text}"


def _dropped(view: View, number: int, event: Event) -> str:
    _, _, thread, _, object_id, reason = event
    target = f" to {view.name_of(object_id)}" if object_id else ""
    return f"a message of {decode.who(view, thread)}{target} went nowhere: {reason}"


def _invoked(view: View, number: int, event: Event) -> str:
    _, _, thread, cptr, object_id, label, error, details = event
    target = f" on {view.name_of(object_id)}" if object_id else f" on the empty slot {cptr}"
    told = f"{decode.who(view, thread)} did {decode.invocation(label)}{target}"
    if not error:
        return told
    more = f" ({decode.show_words(details)})" if details else ""
    return f"{told} and was refused: {decode.error_name(error)}{more}"


def _faulted(view: View, number: int, event: Event) -> str:
    handler = "" if event[5] else "; nobody handles its faults, so it stops for good"
    return f"{decode.who(view, event[2])} faulted: {decode.fault_text(view, number, event)[7:]}{handler}"


def _signalled(view: View, number: int, event: Event) -> str:
    _, _, thread, notification, badge, _, woken = event
    after = f", which wakes {decode.who(view, woken)}" if woken else ""
    return f"{decode.who(view, thread)} signals {view.name_of(notification)} with badge {badge:#x}{after}"


def _unbound(field: int, bound: str, unbound: str) -> Callable[[View, int, Event], str]:
    """Sentences for events where 0 means that a tie was cut."""

    def say(view: View, number: int, event: Event) -> str:
        return (bound if event[field] else unbound).format_map(words(view, event))

    return say


def _irq_raised(view: View, number: int, event: Event) -> str:
    told = f", signals {view.name_of(event[3])}" if event[3] else ", which nobody listens to now"
    return f"interrupt {event[2]}{told}"


def _note(view: View, number: int, event: Event) -> str:
    _, _, thread, topic, fields = event
    values = dict(fields)
    text = values.get("text")
    who = decode.who(view, thread)
    about = f" {values['server']}" if "server" in values else ""
    if topic == "server-died":
        cause, detail = str(values.get("cause", "")), one_line(str(values.get("detail", "")))
        return f"{who}: {values.get('server')} died: {', '.join(part for part in (cause, detail) if part)}"
    if text:
        return f"{who}: {topic}{about}: {one_line(str(text))}"
    rest = words(view, (*event[:4], tuple((key, value) for key, value in fields if key != "server")))["fields"]
    return f"{who}: {topic}{about}{f' ({rest})' if rest else ''}"


def one_line(text: str) -> str:
    """The beginning of a text that may have many lines."""
    joined = " ".join(text.split())
    return joined if len(joined) <= MOST_TEXT else f"{joined[: MOST_TEXT - 3]}..."


def _input(view: View, number: int, event: Event) -> str:
    return inputs.sentence(event[2], event[3])


def _probe(view: View, number: int, event: Event) -> str:
    _, _, thread, action, detail = event
    return f"the debug probe: {action} {decode.who(view, thread)}{f' ({detail})' if detail else ''}"


_SPECIAL: Final[dict[int, Callable[[View, int, Event], str]]] = {
    ev.OBJECT_CREATED: _created,
    ev.CAP_INSERTED: _inserted,
    ev.CAP_CHANGED: _changed,
    ev.THREAD_STATE: _thread_state,
    ev.SCHEDULED: _scheduled,
    ev.MESSAGE: _message,
    ev.REPLIED: _replied,
    ev.DROPPED: _dropped,
    ev.INVOKED: _invoked,
    ev.FAULTED: _faulted,
    ev.SIGNALLED: _signalled,
    ev.NTFN_BOUND: _unbound(3, "{notification} is bound to {thread}", "the notification of {thread} is unbound"),
    ev.REPLY_BOUND: _unbound(3, "{reply} belongs to {thread}", "{reply} is free"),
    ev.SC_BOUND: _unbound(3, "{thread} runs on {sched_context}", "nobody runs on {sched_context}"),
    ev.SC_NTFN_BOUND: _unbound(3, "{sched_context} is bound to {notification}", "{sched_context} is unbound"),
    ev.IRQ_RAISED: _irq_raised,
    ev.IRQ_HANDLER_SET: _unbound(3, "interrupt {irq} signals {notification}", "interrupt {irq} signals nobody"),
    ev.RELEASED: _unbound(3, "{thread} is out of budget and waits", "{thread} has budget again"),
    ev.NOTE: _note,
    ev.INPUT: _input,
    ev.PROBE: _probe,
}
"""Kinds that need more than their row of the table says."""
