"""Which capability goes into which slot of which server: the manifest worked out to the last slot.

Pure data, made from the manifest alone, so that root and supervisor agree without talking, a rebuilt server finds
everything where it was, and screens can label a slot. Two kinds of row: a `Resource` is an object that the builder
makes and whose original it keeps; a `Grant` is a capability that a server gets, derived from a resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kernel.abi import OBJECT_SIZE_BITS, SLOT_BITS, ObjectType, Rights
from servers.manifest import SUPERVISOR, Manifest, Server
from servers.runtime.boot import ALARM_SIGNAL, HEARTBEAT_SIGNAL

READ: Final = int(Rights.READ)
WRITE: Final = int(Rights.WRITE)
READ_WRITE: Final = READ | WRITE
CALL: Final = int(Rights.WRITE | Rights.GRANT_REPLY)
CALL_GRANT: Final = int(Rights.ALL & ~Rights.READ)
ALL: Final = int(Rights.ALL)

FAULT_BADGE: Final = 1 << 32
"""Added to a server's number in the badge of its fault endpoint: no client has a badge as large."""
CONTEXT_BITS: Final = 8
"""Size of a scheduling context: room for a few refills."""
BOOT_ADDRESS: Final = 0x1000_0000
"""Where the boot frames appear in a server."""
BUFFER_ADDRESS: Final = 0x1010_0000
WINDOW_ADDRESS: Final = 0x2000_0000
WINDOW_SPACING: Final = 0x0100_0000
SCRATCH_ADDRESS: Final = 0x3000_0000
"""Where a builder maps a frame that it fills for somebody else."""
SPARE_SLOTS: Final = 24
"""Empty slots of a server that owns its CSpace."""
HEARTS: Final = f"{SUPERVISOR}.hearts"
"""Collects the signs of life, one bit for each server. Not bound to the supervisor, so that none of them wakes it."""
PULSE: Final = f"{SUPERVISOR}.pulse"
"""The supervisor's timekeeper: a second thread that the kernel wakes whenever its budget is refilled."""
MAX_GIVEN_PRIORITY: Final = 254
"""The supervisor builds servers of any priority but root's."""
PULSE_RADIX: Final = 4
PULSE_SLOT: Final = 1
"""The one capability that the pulse holds: to signal the supervisor."""
PULSE_PRIORITY: Final = 254
PULSE_BUDGET_US: Final = 100
"""Enough for a signal and a Yield; the kernel runs nobody on less than 20 us."""
SHORTEST_PULSE_US: Final = 2 * PULSE_BUDGET_US
"""Shortest period of the pulse: with one as short as its budget it would never let anybody else run."""
PULSE_SIGNAL: Final = 1 << 61
"""Bit in the supervisor's notification word: the pulse."""
READY: Final = "ready"
"""Name of the capability by which a passive server says that it can do without time of its own."""
LONG: Final = "long"
LIFE: Final = "life"


@dataclass(frozen=True, slots=True)
class Resource:
    """One or more objects of one kind that the builder makes for a server."""

    name: str
    """Such as "disk.block"; with `_` for the dot it is the name in the supervisor's CSpace."""
    server: str
    slot: int
    """First slot in the supervisor's CSpace; root uses the same numbers from ROOT_BASE."""
    kind: ObjectType
    size_bits: int
    """What Retype is told (radix of a CNode; 0 for kinds of fixed size)."""
    count: int
    span: str
    """LONG: outlives the server. LIFE: made from the server's life Untyped and gone with it."""
    irq: int = -1
    """The interrupt line of an IRQ handler."""
    device: str = ""
    """The device whose registers a frame shows."""

    @property
    def original(self) -> str:
        """Its name in the supervisor's CSpace."""
        return self.name.replace(".", "_")

    @property
    def object_bits(self) -> int:
        """log2 of the bytes of one object."""
        if self.kind == ObjectType.CNODE:
            return self.size_bits + SLOT_BITS
        return OBJECT_SIZE_BITS.get(self.kind, self.size_bits)


@dataclass(frozen=True, slots=True)
class Grant:
    """One or more capabilities in consecutive slots of a server's CSpace."""

    name: str
    """The name by which the server knows it."""
    slot: int
    resource: str
    """What it is derived from; empty for a slot that has a name and nothing in it."""
    rights: int = ALL
    badge: int = 0
    """Badge of an endpoint or notification; -1: the guard that lets a CNode resolve whole words."""
    count: int = 1
    address: int = 0
    """Virtual address at which a frame is mapped into the server; 0 is not mapped."""
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole system, worked out."""

    manifest: Manifest
    resources: dict[str, Resource]
    """By name, in the order of slots."""
    grants: dict[str, tuple[Grant, ...]]
    """Server name to what it gets."""
    radix: dict[str, int]
    """Server name to log2 of the slots of its CNode."""
    scratch: int
    """The slot of the supervisor's CSpace that a builder uses for a moment; those behind it are free."""

    def of_server(self, server: str, span: str) -> list[Resource]:
        """The resources made for a server that live as long as `span` says."""
        return [it for it in self.resources.values() if it.server == server and it.span == span]

    def slot_names(self, server: str) -> dict[str, int]:
        """Capability name to slot in a server's CSpace, the supervisor's resources included.

        Of several in a row each has its number at the end of the name; the bare name is the first.
        """
        names: dict[str, int] = {}
        for grant in self.grants[server]:
            names.update(_numbered(grant.name, grant.slot, grant.count))
        if server == SUPERVISOR:
            for it in self.resources.values():
                names.update(_numbered(it.original, it.slot, it.count))
        return names

    def free_slots(self, server: str) -> tuple[int, int]:
        """The range of slots that are empty when a server starts."""
        end = 1 << self.radix[server]
        if server == SUPERVISOR:
            return self.scratch + 1, end
        return max((grant.slot + grant.count for grant in self.grants[server]), default=1), end


def _numbered(name: str, slot: int, count: int) -> dict[str, int]:
    several = {f"{name}{number}": slot + number for number in range(count)} if count > 1 else {}
    return {name: slot, **several}


def plan(manifest: Manifest) -> Layout:
    """Work out every slot of a system."""
    grants = {server.name: _grants(manifest, server) for server in manifest.servers.values()}
    radix = {name: _radix(manifest.servers[name], rows) for name, rows in grants.items()}
    first = max(grant.slot + grant.count for grant in grants[SUPERVISOR])
    resources: dict[str, Resource] = {}
    for device in sorted({window.owner for it in manifest.servers.values() for window in it.windows.values()
                          if not window.frame}):  # fmt: skip
        name = f"device.{device}"
        resources[name] = Resource(name, "", first, ObjectType.FRAME, 0, 1, LONG, device=device)
        first += 1
    for server in manifest.servers.values():
        for row in _resources(server, radix[server.name]):
            resources[row[0]] = Resource(row[0], server.name, first, *row[1:])
            first += row[3]
    radix[SUPERVISOR] = (first + 2 * SPARE_SLOTS - 1).bit_length()
    cspace = resources[f"{SUPERVISOR}.cspace"]
    resources[cspace.name] = Resource(
        cspace.name, SUPERVISOR, cspace.slot, ObjectType.CNODE, radix[SUPERVISOR], 1, LIFE
    )
    return Layout(manifest, resources, grants, radix, first)


def heart_of(server: str) -> str:
    """The supervisor's name for the capability by which it asks a server for a sign of life."""
    return f"heart_of_{server}"


def fault_badge(server: Server) -> int:
    """Badge of the fault messages of a server, whoever handles them."""
    return FAULT_BADGE | server.number


def ready_signal(server: Server) -> int:
    """Bit in the supervisor's notification word: this passive server is ready."""
    return 1 << server.number


def boot_pages(server: Server) -> int:
    """How many frames the boot data of a server may take."""
    return 8 if server.controls or server.name == SUPERVISOR else 1


_Row = tuple[str, ObjectType, int, int, str, int]


def _resources(server: Server, radix: int) -> list[_Row]:
    """Rows (name, kind, size_bits, count, span, irq) in the order in which they are made."""
    name = server.name
    rows: list[_Row] = [(f"{name}.life", ObjectType.UNTYPED, server.memory.bit_length() - 1, 1, LONG, -1)]
    rows += [(f"{name}.{endpoint}", ObjectType.ENDPOINT, 0, 1, LONG, -1) for endpoint in server.provides]
    rows.append((f"{name}.signals", ObjectType.NOTIFICATION, 0, 1, LONG, -1))
    rows += [(f"{name}.{key}", ObjectType.IRQ_HANDLER, 0, 1, LONG, irq) for key, irq in server.irqs.items()]
    rows += [
        (f"{name}.{key}", ObjectType.FRAME, 0, window.pages, LONG, -1)
        for key, window in server.windows.items()
        if window.frame and window.owner == name
    ]
    if server.heap:
        rows.append((f"{name}.heap", ObjectType.UNTYPED, server.heap.bit_length() - 1, 1, LIFE, -1))
    rows += [
        (f"{name}.boot", ObjectType.FRAME, 0, boot_pages(server), LIFE, -1),
        (f"{name}.buffer", ObjectType.FRAME, 0, 1, LIFE, -1),
        (f"{name}.vspace", ObjectType.VSPACE, 0, 1, LIFE, -1),
        (f"{name}.cspace", ObjectType.CNODE, radix, 1, LIFE, -1),
        (f"{name}.tcb", ObjectType.TCB, 0, 1, LIFE, -1),
        (f"{name}.sc", ObjectType.SCHED_CONTEXT, CONTEXT_BITS, 1, LIFE, -1),
        (f"{name}.reply", ObjectType.REPLY, 0, server.replies, LIFE, -1),
    ]
    if name == SUPERVISOR:
        rows += [
            (HEARTS, ObjectType.NOTIFICATION, 0, 1, LONG, -1),
            (f"{PULSE}.vspace", ObjectType.VSPACE, 0, 1, LIFE, -1),
            (f"{PULSE}.cspace", ObjectType.CNODE, PULSE_RADIX, 1, LIFE, -1),
            (f"{PULSE}.tcb", ObjectType.TCB, 0, 1, LIFE, -1),
            (f"{PULSE}.sc", ObjectType.SCHED_CONTEXT, CONTEXT_BITS, 1, LIFE, -1),
        ]
    return rows


def _grants(manifest: Manifest, server: Server) -> tuple[Grant, ...]:
    name = server.name
    rows: list[Grant] = []

    def add(key: str, resource: str, rights: int = ALL, badge: int = 0, count: int = 1, address: int = 0,
            writable: bool = True) -> None:  # fmt: skip
        slot = rows[-1].slot + rows[-1].count if rows else 1
        rows.append(Grant(key, slot, resource, rights, badge, count, address, writable))

    for part in _own(server):
        add(part, f"{name}.{part}", badge=-1 if part == "cspace" else 0)
    for endpoint in server.provides:
        add(endpoint, f"{name}.{endpoint}", READ)
    add("signals", f"{name}.signals", READ)
    add("reply", f"{name}.reply", count=server.replies)
    if server.heartbeat_us:
        add("heartbeat", HEARTS, WRITE, badge=1 << server.number)
    if server.passive:
        add(READY, f"{SUPERVISOR}.signals", WRITE, badge=ready_signal(server))
    for key, use in server.uses.items():
        add(key, f"{use.server}.{use.endpoint}", CALL_GRANT if use.grant else CALL, badge=server.number)
    if any(use.grant and manifest.interface_of(name, key) == "clock" for key, use in server.uses.items()):
        add("alarm", f"{name}.signals", WRITE, badge=ALARM_SIGNAL)
    for key in server.irqs:
        add(key, f"{name}.{key}")
    for number, (key, window) in enumerate(server.windows.items()):
        resource = f"{window.owner}.{window.frame}" if window.frame else f"device.{window.owner}"
        rights = READ_WRITE if window.writable else READ
        address = WINDOW_ADDRESS + number * WINDOW_SPACING
        add(key, resource, rights, count=window.pages, address=address, writable=window.writable)
    if server.heap:
        add("heap", f"{name}.heap")
    for other in server.controls:
        add(f"cspace_of_{other}", f"{other}.cspace", badge=-1)
    for ward in manifest.wards_of(name):
        add(f"vspace_of_{ward.name}", f"{ward.name}.vspace")
        add(f"faults_of_{ward.name}", manifest.supervisor_endpoint, WRITE, badge=fault_badge(ward))
    for key in server.empty:
        add(key, "")
    if name == SUPERVISOR:
        add("hearts", HEARTS, READ)
        add("sched_control", "sched_control")
        for ward in manifest.servers.values():
            if ward.heartbeat_us:
                add(heart_of(ward.name), f"{ward.name}.signals", WRITE, badge=HEARTBEAT_SIGNAL)
    return tuple(rows)


def _own(server: Server) -> tuple[str, ...]:
    return ("cspace", "tcb", "vspace") if server.name == SUPERVISOR else server.own


def _radix(server: Server, rows: tuple[Grant, ...]) -> int:
    used = max(grant.slot + grant.count for grant in rows)
    return max(5, (used + (SPARE_SLOTS if "cspace" in server.own else 0) - 1).bit_length())


def life_bytes(layout: Layout, server: str) -> int:
    """Bytes that one life of a server takes, alignment included."""
    used = 0
    for row in layout.of_server(server, LIFE):
        size = 1 << row.object_bits
        used = -(-used // size) * size + size * row.count
    return used
