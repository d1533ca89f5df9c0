"""The vocabulary of what the kernel says happened: one row per kind of event.

An event is a plain tuple ``(kind, cycle, *fields)``; its number is its position in the trace. The fields are named
in `TABLE`, which is all that the fold, the stream, the linear mode and the exports need. Plain tuples because one
round trip makes four of them and a dataclass costs ten times as much (see docs/decisions).

Fields are integers, strings, bytes, or (nested) tuples of these, so that an event has one canonical form. Object
ids are positive and never used twice; 0 means "none". A capability slot is the pair (object id of the CNode or
TCB, index).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

Event = tuple[Any, ...]

BOOTED: Final = 0
OBJECT_CREATED: Final = 1
OBJECT_DESTROYED: Final = 2
CAP_INSERTED: Final = 3
CAP_MOVED: Final = 4
CAP_REMOVED: Final = 5
CAP_CHANGED: Final = 6
CAPS_SWAPPED: Final = 7
THREAD_STATE: Final = 10
SCHEDULED: Final = 11
MESSAGE: Final = 12
REPLIED: Final = 13
DROPPED: Final = 14
INVOKED: Final = 15
FAULTED: Final = 16
SIGNALLED: Final = 17
CONSUMED: Final = 18
PRIORITY: Final = 19
NTFN_BOUND: Final = 20
REPLY_BOUND: Final = 21
STARTED: Final = 22
SC_CONFIGURED: Final = 30
SC_BOUND: Final = 31
SC_NTFN_BOUND: Final = 32
REFILLS: Final = 33
RELEASED: Final = 34
IRQ_RAISED: Final = 40
IRQ_ACKED: Final = 41
IRQ_HANDLER_SET: Final = 42
MAPPED: Final = 43
UNMAPPED: Final = 44
NAMED: Final = 50
NOTE: Final = 51
INPUT: Final = 52
PROBE: Final = 53


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table."""

    code: int
    name: str
    """Unique, lower case, with hyphens; what lessons write after `expect event`."""
    fields: tuple[str, ...]
    """Names of the fields after (kind, cycle)."""
    sentence: str
    """What happened, as a format string over the fields; {field} is rendered by the reader (names for ids)."""
    concerned: tuple[str, ...]
    """Which fields hold the ids of threads or objects that the event is about."""
    effect: str
    """What a fold has to do with it."""


_ROWS: Final = (
    Kind(BOOTED, "booted", ("root_thread", "memory_bytes"), "the kernel booted and starts the root task",
         ("root_thread",), "empty state; the events that follow create everything, also what exists from boot"),
    Kind(OBJECT_CREATED, "object-created", ("object", "type", "size_bits", "address", "untyped"),
         "{object} ({type}, 2^{size_bits} bytes) made from {untyped}", ("object",),
         "object exists; `type` is an ObjectType; for a CNode size_bits is radix + 5; `untyped` 0 at boot"),
    Kind(OBJECT_DESTROYED, "object-destroyed", ("object",), "{object} destroyed", ("object",),
         "object is gone; all its references have been removed by earlier events"),
    Kind(CAP_INSERTED, "cap-inserted",
         ("cnode", "index", "kind", "object", "rights", "badge", "revocable", "first_badged", "after_cnode",
          "after_index"),
         "{cnode}[{index}] now holds a capability to {object}", ("cnode", "object"),
         "slot filled; it follows slot (after_cnode, after_index) in the derivation list, or is at the head of a new "
         "list if after_cnode is 0. badge: badge of Endpoint/Notification; guard<<6|guard_bits of CNode; watermark "
         "in bytes of Untyped; else 0"),
    Kind(CAP_MOVED, "cap-moved", ("cnode", "index", "to_cnode", "to_index"),
         "a capability moved from {cnode}[{index}] to {to_cnode}[{to_index}]", ("cnode", "to_cnode"),
         "slot content and its place in the derivation list move"),
    Kind(CAP_REMOVED, "cap-removed", ("cnode", "index", "object"),
         "{cnode}[{index}] lost its capability to {object}", ("cnode", "object"),
         "slot empty; leaves the derivation list; if it was first_badged the next in the list becomes first_badged"),
    Kind(CAP_CHANGED, "cap-changed",
         ("cnode", "index", "kind", "object", "rights", "badge", "revocable", "first_badged"),
         "the capability in {cnode}[{index}] changed", ("cnode", "object"),
         "same slot, same place in the list, new content (watermark, guard, zombie)"),
    Kind(CAPS_SWAPPED, "caps-swapped", ("cnode", "index", "with_cnode", "with_index"),
         "the capabilities in {cnode}[{index}] and {with_cnode}[{with_index}] changed places",
         ("cnode", "with_cnode"), "both slots and both places in the derivation list are exchanged"),
    Kind(THREAD_STATE, "thread-state", ("thread", "state", "object", "badge"),
         "{thread} is {state}", ("thread", "object"),
         "state is a ThreadState; object: what it is blocked on (Endpoint, Notification, Reply) or 0; badge: of the "
         "message it is trying to send; or, in BlockedOnReceive, the Reply object that it offers and that now holds "
         "it (0: none). Leaving a queue and joining one (priority order, then arrival) is implied"),
    Kind(SCHEDULED, "scheduled", ("thread", "sched_context"), "{thread} runs", ("thread",),
         "this thread is on the processor, on this scheduling context; 0 = nobody, the processor idles"),
    Kind(MESSAGE, "message",
         ("sender", "receiver", "endpoint", "badge", "label", "words", "caps", "how", "reply", "sched_context"),
         "{sender} -> {receiver} through {endpoint}", ("sender", "receiver", "endpoint"),
         "how: 0 send, 1 call, 2 fault. The receiver becomes Running (its queue entry, if any, ends). The sender: "
         "send -> Running; call or fault -> BlockedOnReply on `reply`, or Inactive if reply is 0. caps: tuple of "
         "object ids of transferred capabilities. sched_context: the one lent with the call, or 0"),
    Kind(REPLIED, "replied", ("replier", "caller", "reply", "label", "words", "caps", "restarts", "sched_context"),
         "{replier} answers {caller}", ("replier", "caller", "reply"),
         "the reply object is free again. restarts: 0 the caller becomes Running with the message, 1 it was a fault "
         "and the caller becomes Restart (re-executes), 2 it was a fault and the caller becomes Inactive. "
         "sched_context: the one given back to the caller, or 0"),
    Kind(DROPPED, "dropped", ("thread", "cptr", "object", "reason"), "a message of {thread} went nowhere: {reason}",
         ("thread", "object"), "nothing changes; reason: 'no receiver', 'no write right', 'empty slot', "
         "'wrong kind', 'nobody waits for this reply', 'unresolved', 'error'"),
    Kind(INVOKED, "invoked", ("thread", "cptr", "object", "label", "error", "details"),
         "{thread} invoked {label} on {object}: {error}", ("thread", "object"),
         "the outcome of an invocation of a kernel object or of a refused Call; the effects are events of their own"),
    Kind(FAULTED, "faulted", ("thread", "fault", "details", "endpoint", "text"),
         "{thread} faulted: {fault} {details}", ("thread", "endpoint"),
         "fault is a Fault, details its message words; endpoint: where the fault message goes, 0 = no usable handler "
         "and the thread becomes Inactive (an explicit thread-state event follows in either case, unless a message "
         "event does). text: the exception in words, or ''"),
    Kind(SIGNALLED, "signalled", ("thread", "notification", "badge", "word", "woken"),
         "{thread} signalled {notification} with badge {badge}", ("thread", "notification", "woken"),
         "thread 0 = an interrupt. woken: thread that got the badge and became Running, or 0; then word is what is "
         "now pending and the notification is active"),
    Kind(CONSUMED, "consumed", ("thread", "notification", "word"), "{thread} took the signals of {notification}",
         ("thread", "notification"), "the notification is idle, its word 0"),
    Kind(PRIORITY, "priority", ("thread", "priority", "mcp"), "{thread} has priority {priority}", ("thread",),
         "mcp differs from before: only that changed. Else a thread waiting in a queue is queued again behind the "
         "others of its priority, also if that is the same"),
    Kind(NTFN_BOUND, "notification-bound", ("thread", "notification"), "{notification} is bound to {thread}",
         ("thread", "notification"), "notification 0 = unbound"),
    Kind(REPLY_BOUND, "reply-bound", ("reply", "thread"), "{reply} belongs to {thread}", ("reply", "thread"),
         "the reply object holds this thread (a receiver that waits with it, or a caller); 0 = free"),
    Kind(STARTED, "started", ("thread", "entry"), "{thread} starts program {entry}", ("thread",),
         "the thread's registers were set so that it begins a program; its state does not change by this"),
    Kind(SC_CONFIGURED, "sc-configured", ("sched_context", "budget", "period", "badge", "refills", "sporadic"),
         "{sched_context} may use {budget} of every {period} cycles", ("sched_context",), "parameters in cycles"),
    Kind(SC_BOUND, "sc-bound", ("sched_context", "thread"), "{thread} runs on {sched_context}",
         ("sched_context", "thread"), "thread 0 = unbound from its thread"),
    Kind(SC_NTFN_BOUND, "sc-notification-bound", ("sched_context", "notification"),
         "{sched_context} is bound to {notification}", ("sched_context", "notification"), "0 = unbound"),
    Kind(REFILLS, "refills", ("sched_context", "refills"), "{sched_context} has refills {refills}",
         ("sched_context",), "refills: tuple of (cycle, amount)"),
    Kind(RELEASED, "released", ("thread", "queued"), "{thread} waits for its budget ({queued})", ("thread",),
         "queued 1: entered the release queue (out of budget); 0: left it"),
    Kind(IRQ_RAISED, "irq-raised", ("irq", "notification"), "interrupt {irq}", ("notification",),
         "notification that was signalled; 0: nobody listens or it is masked (stays pending)"),
    Kind(IRQ_ACKED, "irq-acked", ("thread", "irq"), "{thread} acknowledged interrupt {irq}", ("thread",),
         "the interrupt is unmasked"),
    Kind(IRQ_HANDLER_SET, "irq-handler-set", ("irq", "notification"), "interrupt {irq} signals {notification}",
         ("notification",), "0 = nobody; the interrupt is inactive when its last handler capability is gone"),
    Kind(MAPPED, "mapped", ("cnode", "index", "frame", "vspace", "vaddr", "rights"),
         "{frame} mapped into {vspace} at {vaddr}", ("frame", "vspace"), "through the capability in that slot"),
    Kind(UNMAPPED, "unmapped", ("cnode", "index", "frame", "vspace", "vaddr"),
         "{frame} unmapped from {vspace}", ("frame", "vspace"), "the mapping of that capability is gone"),
    Kind(NAMED, "named", ("object", "text"), "{object} is called {text}", ("object",),
         "a debug name given by user space; changes nothing in the kernel"),
    Kind(NOTE, "note", ("thread", "topic", "fields"), "{thread}: {topic} {fields}", ("thread",),
         "user space says something about itself: fields is a tuple of (key, value) pairs"),
    Kind(INPUT, "input", ("source", "data"), "input from {source}", (),
         "something came from outside: operator command, key, disk, seed"),
    Kind(PROBE, "probe", ("thread", "action", "detail"), "the debug probe: {action} {thread}", ("thread",),
         "not a system call: somebody with a debugger did this; a thread-state event may follow"),
)  # fmt: skip

TABLE: Final[dict[int, Kind]] = {row.code: row for row in _ROWS}
BY_NAME: Final[dict[str, Kind]] = {row.name: row for row in _ROWS}


def field(event: Event, name: str) -> Any:
    """The value of a named field of an event. Raises KeyError for a name that its kind does not have."""
    kind = TABLE[event[0]]
    try:
        return event[2 + kind.fields.index(name)]
    except ValueError:
        raise KeyError(f"{kind.name} has no field {name!r}; it has {', '.join(kind.fields)}") from None
