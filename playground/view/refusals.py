"""Why a call was refused: which capability, right, memory or receiver was missing, and since when.

The kernel refuses with an error code and a few numbers, a server with an error of its interface; both are taken back
to what would have had to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kernel import events as ev
from kernel.abi import Error, Fault, LookupFailure, ObjectType, Rights
from kernel.events import Event
from playground.view import decode
from playground.view.capability_words import cap_words
from playground.view.model import View
from playground.view.objects import CapView
from playground.view.sentences import sentence
from playground.view.servers import cspace_of, owner_of, slot_names
from playground.view.why import FARTHEST, Because, Chain, full, why_event

_IPC: Final = frozenset({ObjectType.ENDPOINT, ObjectType.NOTIFICATION})
_DEEPEST: Final = 8
"""How many servers a refusal is followed through."""


def why_refused(view: View, events: Sequence[Event], number: int) -> list[Because]:
    """What was missing when a call, a message or a request was refused. Empty if the event refuses nothing."""
    chain = Chain()
    if 0 <= number < len(events) and is_refusal(events[number]):
        explain(view, events, number, chain)
    return chain.links


def is_refusal(event: Event) -> bool:
    """Whether an event says no: a refused invocation, a lost message, an error in an answer, a capability fault."""
    kind = event[0]
    if kind == ev.INVOKED:
        return bool(event[6])
    if kind == ev.REPLIED:
        return bool(event[5]) and not event[8]
    if kind == ev.FAULTED:
        return bool(event[3] == Fault.CAP_FAULT)
    if kind == ev.NOTE:
        return bool(event[3] == "you-reply" and not dict(event[4]).get("ok"))
    return bool(kind == ev.DROPPED)


def last_refusal(events: Sequence[Event], thread: int, begin: int, end: int) -> int:
    """The last refusal that a thread met between two events, or -1. Answers to it count, and what it noted."""
    for number in range(min(end, len(events)) - 1, max(begin, end - FARTHEST, 0) - 1, -1):
        event = events[number]
        if is_refusal(event) and event[3 if event[0] == ev.REPLIED else 2] == thread:
            return number
    return -1


def explain(view: View, events: Sequence[Event], number: int, chain: Chain, depth: int = 0) -> None:
    """Say what a refusal was, then what was missing."""
    event = events[number]
    if chain.add(number, full(sentence(view, number, event))):
        _REASONS[event[0]](view, events, number, chain, depth)


def slot_words(view: View, thread: int, cptr: int) -> str:
    """A slot of a thread's capability space, with its name in the manifest if it has one."""
    name = slot_names(view.manifest, decode.who(view, thread)).get(cptr, "") if view.manifest else ""
    called = f" (`{name}` in the manifest)" if name else ""
    return f"slot {cptr}{called}"


def missing_from(view: View, events: Sequence[Event], thread: int, cptr: int, before: int, chain: Chain) -> None:
    """Nothing is in a slot: say what is missing there, and who took it away."""
    who, cspace = decode.who(view, thread), cspace_of(view, thread)
    chain.add(-1, f"The capability is missing: {who} has nothing in {slot_words(view, thread, cptr)}.")
    gone = removal(events, cspace, cptr, before)
    if gone < 0:
        chain.add(-1, f"Nothing was in that slot as far as the events go back: {who} was never given it.")
        return
    for link in why_event(view, events, gone):
        chain.add(link.number, link.text)


def removal(events: Sequence[Event], cnode: int, index: int, before: int) -> int:
    """The event that last emptied a slot, or -1."""
    return removals(events, cnode, frozenset({index}), before).get(index, -1)


def removals(events: Sequence[Event], cnode: int, indices: frozenset[int], before: int) -> dict[int, int]:
    """For each of some slots, the event that took the last capability out of it."""
    found: dict[int, int] = {}
    for number in range(min(before, len(events)) - 1, max(before - FARTHEST, 0) - 1, -1):
        event = events[number]
        if event[0] == ev.CAP_REMOVED and event[2] == cnode and event[3] in indices:
            found.setdefault(event[3], number)
    return found


def _cap_at(view: View, thread: int, cptr: int) -> CapView | None:
    return view.slots.get((cspace_of(view, thread), cptr))


# One function for every kind of event that refuses.


def _invoked(view: View, events: Sequence[Event], number: int, chain: Chain, depth: int) -> None:
    thread, error, details = events[number][2], events[number][6], events[number][7]
    if error == Error.INVALID_CAPABILITY and details[:1] == (0,):
        _own_capability(view, events, number, chain)
    elif error == Error.FAILED_LOOKUP and len(details) >= 2:
        kind = _LOOKUPS.get(details[1], "does not lead to a slot")
        chain.add(-1, f"An address that {decode.who(view, thread)} named as an argument {kind}.")
    else:
        chain.add(-1, _MISSING[error](details) if error in _MISSING else f"It is {decode.error_name(error)}.")


def _own_capability(view: View, events: Sequence[Event], number: int, chain: Chain) -> None:
    """The capability that was invoked itself: not there, or without the right."""
    thread, cptr, object_id = events[number][2:5]
    cap = _cap_at(view, thread, cptr)
    if not object_id:
        missing_from(view, events, thread, cptr, number, chain)
    elif cap is not None and cap.object == object_id and cap.kind in _IPC and not cap.rights & Rights.WRITE:
        _right_missing(view, thread, cptr, cap, chain)
    else:
        name = view.name_of(object_id)
        chain.add(-1, f"The capability to {name} does not allow this: it is of the wrong kind, or a right is missing.")


def _right_missing(view: View, thread: int, cptr: int, cap: CapView, chain: Chain) -> None:
    verb = "send" if cap.kind == ObjectType.ENDPOINT else "signal"
    chain.add(cap.born, f"The right to {verb} is missing: {slot_words(view, thread, cptr)} of "
                        f"{decode.who(view, thread)} holds {cap_words(view, cap)}.")  # fmt: skip


def _dropped(view: View, events: Sequence[Event], number: int, chain: Chain, depth: int) -> None:
    _, _, thread, cptr, object_id, reason = events[number]
    cap = _cap_at(view, thread, cptr)
    if reason in ("empty slot", "unresolved") and cap is None:
        missing_from(view, events, thread, cptr, number, chain)
    elif reason == "no write right" and cap is not None and not cap.rights & Rights.WRITE:
        _right_missing(view, thread, cptr, cap, chain)
    elif reason == "no receiver":
        receiver_missing(view, object_id, chain)
    elif reason == "nobody waits for this reply":
        chain.add(-1, f"A caller is missing: nobody waits for {view.name_of(object_id)} now; it was answered before, "
                      "gave up or is gone.")  # fmt: skip
    else:
        chain.add(-1, f"The reason is: {reason}.")


def receiver_missing(view: View, endpoint: int, chain: Chain) -> None:
    """Nobody receives on an endpoint: whose task that is, and how that server is."""
    name, owner = view.name_of(endpoint), owner_of(view, endpoint)
    server = view.servers.get(owner)
    if server is None:
        chain.add(-1, f"A receiver is missing: nobody waits on {name}.")
        return
    detail = f" ({server.status.detail})" if server.status.detail else ""
    chain.add(-1, f"A receiver is missing: nobody waits on {name}; {owner} does that, and {owner} is "
                  f"{server.status.word}{detail}.")  # fmt: skip


def _replied(view: View, events: Sequence[Event], number: int, chain: Chain, depth: int) -> None:
    """A server said no: because it was refused something itself, or because that is what it decided."""
    _, _, replier, caller, *_ = events[number]
    begin = _call_of(events, caller, number)
    earlier = last_refusal(events, replier, begin, number)
    if earlier >= 0 and depth < _DEEPEST:
        explain(view, events, earlier, chain, depth + 1)
        return
    said = _said_between(view, events, replier, begin, number)
    if said >= 0:
        chain.add(said, full(sentence(view, said, events[said])))
        lost_of(view, events, replier, number, chain)
    elif _is_other(events, begin, replier):
        dead = decode.who(view, events[begin][3])
        chain.add(-1, f"The reply of {dead} is missing: {decode.who(view, replier)} answered in its place.")
        for link in why_event(view, events, _death(events, events[begin][3], number)):
            chain.add(link.number, link.text)
    else:
        chain.add(-1, f"{decode.who(view, replier)} decided that by itself: nothing refused it anything meanwhile.")


def _call_of(events: Sequence[Event], caller: int, number: int) -> int:
    """The message that an answer belongs to."""
    for earlier in range(number - 1, max(number - FARTHEST, 0) - 1, -1):
        if events[earlier][0] == ev.MESSAGE and events[earlier][2] == caller:
            return earlier
    return max(number - 1, 0)


def _is_other(events: Sequence[Event], call: int, replier: int) -> bool:
    """Whether somebody else answers than the one who was called."""
    return bool(events[call][0] == ev.MESSAGE and events[call][3] != replier)


def _death(events: Sequence[Event], thread: int, before: int) -> int:
    for number in range(before - 1, max(before - FARTHEST, 0) - 1, -1):
        if events[number][0] in (ev.FAULTED, ev.OBJECT_DESTROYED) and events[number][2] == thread:
            return number
    return -1


def _said_between(view: View, events: Sequence[Event], thread: int, begin: int, end: int) -> int:
    """The last thing that a server said about itself meanwhile, or -1."""
    for number in range(end - 1, begin, -1):
        if events[number][0] == ev.NOTE and events[number][2] == thread:
            return number
    return -1


def lost_of(view: View, events: Sequence[Event], thread: int, before: int, chain: Chain) -> bool:
    """Say which capabilities of the manifest a server held and holds no more, and why. False if it lost none."""
    who, cspace = decode.who(view, thread), cspace_of(view, thread)
    held = view.held.get(cspace, {})
    names = slot_names(view.manifest, who) if view.manifest else {}
    lost = removals(events, cspace, frozenset(names) - frozenset(held), before)
    for index, gone in sorted(lost.items()):
        chain.add(-1, f"{who} lacks its capability `{names[index]}` ({view.name_of(events[gone][4])}).")
        for link in why_event(view, events, gone):
            chain.add(link.number, link.text)
    return bool(lost)


def _faulted(view: View, events: Sequence[Event], number: int, chain: Chain, depth: int) -> None:
    thread, details = events[number][2], events[number][4]
    cap = _cap_at(view, thread, details[1])
    if cap is None:
        missing_from(view, events, thread, details[1], number, chain)
    else:
        right = "receive" if details[2] else "send"
        chain.add(cap.born, f"The right to {right} is missing: {slot_words(view, thread, details[1])} of "
                            f"{decode.who(view, thread)} holds {cap_words(view, cap)}.")  # fmt: skip


def _noted(view: View, events: Sequence[Event], number: int, chain: Chain, depth: int) -> None:
    """`you` was refused: by a server, by the kernel, or because it holds no such capability."""
    thread, fields = events[number][2], dict(events[number][4])
    begin = next((at for at in range(number - 1, max(number - FARTHEST, 0) - 1, -1)
                  if events[at][0] == ev.NOTE and events[at][2] == thread), 0)  # fmt: skip
    earlier = last_refusal(events, thread, begin + 1, number)
    if earlier >= 0:
        explain(view, events, earlier, chain, depth + 1)
    elif fields.get("error") == "MISTAKE":
        chain.add(-1, "It was not even tried: what was asked for has no such name among what `you` holds.")


_REASONS: Final[dict[int, Callable[[View, Sequence[Event], int, Chain, int], None]]] = {
    ev.INVOKED: _invoked,
    ev.DROPPED: _dropped,
    ev.REPLIED: _replied,
    ev.FAULTED: _faulted,
    ev.NOTE: _noted,
}
_LOOKUPS: Final[dict[int, str]] = {
    LookupFailure.INVALID_ROOT: "has no capability space behind it: the root that was given is no CNode",
    LookupFailure.MISSING_CAPABILITY: "leads to an empty slot: that capability is missing",
    LookupFailure.DEPTH_MISMATCH: "is too short or too long for the CNodes on its way",
    LookupFailure.GUARD_MISMATCH: "does not match the guard of a CNode on its way",
}
_MISSING: Final[dict[int, Callable[[tuple[int, ...]], str]]] = {
    Error.INVALID_ARGUMENT: lambda details: f"Argument {details[0] if details else 0} is not allowed.",
    Error.INVALID_CAPABILITY: lambda details: f"Capability {details[0] if details else 1} of those passed is missing, "
                                              "or of the wrong kind.",
    Error.ILLEGAL_OPERATION: lambda details: "The object does not do this, or not in its present state, or a right is "
                                             "missing.",
    Error.RANGE_ERROR: lambda details: f"A number from {details[0]:,} to {details[1]:,} is needed."
                                       if len(details) > 1 else "A number is out of its range.",
    Error.ALIGNMENT_ERROR: lambda details: "An address has to be a multiple of the size.",
    Error.TRUNCATED_MESSAGE: lambda details: "Words or capabilities are missing in the message.",
    Error.DELETE_FIRST: lambda details: "An empty slot is missing: what is in it has to be deleted first.",
    Error.REVOKE_FIRST: lambda details: "It still has children: they have to be revoked first.",
    Error.NOT_ENOUGH_MEMORY: lambda details: f"Memory is missing: {details[0]:,} bytes are left." if details
                                             else "Memory is missing.",
}  # fmt: skip
"""What was missing, by the error of the kernel."""
