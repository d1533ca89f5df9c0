"""The recordings' words against the kernel's numbers: how an operation is called and how its result is written.

The recordings name operations, rights, errors and faults in seL4's words and spell every argument out; the kernel
takes tuples of numbers. Both directions are tables here, so that the replay itself contains no special case.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Final

from kernel.abi import (
    ERROR_NAMES,
    FAULT_NAMES,
    UNTOUCHED,
    WORD_BITS,
    Error,
    Fault,
    Label,
    LookupFailure,
    Message,
    ObjectType,
    ReceiveSlot,
    Rights,
    Syscall,
)

Step = dict[str, Any]
Result = list[Any]
Trap = tuple[Any, ...]

TYPES: Final = {
    "Untyped": ObjectType.UNTYPED,
    "TCB": ObjectType.TCB,
    "Endpoint": ObjectType.ENDPOINT,
    "Notification": ObjectType.NOTIFICATION,
    "CNode": ObjectType.CNODE,
    "SchedContext": ObjectType.SCHED_CONTEXT,
    "Reply": ObjectType.REPLY,
    "Frame4K": ObjectType.FRAME,
}
"""Object types as the recordings name them; a name that is missing here stands for a type that does not exist."""

BOGUS_TYPE: Final = 4096

KIND_NAMES: Final = {
    ObjectType.UNTYPED: "Untyped",
    ObjectType.TCB: "TCB",
    ObjectType.ENDPOINT: "Endpoint",
    ObjectType.NOTIFICATION: "Notification",
    ObjectType.CNODE: "CNode",
    ObjectType.SCHED_CONTEXT: "SchedContext",
    ObjectType.REPLY: "Reply",
    ObjectType.FRAME: "Frame",
    ObjectType.ZOMBIE: "Zombie",
}

RIGHTS: Final = {"W": Rights.WRITE, "R": Rights.READ, "G": Rights.GRANT, "P": Rights.GRANT_REPLY}

LOOKUP_NAMES: Final = {
    LookupFailure.INVALID_ROOT: "InvalidRoot",
    LookupFailure.MISSING_CAPABILITY: "MissingCapability",
    LookupFailure.DEPTH_MISMATCH: "DepthMismatch",
    LookupFailure.GUARD_MISMATCH: "GuardMismatch",
}

_COPY: Final = ("didx", "ddepth", "sidx", "sdepth")

INVOCATIONS: Final[dict[str, tuple[Label, str, tuple[str, ...], tuple[str, ...]]]] = {
    "Untyped_Retype": (
        Label.UNTYPED_RETYPE,
        "ut",
        ("type", "size", "nidx", "ndepth", "off", "num"),
        ("root",),
    ),
    "CNode_Copy": (Label.CNODE_COPY, "root", (*_COPY, "rights"), ("sroot",)),
    "CNode_Mint": (Label.CNODE_MINT, "root", (*_COPY, "rights", "badge"), ("sroot",)),
    "CNode_Move": (Label.CNODE_MOVE, "root", _COPY, ("sroot",)),
    "CNode_Mutate": (Label.CNODE_MUTATE, "root", (*_COPY, "badge"), ("sroot",)),
    "CNode_Rotate": (
        Label.CNODE_ROTATE,
        "root",
        ("didx", "ddepth", "dbadge", "pidx", "pdepth", "pbadge", "sidx", "sdepth"),
        ("proot", "sroot"),
    ),
    "CNode_Delete": (Label.CNODE_DELETE, "root", ("idx", "depth"), ()),
    "CNode_Revoke": (Label.CNODE_REVOKE, "root", ("idx", "depth"), ()),
    "CNode_CancelBadgedSends": (Label.CNODE_CANCEL_BADGED_SENDS, "root", ("idx", "depth"), ()),
    "TCB_Suspend": (Label.TCB_SUSPEND, "tcb", (), ()),
    "TCB_Resume": (Label.TCB_RESUME, "tcb", (), ()),
    "TCB_BindNotification": (Label.TCB_BIND_NOTIFICATION, "tcb", (), ("ntfn",)),
    "TCB_UnbindNotification": (Label.TCB_UNBIND_NOTIFICATION, "tcb", (), ()),
    "TCB_SetPriority": (Label.TCB_SET_PRIORITY, "tcb", ("prio",), ("auth",)),
    "SchedContext_Bind": (Label.SCHED_CONTEXT_BIND, "sc", (), ("obj",)),
    "SchedContext_Unbind": (Label.SCHED_CONTEXT_UNBIND, "sc", (), ()),
    "SchedContext_UnbindObject": (Label.SCHED_CONTEXT_UNBIND_OBJECT, "sc", (), ("obj",)),
}
"""Invocation name -> label, the argument that is invoked, the message words, the extra capabilities."""

WORD_BYTES: Final = WORD_BITS // 8


RESET: Final = "reset"
"""The one operation that is no system call: the controller stops a worker."""

MESSAGES: Final[dict[str, tuple[str, ...]]] = {
    "Call": ("dest", "label", "words", "caps"),
    "Send": ("dest", "label", "words", "caps"),
    "NBSend": ("dest", "label", "words", "caps"),
    "Signal": ("dest",),
    "Recv": ("src", "reply"),
    "NBRecv": ("src", "reply"),
    "Wait": ("src",),
    "NBWait": ("src",),
    "ReplyRecv": ("src", "reply", "label", "words", "caps"),
    "NBSendRecv": ("dest", "label", "words", "caps", "src", "reply"),
    "NBSendWait": ("dest", "label", "words", "caps", "src"),
    "Yield": (),
    "FaultRead": ("addr",),
    "FaultWrite": ("addr",),
    "FaultUndefined": (),
    "FaultUnknownSyscall": ("n",),
    RESET: (),
}
"""Every operation that is no invocation -> the arguments it cannot do without."""

UNUSED_SYSCALLS: Final = 64
"""From here on no number is a system call of this kernel."""
ALIAS: Final = 1 << 62
"""Added to the number of an unknown system call that would be a known one here, and taken off again in its message."""


def problem_with(step: Any) -> str | None:
    """Why a recorded step cannot be carried out, in one sentence; None if it can."""
    if not isinstance(step, dict) or not isinstance(step.get("op"), str):
        return f"a step is an object with an operation 'op', not {step!r}"
    name = step["op"]
    if name not in INVOCATIONS and name not in MESSAGES:
        nearest = get_close_matches(name, (*INVOCATIONS, *MESSAGES), 1)
        hint = f"; the nearest that it knows is {nearest[0]}" if nearest else ""
        return f"the recording has an operation {name!r} that the replay does not know{hint}"
    missing = [field for field in _fields(name) if field not in step]
    if missing:
        return f"{name} has no argument {', '.join(missing)}"
    try:
        if name != RESET:
            trap_of(step)
    except (KeyError, TypeError, ValueError) as error:
        return f"an argument of {name} cannot be read ({type(error).__name__}: {error})"
    return None


def _fields(name: str) -> tuple[str, ...]:
    if name in MESSAGES:
        return MESSAGES[name]
    _, invoked, words, caps = INVOCATIONS[name]
    return (invoked, *words, *caps)


def trap_of(step: Step) -> Trap:
    """The system call that a recorded step stands for. Raises KeyError for an operation it does not know."""
    name = step["op"]
    if name in INVOCATIONS:
        return _invocation(step)
    dest, src, reply = step.get("dest"), step.get("src"), step.get("reply")
    message = (step.get("label", 0), tuple(step.get("words", ())), tuple(step.get("caps", ())))
    receive = ReceiveSlot(*step["rx"]) if "rx" in step else None
    match name:
        case "Call":
            return (int(Syscall.CALL), dest, *message, receive)
        case "Send" | "Signal":
            return (int(Syscall.SEND), dest, *message)
        case "NBSend":
            return (int(Syscall.NB_SEND), dest, *message)
        case "Recv":
            return (int(Syscall.RECV), src, reply, receive)
        case "NBRecv":
            return (int(Syscall.NB_RECV), src, reply, receive)
        case "Wait":
            return (int(Syscall.WAIT), src, receive)
        case "NBWait":
            return (int(Syscall.NB_WAIT), src, receive)
        case "ReplyRecv":
            return (int(Syscall.REPLY_RECV), src, reply, *message, receive)
        case "NBSendRecv":
            return (int(Syscall.NB_SEND_RECV), dest, *message, src, reply, receive)
        case "NBSendWait":
            return (int(Syscall.NB_SEND_WAIT), dest, *message, src, receive)
        case "Yield":
            return (int(Syscall.YIELD),)
        case "FaultRead":
            return (int(Syscall.LOAD), step["addr"], WORD_BYTES)
        case "FaultWrite":
            return (int(Syscall.STORE), step["addr"], bytes(WORD_BYTES))
        case "FaultUndefined":
            return (int(Syscall.UNDEFINED), 0)
        case "FaultUnknownSyscall":
            number = int(step["n"])
            return (number if number >= UNUSED_SYSCALLS else number + ALIAS,)
    raise KeyError(f"the recording has an operation {name!r} that the replay does not know")


def _invocation(step: Step) -> Trap:
    label, invoked, word_names, cap_names = INVOCATIONS[step["op"]]
    words = tuple(_word(name, step[name]) for name in word_names)
    if "trunc" in step:
        words = words[: step["trunc"]]
    caps = () if step.get("nocaps") else tuple(step[name] for name in cap_names)
    return (int(Syscall.CALL), step[invoked], int(label), words, caps, None)


def _word(name: str, value: Any) -> int:
    if name == "type":
        return int(TYPES[value]) if value in TYPES else BOGUS_TYPE
    if name == "rights":
        return int(sum(RIGHTS[letter] for letter in value))
    return int(value)


def result_of(step: Step, value: Message | None) -> Result:
    """What the thread got back from the system call of `step`, written as the recordings write it."""
    if value is None or not isinstance(value, Message):
        return ["done"]
    invocation = step["op"] in INVOCATIONS
    if value.label == UNTOUCHED or _looks_untouched(step, value):
        return ["sig", value.badge]
    if (invocation or step["op"] == "Call") and value.label in ERROR_NAMES and value.label != Error.NO_ERROR:
        return _error(Error(value.label), list(value.words))
    if invocation:
        return ["ok", list(value.words)] if value.words else ["ok"]
    return ["msg", _message(value, with_badge=step["op"] != "Call")]


def _looks_untouched(step: Step, value: Message) -> bool:
    """A system call that also sends leaves its own message information in the register that the receive fills.

    So a received message as long as the sent one and with its label (in the recordings: label 0, no words) could not
    be told from one that was not received, and was written down as a signal.
    """
    both = step["op"] in ("ReplyRecv", "NBSendRecv", "NBSendWait")
    return both and (value.label, len(value.words), value.caps) == (step["label"], len(step["words"]), 0)


def _message(value: Message, with_badge: bool) -> dict[str, Any]:
    message: dict[str, Any] = {"badge": value.badge} if with_badge else {}
    message["label"] = value.label
    message["words"] = _fault_words(value) if with_badge else list(value.words)
    if value.caps or value.unwrapped:
        message["caps"] = value.caps
        message["unw"] = value.unwrapped
    if value.unwrapped:
        message["ub"] = list(value.badges)
    if with_badge and value.label in FAULT_NAMES and value.label != Fault.NULL:
        message["fault"] = FAULT_NAMES[Fault(value.label)]
    return message


def _fault_words(message: Message) -> list[int]:
    """The words of a message; the number of an unknown system call is the recorded one again."""
    words = list(message.words)
    if message.label == Fault.UNKNOWN_SYSCALL and words and 0 <= words[-1] - ALIAS < UNUSED_SYSCALLS:
        words[-1] -= ALIAS
    return words


def _error(error: Error, words: list[int]) -> Result:
    name = ERROR_NAMES[error]
    if error is Error.FAILED_LOOKUP:
        return ["err", name, {"src": words[0], "type": _lookup_name(words[1]), "w": words[2:]}]
    if error is Error.RANGE_ERROR:
        return ["err", name, {"min": words[0], "max": words[1]}]
    if error in (Error.INVALID_ARGUMENT, Error.INVALID_CAPABILITY):
        return ["err", name, {"arg": words[0]}]
    if error is Error.NOT_ENOUGH_MEMORY:
        return ["err", name, {"avail": words[0]}]
    return ["err", name] if not words else ["err", name, {"w": words}]


def fault_of(message: Message) -> Result:
    """A fault message, as the recordings write a fault that went to the controller."""
    name = FAULT_NAMES[Fault(message.label)] if message.label in FAULT_NAMES else str(message.label)
    if message.label != Fault.CAP_FAULT:
        return ["fault", name, {"words": _fault_words(message)}]
    _instruction, address, receiving, lookup, *details = message.words
    return ["fault", name, {"addr": address, "recv": receiving, "type": _lookup_name(lookup), "w": details}]


def _lookup_name(number: int) -> str:
    return LOOKUP_NAMES[LookupFailure(number)] if number in LOOKUP_NAMES else str(number)


def same(expected: Any, actual: Any) -> bool:
    """Whether a recorded result and ours agree; a recorded null is a word that depends on the machine."""
    if expected is None:
        return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        if expected.get("fault") == actual.get("fault") == FAULT_NAMES[Fault.UNKNOWN_SYSCALL]:
            expected, actual = _only_number(expected), _only_number(actual)
        return expected.keys() == actual.keys() and all(same(expected[key], actual[key]) for key in expected)
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    return bool(expected == actual)


def _only_number(message: dict[str, Any]) -> dict[str, Any]:
    """Of an UnknownSyscall message only the number is not the layout of a particular processor's registers."""
    return {**message, "words": message["words"][-1:]}
