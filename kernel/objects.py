"""Kernel objects, capabilities and slots: the nouns, without behaviour.

Each class says in its docstring which other file changes it. Names of fields follow seL4's structures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from kernel.abi import ObjectType, ThreadState
from kernel.queues import ThreadQueue

if TYPE_CHECKING:
    from kernel.vehicle import Vehicle


class KernelBug(AssertionError):
    """An invariant of the kernel does not hold. Never the fault of a thread; names the invariant."""


class Object:
    """Something that capabilities point at. `address` and `size_bits` place it in the Untyped it was made from."""

    __slots__ = ("address", "id", "size_bits")
    type: ObjectType

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        self.id = identity
        self.address = address
        self.size_bits = size_bits


class Capability:
    """A reference to an object with rights; lives in exactly one slot (derivation.py, cnode.py)."""

    __slots__ = (
        "badge",
        "flat",
        "guard_bits",
        "kind",
        "mapped_rights",
        "object",
        "rights",
        "slots_left",
        "vaddr",
        "vspace",
    )  # fmt: skip

    def __init__(self, kind: ObjectType, target: Any, rights: int = 0, badge: int = 0, guard_bits: int = 0) -> None:
        self.kind = kind
        self.object: Any = target
        self.rights = rights
        self.badge = badge
        """Badge of Endpoint and Notification; guard value of a CNode; watermark (bytes used) of an Untyped."""
        self.guard_bits = guard_bits
        self.flat: list[Slot | None] | None = None
        """For a CNode capability that translates a whole word in one level with a zero guard: the slots."""
        self.vspace: VSpace | None = None
        """For a Frame capability: where it is mapped, and at which address."""
        self.vaddr = 0
        self.mapped_rights = 0
        """For a mapped Frame: what loads and stores through this mapping may do."""
        self.slots_left = 0
        """For a Zombie: how many slots of its object may still hold something."""
        if kind == ObjectType.CNODE and badge == 0 and target.radix + guard_bits == 64:
            self.flat = target.slots

    def copy(self) -> Capability:
        """The same authority in a new capability; a Frame copy is not mapped anywhere."""
        return Capability(self.kind, self.object, self.rights, self.badge, self.guard_bits)


class Slot:
    """A place for a capability, and its node in the derivation list (derivation.py)."""

    __slots__ = ("cap", "first_badged", "home", "index", "next", "prev", "revocable")

    def __init__(self, home: CNode | TCB | IRQHandler, index: int) -> None:
        self.home = home
        self.index = index
        self.cap: Capability | None = None
        self.prev: Slot | None = None
        self.next: Slot | None = None
        self.revocable = False
        self.first_badged = False


class Untyped(Object):
    """A range of memory that objects are made from (untyped.py). The watermark lives in the capability."""

    __slots__ = ("device",)
    type = ObjectType.UNTYPED

    def __init__(self, identity: int, address: int, size_bits: int, device: bool) -> None:
        super().__init__(identity, address, size_bits)
        self.device = device


class CNode(Object):
    """2^radix slots, made when first touched."""

    __slots__ = ("radix", "slots")
    type = ObjectType.CNODE

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        super().__init__(identity, address, size_bits)
        self.radix = size_bits - 5
        self.slots: list[Slot | None] = [None] * (1 << self.radix)

    def slot(self, index: int) -> Slot:
        """The slot at an index, 0 to 2^radix - 1."""
        slot = self.slots[index]
        if slot is None:
            slot = self.slots[index] = Slot(self, index)
        return slot


class Endpoint(Object):
    """A rendezvous point (endpoint.py)."""

    __slots__ = ("queue", "sending")
    type = ObjectType.ENDPOINT

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        super().__init__(identity, address, size_bits)
        self.queue = ThreadQueue()
        self.sending = False
        """Who waits in the queue: senders or receivers."""


class Notification(Object):
    """A word of signals (notification.py)."""

    __slots__ = ("active", "bound", "queue", "sched_context", "word")
    type = ObjectType.NOTIFICATION

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        super().__init__(identity, address, size_bits)
        self.queue = ThreadQueue()
        self.active = False
        self.word = 0
        self.bound: TCB | None = None
        self.sched_context: SchedContext | None = None


class Reply(Object):
    """The right to answer one call, and a link of the call stack (reply.py)."""

    __slots__ = ("next", "prev", "tcb")
    type = ObjectType.REPLY

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        super().__init__(identity, address, size_bits)
        self.tcb: TCB | None = None
        self.prev: Reply | None = None
        self.next: Reply | SchedContext | None = None
        """The reply above it on the call stack, or the scheduling context if this is the head."""


class SchedContext(Object):
    """A budget of processor time (schedcontext.py, refills.py)."""

    __slots__ = (
        "badge", "budget", "consumed", "notification", "period", "refill_max", "refills", "reply", "sporadic", "tcb",
        "yield_from",
    )  # fmt: skip
    type = ObjectType.SCHED_CONTEXT

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        super().__init__(identity, address, size_bits)
        self.budget = 0
        self.period = 0
        """Cycles; 0 together with refill_max > 0 means round robin."""
        self.refill_max = 0
        """0: not configured."""
        self.refills: list[list[int]] = []
        """[cycle from which it may be used, amount in cycles], head first."""
        self.badge = 0
        self.sporadic = False
        self.consumed = 0
        self.tcb: TCB | None = None
        self.notification: Notification | None = None
        self.reply: Reply | None = None
        self.yield_from: TCB | None = None


class Frame(Object):
    """4 KiB of bytes, or the registers of a device."""

    __slots__ = ("data", "device", "device_offset")
    type = ObjectType.FRAME

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        super().__init__(identity, address, size_bits)
        self.data = bytearray(1 << size_bits)
        self.device: Device | None = None
        self.device_offset = 0


class VSpace(Object):
    """An address space: page number -> the Frame capability that maps it (memory.py)."""

    __slots__ = ("pages",)
    type = ObjectType.VSPACE

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        super().__init__(identity, address, size_bits)
        self.pages: dict[int, Capability] = {}


class SchedControl(Object):
    """The right to fill scheduling contexts with time."""

    __slots__ = ()
    type = ObjectType.SCHED_CONTROL


class IRQControl(Object):
    """The right to make IRQ handlers."""

    __slots__ = ()
    type = ObjectType.IRQ_CONTROL


class IRQHandler(Object):
    """One interrupt line (irq.py). Exists while a handler capability exists."""

    __slots__ = ("irq", "masked", "pending", "slot")
    type = ObjectType.IRQ_HANDLER

    def __init__(self, identity: int, irq: int) -> None:
        super().__init__(identity, 0, 0)
        self.irq = irq
        self.slot = Slot(self, 0)
        """Holds the notification capability that SetNotification put there."""
        self.masked = False
        self.pending = False


class TCB(Object):
    """A thread (tcb.py; its scheduling in scheduler.py, its messages in endpoint.py)."""

    __slots__ = (
        "arguments", "badge", "blocked_on", "bound_notification", "can_grant", "can_grant_reply", "cspace", "entry",
        "fault", "fault_handler", "in_release", "inject", "ipc_buffer", "is_call", "mcp", "message", "priority",
        "queued", "ready_next", "ready_prev", "reply", "resume", "rx", "sched_context", "slots", "state",
        "timeout_handler", "trap", "value", "vehicle", "vspace", "wait_next", "wait_prev", "yield_to",
    )  # fmt: skip
    type = ObjectType.TCB

    def __init__(self, identity: int, address: int, size_bits: int) -> None:
        super().__init__(identity, address, size_bits)
        self.state: int = ThreadState.INACTIVE
        self.priority = 0
        self.mcp = 0
        self.slots = [Slot(self, index) for index in range(5)]
        self.cspace, self.vspace, self.ipc_buffer, self.fault_handler, self.timeout_handler = self.slots
        # What it executes.
        self.vehicle: Vehicle | None = None
        self.resume: Callable[[Any], Any] | None = None
        self.entry = 0
        self.arguments: tuple[int, ...] = ()
        self.trap: tuple[Any, ...] | None = None
        """The trap to execute again in state Restart; None: go on in the program with `value`."""
        self.value: Any = None
        self.inject: BaseException | None = None
        """Raised in the program when it next runs (debug probe)."""
        # What it waits for: valid in the Blocked states.
        self.blocked_on: Endpoint | Notification | None = None
        self.wait_prev: TCB | None = None
        self.wait_next: TCB | None = None
        self.badge = 0
        self.can_grant = False
        self.can_grant_reply = False
        self.is_call = False
        self.message: tuple[int, tuple[int, ...], tuple[int, ...]] = (0, (), ())
        """Label, words and extra capability pointers of the send that blocks."""
        self.reply: Reply | None = None
        self.rx: tuple[int, int, int] | None = None
        self.fault: tuple[int, tuple[int, ...]] | None = None
        """Fault label and message words while a fault is being handled."""
        # How it is scheduled.
        self.sched_context: SchedContext | None = None
        self.bound_notification: Notification | None = None
        self.yield_to: SchedContext | None = None
        self.queued = False
        self.in_release = False
        self.ready_prev: TCB | None = None
        self.ready_next: TCB | None = None


class Device(Protocol):
    """Registers that a driver loads from and stores to."""

    def load(self, offset: int, size: int) -> bytes:
        """`size` bytes of registers at `offset`."""

    def store(self, offset: int, data: bytes) -> None:
        """Write registers; may start something that ends in an interrupt later."""
