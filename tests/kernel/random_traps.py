"""Random system calls: mostly such as a program might make, some that no program could.

Everything is drawn from an object with the interface of `random.Random`.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

from kernel.abi import Label, ObjectType, ReceiveSlot, Syscall

Kinds = dict[int, int]
"""Slot of the shared CNode -> kind of capability."""

SLOTS: Final = 32
WORDS: Final = (0, 1, 2, 5, 12, 20, 59, 63, 64, 65, 255, 256, 4096, 1 << 20, 1 << 47, (1 << 63) - 1, (1 << 64) - 1)

INVOKED: Final[dict[Label, tuple[ObjectType, str, str]]] = {
    Label.UNTYPED_RETYPE: (ObjectType.UNTYPED, "type size zero zero slot count", "CNODE"),
    Label.TCB_READ_REGISTERS: (ObjectType.TCB, "flag count", ""),
    Label.TCB_WRITE_REGISTERS: (ObjectType.TCB, "flag count word word", ""),
    Label.TCB_COPY_REGISTERS: (ObjectType.TCB, "flag", "TCB"),
    Label.TCB_CONFIGURE: (ObjectType.TCB, "guard zero address", "CNODE VSPACE FRAME"),
    Label.TCB_SET_PRIORITY: (ObjectType.TCB, "priority", "TCB"),
    Label.TCB_SET_MC_PRIORITY: (ObjectType.TCB, "priority", "TCB"),
    Label.TCB_SET_SCHED_PARAMS: (ObjectType.TCB, "priority priority", "TCB SCHED_CONTEXT ENDPOINT"),
    Label.TCB_SET_TIMEOUT_ENDPOINT: (ObjectType.TCB, "", "ENDPOINT"),
    Label.TCB_SET_IPC_BUFFER: (ObjectType.TCB, "address", "FRAME"),
    Label.TCB_SET_SPACE: (ObjectType.TCB, "guard zero", "ENDPOINT CNODE VSPACE"),
    Label.TCB_SUSPEND: (ObjectType.TCB, "", ""),
    Label.TCB_RESUME: (ObjectType.TCB, "", ""),
    Label.TCB_BIND_NOTIFICATION: (ObjectType.TCB, "", "NOTIFICATION"),
    Label.TCB_UNBIND_NOTIFICATION: (ObjectType.TCB, "", ""),
    Label.CNODE_REVOKE: (ObjectType.CNODE, "slot depth", ""),
    Label.CNODE_DELETE: (ObjectType.CNODE, "slot depth", ""),
    Label.CNODE_CANCEL_BADGED_SENDS: (ObjectType.CNODE, "slot depth", ""),
    Label.CNODE_COPY: (ObjectType.CNODE, "slot depth slot depth rights", "CNODE"),
    Label.CNODE_MINT: (ObjectType.CNODE, "slot depth slot depth rights badge", "CNODE"),
    Label.CNODE_MOVE: (ObjectType.CNODE, "slot depth slot depth", "CNODE"),
    Label.CNODE_MUTATE: (ObjectType.CNODE, "slot depth slot depth guard", "CNODE"),
    Label.CNODE_ROTATE: (ObjectType.CNODE, "slot depth guard slot depth guard slot depth", "CNODE CNODE"),
    Label.IRQ_ISSUE_HANDLER: (ObjectType.IRQ_CONTROL, "line slot depth", "CNODE"),
    Label.IRQ_ACK: (ObjectType.IRQ_HANDLER, "", ""),
    Label.IRQ_SET_HANDLER: (ObjectType.IRQ_HANDLER, "", "NOTIFICATION"),
    Label.IRQ_CLEAR_HANDLER: (ObjectType.IRQ_HANDLER, "", ""),
    Label.SCHED_CONTROL_CONFIGURE: (ObjectType.SCHED_CONTROL, "time time count badge flag", "SCHED_CONTEXT"),
    Label.SCHED_CONTEXT_CONSUMED: (ObjectType.SCHED_CONTEXT, "", ""),
    Label.SCHED_CONTEXT_BIND: (ObjectType.SCHED_CONTEXT, "", "TCB|NOTIFICATION"),
    Label.SCHED_CONTEXT_UNBIND: (ObjectType.SCHED_CONTEXT, "", ""),
    Label.SCHED_CONTEXT_UNBIND_OBJECT: (ObjectType.SCHED_CONTEXT, "", "TCB|NOTIFICATION"),
    Label.SCHED_CONTEXT_YIELD_TO: (ObjectType.SCHED_CONTEXT, "", ""),
    Label.FRAME_MAP: (ObjectType.FRAME, "address rights", "VSPACE"),
    Label.FRAME_UNMAP: (ObjectType.FRAME, "", ""),
    Label.FRAME_GET_ADDRESS: (ObjectType.FRAME, "", ""),
}
"""Label -> kind of the invoked capability, what the words are, kinds of the extra capabilities."""

LABELS: Final = tuple(INVOKED)
OFTEN: Final = (
    Label.UNTYPED_RETYPE, Label.CNODE_COPY, Label.CNODE_MINT, Label.CNODE_DELETE, Label.CNODE_REVOKE, Label.CNODE_MOVE,
    Label.CNODE_CANCEL_BADGED_SENDS, Label.TCB_SUSPEND, Label.TCB_RESUME, Label.SCHED_CONTEXT_BIND,
    Label.SCHED_CONTEXT_UNBIND, Label.SCHED_CONTEXT_YIELD_TO, Label.TCB_SET_PRIORITY,
)  # fmt: skip


def slot_of(random: Random, kinds: Kinds, wanted: str) -> int:
    """A capability pointer: usually to a capability of one of the wanted kinds ("TCB|NOTIFICATION"), or to anything."""
    if random.randrange(10) < 8:
        numbers = {int(ObjectType[name]) for name in wanted.split("|")}
        fitting = sorted(slot for slot, kind in kinds.items() if kind in numbers)
        if fitting:
            return fitting[0] if random.randrange(2) else random.choice(fitting)
    return any_slot(random)


def any_slot(random: Random) -> int:
    return random.choice(WORDS) if random.randrange(25) == 0 else random.randrange(SLOTS)


def word_of(random: Random, what: str) -> int:
    """One argument word of the kind that a table above names."""
    if random.randrange(20) == 0:
        return random.choice(WORDS)
    match what:
        case "slot":
            return any_slot(random)
        case "depth":
            return 64 if random.randrange(10) else random.choice((2, 5, 59, 64))
        case "rights":
            return 15 if random.randrange(2) else random.randrange(16)
        case "badge":
            return random.choice((0, 1, 2, 4, 59))
        case "guard":
            return random.choice((0, 59, 62, 1 << 6 | 3))
        case "type":
            return random.randrange(10)
        case "size":
            return random.choice((0, 1, 2, 4, 7, 8, 9, 12, 14, 16))
        case "zero":
            return 0
        case "count":
            return random.choice((0, 1, 1, 1, 2, 3))
        case "priority":
            return random.choice((1, 98, 99, 100, 101, 102, 120, 121))
        case "flag":
            return random.randrange(8)
        case "time":
            return random.choice((20, 21, 50, 100, 1000, 100_000))
        case "line":
            return random.randrange(8)
        case "address":
            return random.choice((0, 0x1000, 0x2000, 0x3000, 0x4000_0000, 0x1400))
    return random.choice(WORDS)


def random_invocation(random: Random, kinds: Kinds) -> tuple[Any, ...]:
    label = random.choice(OFTEN if random.randrange(2) else LABELS)
    target, word_names, cap_names = INVOKED[label]
    words = tuple(word_of(random, name) for name in word_names.split())
    caps = tuple(slot_of(random, kinds, name) for name in cap_names.split())
    if random.randrange(15) == 0:
        words, caps = words[: random.randrange(9)], caps[: random.randrange(3)]
    pointer = slot_of(random, kinds, target.name)
    if random.randrange(25) == 0:
        return (int(Syscall.SEND), pointer, int(label), words, caps)
    return (int(Syscall.CALL), pointer, int(label), words, caps, None)


def random_trap(random: Random, kinds: Kinds) -> tuple[Any, ...]:
    """A well-formed trap."""
    chance = random.randrange(100)
    if chance < 50:
        return random_invocation(random, kinds)
    if chance < 92:
        return random_message(random, kinds)
    return random.choice(
        (
            (int(Syscall.YIELD),),
            (int(Syscall.COMPUTE), random.choice((0, 1, 1000, 30_000, 150_000, 1 << 40))),
            (int(Syscall.LOAD), word_of(random, "address"), random.choice((0, 1, 8, 5000))),
            (int(Syscall.STORE), word_of(random, "address"), bytes(random.choice((0, 1, 8, 5000)))),
            (int(Syscall.UNDEFINED), random.choice(WORDS)),
            (int(Syscall.DEBUG_NAME), any_slot(random), "name"),
            (int(Syscall.DEBUG_NOTE), "topic", (("key", 1), ("other", "text"))),
            (random.choice((14, 99, 232)),),
        )
    )


def random_message(random: Random, kinds: Kinds) -> tuple[Any, ...]:
    """One of the ten system calls that move messages."""
    target = slot_of(random, kinds, random.choice(("ENDPOINT", "ENDPOINT", "NOTIFICATION", "REPLY")))
    source = slot_of(random, kinds, random.choice(("ENDPOINT", "ENDPOINT", "ENDPOINT", "NOTIFICATION")))
    reply = slot_of(random, kinds, "REPLY")
    caps = tuple(any_slot(random) for _ in range(random.choice((0, 0, 0, 1, 2, 3))))
    words = tuple(range(random.choice((0, 0, 1, 4, 5, 120, 121))))
    message = (random.choice((0, 0, 256, 300)), words, caps)
    receive = ReceiveSlot(1, any_slot(random)) if random.randrange(2) else None
    return random.choice(
        (
            (int(Syscall.CALL), target, *message, receive),
            (int(Syscall.CALL), target, *message, receive),
            (int(Syscall.SEND), target, *message),
            (int(Syscall.NB_SEND), target, *message),
            (int(Syscall.RECV), source, reply, receive),
            (int(Syscall.RECV), source, reply, receive),
            (int(Syscall.NB_RECV), source, reply, receive),
            (int(Syscall.REPLY_RECV), source, reply, *message, receive),
            (int(Syscall.REPLY_RECV), source, reply, *message, receive),
            (int(Syscall.NB_SEND_RECV), target, *message, source, reply, receive),
            (int(Syscall.NB_SEND_WAIT), target, *message, source, receive),
            (int(Syscall.WAIT), source, receive),
            (int(Syscall.NB_WAIT), source, receive),
        )
    )


class Nasty:
    """A value that resists being looked at."""

    def __repr__(self) -> str:
        raise ValueError("no")

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        raise ValueError("no")

    __hash__ = None  # type: ignore[assignment]

    def __index__(self) -> int:
        raise ValueError("no")

    def __len__(self) -> int:
        raise ValueError("no")

    def __bool__(self) -> bool:
        raise ValueError("no")


class NastyNumber(int):
    """An integer that does not let itself be compared or shown."""

    def __lt__(self, other: object) -> bool:
        raise ValueError("no")

    __le__ = __gt__ = __ge__ = __lt__

    def __repr__(self) -> str:
        raise ValueError("no")


class NastyBytes(bytes):
    """Bytes that lie about their length."""

    def __len__(self) -> int:
        raise ValueError("no")


def _nested(depth: int) -> Any:
    value: Any = ()
    for _ in range(depth):
        value = (value,)
    return value


def _endless() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


ABSURD: Final[tuple[Any, ...]] = (
    None, True, -1, 1 << 64, -(1 << 70), 10**5000, 0.5, float("nan"), float("inf"), 1j, "", "text", "\ud800",
    "x" * 5000, b"", b"bytes", bytearray(b"more"), (), (1,), ((),), [], [1, 2], {}, {1: 2}, set(), object(), int, len,
    Nasty(), NastyNumber(5), NastyNumber(1), NastyBytes(b"x"), _nested(5_000), _endless(), (Nasty(),), (1, -1),
    (1 << 65,), (0.5,), ("a",), (NastyNumber(3),), tuple(range(500)), ReceiveSlot(-1, 2), Ellipsis, range(3),
    memoryview(b"view"), (("key", 10**5000),), (("\udfff", 1),), (("key", Nasty()),), BaseException,
    ValueError("raised"), SystemExit(3), RecursionError(), MemoryError(), StopIteration(5), GeneratorExit(),
)  # fmt: skip
"""Values that no register could hold; an exception is raised by the thread instead of trapping with it."""


def absurd_trap(random: Random) -> Any:
    """A trap with absurd arguments, a wrong number of them, or something that is no trap at all."""
    kind = random.randrange(10)
    if kind == 0:
        return random.choice(ABSURD)
    if kind == 1:
        return (random.choice(ABSURD), *(random.choice(ABSURD) for _ in range(random.randrange(8))))
    trap = list(random_trap(random, {}))
    for _ in range(random.randrange(1, 3)):
        if len(trap) < 2:
            break
        place = random.randrange(1, len(trap))
        if kind < 7:
            trap[place] = random.choice(ABSURD)
        elif kind == 7:
            trap.insert(place, random.choice(ABSURD))
        else:
            del trap[place]
    return tuple(trap)
