"""A system made of hand-written events, so that screens can be drawn and tested without a kernel.

It boots the workshop as the real one would look to the fold: a few objects and capabilities for each server, then
whatever a test wants to happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kernel import events as ev
from kernel.abi import Fault, ObjectType, Rights, TcbSlot, ThreadState
from kernel.events import Event
from playground.recording.origin import Origin
from playground.timeline.past import Past
from playground.view.fold import Fold
from playground.view.model import View
from servers.interfaces import INTERFACES
from servers.interfaces.codec import encode_reply, encode_request
from servers.manifest import Manifest, parse_manifest

ROOT = Path(__file__).parents[2]
WORKSHOP = ROOT / "scenarios" / "systems" / "workshop.toml"
CALLER = int(Rights.WRITE | Rights.GRANT_REPLY)


class Scene:
    """Emits events and keeps the view of them."""

    def __init__(self) -> None:
        self.manifest = parse_manifest(WORKSHOP.read_text(encoding="utf-8"), "workshop.toml")
        self.events: list[Event] = []
        self.fold = Fold(self.manifest)
        self.cycle = 0
        self.threads: dict[str, int] = {}
        self.cspaces: dict[str, int] = {}
        self.endpoints: dict[str, int] = {}
        self.replies: dict[str, int] = {}
        self.signals: dict[str, int] = {}
        self.originals: dict[str, tuple[int, int]] = {}
        self._next = 1
        self._free: dict[int, int] = {}
        self._address = 0
        self._boot()

    @property
    def view(self) -> View:
        """What the events so far come to."""
        return self.fold.view

    def emit(self, kind: int, *fields: Any, after: int = 500) -> int:
        """One event, some cycles after the last. Gives its number."""
        self.cycle += after
        event = (kind, self.cycle, *fields)
        self.events.append(event)
        self.fold.update([event])
        return len(self.events) - 1

    def make(self, kind: ObjectType, name: str, bits: int, untyped: int) -> int:
        """A new object with a name."""
        number, self._next = self._next, self._next + 1
        self.emit(ev.OBJECT_CREATED, number, int(kind), bits, self._address, untyped)
        self._address += 1 << bits
        self.emit(ev.NAMED, number, name)
        return number

    def give(self, cnode: int, kind: ObjectType, thing: int, rights: int = 15, badge: int = 0,
             after: tuple[int, int] = (0, 0)) -> tuple[int, int]:  # fmt: skip
        """A capability in the next free slot, derived from the one in slot `after`."""
        index = self._free.get(cnode, 1)
        self._free[cnode] = index + 1
        original = after == (0, 0)
        self.emit(ev.CAP_INSERTED, cnode, index, int(kind), thing, rights, badge, int(original or bool(badge)),
                  int(original or bool(badge)), *after)  # fmt: skip
        return cnode, index

    def _boot(self) -> None:
        self.emit(ev.INPUT, "seed", 0)
        self.emit(ev.BOOTED, 1, 1 << 24)
        root = self.make(ObjectType.TCB, "root", 11, 0)
        memory = self.make(ObjectType.UNTYPED, "memory", 24, 0)
        for name in self.manifest.servers:
            self._server(name, memory)
        for name, server in self.manifest.servers.items():
            for target, use in server.uses.items():
                full = f"{use.server}.{use.endpoint}"
                self.give(self.cspaces[name], ObjectType.ENDPOINT, self.endpoints[full], CALLER, server.number,
                          self.originals[full])  # fmt: skip
                assert target
        for name in self.manifest.servers:
            self.emit(ev.NOTE, root, "server-started", (("server", name), ("life", 1), ("thread", self.threads[name])))
            self.idle(name)
        self.emit(ev.NOTE, root, "system-ready", ())

    def _server(self, name: str, memory: int) -> None:
        server = self.manifest.servers[name]
        life = self.make(ObjectType.UNTYPED, f"{name}.life", server.memory.bit_length() - 1, memory)
        cspace = self.cspaces[name] = self.make(ObjectType.CNODE, f"{name}.cspace", 11, life)
        thread = self.threads[name] = self.make(ObjectType.TCB, name, 11, life)
        space = self.make(ObjectType.VSPACE, f"{name}.vspace", 12, life)
        self.make(ObjectType.SCHED_CONTEXT, f"{name}.sc", 8, life)
        self.replies[name] = self.make(ObjectType.REPLY, f"{name}.reply0", 5, life)
        frame = self.make(ObjectType.FRAME, f"{name}.boot", 12, life)
        self.emit(ev.CAP_INSERTED, thread, int(TcbSlot.CSPACE), int(ObjectType.CNODE), cspace, 15, 0, 1, 1, 0, 0)
        self.emit(ev.CAP_INSERTED, thread, int(TcbSlot.VSPACE), int(ObjectType.VSPACE), space, 15, 0, 1, 1, 0, 0)
        holder = self.cspaces.get("supervisor", cspace)
        used = 3 << 13
        self.emit(ev.CAP_INSERTED, holder, 100 + server.number, int(ObjectType.UNTYPED), life, 15, used, 1, 1, 0, 0)
        self.emit(ev.STARTED, thread, server.number)
        self.emit(ev.THREAD_STATE, thread, int(ThreadState.RUNNING), 0, 0)
        for endpoint in server.provides:
            full = f"{name}.{endpoint}"
            self.endpoints[full] = self.make(ObjectType.ENDPOINT, full, 4, memory)
            supervisor = self.cspaces.get("supervisor", cspace)
            self.originals[full] = self.give(supervisor, ObjectType.ENDPOINT, self.endpoints[full])
            self.give(cspace, ObjectType.ENDPOINT, self.endpoints[full], int(Rights.READ), 0, self.originals[full])
        self.give(cspace, ObjectType.REPLY, self.replies[name], int(Rights.GRANT))
        slot = self.give(cspace, ObjectType.FRAME, frame, int(Rights.READ))
        self.emit(ev.MAPPED, *slot, frame, space, 0x10000, int(Rights.READ))
        self.signals[name] = self.make(ObjectType.NOTIFICATION, f"{name}.signals", 6, memory)
        for irq in server.irqs.values():
            self.emit(ev.IRQ_HANDLER_SET, irq, self.signals[name])
            handler = self.make(ObjectType.IRQ_HANDLER, f"irq {irq}", 4, 0)
            self.give(cspace, ObjectType.IRQ_HANDLER, handler)
        self.emit(ev.PRIORITY, thread, server.priority, server.priority)

    def endpoint_of(self, name: str) -> int:
        """The endpoint a server waits at."""
        return next((it for full, it in self.endpoints.items() if full.startswith(f"{name}.")), 0)

    def idle(self, name: str) -> None:
        """The server waits for a request."""
        endpoint, thread = self.endpoint_of(name), self.threads[name]
        if endpoint:
            self.emit(ev.THREAD_STATE, thread, int(ThreadState.BLOCKED_ON_RECEIVE), endpoint, 0)
        else:
            self.emit(ev.THREAD_STATE, thread, int(ThreadState.BLOCKED_ON_NOTIFICATION), self.signals[name], 0)

    def call(self, sender: str, receiver: str, operation: str, **arguments: Any) -> int:
        """One server asks another. Gives the number of the event."""
        full = next(full for full in self.endpoints if full.startswith(f"{receiver}."))
        interface = INTERFACES[self.manifest.servers[receiver].provides[full.partition(".")[2]]]
        row = interface.operation(operation)
        badge = self.manifest.servers[sender].number
        self.emit(ev.SCHEDULED, self.threads[sender], 0)
        words = encode_request(row, arguments)
        number = self.emit(ev.MESSAGE, self.threads[sender], self.threads[receiver], self.endpoints[full], badge,
                           interface.label(row), words, (), 1, self.replies[receiver], 0)  # fmt: skip
        self.emit(ev.SCHEDULED, self.threads[receiver], 0)
        return number

    def reply(self, replier: str, caller: str, operation: str = "", **results: Any) -> int:
        """The answer to the last call."""
        interface = INTERFACES[next(iter(self.manifest.servers[replier].provides.values()))]
        words = encode_reply(interface.operation(operation), results) if operation else ()
        number = self.emit(ev.REPLIED, self.threads[replier], self.threads[caller], self.replies[replier], 0, words,
                           (), 0, 0)  # fmt: skip
        self.idle(replier)
        return number

    def fault(self, name: str, address: int = 0) -> None:
        """A server reads what is not mapped, as the probe made it do; the supervisor is told."""
        thread, supervisor = self.threads[name], self.threads["supervisor"]
        details = (0x400088, address, 0, 0)
        self.emit(ev.PROBE, thread, "crash", "null-pointer")
        endpoint, reply = self.endpoint_of("supervisor"), self.replies["supervisor"]
        self.emit(ev.FAULTED, thread, int(Fault.VM_FAULT), details, endpoint, f"read of address {address:#x}")
        self.emit(ev.MESSAGE, thread, supervisor, endpoint, 0, int(Fault.VM_FAULT), details, (), 2, reply, 0)
        self.emit(ev.SCHEDULED, supervisor, 0)

    def note(self, who: str, topic: str, **fields: int | str) -> None:
        """A server says something about itself."""
        self.emit(ev.NOTE, self.threads[who], topic, tuple(fields.items()))


class StillMachine:
    """A machine that only shows a scene; what the person tells it is written down."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.running = False
        self.speed = 20.0
        self.console_text = "workshop\n$ "
        self.disk_label = "workshop.img 8 MiB"
        self.told: list[tuple[Any, ...]] = []
        self._past: Past | None = None

    @property
    def view(self) -> View:
        return self.scene.view

    @property
    def events(self) -> Sequence[Event]:
        return self.scene.events

    @property
    def past(self) -> Past:
        if self._past is None:
            self._past = Past(self.scene.events, self.scene.manifest, _no_origin, [], [])
        return self._past

    @property
    def manifest(self) -> Manifest:
        return self.scene.manifest

    def run(self) -> None:
        self.running = True

    def pause(self) -> None:
        self.running = False

    def set_speed(self, events_per_second: float) -> None:
        self.speed = events_per_second

    def step(self, count: int = 1) -> None:
        self.told.append(("step", count))

    def step_message(self) -> None:
        self.told.append(("step", "message"))

    def request(self, request: dict[str, Any]) -> int:
        self.told.append(("request", request))
        return len(self.told)

    def key(self, text: str) -> None:
        self.told.append(("key", text))
        self.console_text += text

    def crash(self, server: str, kind: str) -> None:
        self.told.append(("crash", server, kind))

    def pause_server(self, server: str) -> None:
        self.told.append(("pause", server))

    def resume_server(self, server: str) -> None:
        self.told.append(("resume", server))

    def where(self, thread: int) -> tuple[str, int, str] | None:
        return (str(ROOT / "servers" / "hardware.py"), 40, "handle_read")


def _no_origin() -> Origin:
    raise AssertionError("a scene cannot be run again")


def reading() -> Scene:
    """you -> fs -> disk: a read on its way."""
    scene = Scene()
    for number in range(6):
        scene.call("shell", "counter", "increment", by=1)
        scene.reply("counter", "shell", "increment", value=number + 1)
    scene.call("you", "fs", "read", path="/etc/motd")
    scene.call("fs", "disk", "read", sector=117, count=1, offset=0)
    return scene


def faulting() -> Scene:
    """The disk driver faults in the middle of a read."""
    scene = reading()
    scene.fault("disk")
    return scene
