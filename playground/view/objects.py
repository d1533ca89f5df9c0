"""Kernel objects as the events tell of them: mutable, and changed by the fold alone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from kernel.abi import TYPE_NAMES, ObjectType, ThreadState

STATES_KEPT: Final = 16
"""How many of its last states a thread remembers."""
RUNS_KEPT: Final = 48
"""How many of its last runs a scheduling context remembers."""
REFILLS_KEPT: Final = 24
"""How many of its last lists of refills a scheduling context remembers."""
REMAINS_KEPT: Final = 128
"""How many objects that are gone an Untyped remembers, until their memory can be used again."""


@dataclass(slots=True)
class ObjectView:
    """A kernel object that exists now."""

    id: int
    """Positive, never used twice."""
    type: ObjectType
    name: str
    """What user space called it ("disk.block"), or "Endpoint 17"."""
    size_bits: int
    """Log2 of its size in bytes; for a CNode radix + 5."""
    address: int
    """Physical address; the interrupt line of an IRQHandler."""
    untyped: int
    """Id of the Untyped it was made from; 0 at boot."""
    created: int
    """Number of the event that made it."""


@dataclass(slots=True, eq=False)
class CapView:
    """A capability in a slot, and its node in the derivation list. It keeps its identity when it is moved."""

    cnode: int
    """Id of the CNode (or TCB, or IRQHandler) whose slot holds it."""
    index: int
    kind: ObjectType
    """ZOMBIE while its object is being taken apart."""
    object: int
    """Id of the object it names."""
    rights: int
    """kernel.abi.Rights."""
    badge: int
    """Badge of Endpoint and Notification; guard << 6 | guard bits of a CNode; bytes used of an Untyped; else 0."""
    revocable: bool
    first_badged: bool
    previous: CapView | None = None
    """Neighbours in the derivation list; see playground.view.derivation for parents and children."""
    next: CapView | None = None
    vspace: int = 0
    """For a Frame: the VSpace it is mapped in through this capability, or 0."""
    vaddr: int = 0
    map_rights: int = 0
    born: int = 0
    """Number of the event that put it there first."""


@dataclass(frozen=True, slots=True)
class FaultView:
    """A fault that has not been answered."""

    number: int
    """Number of its event."""
    fault: int
    """kernel.abi.Fault."""
    details: tuple[int, ...]
    """Words of the fault message."""
    endpoint: int
    """Where the fault message goes; 0 = nobody handles it."""
    text: str
    """The exception in words, or ''."""
    place: str
    """"servers/disk.py:88 in handle_read", or '' if it is not known."""


@dataclass(slots=True)
class ThreadView:
    """A thread: one TCB."""

    id: int
    state: int = ThreadState.INACTIVE
    """kernel.abi.ThreadState."""
    blocked_on: int = 0
    """Id of the Endpoint, Notification or Reply it waits at, or 0."""
    badge: int = 0
    """In BLOCKED_ON_SEND the badge of the capability it sends through; in BLOCKED_ON_RECEIVE the Reply it offers."""
    priority: int = 0
    mcp: int = 0
    sched_context: int = 0
    """The one it runs on now, also if lent; 0 = none."""
    notification: int = 0
    """The one bound to it, or 0."""
    released: bool = False
    """Out of budget, in the release queue."""
    entry: int = -1
    """Number of the program it runs; -1 before it was started."""
    fault: FaultView | None = None
    call: int = -1
    """Number of the message event of the call that it waits to be answered, or -1."""
    since: int = 0
    """Number of the event that brought it into its state."""
    probed: str = ""
    """What the debug probe did to it last ("suspend", a kind of crash), or '' if nothing or "resume"."""
    probe_number: int = -1
    """Number of that event."""
    states: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=STATES_KEPT))
    """Its last states, oldest first: (number of the event that brought it there, kernel.abi.ThreadState)."""


@dataclass(slots=True)
class EndpointView:
    """An endpoint's queue."""

    id: int
    queue: list[int] = field(default_factory=list)
    """Threads that wait, in the order in which they will be served."""
    sending: bool = False
    """Whether they wait to send (or else to receive); meaningless if the queue is empty."""


@dataclass(slots=True)
class NotificationView:
    """A word of signals."""

    id: int
    word: int = 0
    active: bool = False
    queue: list[int] = field(default_factory=list)
    """Threads that wait, in the order in which they will be woken."""
    thread: int = 0
    """The thread it is bound to, or 0."""
    sched_context: int = 0


@dataclass(slots=True)
class ReplyView:
    """The right to answer one call."""

    id: int
    thread: int = 0
    """The caller that waits for the answer, or a receiver that waits with this Reply object; 0 = free."""
    server: int = 0
    """The thread that received the call; 0 if no call is being held."""
    call: int = -1
    """Number of the message event of the call, or -1."""
    lent: int = 0
    """The SchedContext that the caller lent with the call, or 0."""


@dataclass(slots=True)
class SchedContextView:
    """A budget of processor time."""

    id: int
    thread: int = 0
    """The thread that runs on it now, also if it was lent; 0 = none."""
    notification: int = 0
    budget: int = 0
    """Cycles in each period."""
    period: int = 0
    badge: int = 0
    refill_max: int = 0
    sporadic: bool = False
    refills: tuple[tuple[int, int], ...] = ()
    """(cycle from which it may be used, amount in cycles)."""
    used: int = 0
    """Cycles for which threads were on the processor with it, in all runs that have ended."""
    runs: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=RUNS_KEPT))
    """Its last runs, oldest first: (first cycle, cycle after the last)."""
    history: deque[tuple[int, tuple[tuple[int, int], ...]]] = field(default_factory=lambda: deque(maxlen=REFILLS_KEPT))
    """Its last lists of refills, oldest first: (cycle from which it was so, refills)."""


@dataclass(slots=True)
class IrqView:
    """One interrupt line."""

    irq: int
    notification: int = 0
    """Which one it signals, or 0."""
    masked: bool = False
    """Raised and not yet acknowledged."""
    pending: bool = False
    """Raised again meanwhile."""
    count: int = 0
    """How often it was raised."""


TYPE_WORDS: Final = {**TYPE_NAMES, ObjectType.TCB: "thread"}
"""What a nameless object is called, before its id."""
