"""What is true now, as plain data: the only thing that screens, lessons and exports look at.

`playground.view.fold.Fold` keeps a `View` up to date from events. What it holds of the kernel stands in
`playground.view.objects`. What is meant for people (`ServerView`, `MessageView`, `Status`) is frozen, made when it is
asked for from the rest of the view.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kernel.abi import ObjectType
from playground.view.objects import (
    TYPE_WORDS,
    CapView,
    EndpointView,
    FaultView,
    IrqView,
    NotificationView,
    ObjectView,
    ReplyView,
    SchedContextView,
    ThreadView,
)

if TYPE_CHECKING:
    from kernel.events import Event
    from playground.view.message_log import Entry, MessageLog
    from servers.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Status:
    """How a server is: a glyph, a word and a colour, always all three."""

    key: str
    """running, idle, waiting, sending, handling, faulted, restarting, stopped, absent."""
    glyph: str
    ascii: str
    """One letter instead of the glyph."""
    word: str
    """"running", "idle", "waiting", ... as in `STATUSES`."""
    colour: str
    """Name of a Textual theme variable, without the dollar sign."""
    detail: str = ""
    """What for, whose, why or when: "block.read of disk", "null pointer", "in 40 ms"; may be empty."""


STATUSES: Final[dict[str, Status]] = {
    status.key: status
    for status in (
        Status("running", "●", "R", "running", "success"),
        Status("idle", "◌", "I", "idle", "text-muted"),
        Status("waiting", "○", "W", "waiting for a reply", "primary"),
        Status("sending", "◔", "S", "waiting to send", "warning"),
        Status("handling", "◐", "H", "handling", "accent"),
        Status("faulted", "✖", "X", "faulted", "error"),
        Status("restarting", "↻", "~", "restarting", "warning"),
        Status("stopped", "■", "#", "stopped", "text-disabled"),
        Status("absent", "☐", "-", "not started", "text-disabled"),
    )
}
"""Every state that a server can be shown in."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom a server waits for."""

    server: str
    """The server at the other end, or '' if it is not known."""
    what: str
    """"block.read", "signals of timer", "a request on fs.files"."""
    text: str
    """All of it: "block.read of disk"."""
    number: int
    """Number of the event that began it."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message in words."""

    number: int
    """Number of its event."""
    cycle: int
    kind: str
    """call, send, reply, fault, signal."""
    sender: str
    """Server name, or the thread's; "irq 14" for an interrupt."""
    receiver: str
    sender_thread: int
    """0 for an interrupt."""
    receiver_thread: int
    """0 if a signal woke nobody."""
    endpoint: str
    """Name of the endpoint, Reply or notification it went through."""
    badge: int
    label: int
    words: tuple[int, ...]
    interface: str
    """"block", or ''."""
    operation: str
    """"read"; of a signal what it means ("alive", "irq 14"); or ''."""
    arguments: tuple[tuple[str, object], ...]
    """Decoded arguments of a request or results of a reply."""
    caps: tuple[str, ...]
    """Names of the objects whose capabilities went along."""
    text: str
    """One line: 'block.read(sector=117)', 'ok data="Welcome"', 'error NOT_FOUND: ...', 'fault: read of ...'."""
    error: str
    """Name of the error that a reply carries, or ''."""
    call: int
    """For a reply: number of the call it answers, or -1."""


@dataclass(frozen=True, slots=True)
class ServerView:
    """One server as people see it."""

    name: str
    title: str
    """What it is for, in a few words."""
    shelf: str
    """applications, servers, drivers."""
    program: str
    thread: int
    """Id of its thread in this life; 0 if it has none."""
    cspace: int
    """Id of its CNode; 0 if it has none."""
    priority: int
    life: int
    """1 for the first; 0 before it was started."""
    status: Status
    waits_for: Waiting | None
    handles: str
    """What it is working on for somebody ("files.read for you"), or ''; also while it waits itself."""
    cap_count: int
    """Capabilities in its CNode."""
    message_count: int
    """Messages sent and received in all its lives."""
    rate: float
    """Messages per second of virtual time, over the last second."""
    history: tuple[int, ...]
    """Messages in each of the last `HISTORY_BUCKETS` spans of `BUCKET_CYCLES`, oldest first."""
    last_message: MessageView | None
    memory_used: int
    """Bytes of its untyped that objects take."""
    memory_size: int
    """Bytes of its untyped; 0 if it has none of its own."""


BUCKET_BITS: Final = 26
BUCKET_CYCLES: Final = 1 << BUCKET_BITS
"""About 67 ms of virtual time."""
HISTORY_BUCKETS: Final = 16
"""How many of them are kept for a server: about a second."""
MESSAGE_LIMIT: Final = 4096
"""How many of the newest messages a View keeps; older ones are in the trace."""
NOTE_LIMIT: Final = 1024
"""How many of the newest notes a View keeps."""


@dataclass(slots=True)
class ServerRecord:
    """What the fold counts for a server; `ServerView` is made from it."""

    name: str
    thread: int = 0
    """Id of the thread that bears the server's name, or 0 when it is gone."""
    last_thread: int = 0
    """The same, remembered after its death."""
    life: int = 0
    phase: str = ""
    """'' normal, or dead, restarting, gave-up, stopped, after the note of that topic."""
    phase_detail: str = ""
    """Why (dead), or when (restarting), in words."""
    phase_number: int = -1
    """Number of the note."""
    fault: FaultView | None = None
    """The last fault, remembered until the next life."""
    sabotage: str = ""
    """Where in its source the debug probe struck in this life, or ''."""
    messages: int = 0
    bucket: int = -1
    """Index of the span of virtual time that `buckets[-1]` counts."""
    buckets: list[int] = field(default_factory=list)
    last: Entry | None = None
    """The last message it sent or received, as the message log has it."""


@dataclass(slots=True)
class Note:
    """A remark that user space put into the trace."""

    number: int
    cycle: int
    thread: int
    topic: str
    fields: dict[str, int | str]


@dataclass(slots=True)
class View:
    """Everything that is true after the first `event_count` events."""

    manifest: Manifest | None
    """The system's policy; its servers are shown also before they start."""
    describe: Callable[[View], dict[str, ServerView]] = field(repr=False)
    """How `servers` is made; given by the fold."""
    log: MessageLog = field(repr=False)
    messages: Sequence[MessageView] = field(repr=False)
    """The newest messages, oldest first; decoded when looked at. Slices and negative indices work."""
    event_count: int = 0
    cycle: int = 0
    current_thread: int = 0
    """The thread on the processor; 0 = idle."""
    current_sched_context: int = 0
    run_start: int = 0
    """Cycle at which the processor began to run on it."""
    booted: bool = False
    ready: bool = False
    """Whether user space said that the system is ready."""
    memory_bytes: int = 0
    root_thread: int = 0
    objects: dict[int, ObjectView] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    """Names that user space gave, also of objects that are gone (so that old events can be told)."""
    types: dict[int, ObjectType] = field(default_factory=dict)
    """Types of all objects, also of those that are gone."""
    threads: dict[int, ThreadView] = field(default_factory=dict)
    slots: dict[tuple[int, int], CapView] = field(default_factory=dict)
    """Every capability by (CNode, index)."""
    held: dict[int, dict[int, CapView]] = field(default_factory=dict)
    """The same by CNode, then index."""
    endpoints: dict[int, EndpointView] = field(default_factory=dict)
    notifications: dict[int, NotificationView] = field(default_factory=dict)
    replies: dict[int, ReplyView] = field(default_factory=dict)
    sched_contexts: dict[int, SchedContextView] = field(default_factory=dict)
    irqs: dict[int, IrqView] = field(default_factory=dict)
    untyped_caps: dict[int, list[CapView]] = field(default_factory=dict)
    """The capabilities to each Untyped; their badges are watermarks."""
    records: dict[str, ServerRecord] = field(default_factory=dict)
    """Counters by server name, in the order of the manifest."""
    remains: dict[int, deque[ObjectView]] = field(default_factory=dict)
    """Objects that are gone, by the Untyped whose memory they still take: until all its children are gone."""
    owners: dict[int, ServerRecord] = field(default_factory=dict)
    """Which server a thread is or was, by thread id."""
    calls: dict[int, tuple[int, Event]] = field(default_factory=dict)
    """Number and event of the call or fault that a waiting thread made, by thread id."""
    mappings: dict[int, dict[int, CapView]] = field(default_factory=dict)
    """Mapped Frame capabilities by VSpace, then virtual address."""
    places: dict[int, str] = field(default_factory=dict)
    """Where in its source a thread faulted ("servers/disk.py:88 in handle_read"), by the number of the fault event."""
    uses: dict[tuple[int, int], int] = field(default_factory=dict)
    """Number of the event by which a thread first did something to an object, by (thread, object)."""
    probes: list[tuple[int, int, str, str]] = field(default_factory=list)
    """Number, thread, action and detail of everything that the debug probe did."""
    notes: list[Note] = field(default_factory=list)
    """The newest notes, oldest first."""
    inputs: list[tuple[int, str, object]] = field(default_factory=list)
    """Number, source and data of every input."""
    lost: list[tuple[int, int, int, str]] = field(default_factory=list)
    """Number, thread, object (0: none) and reason of every message that went nowhere."""
    cached: tuple[int, dict[str, ServerView]] = (-1, {})

    @property
    def servers(self) -> dict[str, ServerView]:
        """Every server by name, in the order of the manifest; made anew once per change of the view."""
        if self.cached[0] != self.event_count:
            self.cached = (self.event_count, self.describe(self))
        return self.cached[1]

    def speaks_for_the_dead(self, thread: int, object_id: int) -> bool:
        """Whether a thread is the supervisor, answering by a Reply object of a server that died.

        It answers by each of them, without looking which somebody waits for.
        """
        owner = self.owners.get(thread)
        if owner is None or self.manifest is None or self.types.get(object_id) != ObjectType.REPLY:
            return False
        return self.manifest.supervisor_endpoint.partition(".")[0] == owner.name

    def name_of(self, object_id: int) -> str:
        """What an object is called, also if it is gone; "Endpoint 17" if it has no name, "nobody" for 0."""
        name = self.names.get(object_id)
        if name is not None:
            return name
        kind = self.types.get(object_id)
        if kind is not None:
            return f"{TYPE_WORDS[kind]} {object_id}"
        return f"object {object_id}" if object_id else "nobody"


__all__ = [
    "BUCKET_BITS", "BUCKET_CYCLES", "HISTORY_BUCKETS", "MESSAGE_LIMIT", "NOTE_LIMIT", "STATUSES", "CapView",
    "EndpointView", "FaultView", "IrqView", "MessageView", "Note", "NotificationView", "ObjectView", "ReplyView",
    "SchedContextView", "ServerRecord", "ServerView", "Status", "ThreadView", "View", "Waiting",
]  # fmt: skip
