"""Makes objects and hands out capabilities by the layout, one system call at a time.

Root builds everything with it, the supervisor single servers. It keeps the originals in its own CSpace at the slots
of the layout (root: shifted by ROOT_BASE), so that whoever has them can revoke what was given. Nothing here decides
anything: what is built is what the layout says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kernel.abi import PAGE_SIZE, ObjectType
from kernel.syscalls import debug_name, store
from servers.builder.layout import (
    ALL,
    BOOT_ADDRESS,
    BUFFER_ADDRESS,
    CALL,
    LIFE,
    MAX_GIVEN_PRIORITY,
    SCRATCH_ADDRESS,
    Grant,
    Layout,
    Resource,
    fault_badge,
)
from servers.manifest import SUPERVISOR, Server
from servers.programs import entry_of
from servers.runtime import invocations as kernel
from servers.runtime.boot import BootData, Control, pack_boot_data
from servers.runtime.invocations import Place, guard_word
from servers.runtime.memory import UntypedPool

ROOT_BASE: Final = 4096
"""Root keeps resource n in slot ROOT_BASE + n, far from what it finds at boot."""
OF_OTHERS: Final = (ObjectType.CNODE, ObjectType.VSPACE)
"""Kinds of objects that are part of one server's life and held by others."""


class Builder:
    """Builds by a layout, with the capabilities of one CSpace."""

    def __init__(self, layout: Layout, base: int, cspace: int, vspace: int, authority: int, control: int) -> None:
        self.layout = layout
        self._base = base
        self._cspace = cspace
        """The own CNode; its capability resolves whole words."""
        self._vspace = vspace
        self._authority = authority
        """A thread whose maximum priority bounds those that are given."""
        self._control = control
        """SchedControl."""
        self.scratch = base + layout.scratch
        """A slot that is empty between two operations."""
        self._alive: set[str] = set()
        """Servers whose objects exist at the moment."""
        self._cut_off: set[str] = set()
        """Servers whose endpoints nobody is given, because nobody serves them."""

    def slot(self, resource: str, number: int = 0) -> int:
        """Where the original of a resource is."""
        return self._base + self.layout.resources[resource].slot + number

    def place(self, resource: str, number: int = 0) -> Place:
        """The same as an address for CNode operations."""
        return Place(self._cspace, self.slot(resource, number))

    def adopt(self, servers: Iterable[str]) -> None:
        """Know that these servers were built by somebody else with the same layout."""
        self._alive.update(servers)

    def is_alive(self, server: str) -> bool:
        """Whether the objects of a server's life exist."""
        return server in self._alive

    async def make(self, pool: UntypedPool, resource: Resource) -> None:
        """Make the objects of one resource, and name them."""
        first = self.slot(resource.name)
        bits = resource.object_bits
        await pool.make(resource.kind, resource.size_bits, bits, first, resource.count)
        await self.name(resource)

    async def name(self, resource: Resource) -> None:
        """Tell the trace what the objects of a resource are called; a thread is called like its server."""
        for number in range(resource.count):
            text = f"{resource.name}{number}" if resource.count > 1 or resource.kind == ObjectType.REPLY else (
                resource.name.removesuffix(".tcb"))  # fmt: skip
            await debug_name(self.slot(resource.name, number), text)

    async def make_life(self, server: Server) -> None:
        """Make everything that a server is, from its life Untyped. Raises OutOfMemory if that is too small."""
        untyped = self.layout.resources[f"{server.name}.life"]
        pool = UntypedPool(self._cspace)
        pool.add(self.slot(untyped.name), untyped.size_bits)
        for resource in self.layout.of_server(server.name, LIFE):
            await self.make(pool, resource)
        self._alive.add(server.name)

    async def end_life(self, server: str) -> None:
        """Destroy everything that a server is and holds, also if it was built only in part."""
        self._alive.discard(server)
        await kernel.delete(Place(self._cspace, self.scratch))
        await kernel.revoke(self.place(f"{server}.life"))

    async def grant_all(self, server: Server) -> None:
        """Give a server exactly what the layout lists."""
        for grant in self.layout.grants[server.name]:
            await self.grant(server, grant)

    async def grant(self, server: Server, grant: Grant) -> None:
        """Give one capability (or a row of them), unless what it leads to does not exist now."""
        if grant.resource not in self.layout.resources:
            return
        resource = self.layout.resources[grant.resource]
        if resource.kind in OF_OTHERS and resource.server not in self._alive:
            return
        if resource.kind == ObjectType.ENDPOINT and resource.server in self._cut_off:
            return
        root, depth = self.slot(f"{server.name}.cspace"), self.layout.radix[server.name]
        for number in range(grant.count):
            source = self.place(grant.resource, number)
            target = Place(root, grant.slot + number, depth)
            if grant.address:
                await self._grant_mapped(server, grant, source, target, grant.address + number * PAGE_SIZE)
            elif grant.badge:
                badge = guard_word(resource.size_bits) if grant.badge < 0 else grant.badge
                await kernel.mint(source, target, badge, grant.rights)
            else:
                await kernel.copy(source, target, grant.rights)

    async def _grant_mapped(self, server: Server, grant: Grant, source: Place, target: Place, address: int) -> None:
        """The capability in the server's CSpace is the one that maps the frame: revoking it unmaps it."""
        scratch = Place(self._cspace, self.scratch)
        await kernel.copy(source, scratch, grant.rights)
        await kernel.map_frame(self.scratch, self.slot(f"{server.name}.vspace"), address, grant.writable)
        await kernel.move(scratch, target)

    async def configure(self, server: Server, life: int) -> None:
        """Set up the thread of a server so that it can be resumed at the beginning of its program."""
        name = server.name
        thread, vspace = self.slot(f"{name}.tcb"), self.slot(f"{name}.vspace")
        buffer, context = self.slot(f"{name}.buffer"), self.slot(f"{name}.sc")
        await kernel.map_frame(buffer, vspace, BUFFER_ADDRESS, True)
        cspace, radix = self.slot(f"{name}.cspace"), self.layout.radix[name]
        await kernel.configure_thread(thread, cspace, radix, vspace, buffer, BUFFER_ADDRESS)
        await kernel.configure_context(self._control, context, server.budget_us, server.period_us, server.number)
        fault = await self._fault_endpoint(server)
        most = MAX_GIVEN_PRIORITY if name == SUPERVISOR else 0
        await kernel.schedule_thread(thread, self._authority, context, fault, server.priority, most)
        if fault:
            await kernel.delete(Place(self._cspace, fault))
        await kernel.bind_notification(thread, self.slot(f"{name}.signals"))
        await self._write_boot_frames(server, life)
        await kernel.begin_program(thread, entry_of(server.program, server.number), (BOOT_ADDRESS,))

    async def _fault_endpoint(self, server: Server) -> int:
        """A capability to the endpoint of its pager, or else of the supervisor, with the badge of this server's faults;
        0 for the supervisor itself."""
        if server.name == SUPERVISOR:
            return 0
        source = self.place(self.layout.manifest.fault_endpoint_of(server))
        await kernel.mint(source, Place(self._cspace, self.scratch), fault_badge(server), CALL)
        return self.scratch

    async def connect_interrupts(self, server: Server) -> None:
        """Let the interrupts of a server signal its notification, one bit for each."""
        for number, key in enumerate(server.irqs):
            scratch = Place(self._cspace, self.scratch)
            await kernel.mint(self.place(f"{server.name}.signals"), scratch, 1 << number)
            await kernel.set_irq_notification(self.slot(f"{server.name}.{key}"), self.scratch)
            await kernel.delete(scratch)

    async def _write_boot_frames(self, server: Server, life: int) -> None:
        data = pack_boot_data(self.boot_data(server, life))
        resource = self.layout.resources[f"{server.name}.boot"]
        if len(data) > resource.count * PAGE_SIZE:
            raise ValueError(f"the boot data of {server.name} takes {len(data)} bytes, its frames hold less")
        vspace = self.slot(f"{server.name}.vspace")
        for number in range(resource.count):
            page = data[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
            await self._fill(self.place(resource.name, number), page)
            await kernel.map_frame(self.slot(resource.name, number), vspace, BOOT_ADDRESS + number * PAGE_SIZE, False)

    async def _fill(self, frame: Place, data: bytes) -> None:
        """Write into a frame that is not ours to keep: map a copy, store, drop the copy."""
        if not data:
            return
        scratch = Place(self._cspace, self.scratch)
        await kernel.copy(frame, scratch)
        await kernel.map_frame(self.scratch, self._vspace, SCRATCH_ADDRESS, True)
        await store(SCRATCH_ADDRESS, data)
        await kernel.delete(scratch)

    def boot_data(self, server: Server, life: int) -> BootData:
        """What a server is told about itself."""
        layout = self.layout
        caps = layout.slot_names(server.name) if server.name != SUPERVISOR else {
            grant.name: grant.slot for grant in layout.grants[SUPERVISOR]}  # fmt: skip
        replies = next(grant for grant in layout.grants[server.name] if grant.name == "reply")
        return BootData(
            name=server.name,
            number=server.number,
            life=life,
            caps=caps,
            provides=dict(server.provides),
            interfaces={key: layout.manifest.interface_of(server.name, key) or "" for key in server.uses},
            windows={
                grant.name: (grant.address, grant.count * PAGE_SIZE)
                for grant in layout.grants[server.name]
                if grant.address
            },
            replies=tuple(range(replies.slot, replies.slot + replies.count)),
            signals={key: 1 << number for number, key in enumerate(server.irqs)},
            free=layout.free_slots(server.name),
            controls={
                other: Control(caps[f"cspace_of_{other}"], layout.slot_names(other)) for other in server.controls
            },
            clients={
                str(other.number): other.name
                for other in layout.manifest.servers.values()
                if other.pager == server.name or any(use.server == server.name for use in other.uses.values())
            },
            manifest=layout.manifest.text if server.name == SUPERVISOR else "",
        )

    async def resume(self, server: str) -> None:
        """Let a configured server run."""
        await kernel.resume(self.slot(f"{server}.tcb"))

    async def make_passive(self, server: str) -> None:
        """Take the scheduling context from the thread of a server that is ready to run on its callers' time."""
        await kernel.unbind_context(self.slot(f"{server}.sc"), self.slot(f"{server}.tcb"))

    async def refresh_controls(self, server: str) -> None:
        """Give what a rebuilt server is made of to those who hold it by the manifest: its CNode to those who control
        it, its VSpace to its pager. The old ones are gone."""
        for other in self.layout.manifest.servers.values():
            if other.name not in self._alive or other.name == server:
                continue
            for grant in self.layout.grants[other.name]:
                if grant.resource in (f"{server}.cspace", f"{server}.vspace"):
                    await self.grant(other, grant)

    def endpoints(self, server: Server) -> list[str]:
        """The resources of the endpoints that a server provides."""
        return [f"{server.name}.{endpoint}" for endpoint in server.provides]

    async def cut_off(self, server: Server) -> None:
        """Take the endpoints of a server that nobody serves any more from all its clients."""
        self._cut_off.add(server.name)
        for endpoint in self.endpoints(server):
            await kernel.revoke(self.place(endpoint))

    async def reconnect(self, server: Server) -> None:
        """Give the clients of a server their endpoint capabilities again."""
        if server.name not in self._cut_off:
            return
        self._cut_off.discard(server.name)
        endpoints = self.endpoints(server)
        for other in self.layout.manifest.servers.values():
            if other.name not in self._alive or other.name == server.name:
                continue
            for grant in self.layout.grants[other.name]:
                if grant.resource in endpoints:
                    await self.grant(other, grant)

    async def rebuild(self, server: Server, life: int) -> None:
        """Build a server whose life Untyped is empty, and let it run."""
        await self.make_life(server)
        await self.grant_all(server)
        await self.connect_interrupts(server)
        await self.configure(server, life)
        await self.refresh_controls(server.name)
        await self.resume(server.name)


__all__ = ["ALL", "ROOT_BASE", "Builder"]
