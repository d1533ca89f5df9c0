"""Boot: the first objects, and the root task that holds everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kernel import bootinfo, costs, derivation, events, refills, schedcontext, scheduler, untyped
from kernel.abi import MAX_PRIORITY, PAGE_BITS, PAGE_SIZE, InitSlot, ObjectType, Rights, ThreadState
from kernel.bootinfo import UntypedDescription
from kernel.objects import TCB, Capability, CNode, Frame, IRQControl, SchedContext, SchedControl, Slot, Untyped, VSpace

if TYPE_CHECKING:
    from kernel.kernel import Kernel

MEMORY_BASE = 0x4000_0000
KERNEL_BASE = 0x1_0000_0000
"""Objects that exist from boot are placed here, outside of all Untyped memory."""
ROOT_RADIX = 14
"""log2 of the slots of the root CNode, unless the host asks for another."""
BUFFER_VADDR = 0x0FFF_F000


class _Boot:
    """Places the boot objects one behind the other."""

    def __init__(self, kernel: Kernel, root_radix: int) -> None:
        self.kernel = kernel
        self.address = KERNEL_BASE
        self.root = CNode(0, 0, root_radix + 5)

    def make(self, kind: ObjectType, bits: int, index: int) -> object:
        self.address = (self.address + (1 << bits) - 1) >> bits << bits
        made = untyped.make(self.kernel, kind, self.address, bits, self.root.slot(index), None)
        self.address += 1 << bits
        return made

    def map(self, index: int, vspace: VSpace, vaddr: int, rights: int) -> None:
        slot = self.root.slot(index)
        cap = slot.cap
        assert cap is not None
        cap.vspace, cap.vaddr, cap.mapped_rights = vspace, vaddr, rights
        vspace.pages[vaddr >> PAGE_BITS] = cap
        self.kernel.emit(
            (events.MAPPED, 0, self.root.id, index, cap.object.id, vspace.id, vaddr, int(rights))
        )

    def frames(self, first: int, data: bytes, vspace: VSpace, vaddr: int) -> int:
        """Put bytes into fresh frames from slot `first` on, mapped read-only; the next free slot."""
        for number in range(max(1, -(-len(data) // PAGE_SIZE))):
            frame = self.make(ObjectType.FRAME, PAGE_BITS, first + number)
            assert isinstance(frame, Frame)
            piece = data[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
            frame.data[: len(piece)] = piece
            self.map(first + number, vspace, vaddr + number * PAGE_SIZE, int(Rights.READ))
        return first + max(1, -(-len(data) // PAGE_SIZE))


def boot(
    kernel: Kernel, memory_bits: int, root_entry: int, modules: Mapping[str, bytes], root_radix: int = ROOT_RADIX
) -> None:
    """Create the root task with capabilities to everything."""
    start = _Boot(kernel, root_radix)
    root = start.root
    root.id = kernel.new_id()
    root.address = KERNEL_BASE
    start.address += 1 << root.size_bits
    kernel.object_count += 1
    kernel.emit((events.BOOTED, 0, root.id + 1, 1 << memory_bits))
    kernel.emit(
        (events.OBJECT_CREATED, 0, root.id, int(ObjectType.CNODE), root.size_bits, root.address, 0)
    )
    thread = start.make(ObjectType.TCB, 11, InitSlot.TCB)
    assert isinstance(thread, TCB)
    whole = Capability(ObjectType.CNODE, root, guard_bits=64 - root_radix)
    derivation.insert_original(kernel, whole, root.slot(InitSlot.CNODE), None)
    vspace = start.make(ObjectType.VSPACE, 12, InitSlot.VSPACE)
    assert isinstance(vspace, VSpace)
    _control(kernel, ObjectType.IRQ_CONTROL, IRQControl(kernel.new_id(), 0, 0), root.slot(InitSlot.IRQ_CONTROL))
    start.make(ObjectType.FRAME, PAGE_BITS, InitSlot.IPC_BUFFER)
    start.map(InitSlot.IPC_BUFFER, vspace, BUFFER_VADDR, int(Rights.READ | Rights.WRITE))
    context = start.make(ObjectType.SCHED_CONTEXT, 8, InitSlot.SCHED_CONTEXT)
    assert isinstance(context, SchedContext)
    _control(
        kernel, ObjectType.SCHED_CONTROL, SchedControl(kernel.new_id(), 0, 0), root.slot(InitSlot.SCHED_CONTROL)
    )
    _memory_and_modules(kernel, start, vspace, memory_bits, modules)
    for slot, source in (
        (thread.cspace, InitSlot.CNODE), (thread.vspace, InitSlot.VSPACE), (thread.ipc_buffer, InitSlot.IPC_BUFFER),
    ):  # fmt: skip
        held = root.slot(source).cap
        assert held is not None
        derivation.insert(kernel, held.copy(), root.slot(source), slot)
    kernel.roots = [root.slot(InitSlot.CNODE)]
    thread.priority = thread.mcp = MAX_PRIORITY
    kernel.emit((events.PRIORITY, 0, thread.id, MAX_PRIORITY, MAX_PRIORITY))
    thread.entry = root_entry
    kernel.emit((events.STARTED, 0, thread.id, root_entry))
    context.budget = costs.BOOT_BUDGET
    kernel.emit((events.SC_CONFIGURED, 0, context.id, costs.BOOT_BUDGET, costs.BOOT_BUDGET, 0, 2, 0))
    refills.start(kernel, context, refills.MIN_REFILLS, costs.BOOT_BUDGET, 0)
    schedcontext.bind_tcb(kernel, context, thread)
    kernel.set_state(thread, ThreadState.RESTART)
    scheduler.possible_switch_to(kernel, thread)
    scheduler.schedule(kernel)


def _control(kernel: Kernel, kind: ObjectType, made: IRQControl | SchedControl, slot: Slot) -> None:
    kernel.object_count += 1
    kernel.emit((events.OBJECT_CREATED, 0, made.id, int(kind), 0, 0, 0))
    derivation.insert_original(kernel, Capability(kind, made), slot, None)


def _memory_and_modules(
    kernel: Kernel, start: _Boot, vspace: VSpace, memory_bits: int, modules: Mapping[str, bytes]
) -> None:
    """Untyped capabilities for all memory and all devices; modules and boot information mapped."""
    index = int(InitSlot.FIRST_FREE)
    vaddr = bootinfo.MODULES_VADDR
    places = {}
    for name, data in modules.items():
        places[name] = (vaddr, len(data))
        behind = start.frames(index, data, vspace, vaddr)
        vaddr += (behind - index) * PAGE_SIZE
        index = behind
    first_untyped = index + _boot_info_frames(len(modules), 1 + len(kernel.devices)) - 1
    descriptions = [UntypedDescription(first_untyped, MEMORY_BASE, memory_bits, False)]
    descriptions += [
        UntypedDescription(first_untyped + 1 + number, region.address, region.size_bits, True)
        for number, region in enumerate(kernel.devices)
    ]
    behind = first_untyped + len(descriptions)
    packed = bootinfo.pack((behind, 1 << start.root.radix), descriptions, places)
    start.frames(InitSlot.BOOT_INFO_FRAME, packed[:PAGE_SIZE], vspace, bootinfo.VADDR)
    if len(packed) > PAGE_SIZE:
        start.frames(index, packed[PAGE_SIZE:], vspace, bootinfo.VADDR + PAGE_SIZE)
    for described in descriptions:
        made = Untyped(kernel.new_id(), described.address, described.size_bits, described.device)
        kernel.emit(
            (
                events.OBJECT_CREATED, 0, made.id, int(ObjectType.UNTYPED), described.size_bits, described.address, 0,
            )
        )
        derivation.insert_original(
            kernel, Capability(ObjectType.UNTYPED, made), start.root.slot(described.slot), None
        )


def _boot_info_frames(modules: int, untyped_count: int) -> int:
    packed = bootinfo.pack((0, 0), [UntypedDescription(0, 0, 0, False)] * untyped_count,
                           {str(number): (0, 0) for number in range(modules)})  # fmt: skip
    return -(-len(packed) // PAGE_SIZE)
