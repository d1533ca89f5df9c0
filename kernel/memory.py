"""Frames and address spaces: what a load or a store of a thread reaches.

Deviation from a real kernel: no page tables and no address-space identifiers; a VSpace maps pages directly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel import costs, events, faults
from kernel.abi import PAGE_BITS, PAGE_SIZE, USER_TOP, Error, Label, ObjectType, Rights
from kernel.errors import refuse
from kernel.objects import TCB, Capability, Frame, Slot, VSpace

if TYPE_CHECKING:
    from kernel.invocation import Invocation
    from kernel.kernel import Kernel

MAX_ACCESS = 1 << 20
"""Bytes that one load or store may move."""


def invoke_frame(kernel: Kernel, request: Invocation) -> tuple[int, ...]:
    """Frame_Map, Frame_Unmap, Frame_GetAddress."""
    cap, slot, label = request.cap, request.slot, request.label
    if label == Label.FRAME_MAP:
        _map(kernel, request, slot, cap)
    elif label == Label.FRAME_UNMAP:
        unmap(kernel, slot)
    elif label == Label.FRAME_GET_ADDRESS:
        return (cap.object.address,)
    else:
        refuse(Error.ILLEGAL_OPERATION)
    return ()


def _map(kernel: Kernel, request: Invocation, slot: Slot, cap: Capability) -> None:
    words = request.words
    if len(words) < 2 or not request.extra:
        refuse(Error.TRUNCATED_MESSAGE)
    vaddr, rights = words[0], words[1] & cap.rights
    target = request.extra[0].cap
    if target is None or target.kind != ObjectType.VSPACE:
        refuse(Error.INVALID_CAPABILITY, 1)
    vspace: VSpace = target.object
    if vaddr & (PAGE_SIZE - 1):
        refuse(Error.ALIGNMENT_ERROR)
    if cap.vspace is not None:
        if cap.vspace is not vspace:
            refuse(Error.INVALID_CAPABILITY, 1)
        if cap.vaddr != vaddr:
            refuse(Error.INVALID_ARGUMENT, 0)
    if vaddr >= USER_TOP:
        refuse(Error.INVALID_ARGUMENT, 0)
    page = vaddr >> PAGE_BITS
    if vspace.pages.get(page, cap) is not cap:
        refuse(Error.DELETE_FIRST)
    cap.vspace, cap.vaddr = vspace, vaddr
    cap.mapped_rights = rights
    vspace.pages[page] = cap
    kernel.emit(
        (events.MAPPED, kernel.now, slot.home.id, slot.index, cap.object.id, vspace.id, vaddr, int(rights))
    )


def unmap(kernel: Kernel, slot: Slot) -> None:
    """Undo the mapping that the capability in `slot` made, if any."""
    cap = slot.cap
    assert cap is not None
    if cap.vspace is None:
        return
    vspace, vaddr = cap.vspace, cap.vaddr
    vspace.pages.pop(vaddr >> PAGE_BITS, None)
    cap.vspace, cap.vaddr, cap.mapped_rights = None, 0, 0
    kernel.emit((events.UNMAPPED, kernel.now, slot.home.id, slot.index, cap.object.id, vspace.id, vaddr))


def clear(kernel: Kernel, vspace: VSpace) -> None:
    """The address space goes: its frames are mapped nowhere."""
    for cap in vspace.pages.values():
        kernel.emit((events.UNMAPPED, kernel.now, 0, 0, cap.object.id, vspace.id, cap.vaddr))
        cap.vspace, cap.vaddr, cap.mapped_rights = None, 0, 0
    vspace.pages.clear()


def _pages(thread: TCB, address: int, size: int, right: int) -> list[tuple[Frame, int, int]] | int:
    """The pieces (frame, offset, length) of an access, or the first address that faults."""
    root = thread.vspace.cap
    if root is None or root.kind != ObjectType.VSPACE:
        return address
    pages: dict[int, Capability] = root.object.pages
    pieces = []
    while size > 0:
        cap = pages.get(address >> PAGE_BITS)
        if cap is None or not cap.mapped_rights & Rights.READ or cap.mapped_rights & right != right:
            return address
        offset = address & (PAGE_SIZE - 1)
        length = min(size, PAGE_SIZE - offset)
        pieces.append((cap.object, offset, length))
        address += length
        size -= length
    return pieces


def load(kernel: Kernel, thread: TCB, address: int, size: int) -> None:
    """The thread reads memory; it gets the bytes, or page-faults and reads again when it is restarted."""
    kernel.now += costs.MEMORY_ACCESS + size // costs.MEMORY_BYTES_PER_CYCLE
    pieces = _pages(thread, address, size, Rights.READ)
    if isinstance(pieces, int):
        faults.page_fault(kernel, thread, pieces, write=False)
        return
    kernel.device_touched = any(frame.device is not None for frame, _, _ in pieces)
    parts = [
        frame.device.load(frame.device_offset + offset, length)
        if frame.device is not None
        else bytes(frame.data[offset : offset + length])
        for frame, offset, length in pieces
    ]
    thread.value = b"".join(parts)


def store(kernel: Kernel, thread: TCB, address: int, data: bytes) -> None:
    """The thread writes memory; nothing is written if any byte of it cannot be."""
    kernel.now += costs.MEMORY_ACCESS + len(data) // costs.MEMORY_BYTES_PER_CYCLE
    pieces = _pages(thread, address, len(data), Rights.WRITE)
    if isinstance(pieces, int):
        faults.page_fault(kernel, thread, pieces, write=True)
        return
    thread.value = None
    done = 0
    for frame, offset, length in pieces:
        piece = data[done : done + length]
        done += length
        if frame.device is not None:
            kernel.device_touched = True
            frame.device.store(frame.device_offset + offset, piece)
        else:
            frame.data[offset : offset + length] = piece
