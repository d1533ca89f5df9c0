"""Why not: why a thread is still blocked, why nothing happened, why somebody cannot reach somebody.

Each answer ends at what is missing, by name: a capability, a right, a reply, a message, a signal, or time. Like `why`,
it only says what the events say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kernel import events as ev
from kernel.abi import ObjectType, Rights, ThreadState
from kernel.events import Event
from playground.view import decode, inputs
from playground.view.derivation import capabilities_to
from playground.view.model import View
from playground.view.objects import CapView, ThreadView
from playground.view.reach import can_reach, receiver_of
from playground.view.refusals import (
    explain,
    is_refusal,
    last_refusal,
    lost_of,
    receiver_missing,
    removals,
)
from playground.view.sentences import sentence
from playground.view.servers import holder_of, slot_names, waiting
from playground.view.why import FARTHEST, PERSON, Because, Chain, full, why_event

RECENT: Final = 2_000
"""A refusal that lies so many events back does not matter any more."""
_ACTS: Final = frozenset({"operator", "keyboard", "probe"})
"""Sources of inputs behind which a person stands."""


def why_blocked(view: View, events: Sequence[Event], server: str) -> list[Because]:
    """What a server is still waiting for, down to what is missing. Empty for one that does not exist."""
    chain = Chain()
    if server in view.servers:
        _blocked(view, events, server, chain, [])
    return chain.links


def why_nothing(view: View, events: Sequence[Event]) -> list[Because]:
    """What became of the last thing that was done from outside, and what is missing for it to have its effect."""
    chain = Chain()
    end = min(view.event_count, len(events))
    number = next((at for at in range(end - 1, max(end - FARTHEST, 0) - 1, -1)
                   if events[at][0] == ev.INPUT and events[at][2] in _ACTS), -1)  # fmt: skip
    if number < 0:
        chain.add(-1, "An input is missing: nobody has asked for anything yet.")
        return chain.links
    source, data = events[number][2], events[number][3]
    chain.add(number, full(inputs.sentence(source, data)))
    if source == "operator":
        _request(view, events, number, end, chain)
    elif source == "keyboard":
        _keys(view, events, number, end, chain)
    else:
        _touched(view, events, number, end, chain)
    return chain.links


def why_cannot(view: View, events: Sequence[Event], source: str, target: str) -> list[Because]:
    """Which capability is missing for a server to send to another. One sentence if it can."""
    chain = Chain()
    reach = can_reach(view, source, target)
    chain.add(-1, reach.text)
    if reach.possible or source not in view.servers or target not in view.servers:
        return chain.links
    wanted = _endpoints_of(view, target)
    names = " or ".join(view.name_of(each) for each in wanted) or f"any endpoint of {target}"
    chain.add(-1, f"A capability is missing: {source} holds none that can send to {names}.")
    _weak(view, source, wanted, chain)
    if not _lost_to(view, events, source, wanted, chain):
        chain.add(-1, f"The manifest grants {source} none, and nobody has passed it one.")
    holders = sorted({holder_of(view, cap.cnode) for each in wanted for cap in _senders(view, each)} - {""})
    if holders:
        chain.add(-1, f"Those who hold one: {', '.join(holders)}.")
    return chain.links


def why_not(view: View, events: Sequence[Event], words: str = "") -> list[Because]:
    """The answer to `why not WORDS`: nothing, a server, or two servers of which one cannot reach the other.

    Raises ValueError with a sentence for anything else.
    """
    parts = servers_in(words)
    unknown = [part for part in parts if part not in view.servers]
    if unknown:
        raise ValueError(f"No server is called `{unknown[0]}`")
    if len(parts) == 2:
        return why_cannot(view, events, *parts)
    if parts:
        return _of_server(view, events, parts[0])
    return why_nothing(view, events)


def servers_in(words: str) -> list[str]:
    """The servers that `why not WORDS` is about: none, one, or two. Raises ValueError with a sentence."""
    parts = [word for word in words.split() if word not in ("can", "cannot", "reach")]
    if len(parts) > 2:
        raise ValueError("Say `why not`, `why not SERVER` or `why not SERVER reach SERVER`")
    return parts


def _of_server(view: View, events: Sequence[Event], server: str) -> list[Because]:
    """Still blocked, if it is; else the last refusal that it met."""
    links = why_blocked(view, events, server)
    thread = view.servers[server].thread
    end = min(view.event_count, len(events))
    number = last_refusal(events, thread, end - RECENT, end) if thread else -1
    if view.servers[server].status.key in ("waiting", "sending", "faulted", "restarting", "stopped") or number < 0:
        return links
    chain = Chain()
    explain(view, events, number, chain)
    return [*chain.links, *links]


# Why a thread is still blocked.


def _blocked(view: View, events: Sequence[Event], name: str, chain: Chain, visited: list[str]) -> None:
    if name in visited:
        chain.add(-1, f"That closes a circle, {' waits for '.join([*visited[visited.index(name) :], name])}: "
                      "nobody in it will ever answer.")  # fmt: skip
        return
    visited.append(name)
    server = view.servers[name]
    thread = view.threads.get(server.thread)
    if thread is None:
        chain.add(view.records[name].phase_number, f"A thread is missing: {name} is {server.status.word}"
                  f"{f' ({server.status.detail})' if server.status.detail else ''}.")  # fmt: skip
        return
    step = _STATES.get(thread.state)
    if step is None:
        chain.add(thread.since, _not_blocked(view, name, thread))
    else:
        step(view, events, name, thread, chain, visited)


def _not_blocked(view: View, name: str, thread: ThreadView) -> str:
    if thread.released:
        return f"Processor time is missing: {name} has used up its budget and waits for the next refill."
    if not thread.sched_context:
        return f"A scheduling context is missing: {name} could run, and has no time to run on."
    return f"{name} is not blocked: it can run as soon as nobody of a higher priority does."


def _for_reply(
    view: View, events: Sequence[Event], name: str, thread: ThreadView, chain: Chain, visited: list[str]
) -> None:
    waits = waiting(view, thread)
    what = waits.what if waits is not None else "its call"
    reply = view.replies.get(thread.blocked_on)
    other = decode.who(view, reply.server) if reply is not None and reply.server else ""
    if thread.fault is not None:
        chain.add(thread.fault.number, f"The answer to its fault is missing: {name} stands still until "
                  f"{other or 'its fault handler'} restarts it.")  # fmt: skip
        return
    if not other:
        chain.add(thread.call, f"A reply is missing: nobody holds the call {what} of {name}.")
        return
    chain.add(thread.call, f"A reply is missing: {name} waits until {other} answers {what}.")
    dead = reply is not None and reply.server not in view.threads
    if dead or other not in view.servers:
        _who_can_answer(view, thread.blocked_on, chain)
    if other in view.servers and other != name:
        _blocked(view, events, other, chain, visited)


def _who_can_answer(view: View, reply: int, chain: Chain) -> None:
    holders = sorted({holder_of(view, cap.cnode) for cap in capabilities_to(view, reply)} - {""})
    who = f"only {' or '.join(holders)} can" if holders else "nobody can"
    chain.add(-1, f"{who.capitalize()} give that reply now, with a capability to {view.name_of(reply)}.")


def _for_receiver(
    view: View, events: Sequence[Event], name: str, thread: ThreadView, chain: Chain, visited: list[str]
) -> None:
    chain.add(thread.since, f"{name} has something to send through {view.name_of(thread.blocked_on)}.")
    receiver_missing(view, thread.blocked_on, chain)
    owner = receiver_of(view, thread.blocked_on)
    if owner in view.servers and owner != name:
        _blocked(view, events, owner, chain, visited)


def _for_message(
    view: View, events: Sequence[Event], name: str, thread: ThreadView, chain: Chain, visited: list[str]
) -> None:
    endpoint = thread.blocked_on
    senders = sorted({holder_of(view, cap.cnode) for cap in _senders(view, endpoint)} - {"", name})
    text = f"A message is missing: {name} receives on {view.name_of(endpoint)}, and nobody sends."
    chain.add(thread.since, text)
    if senders:
        chain.add(-1, f"Those who can: {', '.join(senders)}.")
    else:
        chain.add(-1, "Nobody holds a capability that could.")
    _own_work(view, events, name, thread, chain)


def _for_signal(
    view: View, events: Sequence[Event], name: str, thread: ThreadView, chain: Chain, visited: list[str]
) -> None:
    notification = thread.blocked_on
    lines = [line for line in view.irqs.values() if line.notification == notification]
    what = " or ".join(f"interrupt {line.irq}" for line in lines) or "a signal"
    chain.add(thread.since, f"A signal is missing: {name} waits for {what} on {view.name_of(notification)}.")
    for line in lines:
        if line.masked:
            chain.add(-1, f"Interrupt {line.irq} is masked: it was raised and not acknowledged since.")
    _own_work(view, events, name, thread, chain)


def _own_work(view: View, events: Sequence[Event], name: str, thread: ThreadView, chain: Chain) -> None:
    """What is wrong with a server that only seems to have nothing to do: what it owes, and what it lost."""
    server = view.servers[name]
    if server.handles:
        chain.add(-1, f"Meanwhile it owes an answer: {server.handles}.")
    lost_of(view, events, thread.id, min(view.event_count, len(events)), chain)


def _inactive(
    view: View, events: Sequence[Event], name: str, thread: ThreadView, chain: Chain, visited: list[str]
) -> None:
    if thread.probed == "suspend":
        chain.add(thread.probe_number, f"The debug probe holds {name}: it goes on after `resume {name}`.")
    elif thread.fault is not None:
        chain.add(thread.fault.number, f"A restart is missing: {name} faulted, and nobody has dealt with that.")
    else:
        chain.add(thread.since, f"{name} is suspended: somebody with a capability to its thread has to resume it.")


_STATES: Final[dict[int, Callable[[View, Sequence[Event], str, ThreadView, Chain, list[str]], None]]] = {
    ThreadState.BLOCKED_ON_REPLY: _for_reply,
    ThreadState.BLOCKED_ON_SEND: _for_receiver,
    ThreadState.BLOCKED_ON_RECEIVE: _for_message,
    ThreadState.BLOCKED_ON_NOTIFICATION: _for_signal,
    ThreadState.INACTIVE: _inactive,
}


# Why nothing happened.


def _request(view: View, events: Sequence[Event], number: int, end: int, chain: Chain) -> None:
    """A request to `you`: answered, refused, or not taken."""
    asked = inputs.requests(view)
    which = asked.index(number) + 1 if asked is not None and number in asked else None
    for at in range(number, end):
        event = events[at]
        if event[0] == ev.NOTE and event[3] == "you-reply" and which in (None, dict(event[4]).get("request")):
            if is_refusal(event):
                explain(view, events, at, chain)
            else:
                chain.add(at, full(sentence(view, at, event)))
                chain.add(-1, "Nothing is missing: that was done.")
            return
    if PERSON in view.servers:
        taken = any(events[at][0] in (ev.MESSAGE, ev.INVOKED) and decode.who(view, events[at][2]) == PERSON
                    for at in range(number, end))  # fmt: skip
        if not taken:
            chain.add(-1, "`you` has not begun with it: it does one thing after the other.")
        _blocked(view, events, PERSON, chain, [])


def _keys(view: View, events: Sequence[Event], number: int, end: int, chain: Chain) -> None:
    """Keys go to whoever has the interrupt of the keyboard, and from there to whoever reads a line."""
    if not events[number][3].endswith("\n") and "\n" not in events[number][3]:
        chain.add(-1, "The return key is missing: whoever reads a line waits for its end.")
    manifest = view.manifest
    for name in view.servers if manifest is not None else ():
        if manifest is not None and 1 in manifest.servers[name].irqs.values():
            server = view.servers[name]
            if not server.thread or not lost_of(view, events, server.thread, end, chain):
                _blocked(view, events, name, chain, [])


def _touched(view: View, events: Sequence[Event], number: int, end: int, chain: Chain) -> None:
    """The probe struck a server: what followed for its thread."""
    action, server = events[number][3][:2]
    effects = (ev.FAULTED,) if action == "crash" else (ev.THREAD_STATE,)
    for at in range(number + 1, end):
        event = events[at]
        about = dict(event[4]).get("server") if event[0] == ev.NOTE else ""
        if about == server or (event[0] in effects and decode.who(view, event[2]) == server):
            chain.add(at, full(sentence(view, at, event)))
            chain.add(-1, "Nothing is missing: that came of it.")
            return
    chain.add(-1, f"Time is missing: {server} has not run since, and before that nothing comes of it.")


# Who could reach whom.


def _endpoints_of(view: View, server: str) -> list[int]:
    return [each for each in sorted(view.endpoints) if receiver_of(view, each) == server]


def _senders(view: View, endpoint: int) -> list[CapView]:
    return [cap for cap in capabilities_to(view, endpoint) if cap.rights & Rights.WRITE]


def _weak(view: View, source: str, wanted: list[int], chain: Chain) -> None:
    """Capabilities to the right endpoint without the right to send."""
    for cap in view.held.get(view.servers[source].cspace, {}).values():
        if cap.object in wanted and cap.kind == ObjectType.ENDPOINT and not cap.rights & Rights.WRITE:
            chain.add(cap.born, f"The right to send is missing: {source} holds {view.name_of(cap.object)} without it.")


def _lost_to(view: View, events: Sequence[Event], source: str, wanted: list[int], chain: Chain) -> bool:
    """Whether it had one and lost it; says how."""
    cspace = view.servers[source].cspace
    names = slot_names(view.manifest, source) if view.manifest else {}
    empty = frozenset(names) - frozenset(view.held.get(cspace, {}))
    lost = removals(events, cspace, empty, min(view.event_count, len(events)))
    lost = {index: gone for index, gone in lost.items() if events[gone][4] in wanted}
    for index, gone in sorted(lost.items()):
        chain.add(-1, f"It had one, called `{names[index]}`, and lost it.")
        for link in why_event(view, events, gone):
            chain.add(link.number, link.text)
    return bool(lost)
