"""The numbers both sides of the system-call boundary agree on.

Everything here is part of the binary interface in seL4's sense: system-call numbers, error codes, object types,
invocation labels, rights and the layout of a received message. Values and names follow seL4 (MCS) where seL4 has
them; numbers that seL4 generates per architecture are our own and stable.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final, NamedTuple

WORD_BITS: Final = 64
WORD_MAX: Final = (1 << 64) - 1
LABEL_MAX: Final = (1 << 52) - 1
"""The label has 52 bits of the message-information word; what is more is lost."""
MAX_MESSAGE_WORDS: Final = 120
MAX_EXTRA_CAPS: Final = 3
REGISTER_WORDS: Final = 4
"""Message words that travel without an IPC buffer."""
MAX_PRIORITY: Final = 255
MAX_RETYPE_OBJECTS: Final = 256
PAGE_BITS: Final = 12
PAGE_SIZE: Final = 1 << PAGE_BITS
USER_TOP: Final = 1 << 47
"""First virtual address that no Frame can be mapped at."""
UNTOUCHED: Final = -1
"""`Message.label` of a receive that delivered no message: seL4 leaves the message-info register as it was."""


class Syscall(IntEnum):
    """System calls (seL4 MCS), then what a processor does by itself: loads, stores, computing, bad instructions."""

    CALL = 1
    REPLY_RECV = 2
    NB_SEND_RECV = 3
    NB_SEND_WAIT = 4
    SEND = 5
    NB_SEND = 6
    RECV = 7
    NB_RECV = 8
    WAIT = 9
    NB_WAIT = 10
    YIELD = 11
    DEBUG_NAME = 12
    DEBUG_NOTE = 13
    LOAD = 20
    STORE = 21
    COMPUTE = 22
    UNDEFINED = 23


class Error(IntEnum):
    """Error codes in the label of an invocation's reply (seL4 manual, 'Errors')."""

    NO_ERROR = 0
    INVALID_ARGUMENT = 1
    INVALID_CAPABILITY = 2
    ILLEGAL_OPERATION = 3
    RANGE_ERROR = 4
    ALIGNMENT_ERROR = 5
    FAILED_LOOKUP = 6
    TRUNCATED_MESSAGE = 7
    DELETE_FIRST = 8
    REVOKE_FIRST = 9
    NOT_ENOUGH_MEMORY = 10


ERROR_NAMES: Final = {
    Error.NO_ERROR: "NoError",
    Error.INVALID_ARGUMENT: "InvalidArgument",
    Error.INVALID_CAPABILITY: "InvalidCapability",
    Error.ILLEGAL_OPERATION: "IllegalOperation",
    Error.RANGE_ERROR: "RangeError",
    Error.ALIGNMENT_ERROR: "AlignmentError",
    Error.FAILED_LOOKUP: "FailedLookup",
    Error.TRUNCATED_MESSAGE: "TruncatedMessage",
    Error.DELETE_FIRST: "DeleteFirst",
    Error.REVOKE_FIRST: "RevokeFirst",
    Error.NOT_ENOUGH_MEMORY: "NotEnoughMemory",
}
"""seL4's own spelling of every error."""

FIRST_USER_LABEL: Final = 256
"""Servers use labels from here up (and 0 for success), so that a kernel error in a reply is never ambiguous."""


class LookupFailure(IntEnum):
    """Why a capability pointer could not be resolved (seL4: seL4_LookupFailureType)."""

    INVALID_ROOT = 1
    MISSING_CAPABILITY = 2
    DEPTH_MISMATCH = 3
    GUARD_MISMATCH = 4


class Fault(IntEnum):
    """Labels of fault messages (seL4 MCS without DebugException)."""

    NULL = 0
    CAP_FAULT = 1
    UNKNOWN_SYSCALL = 2
    USER_EXCEPTION = 3
    TIMEOUT = 5
    VM_FAULT = 6


FAULT_NAMES: Final = {
    Fault.NULL: "NullFault",
    Fault.CAP_FAULT: "CapFault",
    Fault.UNKNOWN_SYSCALL: "UnknownSyscall",
    Fault.USER_EXCEPTION: "UserException",
    Fault.TIMEOUT: "Timeout",
    Fault.VM_FAULT: "VMFault",
}


class UserException(IntEnum):
    """`number` word of a UserException fault message."""

    UNDEFINED_INSTRUCTION = 0
    EXCEPTION = 1
    """A Python exception left the thread."""
    EXIT = 2
    """The thread's program returned."""
    RUNAWAY = 3
    """The thread looped without a system call and was stopped."""
    MALFORMED_SYSCALL = 4
    """The arguments of a system call were not machine words, bytes or tuples of them."""


class ObjectType(IntEnum):
    """Types for Untyped_Retype and kinds of capability."""

    UNTYPED = 0
    TCB = 1
    ENDPOINT = 2
    NOTIFICATION = 3
    CNODE = 4
    SCHED_CONTEXT = 5
    REPLY = 6
    FRAME = 7
    VSPACE = 8
    # Never retyped; they exist from boot or come from IRQControl_Get.
    SCHED_CONTROL = 9
    IRQ_CONTROL = 10
    IRQ_HANDLER = 11
    ZOMBIE = 12


TYPE_NAMES: Final = {
    ObjectType.UNTYPED: "Untyped",
    ObjectType.TCB: "TCB",
    ObjectType.ENDPOINT: "Endpoint",
    ObjectType.NOTIFICATION: "Notification",
    ObjectType.CNODE: "CNode",
    ObjectType.SCHED_CONTEXT: "SchedContext",
    ObjectType.REPLY: "Reply",
    ObjectType.FRAME: "Frame",
    ObjectType.VSPACE: "VSpace",
    ObjectType.SCHED_CONTROL: "SchedControl",
    ObjectType.IRQ_CONTROL: "IRQControl",
    ObjectType.IRQ_HANDLER: "IRQHandler",
    ObjectType.ZOMBIE: "Zombie",
}

OBJECT_SIZE_BITS: Final = {
    ObjectType.TCB: 11,
    ObjectType.ENDPOINT: 4,
    ObjectType.NOTIFICATION: 6,
    ObjectType.REPLY: 5,
    ObjectType.FRAME: 12,
    ObjectType.VSPACE: 12,
}
"""Sizes (log2 bytes) of the types whose size is fixed, as in seL4 16.0.0-dev for AArch64 with MCS."""

SLOT_BITS: Final = 5
MIN_UNTYPED_BITS: Final = 4
MAX_UNTYPED_BITS: Final = 47
MIN_SCHED_CONTEXT_BITS: Final = 7


class Rights(IntFlag):
    """Capability rights; the word layout is seL4's seL4_CapRights."""

    NONE = 0
    WRITE = 1
    READ = 2
    GRANT = 4
    GRANT_REPLY = 8
    ALL = 15


class Label(IntEnum):
    """Invocation labels of kernel objects, and the order in which `docs/` lists them."""

    UNTYPED_RETYPE = 1
    TCB_READ_REGISTERS = 2
    TCB_WRITE_REGISTERS = 3
    TCB_COPY_REGISTERS = 4
    TCB_CONFIGURE = 5
    TCB_SET_PRIORITY = 6
    TCB_SET_MC_PRIORITY = 7
    TCB_SET_SCHED_PARAMS = 8
    TCB_SET_TIMEOUT_ENDPOINT = 9
    TCB_SET_IPC_BUFFER = 10
    TCB_SET_SPACE = 11
    TCB_SUSPEND = 12
    TCB_RESUME = 13
    TCB_BIND_NOTIFICATION = 14
    TCB_UNBIND_NOTIFICATION = 15
    CNODE_REVOKE = 17
    CNODE_DELETE = 18
    CNODE_CANCEL_BADGED_SENDS = 19
    CNODE_COPY = 20
    CNODE_MINT = 21
    CNODE_MOVE = 22
    CNODE_MUTATE = 23
    CNODE_ROTATE = 24
    IRQ_ISSUE_HANDLER = 27
    IRQ_ACK = 28
    IRQ_SET_HANDLER = 29
    IRQ_CLEAR_HANDLER = 30
    SCHED_CONTROL_CONFIGURE = 32
    SCHED_CONTEXT_CONSUMED = 33
    SCHED_CONTEXT_BIND = 34
    SCHED_CONTEXT_UNBIND = 35
    SCHED_CONTEXT_UNBIND_OBJECT = 36
    SCHED_CONTEXT_YIELD_TO = 37
    FRAME_MAP = 40
    FRAME_UNMAP = 41
    FRAME_GET_ADDRESS = 42


class ThreadState(IntEnum):
    """States of a thread; `Restart` means: execute the interrupted system call again when next scheduled."""

    INACTIVE = 0
    RUNNING = 1
    RESTART = 2
    BLOCKED_ON_RECEIVE = 3
    BLOCKED_ON_SEND = 4
    BLOCKED_ON_REPLY = 5
    BLOCKED_ON_NOTIFICATION = 6


class TcbSlot(IntEnum):
    """Capability slots inside a TCB; in events a slot is the pair (object id of the TCB, one of these)."""

    CSPACE = 0
    VSPACE = 1
    IPC_BUFFER = 2
    FAULT_HANDLER = 3
    TIMEOUT_HANDLER = 4


class InitSlot(IntEnum):
    """Slots of the root task's CNode at boot (the seL4 numbers, without those of missing objects)."""

    NULL = 0
    TCB = 1
    CNODE = 2
    VSPACE = 3
    IRQ_CONTROL = 4
    BOOT_INFO_FRAME = 9
    IPC_BUFFER = 10
    SCHED_CONTEXT = 14
    SCHED_CONTROL = 15
    FIRST_FREE = 16
    """From here: the frames of the boot information beyond the first, then all Untyped capabilities."""


class Message(NamedTuple):
    """What a receive or a Call gives back.

    `label` is UNTOUCHED when nothing but a notification's badge word (or a non-blocking nothing) arrived.
    """

    badge: int
    """Badge of the capability the sender used, or the notification word; 0 for the reply to a Call."""
    label: int
    words: tuple[int, ...]
    caps: int = 0
    """How many extra capabilities the kernel processed."""
    unwrapped: int = 0
    """Bit i set: extra capability i was the endpoint itself and came as its badge only."""
    badges: tuple[int, ...] = ()
    """For each processed extra capability, the unwrapped badge, or 0."""


class ReceiveSlot(NamedTuple):
    """Where a transferred capability is put: must name an empty slot (receiveCNode, receiveIndex, receiveDepth)."""

    root: int
    slot: int
    """receiveIndex: the address of the slot in the CNode tree that `root` names."""
    depth: int = WORD_BITS
