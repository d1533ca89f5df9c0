"""The manifest of a system: which servers exist and exactly which capabilities each is given.

The text is TOML and one page long; it is the security policy. `parse_manifest` reads it into plain data that the root
task builds from, the supervisor rebuilds from and the screens draw from. What is not written there is not granted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kernel.abi import PAGE_SIZE
from servers.hardware import DEVICES
from servers.interfaces import INTERFACES
from servers.manifest_rules import ANYWHERE, CALLS, UPWARDS, check_pager, check_upwards
from servers.nearest import nearest
from servers.own_programs import OwnProgram, is_own, name_problem
from servers.programs import PROGRAMS, ROOT
from servers.toml_reader import ManifestError, Table, read_toml

SHELVES: Final = ("applications", "servers", "drivers")
RESTARTS: Final = ("permanent", "transient", "temporary")
"""OTP: always restarted; only after an abnormal end; never."""
STRATEGIES: Final = ("one_for_one", "rest_for_one", "one_for_all")
"""OTP: restart the dead one; and those of its group that stand after it; and all of its group."""
MAX_SERVERS: Final = 32
"""Each server has one bit in the supervisor's notification."""
MAX_REPLIES: Final = 16
MAX_FRAMES: Final = 64
SUPERVISOR: Final = "supervisor"


@dataclass(frozen=True, slots=True)
class Use:
    """A server may call an endpoint of a server."""

    server: str
    endpoint: str
    """Name of the endpoint in the server that provides it."""
    grant: bool
    """Whether capabilities may be sent along with a request."""


@dataclass(frozen=True, slots=True)
class Window:
    """Memory that is mapped into a server: its own frames, those of another server, or a device."""

    owner: str
    """The server whose frames they are, or the device."""
    frame: str
    """Name of the frames in the owner; empty for a device."""
    pages: int
    writable: bool


@dataclass(frozen=True, slots=True)
class Server:
    """One server of a system, as its manifest describes it."""

    name: str
    number: int
    """From 1 in the order of the file; the badge by which others know it as a client."""
    title: str
    """What it is for, in a few words."""
    program: str
    shelf: str
    priority: int
    memory: int
    """Bytes of the Untyped that everything of one life is made from; a power of two."""
    heap: int
    """Bytes of Untyped it may make objects from; 0 is none, otherwise a power of two."""
    budget_us: int
    """Processor time in each period, in microseconds."""
    period_us: int
    """Equal to budget_us: round robin."""
    passive: bool
    """Gives its scheduling context up once it is ready: it then runs on the time of whoever calls it."""
    replies: int
    """How many Reply objects: how many callers it can owe an answer at once."""
    own: tuple[str, ...]
    """Capabilities to parts of itself: "cspace" is needed to receive capabilities."""
    empty: tuple[str, ...]
    """Names of slots that hold nothing at first: for what it will make, copy or be given."""
    provides: Mapping[str, str]
    """Endpoint name to interface name."""
    uses: Mapping[str, Use]
    """Capability name to what it may call."""
    irqs: Mapping[str, int]
    """Capability name to interrupt line."""
    windows: Mapping[str, Window]
    """Capability name to mapped memory (`frames`, `shares` and `device` of the file)."""
    pager: str
    """The server that its faults go to first; empty: the supervisor."""
    controls: tuple[str, ...]
    """Servers whose CNode it holds: it may take away what they hold."""
    restart: str
    strategy: str
    group: str
    """Whom rest_for_one and one_for_all reach; empty is the group of all without a group."""
    heartbeat_us: int
    """How often the supervisor asks for a sign of life; 0 is never."""
    heartbeat_misses: int
    """How many unanswered in a row mean death by silence."""


@dataclass(frozen=True, slots=True)
class Supervision:
    """What holds for all servers alike."""

    intensity: int
    """More restarts of a server than this within period_us and the supervisor gives it up."""
    period_us: int
    backoff_us: int
    """Wait before the second restart within the period; doubles each time. The first is at once."""
    backoff_max_us: int
    pulse_us: int
    """How often the supervisor looks at heartbeats."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole system."""

    name: str
    title: str
    servers: Mapping[str, Server]
    """In the order of the file, which is the order in which they are started."""
    supervision: Supervision
    text: str
    """The file itself."""
    file: str
    programs: Mapping[str, OwnProgram] = field(default_factory=dict, compare=False, repr=False)
    """The programs of one's own that it names, if somebody has read them."""

    def server(self, name: str) -> Server:
        """The server of that name. Raises KeyError with a sentence and the nearest name."""
        if name not in self.servers:
            raise KeyError(f"no server is called `{name}`{nearest(name, list(self.servers))}")
        return self.servers[name]

    def by_number(self, number: int) -> Server | None:
        """The server that a badge means, or None."""
        return next((server for server in self.servers.values() if server.number == number), None)

    def interface_of(self, server: str, capability: str) -> str | None:
        """The interface name of what a server may call under a capability name, or None."""
        use = self.servers[server].uses.get(capability)
        return self.servers[use.server].provides[use.endpoint] if use else None

    def wards_of(self, name: str) -> list[Server]:
        """The servers whose pager this server is, in the order of the file."""
        return [server for server in self.servers.values() if server.pager == name]

    @property
    def supervisor_endpoint(self) -> str:
        """Where requests to the supervisor go, and the faults that nobody else deals with."""
        return next(f"{SUPERVISOR}.{endpoint}" for endpoint in self.servers[SUPERVISOR].provides)

    def fault_endpoint_of(self, server: Server) -> str:
        """Where the faults of a server go."""
        if not server.pager:
            return self.supervisor_endpoint
        return next(f"{server.pager}.{endpoint}" for endpoint in self.servers[server.pager].provides)


def parse_manifest(text: str, file: str = "manifest.toml") -> Manifest:
    """Read a manifest. Raises ManifestError, one sentence with file, line and column."""
    top = read_toml(text, file)
    system = top.table("system", required=True)
    name, title = system.text("name"), system.text("title", "")
    calls = system.choice("calls", CALLS, ANYWHERE)
    system.finish()
    supervision = _supervision(top.table("supervision"))
    tables = top.table("servers", required=True)
    top.finish()
    if len(tables.names()) > MAX_SERVERS:
        raise top.wrong("servers", f"a system has at most {MAX_SERVERS} servers, not {len(tables.names())}")
    if SUPERVISOR not in tables:
        raise top.wrong("servers", "a system needs [servers.supervisor]: nobody else can build the others again")
    servers: dict[str, Server] = {}
    sections: dict[str, Table] = {}
    for number, key in enumerate(tables.names(), 1):
        sections[key] = tables.table(key)
        servers[key] = _server(key, number, sections[key])
    _resolve_shares(servers, sections)
    for key, server in servers.items():
        _check_references(server, servers, sections[key])
        check_pager(server, servers, sections[key])
        sections[key].finish()
    _check_lines(servers, sections)
    if calls == UPWARDS:
        check_upwards(servers, sections)
    manifest = Manifest(name, title, servers, supervision, text, file)
    _check_memory(manifest, sections)
    return manifest


def _supervision(table: Table) -> Supervision:
    result = Supervision(
        intensity=table.number("intensity", 3, 0, 100),
        period_us=table.number("period_us", 10_000_000, 1),
        backoff_us=table.number("backoff_us", 10_000),
        backoff_max_us=table.number("backoff_max_us", 1_000_000),
        pulse_us=table.number("pulse_us", 1_000_000, 1_000),
    )
    table.finish()
    return result


def _server(name: str, number: int, table: Table) -> Server:
    if not name.replace("_", "").isalnum() or "." in name:
        raise table.wrong("program", f"a server's name is made of letters, digits and _, not `{name}`")
    least = 2 if name == SUPERVISOR else 1
    budget = table.number("budget_us", 5_000, 20)
    return Server(
        name=name,
        number=number,
        title=table.text("title", ""),
        program=_program(table, name),
        shelf=table.choice("shelf", SHELVES),
        priority=table.number("priority", None, 1, 254),
        memory=_power_of_two(table, "memory", "64K", 32 * 1024),
        heap=_power_of_two(table, "heap", "0", 0),
        budget_us=budget,
        period_us=table.number("period_us", budget, budget),
        passive=table.flag("passive", False),
        replies=table.number("replies", least, least, MAX_REPLIES),
        own=_own(table),
        empty=table.texts("empty"),
        provides=_provides(table.table("provides")),
        uses=_uses(table.table("uses")),
        irqs=_irqs(table.table("irq")),
        windows=_windows(name, table),
        pager=table.text("pager", ""),
        controls=table.texts("controls"),
        restart=table.choice("restart", RESTARTS, "permanent"),
        strategy=table.choice("strategy", STRATEGIES, "one_for_one"),
        group=table.text("group", ""),
        heartbeat_us=table.number("heartbeat_us", 0),
        heartbeat_misses=table.number("heartbeat_misses", 2, 1, 100),
    )


def _program(table: Table, name: str) -> str:
    program = table.text("program", name)
    if is_own(program):
        if problem := name_problem(program):
            raise table.wrong("program", problem)
        return program
    if program not in PROGRAMS or program == ROOT:
        known = [known for known in PROGRAMS if known != ROOT]
        raise table.wrong("program", f"no program is called `{program}`{nearest(program, known)}")
    return program


def _power_of_two(table: Table, key: str, default: str, least: int) -> int:
    size = table.size(key, default)
    if size < least or size & (size - 1) or 0 < size < PAGE_SIZE:
        raise table.wrong(key, f"`{key}` is a power of two of at least {max(least, PAGE_SIZE)} bytes, not {size}")
    return size


def _own(table: Table) -> tuple[str, ...]:
    own = table.texts("own")
    for part in own:
        if part not in ("cspace", "tcb", "vspace"):
            raise table.wrong("own", f"`own` lists cspace, tcb or vspace, not `{part}`")
    return own


def _provides(table: Table) -> dict[str, str]:
    result = {key: table.choice(key, list(INTERFACES)) for key in table.names()}
    if len(result) > 1:
        raise table.wrong(list(result)[1], "a server waits on one endpoint, so it provides at most one")
    return result


def _uses(table: Table) -> dict[str, Use]:
    result: dict[str, Use] = {}
    for key in table.names():
        if table.is_table(key):
            inner = table.table(key)
            target, grant = inner.text("endpoint"), inner.flag("grant", False)
            inner.finish()
        else:
            target, grant = table.text(key), False
        server, dot, endpoint = target.partition(".")
        if not dot:
            raise table.wrong(key, f"`{key}` names an endpoint as server.endpoint, not `{target}`")
        result[key] = Use(server, endpoint, grant)
    return result


def _irqs(table: Table) -> dict[str, int]:
    return {key: table.number(key, None, 0, 255) for key in table.names()}


def _windows(name: str, table: Table) -> dict[str, Window]:
    windows: dict[str, Window] = {}
    devices, frames, shares = table.table("device"), table.table("frames"), table.table("shares")
    for key in devices.names():
        target, writable = _target(devices, key)
        if target not in DEVICES:
            raise devices.wrong(key, f"no device is called `{target}`{nearest(target, list(DEVICES))}")
        windows[key] = Window(target, "", 1, writable)
    for key in frames.names():
        windows[key] = Window(name, key, frames.number(key, None, 1, MAX_FRAMES), True)
    for key in shares.names():
        target, writable = _target(shares, key)
        owner, dot, frame = target.partition(".")
        if not dot:
            raise shares.wrong(key, f"`{key}` names frames as server.frames, not `{target}`")
        windows[key] = Window(owner, frame, 0, writable)
    return windows


def _target(table: Table, key: str) -> tuple[str, bool]:
    """What a share or device entry names, and whether it may be written: "x" or { from = "x", writable = false }."""
    if not table.is_table(key):
        return table.text(key), True
    inner = table.table(key)
    result = inner.text("from"), inner.flag("writable", True)
    inner.finish()
    return result


def _resolve_shares(servers: dict[str, Server], sections: dict[str, Table]) -> None:
    """Give every shared window the size that its owner declares."""
    for name, server in servers.items():
        for key, window in server.windows.items():
            if window.pages:
                continue
            table = sections[name].table("shares")
            owner = servers.get(window.owner)
            if owner is None:
                raise table.wrong(key, f"no server is called `{window.owner}`{nearest(window.owner, list(servers))}")
            theirs = owner.windows.get(window.frame)
            if theirs is None or not theirs.frame or theirs.owner != owner.name:
                known = [known for known, it in owner.windows.items() if it.frame and it.owner == owner.name]
                raise table.wrong(
                    key, f"`{owner.name}` has no frames called `{window.frame}`{nearest(window.frame, known)}"
                )
            windows = server.windows
            assert isinstance(windows, dict)
            windows[key] = Window(window.owner, window.frame, theirs.pages, window.writable)


def _check_references(server: Server, servers: dict[str, Server], table: Table) -> None:
    uses = table.table("uses")
    for key, use in server.uses.items():
        if use.server not in servers:
            raise uses.wrong(key, f"no server is called `{use.server}`{nearest(use.server, list(servers))}")
        provided = list(servers[use.server].provides)
        if use.endpoint not in provided:
            raise uses.wrong(
                key, f"`{use.server}` provides no endpoint `{use.endpoint}`{nearest(use.endpoint, provided)}"
            )
    if server.passive and (not server.provides or server.irqs or server.heartbeat_us or server.name == SUPERVISOR):
        raise table.wrong(
            "passive", f"`{server.name}` cannot be passive: only a call wakes it, no interrupt and no heartbeat"
        )
    for other in server.controls:
        if other not in servers:
            raise table.wrong("controls", f"no server is called `{other}`{nearest(other, list(servers))}")
    names = [*server.uses, *server.irqs, *server.windows, *server.provides, *server.own]
    for key in names:
        if names.count(key) > 1:
            raise table.wrong(key, f"`{server.name}` would have two capabilities called `{key}`")


def _check_lines(servers: dict[str, Server], sections: dict[str, Table]) -> None:
    """One interrupt line belongs to one server, and it must exist on the board."""
    lines = {board.irq: board.name for board in DEVICES.values()}
    taken: dict[int, str] = {}
    for name, server in servers.items():
        table = sections[name].table("irq")
        for key, irq in server.irqs.items():
            if irq not in lines:
                known = ", ".join(f"{line} ({device})" for line, device in sorted(lines.items()))
                raise table.wrong(key, f"no device raises interrupt {irq}; there is {known}")
            if irq in taken:
                raise table.wrong(key, f"interrupt {irq} already belongs to `{taken[irq]}`")
            taken[irq] = name


def _check_memory(manifest: Manifest, sections: dict[str, Table]) -> None:
    """One life of every server fits into its memory."""
    from servers.builder.layout import life_bytes, plan

    layout = plan(manifest)
    for name, server in manifest.servers.items():
        needed = life_bytes(layout, name)
        if needed > server.memory:
            enough = (1 << (needed - 1).bit_length()) // 1024
            sentence = f'one life of `{name}` takes {needed:,} bytes, more than its memory; "{enough}K" is enough'
            raise sections[name].wrong("memory", sentence)


__all__ = [
    "RESTARTS", "SHELVES", "STRATEGIES", "Manifest", "ManifestError", "Server", "Supervision", "Use", "Window",
    "parse_manifest",
]  # fmt: skip
