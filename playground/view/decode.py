"""Messages in words: requests and replies through the interfaces, invocations of the kernel, faults.

The same tables that carry a message (`servers.interfaces`) decode it here, so a screen cannot show something else than
what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kernel import events as ev
from kernel.abi import ERROR_NAMES, Error, Fault, Label, LookupFailure, UserException
from kernel.events import Event
from playground.view.model import MessageView, View
from servers.builder.layout import FAULT_BADGE, PULSE_SIGNAL
from servers.interfaces import find_operation
from servers.interfaces.base import Argument, Interface, Operation, Value, error_of_label
from servers.interfaces.codec import CodecError, decode_reply, decode_request
from servers.runtime.boot import ALARM_SIGNAL, HEARTBEAT_SIGNAL
from servers.runtime.errors import OUT_OF_MEMORY_CODE

_HOW: Final = ("send", "call", "fault")
_SHOWN_TEXT: Final = 60
"""Characters of a text or bytes argument that are shown in one line."""
_MOST_DECIMAL: Final = 4095
"""Larger words that nobody understands are likely addresses or bit sets, and are shown as such."""

INVOCATION_NAMES: Final[dict[int, str]] = {
    Label.UNTYPED_RETYPE: "Untyped_Retype",
    Label.TCB_READ_REGISTERS: "TCB_ReadRegisters",
    Label.TCB_WRITE_REGISTERS: "TCB_WriteRegisters",
    Label.TCB_COPY_REGISTERS: "TCB_CopyRegisters",
    Label.TCB_CONFIGURE: "TCB_Configure",
    Label.TCB_SET_PRIORITY: "TCB_SetPriority",
    Label.TCB_SET_MC_PRIORITY: "TCB_SetMCPriority",
    Label.TCB_SET_SCHED_PARAMS: "TCB_SetSchedParams",
    Label.TCB_SET_TIMEOUT_ENDPOINT: "TCB_SetTimeoutEndpoint",
    Label.TCB_SET_IPC_BUFFER: "TCB_SetIPCBuffer",
    Label.TCB_SET_SPACE: "TCB_SetSpace",
    Label.TCB_SUSPEND: "TCB_Suspend",
    Label.TCB_RESUME: "TCB_Resume",
    Label.TCB_BIND_NOTIFICATION: "TCB_BindNotification",
    Label.TCB_UNBIND_NOTIFICATION: "TCB_UnbindNotification",
    Label.CNODE_REVOKE: "CNode_Revoke",
    Label.CNODE_DELETE: "CNode_Delete",
    Label.CNODE_CANCEL_BADGED_SENDS: "CNode_CancelBadgedSends",
    Label.CNODE_COPY: "CNode_Copy",
    Label.CNODE_MINT: "CNode_Mint",
    Label.CNODE_MOVE: "CNode_Move",
    Label.CNODE_MUTATE: "CNode_Mutate",
    Label.CNODE_ROTATE: "CNode_Rotate",
    Label.IRQ_ISSUE_HANDLER: "IRQControl_Get",
    Label.IRQ_ACK: "IRQHandler_Ack",
    Label.IRQ_SET_HANDLER: "IRQHandler_SetNotification",
    Label.IRQ_CLEAR_HANDLER: "IRQHandler_Clear",
    Label.SCHED_CONTROL_CONFIGURE: "SchedControl_ConfigureFlags",
    Label.SCHED_CONTEXT_CONSUMED: "SchedContext_Consumed",
    Label.SCHED_CONTEXT_BIND: "SchedContext_Bind",
    Label.SCHED_CONTEXT_UNBIND: "SchedContext_Unbind",
    Label.SCHED_CONTEXT_UNBIND_OBJECT: "SchedContext_UnbindObject",
    Label.SCHED_CONTEXT_YIELD_TO: "SchedContext_YieldTo",
    Label.FRAME_MAP: "Frame_Map",
    Label.FRAME_UNMAP: "Frame_Unmap",
    Label.FRAME_GET_ADDRESS: "Frame_GetAddress",
}
"""seL4's own spelling of every invocation."""

_EXCEPTIONS: Final[dict[int, str]] = {
    UserException.UNDEFINED_INSTRUCTION: "undefined instruction",
    UserException.EXCEPTION: "exception",
    UserException.EXIT: "its program ended",
    UserException.RUNAWAY: "it looped without a system call",
    UserException.MALFORMED_SYSCALL: "a malformed system call",
}
_SIGNALS: Final = {HEARTBEAT_SIGNAL: "are you alive?", ALARM_SIGNAL: "alarm", PULSE_SIGNAL: "pulse"}
_LOOKUPS: Final[dict[int, str]] = {
    LookupFailure.INVALID_ROOT: "there is no capability space",
    LookupFailure.MISSING_CAPABILITY: "there is no capability",
    LookupFailure.DEPTH_MISMATCH: "the address is too short",
    LookupFailure.GUARD_MISMATCH: "the guard does not match",
}


def who(view: View, thread: int) -> str:
    """The server of a thread, or what the thread is called; "an interrupt" for 0."""
    record = view.owners.get(thread)
    return record.name if record is not None else view.name_of(thread) if thread else "an interrupt"


def show_value(value: object) -> str:
    """A decoded value in one short line: text quoted, bytes as text where they are text."""
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            return f"{len(value)} bytes"
    if isinstance(value, str):
        cut = value if len(value) <= _SHOWN_TEXT else f"{value[: _SHOWN_TEXT - 3]}..."
        plain = cut.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return '"' + "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in plain) + '"'
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _pairs(arguments: tuple[Argument, ...], values: Mapping[str, Value]) -> tuple[tuple[str, object], ...]:
    return tuple((argument.name, values[argument.name]) for argument in arguments if argument.name in values)


def _show_pairs(arguments: tuple[Argument, ...], values: Mapping[str, Value]) -> str:
    """Arguments that differ from their defaults, as a caller would write them."""
    return ", ".join(
        f"{argument.name}={show_value(values[argument.name])}"
        for argument in arguments
        if argument.name in values and (argument.default is None or values[argument.name] != argument.default)
    )


def show_words(words: tuple[int, ...]) -> str:
    """Message words that nobody understands: the first few."""
    shown = ", ".join(str(word) if word <= _MOST_DECIMAL else hex(word) for word in words[:6])
    return f"{shown}, ... {len(words)} words" if len(words) > 6 else shown


class _Decoded:
    """What `message` fills a MessageView from."""

    __slots__ = ("arguments", "error", "interface", "operation", "text")

    def __init__(
        self,
        text: str,
        interface: Interface | None = None,
        operation: Operation | None = None,
        arguments: tuple[tuple[str, object], ...] = (),
        error: str = "",
    ) -> None:
        self.text = text
        self.interface = interface.name if interface else ""
        self.operation = operation.name if operation else ""
        self.arguments = arguments
        self.error = error


def operation_name(label: int) -> str:
    """ "block.read" for a request label that an interface knows, or ''."""
    found = find_operation(label)
    return f"{found[0].name}.{found[1].name}" if found else ""


def _request(label: int, words: tuple[int, ...], caps: tuple[str, ...]) -> _Decoded:
    found = find_operation(label)
    if found is None:
        parts = [f"label {label}", *([show_words(words)] if words else []), *caps]
        return _Decoded(f"message({', '.join(parts)})")
    interface, operation = found
    name = f"{interface.name}.{operation.name}"
    try:
        values = decode_request(operation, words)
    except CodecError as error:
        return _Decoded(f"{name}(unreadable: {error})", interface, operation)
    shown = _show_pairs(operation.arguments, values)
    with_caps = ", ".join([*([shown] if shown else []), *(f"capability {cap}" for cap in caps)])
    return _Decoded(f"{name}({with_caps})", interface, operation, _pairs(operation.arguments, values))


def _reply(label: int, words: tuple[int, ...], caps: tuple[str, ...], request_label: int) -> _Decoded:
    found = find_operation(request_label)
    if found is None:
        if label:
            return _Decoded(f"answer(label {label}{', ' + show_words(words) if words else ''})")
        return _Decoded(f"answer({show_words(words)})" if words else "ok")
    interface, operation = found
    name = f"{interface.name}.{operation.name}"
    code = error_of_label(label)
    if code is not None:
        known = interface.error(code)
        error = known.name if known else f"error {code}"
        return _Decoded(f"{name}: {error}, {known.doc if known else 'not in the interface'}", interface, operation,
                        (), error)  # fmt: skip
    if label:
        return _Decoded(f"{name}: answer with label {label}", interface, operation)
    try:
        values = decode_reply(operation, words)
    except CodecError as problem:
        return _Decoded(f"{name}: unreadable answer: {problem}", interface, operation)
    shown = _show_pairs(operation.results, values)
    with_caps = ", ".join([*([shown] if shown else []), *(f"capability {cap}" for cap in caps)])
    return _Decoded(f"{name}: {with_caps or 'ok'}", interface, operation, _pairs(operation.results, values))


def fault_cause(fault: int, details: tuple[int, ...], text: str = "") -> str:
    """Why a thread faulted, in a few words: "read of address 0x0", "ValueError: ...", "no capability at 5"."""
    if fault == Fault.VM_FAULT and len(details) >= 4:
        action = "execution of" if details[2] else "write to" if details[3] else "read of"
        return f"{action} address {details[1]:#x}"
    if fault == Fault.CAP_FAULT and len(details) >= 4:
        doing = "receiving" if details[2] else "sending"
        return f"{doing} through address {details[1]}: {_LOOKUPS.get(details[3], 'it does not resolve')}"
    if fault == Fault.UNKNOWN_SYSCALL and details:
        return f"unknown system call {details[-1]}"
    if fault == Fault.TIMEOUT:
        return "its time budget ran out"
    if fault == Fault.USER_EXCEPTION and len(details) >= 5:
        if details[3] == UserException.UNDEFINED_INSTRUCTION and details[4] == OUT_OF_MEMORY_CODE:
            return "out of memory"
        return text or _EXCEPTIONS.get(details[3], f"exception {details[3]}")
    return text or f"fault {fault}"


def fault_text(view: View, number: int, event: Event) -> str:
    """A FAULTED event in words, with the place in the source if it is known."""
    place = view.places.get(number)
    at = f" at {place}" if place else ""
    text = event[6].partition(" at /")[0].removesuffix(at)
    return f"fault: {fault_cause(event[3], event[4], text)}{at}"


def invocation(label: int, details: tuple[Any, ...] = ()) -> str:
    """A kernel invocation by seL4's name; the name of the operation for a server's label."""
    name = INVOCATION_NAMES.get(label) or operation_name(label) or f"label {label}"
    return f"{name}({show_words(details)})" if details else name


def error_name(error: int) -> str:
    """seL4's spelling of an error code."""
    return ERROR_NAMES[Error(error)] if error in ERROR_NAMES else f"error {error}"


def object_names(view: View, ids: tuple[int, ...]) -> tuple[str, ...]:
    """Names of several objects."""
    return tuple(view.name_of(each) for each in ids)


def message(view: View, number: int, event: Event, context: tuple[int, Event] | None = None) -> MessageView:
    """A MESSAGE, REPLIED or SIGNALLED event in words.

    `context` is the number and event of the call that a reply answers, or of the fault that a fault message is about.
    """
    if event[0] == ev.MESSAGE:
        return _message(view, number, event, context)
    if event[0] == ev.REPLIED:
        return _replied(view, number, event, context)
    _, cycle, sender, notification, badge, _, woken = event
    name = view.name_of(notification)
    meaning = signal_meaning(view, notification, badge)
    receiver = who(view, woken) if woken else view.records[owner].name if (owner := _owner(view, name)) else name
    text = f"signal: {meaning or f'badge {badge:#x}'}"
    return MessageView(
        number, cycle, "signal", who(view, sender), receiver, sender, woken, name, badge, 0, (), "", meaning, (), (),
        text if woken else f"{text} (kept until it looks)", "", -1,
    )  # fmt: skip


def _owner(view: View, name: str) -> str:
    owner = name.partition(".")[0]
    return owner if owner in view.records else ""


def signal_meaning(view: View, notification: int, badge: int) -> str:
    """What a signal says: "are you alive?", "alive", "alarm", "pulse", "irq 14", or ''."""
    lines = [f"irq {line.irq}" for line in view.irqs.values() if line.notification == notification and badge]
    name = view.names.get(notification, "")
    if name.endswith(".hearts"):
        return "alive"
    if badge in _SIGNALS:
        return _SIGNALS[badge]
    return lines[0] if len(lines) == 1 else ""


def _message(view: View, number: int, event: Event, context: tuple[int, Event] | None) -> MessageView:
    _, cycle, sender, receiver, endpoint, badge, label, words, caps, how, _, _ = event
    names = object_names(view, caps)
    if how == 2:
        known = context is not None and context[1][0] == ev.FAULTED
        told = fault_text(view, *context) if known and context else f"fault: {fault_cause(label, words)}"
        decoded = _Decoded(told)
    elif badge & FAULT_BADGE and label in Fault.__members__.values():
        decoded = _Decoded(f"the fault of {_ward(view, badge)}: {fault_cause(label, words)}")
    else:
        decoded = _request(label, words, names)
    return MessageView(
        number, cycle, _HOW[how], who(view, sender), who(view, receiver), sender, receiver, view.name_of(endpoint),
        badge, label, words, decoded.interface, decoded.operation, decoded.arguments, names, decoded.text, "", -1,
    )  # fmt: skip


def _ward(view: View, badge: int) -> str:
    """Whose fault a message with that badge is about, as a pager passes it on."""
    server = view.manifest.by_number(badge & ~FAULT_BADGE) if view.manifest else None
    return server.name if server else f"server {badge & ~FAULT_BADGE}"


def _replied(view: View, number: int, event: Event, context: tuple[int, Event] | None) -> MessageView:
    _, cycle, replier, caller, reply, label, words, caps, restarts, _ = event
    names = object_names(view, caps)
    if restarts:
        decoded = _Decoded("after the fault it goes on" if restarts == 1 else "after the fault it stays stopped")
    else:
        asked = context[1][6] if context is not None and context[1][0] == ev.MESSAGE else 0
        decoded = _reply(label, words, names, asked)
    return MessageView(
        number, cycle, "reply", who(view, replier), who(view, caller), replier, caller, view.name_of(reply), 0, label,
        words, decoded.interface, decoded.operation, decoded.arguments, names, decoded.text, decoded.error,
        context[0] if context is not None else -1,
    )  # fmt: skip
