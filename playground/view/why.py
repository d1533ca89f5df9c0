"""Why something is as it is: a chain of short sentences from an effect back to what came from outside.

Every link is an event that is in the trace; nothing is guessed. What a thread does is caused by the request that it is
working on, or else by what woke it; an interrupt is caused by the input before it, a fault by the debug probe or by
the request that was being handled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kernel import events as ev
from kernel.events import Event
from playground.view import deadlock, decode, inputs, why_refused
from playground.view.derivation import capabilities_to
from playground.view.model import ServerView, View
from playground.view.sentences import address, sentence
from playground.view.servers import holder_of
from servers.manifest import SUPERVISOR

MOST_LINKS: Final = 16
"""Sentences in one chain."""
FARTHEST: Final = 50_000
"""How many events a chain looks back for one cause."""
_BEYOND: Final = 5_000
"""How many events before the last wake-up a request may lie that is still being worked on."""
_NEAR: Final = 400
"""How many events may lie between an input and the interrupt that it made."""


PERSON: Final = "you"
"""The server that does what is asked from outside."""
_SMALL: Final = ("you ", "the debug probe", "the machine", "the clock", "interrupt ", "nobody ", "an interrupt ")


@dataclass(frozen=True, slots=True)
class Because:
    """One link of a chain."""

    number: int
    """The event that the sentence is about, or -1 if it is about how things are now."""
    text: str
    """One sentence."""


class Chain:
    """A chain that grows; nothing is said twice, and it has an end."""

    def __init__(self) -> None:
        self.links: list[Because] = []
        self._seen: set[int] = set()

    def add(self, number: int, text: str) -> bool:
        """Add a sentence; False if the chain is full or was here before."""
        if len(self.links) >= MOST_LINKS or (number >= 0 and number in self._seen):
            return False
        self._seen.add(number)
        self.links.append(Because(number, address(text)))
        return True


def why_waiting(view: View, events: Sequence[Event], server: str) -> list[Because]:
    """Why a server is as it is, from now back to what came from outside. Empty for a server that does not exist."""
    chain = Chain()
    visited: set[str] = set()
    here = server
    while here in view.servers and here not in visited:
        visited.add(here)
        here = _link_of_server(view, events, view.servers[here], chain)
    circle = deadlock.circle_from(view, view.servers[server].thread) if server in view.servers else ()
    if circle:
        chain.add(-1, f"That is a deadlock: {deadlock.in_words(circle)}; nobody in this circle will go on by itself.")
    return chain.links


def why_event(view: View, events: Sequence[Event], number: int) -> list[Because]:
    """Why an event happened, back to what came from outside."""
    chain = Chain()
    if 0 <= number < len(events):
        _explain(view, events, number, chain)
    return chain.links


def _link_of_server(view: View, events: Sequence[Event], server: ServerView, chain: Chain) -> str:
    """Say why a server is in its state; the server to go on with, or ''."""
    key, name = server.status.key, server.name
    if key in ("waiting", "sending") and server.waits_for is not None:
        return _waiting(view, events, server, chain)
    if key in ("faulted", "restarting", "stopped"):
        _trouble(view, events, server, chain)
    elif key == "handling":
        _handling(view, events, server, chain)
    elif key == "absent":
        chain.add(-1, f"{name} was not started: {server.status.detail or 'nobody has made its thread yet'}.")
    elif key == "idle" and server.waits_for is not None:
        number = server.waits_for.number
        chain.add(number, f"{name} has nothing to do: it waits for {server.waits_for.text}.")
        if len(chain.links) == 1:
            _cause_of_step(view, events, server.thread, number, chain)
    else:
        _running(view, events, server, chain)
    return ""


def _waiting(view: View, events: Sequence[Event], server: ServerView, chain: Chain) -> str:
    wait = server.waits_for
    assert wait is not None
    name, other = server.name, wait.server
    if server.status.key == "sending":
        chain.add(wait.number, f"{name} waits because nobody receives on {wait.what} now.")
    elif other:
        chain.add(wait.number, f"{name} is waiting because {_it(name)} called {wait.what} on {other}.")
    else:
        chain.add(wait.number, f"{name} is waiting for {wait.what}, and nobody holds its call.")
    if other == name or other not in view.servers:
        return ""
    callee = view.servers[other]
    if callee.status.key in ("handling", "running"):
        work = f" (it handles {callee.handles})" if callee.handles else ""
        chain.add(-1, f"{other} has not answered yet{work}.")
        _cause_of_step(view, events, server.thread, wait.number, chain)
        return ""
    return other


def _it(name: str) -> str:
    """How a server is called a second time in a sentence."""
    return "you" if name == "you" else "it"


def _handling(view: View, events: Sequence[Event], server: ServerView, chain: Chain) -> None:
    held = [reply for reply in view.replies.values() if reply.server == server.thread]
    if not held:
        _running(view, events, server, chain)
        return
    number = min(reply.call for reply in held)
    waits = f" and waits for {server.waits_for.text}" if server.waits_for is not None else ""
    chain.add(-1, f"{server.name} is handling {server.handles}{waits}.")
    _explain(view, events, number, chain)


def _running(view: View, events: Sequence[Event], server: ServerView, chain: Chain) -> None:
    thread = view.threads.get(server.thread)
    if thread is None:
        return
    chain.add(thread.since, f"{server.name} is {server.status.word}: nothing holds it up.")
    _cause_of_step(view, events, server.thread, thread.since, chain)


def _trouble(view: View, events: Sequence[Event], server: ServerView, chain: Chain) -> None:
    """Faulted, restarting or stopped: what the supervisor decided, and what it was told."""
    record = view.records[server.name]
    if record.phase:
        note = events[record.phase_number] if 0 <= record.phase_number < len(events) else None
        told = f": {sentence(view, record.phase_number, note)}" if note is not None and note[0] == ev.NOTE else ""
        state = (
            f"{server.name} is {server.status.word} ({server.status.detail})"
            if server.status.detail
            else f"{server.name} is {server.status.word}"
        )
        chain.add(record.phase_number, full(f"{state}{told}"))
    fault = record.fault
    _for_its_pager(view, server, chain)
    if fault is not None:
        _explain(view, events, fault.number, chain)
    _lost_replies(view, server, chain)
    if fault is not None:
        _nobody_restarts(view, server, chain)
        return
    thread = view.threads.get(server.thread)
    if thread is not None and thread.probed:
        _explain(view, events, thread.probe_number, chain)
    elif not record.phase and thread is not None:
        chain.add(thread.since, f"{server.name} is stopped since then.")
        _explain(view, events, thread.since, chain)


def _nobody_restarts(view: View, server: ServerView, chain: Chain) -> None:
    """Say so if whoever would build the server anew is down, too."""
    if server.name == SUPERVISOR:
        chain.add(-1, "nobody watches over the supervisor: it stays so.")
        return
    keeper = view.servers.get(SUPERVISOR)
    if keeper is not None and not view.records[server.name].phase and keeper.status.key in ("faulted", "stopped"):
        chain.add(-1, f"supervisor, which would build it anew, is {keeper.status.word} itself.")


def _for_its_pager(view: View, server: ServerView, chain: Chain) -> None:
    """A server with a pager waits for it; that others wait for the supervisor goes without saying."""
    policy = view.manifest.servers.get(server.name) if view.manifest else None
    link = deadlock.link_of(view, server.thread)
    if policy is not None and policy.pager and link is not None:
        chain.add(link.number, f"{link.text}.")


def _lost_replies(view: View, server: ServerView, chain: Chain) -> None:
    """Who waits for an answer of a dead server, and who else could give it."""
    for reply in view.replies.values():
        if not reply.server or reply.server != server.thread:
            continue
        caller, name = decode.who(view, reply.thread), view.name_of(reply.id)
        holders = dict.fromkeys(holder_of(view, cap.cnode) for cap in capabilities_to(view, reply.id))
        others = " and ".join(holder for holder in holders if holder and holder != server.name)
        who = f"only {others} can" if others else "nobody can"
        chain.add(-1, f"{caller} still waits: {who} answer it now, with the reply capability {name}.")


def _explain(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """Say what an event was, then go on with its cause."""
    event = events[number]
    if not chain.add(number, full(sentence(view, number, event))):
        return
    finder = _CAUSES.get(event[0], _cause_of_others)
    finder(view, events, number, chain)


def full(text: str) -> str:
    """A whole sentence: with a capital, unless it begins with a name, and a full stop."""
    begun = text[:1].upper() + text[1:] if text.startswith(_SMALL) else text
    return begun if begun.endswith((".", "!", "?")) else f"{begun}."


def _cause_of_sender(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    _cause_of_step(view, events, events[number][2], number, chain)


def _cause_of_answer(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """An error goes back to what went wrong before it, every other answer to the request."""
    wrong = why_refused.before_answer(view, events, number)
    if wrong >= 0:
        _explain(view, events, wrong, chain)
    else:
        _cause_of_sender(view, events, number, chain)


def _cause_of_invocation(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """A refusal goes back to the loss of the capability, if that is why."""
    lost = why_refused.before_refusal(view, events, number)
    if lost >= 0:
        _explain(view, events, lost, chain)
    else:
        _cause_of_sender(view, events, number, chain)


def _cause_of_fault(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """The debug probe, if it struck this thread since it was last woken; else what the thread was doing."""
    thread = events[number][2]
    for earlier in _back(events, number):
        event = events[earlier]
        if event[0] == ev.PROBE and event[2] == thread:
            _explain(view, events, earlier, chain)
            return
        if event[0] == ev.MESSAGE and event[3] == thread:
            _explain(view, events, earlier, chain)
            return
        if event[0] == ev.STARTED and event[2] == thread:
            _explain(view, events, earlier, chain)
            return


def _cause_of_fault_message(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    event = events[number]
    if event[9] != 2:
        _cause_of_sender(view, events, number, chain)
        return
    for earlier in _back(events, number):
        if events[earlier][0] == ev.FAULTED and events[earlier][2] == event[2]:
            _explain(view, events, earlier, chain)
            return


def _cause_of_signal(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    if events[number][2]:
        _cause_of_sender(view, events, number, chain)
        return
    for earlier in _back(events, number, 8):
        if events[earlier][0] == ev.IRQ_RAISED:
            _explain(view, events, earlier, chain)
            return


def _cause_of_interrupt(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """An input shortly before it; else the device by itself."""
    for earlier in _back(events, number, _NEAR):
        if events[earlier][0] == ev.INPUT:
            _explain(view, events, earlier, chain)
            return
        if events[earlier][0] == ev.IRQ_RAISED and events[earlier][2] == events[number][2]:
            break
    chain.add(-1, "The device did that by itself, when the work it had been given was done or its time had come.")


def _cause_of_probe(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    for earlier in _back(events, number, 8):
        if events[earlier][0] == ev.INPUT:
            _explain(view, events, earlier, chain)
            return


def _nothing_before(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """It came from outside, or from the beginning of time."""


def _cause_of_others(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """Whoever was on the processor did it; for a state that changed, look at what changed it."""
    event = events[number]
    for earlier in _back(events, number, 3):
        if events[earlier][0] in (ev.PROBE, ev.FAULTED) and events[earlier][2] == event[2]:
            _explain(view, events, earlier, chain)
            return
    for earlier in _back(events, number):
        if events[earlier][0] == ev.SCHEDULED:
            actor = events[earlier][2]
            if actor:
                _say_invocation(view, events, number, actor, chain)
                _cause_of_step(view, events, actor, number, chain)
            return


def _say_invocation(view: View, events: Sequence[Event], number: int, actor: int, chain: Chain) -> None:
    """The invocation that an effect belongs to: its own event comes right after its effects."""
    for later in range(number, min(number + _NEAR, len(events))):
        event = events[later]
        if event[0] == ev.SCHEDULED:
            return
        if event[0] == ev.INVOKED and event[2] == actor:
            chain.add(later, full(sentence(view, later, event)))
            return


def _cause_of_step(view: View, events: Sequence[Event], thread: int, number: int, chain: Chain) -> None:
    """What made a thread do what it did at an event: the request it was working on, else what let it go on."""
    woken = -1
    answered: set[int] = set()
    for earlier in _back(events, number):
        event = events[earlier]
        kind = event[0]
        if kind == ev.REPLIED and event[2] == thread:
            answered.add(event[3])
        elif kind == ev.MESSAGE and event[3] == thread:
            if event[2] not in answered:
                _explain(view, events, earlier, chain)
                return
            answered.discard(event[2])
        elif woken < 0 and _wakes(event, thread):
            woken = earlier
        elif kind == ev.STARTED and event[2] == thread:
            break
        if woken >= 0 and earlier < woken - _BEYOND:
            break
    asked = _request_of(view, events, thread, number)
    if max(woken, asked) >= 0:
        _explain(view, events, max(woken, asked), chain)


def _request_of(view: View, events: Sequence[Event], thread: int, number: int) -> int:
    """The request that `you` was working on, if it came while `you` was awake: it looks for the next one by itself."""
    if decode.who(view, thread) != PERSON:
        return -1
    asked = inputs.requests(view)
    if asked is None:
        return -1
    for earlier in _back(events, number):
        event = events[earlier]
        if event[0] == ev.NOTE and event[2] == thread and event[3] == "you-reply":
            which = int(dict(event[4]).get("request", 0))
            return asked[which] if which < len(asked) and asked[which] < number else -1
    return -1


def _wakes(event: Event, thread: int) -> bool:
    kind = event[0]
    if kind == ev.SIGNALLED:
        return bool(event[6] == thread)
    if kind == ev.REPLIED:
        return bool(event[3] == thread)
    return bool(kind in (ev.CONSUMED, ev.PROBE) and event[2] == thread)


def _cause_of_consumed(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """The last signal that was kept for it."""
    notification = events[number][3]
    for earlier in _back(events, number):
        if events[earlier][0] == ev.SIGNALLED and events[earlier][3] == notification:
            _explain(view, events, earlier, chain)
            return


def _back(events: Sequence[Event], number: int, most: int = FARTHEST) -> range:
    return range(number - 1, max(number - 1 - most, -1), -1)


_CAUSES: Final[dict[int, Callable[[View, Sequence[Event], int, Chain], None]]] = {
    ev.BOOTED: _nothing_before,
    ev.INPUT: _nothing_before,
    ev.STARTED: _nothing_before,
    ev.MESSAGE: _cause_of_fault_message,
    ev.REPLIED: _cause_of_answer,
    ev.DROPPED: _cause_of_sender,
    ev.INVOKED: _cause_of_invocation,
    ev.NOTE: _cause_of_sender,
    ev.FAULTED: _cause_of_fault,
    ev.SIGNALLED: _cause_of_signal,
    ev.CONSUMED: _cause_of_consumed,
    ev.IRQ_RAISED: _cause_of_interrupt,
    ev.PROBE: _cause_of_probe,
}
