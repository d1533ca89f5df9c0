"""The root task: builds the system from its manifest, hands everything over, and stops.

It starts with all memory, all interrupts and all devices. It makes what the manifest lists, moves the originals to
the supervisor (who must be able to revoke and to build again), deletes what is left and suspends itself, so that
afterwards nobody holds more than the manifest says.
"""

from __future__ import annotations

from typing import Final

from kernel import bootinfo
from kernel.abi import InitSlot, ObjectType
from kernel.bootinfo import BootInfo
from kernel.syscalls import debug_name, debug_note, load
from servers.builder.builder import ROOT_BASE, Builder
from servers.builder.layout import LONG, PULSE, Layout, plan
from servers.builder.pulse_thread import set_up_pulse
from servers.hardware import DEVICES
from servers.manifest import SUPERVISOR, Manifest, parse_manifest
from servers.runtime import invocations as kernel
from servers.runtime.boot import read_memory
from servers.runtime.invocations import Place
from servers.runtime.memory import UntypedPool

MANIFEST_MODULE: Final = "manifest"
"""Name of the boot module that holds the text of the manifest."""
HEAD_BYTES: Final = 48


class BootFailure(Exception):
    """The system cannot be built on this machine."""


async def main() -> None:
    """Build the system and stop."""
    await _name_own_objects()
    info = await _read_boot_info()
    manifest = await _read_manifest(info)
    layout = plan(manifest)
    cspace, vspace, thread = int(InitSlot.CNODE), int(InitSlot.VSPACE), int(InitSlot.TCB)
    builder = Builder(layout, ROOT_BASE, cspace, vspace, thread, int(InitSlot.SCHED_CONTROL))
    await _make_long_lived(builder, info)
    for server in manifest.servers.values():
        await builder.make_life(server)
    for server in manifest.servers.values():
        await builder.grant_all(server)
        await builder.connect_interrupts(server)
        await builder.configure(server, life=1)
    await set_up_pulse(builder, thread, int(InitSlot.SCHED_CONTROL), manifest.supervision.pulse_us)
    await _start(builder, manifest)
    await _hand_over(builder, layout)
    await debug_note("system-ready", ("system", manifest.name), ("text", f"{len(manifest.servers)} servers are built"))
    await _forget(info)
    await kernel.suspend(thread)


async def _name_own_objects() -> None:
    for slot, text in (
        (InitSlot.TCB, "root"), (InitSlot.CNODE, "root.cspace"), (InitSlot.VSPACE, "root.vspace"),
        (InitSlot.SCHED_CONTEXT, "root.sc"), (InitSlot.IRQ_CONTROL, "irq_control"),
        (InitSlot.SCHED_CONTROL, "sched_control"),
    ):  # fmt: skip
        await debug_name(int(slot), text)


async def _read_boot_info() -> BootInfo:
    head = await load(bootinfo.VADDR, HEAD_BYTES)
    return bootinfo.unpack(await read_memory(bootinfo.VADDR, bootinfo.size(head)))


async def _read_manifest(info: BootInfo) -> Manifest:
    if MANIFEST_MODULE not in info.modules:
        raise BootFailure("the machine was started without a manifest")
    vaddr, size = info.modules[MANIFEST_MODULE]
    return parse_manifest((await read_memory(vaddr, size)).decode(), MANIFEST_MODULE)


async def _make_long_lived(builder: Builder, info: BootInfo) -> None:
    """Everything that outlives a server: endpoints, notifications, interrupts, shared memory, life Untypeds."""
    pool = UntypedPool(int(InitSlot.CNODE))
    for untyped in info.untyped:
        if not untyped.device:
            pool.add(untyped.slot, untyped.size_bits)
            await debug_name(untyped.slot, "memory")
    layout = builder.layout
    rows = [row for row in layout.resources.values() if row.span == LONG]
    # The largest first, so that little is lost to alignment.
    for row in sorted(rows, key=lambda row: -row.object_bits):
        if row.device:
            await _make_device_frame(builder, info, row.device, row.name)
        elif row.kind == ObjectType.IRQ_HANDLER:
            await kernel.issue_irq_handler(int(InitSlot.IRQ_CONTROL), row.irq, builder.place(row.name))
            await builder.name(row)
        else:
            await builder.make(pool, row)


async def _make_device_frame(builder: Builder, info: BootInfo, device: str, resource: str) -> None:
    board = DEVICES[device]
    for untyped in info.untyped:
        if untyped.device and untyped.address == board.address:
            await kernel.retype(untyped.slot, ObjectType.FRAME, 0, int(InitSlot.CNODE), builder.slot(resource))
            await builder.name(builder.layout.resources[resource])
            return
    raise BootFailure(f"the manifest names the device {device}, and this machine has none at {board.address:#x}")


async def _start(builder: Builder, manifest: Manifest) -> None:
    """Let the servers run, in the order of the manifest. Root is more important than all, so none runs yet."""
    for server in manifest.servers.values():
        await builder.resume(server.name)
        text = f"{server.name} starts: {server.title}" if server.title else f"{server.name} starts"
        await debug_note("server-started", ("server", server.name), ("life", 1), ("text", text))
    await builder.resume(PULSE)


async def _hand_over(builder: Builder, layout: Layout) -> None:
    """Move every original to the supervisor; a moved capability keeps its children, so it can still revoke them."""
    cspace = Place(builder.slot(f"{SUPERVISOR}.cspace"), 0, layout.radix[SUPERVISOR])
    control = next(grant for grant in layout.grants[SUPERVISOR] if grant.resource == "sched_control")
    await kernel.copy(Place(int(InitSlot.CNODE), int(InitSlot.SCHED_CONTROL)),
                      Place(cspace.root, control.slot, cspace.depth))  # fmt: skip
    # The CNode goes last: until then root needs it to reach the slots.
    rows = sorted(layout.resources.values(), key=lambda row: row.name == f"{SUPERVISOR}.cspace")
    for row in rows:
        for number in range(row.count):
            target = Place(cspace.root, row.slot + number, cspace.depth)
            await kernel.move(builder.place(row.name, number), target)


async def _forget(info: BootInfo) -> None:
    """Delete what root no longer needs: unused memory and the power over all interrupts and all time."""
    leftovers = [untyped.slot for untyped in info.untyped]
    for slot in (*leftovers, int(InitSlot.IRQ_CONTROL), int(InitSlot.SCHED_CONTROL)):
        await kernel.delete(Place(int(InitSlot.CNODE), slot))


__all__ = ["MANIFEST_MODULE", "BootFailure", "main"]
