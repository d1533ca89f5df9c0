"""Random steps for `RandomSystem`: single system calls with any arguments, and short stories that lead somewhere."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from kernel.abi import Label, ObjectType, ReceiveSlot, Syscall
from tests.playground.random_system import SLOTS, THREADS

Step = tuple[Any, Any]
"""(number of a thread, trap), ("interrupt", line) or ("time", cycles)."""

ROOT: Final = SLOTS["cnode"]

slots = st.integers(0, 31)
filled = st.sampled_from([*SLOTS.values(), 4, 5, 6, 14, 15, 24, 25])
empty = st.integers(SLOTS["empty"], 31)
whole = st.just(64)
rights = st.sampled_from([15, 15, 15, 3, 2, 1, 0])
badges = st.integers(0, 3)
numbers = st.integers(0, 5)
receive_slots = st.one_of(st.none(), st.builds(lambda index: ReceiveSlot(ROOT, index, 64), empty))
caps = st.lists(filled, max_size=3).map(tuple)
words = st.lists(numbers, max_size=6).map(tuple)
who = st.integers(1, THREADS)
kinds = st.sampled_from([int(kind) for kind in ObjectType if kind <= ObjectType.VSPACE])
cnode, untyped = st.just(ROOT), st.just(SLOTS["untyped"])
thread = st.integers(SLOTS["thread"], SLOTS["thread"] + THREADS - 1)
context = st.integers(SLOTS["context"], SLOTS["spare_context"])
endpoint = st.sampled_from([SLOTS["endpoint"], SLOTS["other_endpoint"]])
notification = st.sampled_from([SLOTS["notification"], SLOTS["other_notification"]])
reply = st.sampled_from([SLOTS["reply"], SLOTS["other_reply"]])


def alone(strategy: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, ...]]:
    """As the only extra capability."""
    return strategy.map(lambda slot: (slot,))


def invoke(label: Label, target: st.SearchStrategy[int], *arguments: Any, extra: Any = None) -> Any:
    """A Call that invokes a kernel object."""
    carried = st.just((ROOT,)) if extra is None else extra
    return st.tuples(st.just(int(Syscall.CALL)), target, st.just(int(label)), st.tuples(*arguments), carried, st.none())


def trap(call: Syscall, *arguments: Any) -> Any:
    """A system call with random arguments."""
    return st.tuples(st.just(int(call)), *arguments)


memory = st.one_of(
    invoke(Label.UNTYPED_RETYPE, untyped, kinds, st.integers(1, 8), st.just(0), st.just(0), empty, st.integers(1, 3)),
    invoke(Label.FRAME_MAP, st.just(SLOTS["frame"]), st.integers(1, 4).map(lambda page: page << 12), rights,
           extra=st.just((SLOTS["vspace"],))),
    invoke(Label.FRAME_UNMAP, filled),
)  # fmt: skip
capabilities = st.one_of(
    invoke(Label.CNODE_COPY, cnode, empty, whole, filled, whole, rights),
    invoke(Label.CNODE_MINT, cnode, empty, whole, filled, whole, rights, badges),
    invoke(Label.CNODE_MOVE, cnode, empty, whole, filled, whole),
    invoke(Label.CNODE_MUTATE, cnode, empty, whole, filled, whole, badges),
    invoke(Label.CNODE_ROTATE, cnode, slots, whole, badges, filled, whole, badges, filled, whole,
           extra=st.just((ROOT, ROOT))),
    invoke(Label.CNODE_COPY, st.just(SLOTS["small_cnode"]), st.integers(0, 3), st.just(2), filled, whole, rights),
    invoke(Label.CNODE_DELETE, cnode, filled, whole),
    invoke(Label.CNODE_REVOKE, cnode, filled, whole),
    invoke(Label.CNODE_CANCEL_BADGED_SENDS, cnode, filled, whole),
)  # fmt: skip
threads = st.one_of(
    invoke(Label.TCB_SUSPEND, thread),
    invoke(Label.TCB_RESUME, thread),
    invoke(Label.TCB_SET_PRIORITY, thread, st.integers(10, 60), extra=alone(thread)),
    invoke(Label.TCB_SET_MC_PRIORITY, thread, st.integers(60, 100), extra=alone(thread)),
    invoke(Label.TCB_BIND_NOTIFICATION, thread, extra=alone(notification)),
    invoke(Label.TCB_UNBIND_NOTIFICATION, thread),
    invoke(Label.TCB_SET_TIMEOUT_ENDPOINT, thread, extra=alone(endpoint)),
    invoke(Label.TCB_SET_SCHED_PARAMS, thread, st.integers(60, 100), st.integers(10, 60),
           extra=st.tuples(thread, context, endpoint)),
    invoke(Label.TCB_WRITE_REGISTERS, thread, st.integers(0, 1), st.just(1), who),
)  # fmt: skip
time = st.one_of(
    invoke(Label.SCHED_CONTEXT_BIND, context, extra=alone(st.one_of(thread, notification))),
    invoke(Label.SCHED_CONTEXT_UNBIND, context),
    invoke(Label.SCHED_CONTEXT_UNBIND_OBJECT, context, extra=alone(st.one_of(thread, notification))),
    invoke(Label.SCHED_CONTEXT_YIELD_TO, context),
    invoke(Label.SCHED_CONTROL_CONFIGURE, st.just(SLOTS["control"]), st.integers(20, 100), st.integers(100, 300),
           st.integers(0, 2), badges, st.integers(0, 1), extra=alone(context)),
    trap(Syscall.YIELD),
    trap(Syscall.COMPUTE, st.sampled_from([0, 1000, 500_000, 1_500_000])),
)  # fmt: skip
interrupts = st.one_of(
    invoke(Label.IRQ_ISSUE_HANDLER, st.just(SLOTS["irq_control"]), st.integers(0, 2), empty, whole),
    invoke(Label.IRQ_SET_HANDLER, empty, extra=alone(notification)),
    invoke(Label.IRQ_ACK, empty),
    invoke(Label.IRQ_CLEAR_HANDLER, empty),
)
messages = st.one_of(
    trap(Syscall.CALL, endpoint, numbers, words, caps, receive_slots),
    trap(Syscall.SEND, filled, numbers, words, caps),
    trap(Syscall.SEND, endpoint, numbers, words, caps),
    trap(Syscall.SEND, reply, numbers, words, caps),
    trap(Syscall.NB_SEND, endpoint, numbers, words, caps),
    trap(Syscall.RECV, endpoint, reply, receive_slots),
    trap(Syscall.NB_RECV, filled, reply, receive_slots),
    trap(Syscall.REPLY_RECV, endpoint, reply, numbers, words, caps, receive_slots),
    trap(Syscall.NB_SEND_RECV, filled, numbers, words, caps, endpoint, reply, receive_slots),
    trap(Syscall.NB_SEND_WAIT, filled, numbers, words, caps, notification, receive_slots),
    trap(Syscall.WAIT, notification, receive_slots),
    trap(Syscall.WAIT, endpoint, receive_slots),
    trap(Syscall.NB_WAIT, notification, receive_slots),
    trap(Syscall.SEND, notification, st.just(0), st.just(()), st.just(())),
)
others = st.one_of(
    trap(Syscall.LOAD, st.sampled_from([0, 0x10_0000]), st.just(8)),
    trap(Syscall.UNDEFINED, numbers),
    trap(Syscall.DEBUG_NAME, filled, st.just("thing")),
    trap(Syscall.DEBUG_NOTE, st.just("topic"), st.just((("server", "nobody"),))),
    st.just((99,)),
    st.just(("nonsense",)),
)
outside = st.one_of(
    st.tuples(st.just("interrupt"), st.integers(0, 2)), st.tuples(st.just("time"), st.integers(0, 3_000_000))
)


def invocation(slot: int, label: Label, *arguments: int, extra: tuple[int, ...] = (ROOT,)) -> tuple[Any, ...]:
    """One certain invocation."""
    return (int(Syscall.CALL), slot, int(label), arguments, extra, None)


def copy_to(slot: int, source: int, badge: int = 0) -> tuple[Any, ...]:
    """Mint (or copy) with all rights into a slot of the shared CNode."""
    if badge:
        return invocation(ROOT, Label.CNODE_MINT, slot, 64, source, 64, 15, badge)
    return invocation(ROOT, Label.CNODE_COPY, slot, 64, source, 64, 15)


_RECV = (int(Syscall.RECV), SLOTS["endpoint"], SLOTS["reply"], None)
_CALL = (int(Syscall.CALL), SLOTS["endpoint"], 7, (1, 2, 3, 4, 5), (SLOTS["frame"],), None)
_ANSWER = (int(Syscall.SEND), SLOTS["reply"], 0, (9,), ())
_WAIT = (int(Syscall.WAIT), SLOTS["notification"], None)
_SIGNAL = (int(Syscall.SEND), SLOTS["notification"], 0, (), ())

STORIES: Final[dict[str, list[Step]]] = {
    "a call is answered": [(1, _RECV), (2, _CALL), (1, _ANSWER)],
    "a call waits first": [(2, _CALL), (3, _CALL), (1, _RECV), (1, _ANSWER), (1, _RECV)],
    "a server answers and receives": [
        (1, _RECV), (2, _CALL), (3, _CALL),
        (1, (int(Syscall.REPLY_RECV), SLOTS["endpoint"], SLOTS["reply"], 0, (1,), (), None)),
    ],
    "nobody listens": [(1, (int(Syscall.NB_SEND), SLOTS["endpoint"], 7, (), ()))],
    "the caller is stopped": [(1, _RECV), (2, _CALL), (3, invocation(SLOTS["thread"] + 1, Label.TCB_SUSPEND))],
    "the reply object dies": [
        (1, _RECV), (2, _CALL), (1, invocation(ROOT, Label.CNODE_DELETE, SLOTS["reply"], 64)),
    ],
    "the endpoint dies": [
        (2, (int(Syscall.CALL), SLOTS["other_endpoint"], 7, (), (), None)),
        (1, invocation(ROOT, Label.CNODE_DELETE, SLOTS["other_endpoint"], 64)),
    ],
    "a passive server": [
        (1, _RECV), (2, invocation(SLOTS["context"], Label.SCHED_CONTEXT_UNBIND)), (2, _CALL), (1, _ANSWER),
    ],
    "signals": [(1, _WAIT), (2, _SIGNAL), (2, _SIGNAL), (1, _WAIT)],
    "a bound notification interrupts": [
        (2, invocation(SLOTS["thread"], Label.TCB_BIND_NOTIFICATION, extra=(SLOTS["notification"],))),
        (1, _RECV), (2, _SIGNAL), (2, invocation(SLOTS["thread"], Label.TCB_UNBIND_NOTIFICATION)),
    ],
    "an interrupt": [
        (1, invocation(SLOTS["irq_control"], Label.IRQ_ISSUE_HANDLER, 1, 28, 64)),
        (1, invocation(28, Label.IRQ_SET_HANDLER, extra=(SLOTS["notification"],))),
        ("interrupt", 1), ("interrupt", 1), (1, _WAIT), (1, invocation(28, Label.IRQ_ACK)),
        (1, invocation(ROOT, Label.CNODE_DELETE, 28, 64)),
    ],
    "badges and revoking": [
        (1, copy_to(26, SLOTS["endpoint"], 5)), (1, copy_to(27, 26)), (1, copy_to(28, SLOTS["endpoint"], 5)),
        (1, invocation(ROOT, Label.CNODE_DELETE, 26, 64)), (1, invocation(ROOT, Label.CNODE_REVOKE, 28, 64)),
        (2, (int(Syscall.CALL), 28, 7, (), (), None)),
        (1, invocation(ROOT, Label.CNODE_CANCEL_BADGED_SENDS, 28, 64)),
        (1, invocation(ROOT, Label.CNODE_REVOKE, SLOTS["endpoint"], 64)),
    ],
    "objects and their memory": [
        (1, invocation(SLOTS["untyped"], Label.UNTYPED_RETYPE, int(ObjectType.CNODE), 2, 0, 0, 26, 2)),
        (1, invocation(ROOT, Label.CNODE_COPY, 28, 64, 26, 64, 15)),
        (1, invocation(26, Label.CNODE_MOVE, 0, 2, 27, 64)), (1, invocation(26, Label.CNODE_MOVE, 3, 2, 28, 64)),
        (1, invocation(ROOT, Label.CNODE_DELETE, 26, 64)), (1, invocation(ROOT, Label.CNODE_REVOKE, 2, 64)),
    ],
    "a cnode inside of a cnode": [
        (1, invocation(SLOTS["untyped"], Label.UNTYPED_RETYPE, int(ObjectType.CNODE), 1, 0, 0, 26, 2)),
        (1, invocation(SLOTS["untyped"], Label.UNTYPED_RETYPE, int(ObjectType.TCB), 0, 0, 0, 28, 1)),
        (1, invocation(ROOT, Label.CNODE_MINT, 29, 64, 27, 64, 15, 63)),
        (1, invocation(29, Label.CNODE_MOVE, 0, 64, 28, 64)), (1, invocation(29, Label.CNODE_MOVE, 1, 64, 26, 64)),
        (1, invocation(ROOT, Label.CNODE_DELETE, 29, 64)), (1, invocation(ROOT, Label.CNODE_DELETE, 27, 64)),
    ],
    "two capabilities change places": [
        (1, invocation(ROOT, Label.CNODE_ROTATE, 18, 64, 0, 2, 64, 0, 18, 64, extra=(ROOT, ROOT))),
        (1, invocation(ROOT, Label.CNODE_ROTATE, 18, 64, 0, 2, 64, 0, 18, 64, extra=(ROOT, ROOT))),
    ],
    "frames": [
        (1, invocation(SLOTS["frame"], Label.FRAME_MAP, 0x3000, 3, extra=(SLOTS["vspace"],))),
        (1, invocation(ROOT, Label.CNODE_MOVE, 28, 64, SLOTS["frame"], 64)),
        (1, invocation(28, Label.FRAME_UNMAP)),
        (1, invocation(28, Label.FRAME_MAP, 0x4000, 3, extra=(SLOTS["vspace"],))),
        (1, invocation(ROOT, Label.CNODE_DELETE, SLOTS["vspace"], 64)),
    ],
    "out of budget": [
        (2, (int(Syscall.COMPUTE), 1_200_000)), (2, (int(Syscall.COMPUTE), 1_200_000)), ("time", 5_000_000),
    ],
    "a context for a notification": [
        (1, invocation(SLOTS["spare_context"], Label.SCHED_CONTEXT_BIND, extra=(SLOTS["notification"],))),
        (1, invocation(SLOTS["spare_context"], Label.SCHED_CONTEXT_UNBIND)),
    ],
    "a thread starts anew": [(1, invocation(SLOTS["thread"] + 3, Label.TCB_WRITE_REGISTERS, 1, 1, 4))],
    "a fault": [(1, _RECV), (2, (int(Syscall.LOAD), 0, 8)), (1, _ANSWER)],
    "priorities": [
        (1, _CALL), (2, _CALL), (4, invocation(5, Label.TCB_SET_PRIORITY, 55, extra=(6,))), (3, _RECV),
    ],
    "the right to make interrupts is given away": [(1, invocation(ROOT, Label.CNODE_DELETE, 21, 64))],
    "names and notes": [
        (1, (int(Syscall.DEBUG_NAME), SLOTS["frame"], "a frame")),
        (1, (int(Syscall.DEBUG_NOTE), "topic", (("server", "nobody"), ("count", 3)))),
    ],
}  # fmt: skip
"""Short runs in which something really happens."""

single = st.one_of(
    *[st.tuples(who, messages)] * 4, *[st.tuples(who, capabilities)] * 3, st.tuples(who, memory),
    st.tuples(who, threads), st.tuples(who, time), st.tuples(who, interrupts), st.tuples(who, others), outside,
)  # fmt: skip
stories = st.sampled_from(sorted(STORIES)).map(STORIES.__getitem__)
runs = st.lists(st.one_of(single.map(lambda step: [step]), stories), min_size=1, max_size=40).map(
    lambda parts: [step for part in parts for step in part]
)
"""Whole runs: single calls with any arguments between stories that lead somewhere."""
