"""Servers as people see them: how each is, whom it waits for and what it works on, in words."""

from __future__ import annotations

from functools import lru_cache

from kernel.abi import PAGE_SIZE, Fault, ObjectType, TcbSlot, ThreadState, UserException
from playground.view import decode
from playground.view.derivation import has_children
from playground.view.model import (
    BUCKET_BITS,
    BUCKET_CYCLES,
    HISTORY_BUCKETS,
    STATUSES,
    ServerRecord,
    ServerView,
    Status,
    View,
    Waiting,
)
from playground.view.objects import ReplyView, ThreadView
from servers.builder.layout import plan
from servers.manifest import SUPERVISOR, Manifest, parse_manifest

NOW = "now"
"""When a server is rebuilt that is not waited for any more."""
_CYCLES_PER_SECOND = 1_000_000_000
"""1000 cycles a microsecond (kernel.costs.CYCLES_PER_MICROSECOND)."""


def status(key: str, detail: str = "") -> Status:
    """A state of the table with what it is about."""
    base = STATUSES[key]
    return Status(base.key, base.glyph, base.ascii, base.word, base.colour, detail) if detail else base


def describe(view: View) -> dict[str, ServerView]:
    """Every server by name, in the order of the manifest."""
    held: dict[int, list[ReplyView]] = {}
    for reply in view.replies.values():
        if reply.server:
            held.setdefault(reply.server, []).append(reply)
    return {record.name: _server(view, record, held.get(record.thread, [])) for record in view.records.values()}


def describe_one(view: View, name: str) -> ServerView:
    """One server alone; for who looks at the same one after every event."""
    record = view.records[name]
    return _server(view, record, [reply for reply in view.replies.values() if reply.server == record.thread])


def _server(view: View, record: ServerRecord, held: list[ReplyView]) -> ServerView:
    policy = view.manifest.servers.get(record.name) if view.manifest else None
    thread = view.threads.get(record.thread)
    handles = _handles(view, held)
    waits_for = waiting(view, thread) if thread is not None else None
    cspace = cspace_of(view, record.thread) if thread is not None else 0
    history = _history(view, record)
    used, size = memory_of(view, record.thread)
    return ServerView(
        name=record.name,
        title=policy.title if policy else "",
        shelf=policy.shelf if policy else "servers",
        program=policy.program if policy else "",
        thread=record.thread,
        cspace=cspace,
        priority=thread.priority if thread is not None else policy.priority if policy else 0,
        life=record.life,
        status=_status(view, record, thread, waits_for, handles),
        waits_for=waits_for,
        handles=handles,
        cap_count=len(view.held.get(cspace, ())),
        message_count=record.messages,
        rate=sum(history) * _CYCLES_PER_SECOND / (HISTORY_BUCKETS * BUCKET_CYCLES),
        history=history,
        last_message=view.log.decode(record.last) if record.last is not None else None,
        memory_used=used,
        memory_size=size or (policy.memory if policy else 0),
    )


def _status(
    view: View, record: ServerRecord, thread: ThreadView | None, waits_for: Waiting | None, handles: str
) -> Status:
    if record.phase == "restarting":
        return status("restarting", record.phase_detail)
    if record.phase in ("gave-up", "stopped"):
        return status("stopped", record.phase_detail)
    if record.phase == "dead":
        return status("faulted", _why_dead(record))
    if thread is None:
        return status("absent") if record.life == 0 else status("stopped", "its thread is gone")
    if thread.fault is not None:
        return status("faulted", fault_word(thread.fault.fault, thread.fault.details, thread.fault.text))
    state = thread.state
    if state == ThreadState.INACTIVE:
        return _inactive(thread)
    if state == ThreadState.BLOCKED_ON_REPLY and waits_for is not None:
        return status("waiting", waits_for.text)
    if state == ThreadState.BLOCKED_ON_SEND and waits_for is not None:
        return status("sending", f"to {waits_for.server or waits_for.what}")
    if handles:
        return status("handling", handles)
    if state in (ThreadState.BLOCKED_ON_RECEIVE, ThreadState.BLOCKED_ON_NOTIFICATION):
        return status("idle", waits_for.text if waits_for is not None else "")
    return status("running", "out of budget" if thread.released else _rebuilding(view, record))


def _rebuilding(view: View, record: ServerRecord) -> str:
    """What the supervisor is at while it builds others anew: "builds disk"."""
    if record.name != SUPERVISOR:
        return ""
    names = [other.name for other in view.records.values() if other.phase == "restarting" and other.phase_detail == NOW]
    return f"builds {' and '.join(names)}" if names else ""


def _inactive(thread: ThreadView) -> Status:
    if thread.probed == "suspend":
        return status("stopped", "paused by the debug probe")
    if thread.entry < 0:
        return status("absent", "being built")
    return status("stopped", "suspended: nobody will resume it by itself")


def _why_dead(record: ServerRecord) -> str:
    if record.fault is not None:
        return fault_word(record.fault.fault, record.fault.details, record.fault.text)
    return record.phase_detail


def fault_word(fault: int, details: tuple[int, ...], text: str) -> str:
    """A fault in the few words that fit a card: "null pointer", "endless loop", "ValueError: ..."."""
    if fault == Fault.VM_FAULT and len(details) >= 2 and details[1] < PAGE_SIZE:
        return "null pointer"
    if fault == Fault.USER_EXCEPTION and len(details) >= 4:
        if details[3] == UserException.RUNAWAY:
            return "endless loop"
        if details[3] == UserException.EXIT:
            return "its program ended"
    return decode.fault_cause(fault, details, text)


def waiting(view: View, thread: ThreadView) -> Waiting | None:
    """What a thread waits for, or None if it does not wait."""
    state, target = thread.state, thread.blocked_on
    if state == ThreadState.BLOCKED_ON_REPLY:
        return _waiting_for_reply(view, thread)
    if state == ThreadState.BLOCKED_ON_SEND:
        name = view.name_of(target)
        return Waiting(owner_of(view, target), name, f"to be received on {name}", thread.since)
    if state == ThreadState.BLOCKED_ON_RECEIVE:
        name = view.name_of(target)
        return Waiting("", name, f"requests on {name}", thread.since)
    if state == ThreadState.BLOCKED_ON_NOTIFICATION:
        lines = [f"irq {line.irq}" for line in view.irqs.values() if line.notification == target]
        what = " or ".join(lines) or view.name_of(target)
        return Waiting("", what, what, thread.since)
    return None


def _waiting_for_reply(view: View, thread: ThreadView) -> Waiting:
    reply = view.replies.get(thread.blocked_on)
    holder = decode.who(view, reply.server) if reply is not None and reply.server else ""
    call = view.calls.get(thread.id)
    what = _what_was_asked(view, call[0], call[1]) if call is not None else "an answer"
    return Waiting(holder, what, f"{what} of {holder}" if holder else what, thread.since)


def _what_was_asked(view: View, number: int, event: tuple[object, ...]) -> str:
    asked = decode.message(view, number, event)
    if asked.kind == "fault":
        return "an answer to its fault"
    return f"{asked.interface}.{asked.operation}" if asked.operation else "an answer"


def _handles(view: View, held: list[ReplyView]) -> str:
    """The oldest call that a thread has received and not answered."""
    if not held:
        return ""
    first = min(held, key=lambda reply: reply.call)
    call = view.calls.get(first.thread)
    if call is None:
        return ""
    caller = decode.who(view, first.thread)
    if call[1][9] == 2:
        return f"fault of {caller}"
    what = decode.operation_name(call[1][6]) or "a request"
    more = f" and {len(held) - 1} more" if len(held) > 1 else ""
    return f"{what} for {caller}{more}"


def owner_of(view: View, object_id: int) -> str:
    """The server that an object belongs to by its name ("disk.block" is disk's), or ''."""
    name = view.names.get(object_id, "")
    record = view.records.get(name.partition(".")[0])
    return record.name if record is not None else ""


def cspace_of(view: View, thread: int) -> int:
    """The CNode at the root of a thread's capability space, or 0."""
    cap = view.slots.get((thread, TcbSlot.CSPACE))
    return cap.object if cap is not None and cap.kind == ObjectType.CNODE else 0


def holder_of(view: View, cnode: int) -> str:
    """The server whose capability space a CNode (or TCB, IRQHandler) is, or ''."""
    for record in view.records.values():
        if record.thread and (record.thread == cnode or cspace_of(view, record.thread) == cnode):
            return record.name
    return owner_of(view, cnode)


def memory_of(view: View, thread: int) -> tuple[int, int]:
    """Bytes used and bytes in all of the Untyped that a thread was made from; (0, 0) if it has none."""
    made = view.objects.get(thread)
    if made is None:
        return 0, 0
    caps = view.untyped_caps.get(made.untyped)
    untyped = view.objects.get(made.untyped)
    if not caps or untyped is None:
        return 0, 0
    return max(cap.badge if has_children(view, cap) else 0 for cap in caps), 1 << untyped.size_bits


def _history(view: View, record: ServerRecord) -> tuple[int, ...]:
    """Messages in each of the last spans of virtual time up to now, oldest first."""
    behind = (view.cycle >> BUCKET_BITS) - record.bucket
    known = record.buckets[-HISTORY_BUCKETS:]
    padded = [0] * HISTORY_BUCKETS + known + [0] * min(behind, HISTORY_BUCKETS)
    return tuple(padded[-HISTORY_BUCKETS:])


@lru_cache(maxsize=8)
def _slot_names(text: str, file: str) -> dict[str, dict[int, str]]:
    layout = plan(parse_manifest(text, file))
    return {
        server: {slot: name for name, slot in reversed(layout.slot_names(server).items())}
        for server in layout.manifest.servers
    }


def slot_names(manifest: Manifest, server: str) -> dict[int, str]:
    """What a server calls the slots of its capability space, by index: the names of the manifest."""
    return _slot_names(manifest.text, manifest.file).get(server, {})
