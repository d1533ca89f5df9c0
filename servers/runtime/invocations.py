"""Invocations of kernel objects, one function each: the names of the arguments instead of their positions.

Every function raises KernelRefusal with the kernel's error. Slots of a CNode are always addressed with the depth
that is given; the own CSpace of a server resolves all 64 bits, so there the slot's number is its address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kernel.abi import WORD_BITS, Error, Label, Message, ObjectType, Rights
from kernel.syscalls import call
from servers.runtime.errors import KernelRefusal

ALL_RIGHTS: Final = int(Rights.ALL)
_NONE: Final = int(Error.NO_ERROR)


@dataclass(frozen=True, slots=True)
class Place:
    """A slot: the CNode it is in, as the invoker addresses it, its index and how many bits of the index count."""

    root: int
    index: int
    depth: int = WORD_BITS


async def invoke(
    cptr: int, label: Label, words: tuple[int, ...] = (), caps: tuple[int, ...] = (), what: str = ""
) -> Message:
    """Any invocation. `what` names the object in the error."""
    message: Message = await call(cptr, int(label), words, caps)
    if message.label != _NONE:
        raise KernelRefusal(int(label), message.label, message.words, what)
    return message


def guard_word(radix: int) -> int:
    """CNode data with which a CNode of that radix resolves a whole word: a zero guard for all other bits."""
    return WORD_BITS - radix


async def retype(
    untyped: int, kind: ObjectType, size_bits: int, root: int, first: int, count: int = 1, what: str = ""
) -> None:
    """Make objects from an Untyped; their capabilities go to consecutive slots of the CNode `root`, from `first`."""
    await invoke(untyped, Label.UNTYPED_RETYPE, (int(kind), size_bits, 0, 0, first, count), (root,), what)


async def copy(source: Place, to: Place, rights: int = ALL_RIGHTS) -> None:
    """Copy a capability; rights that the source lacks are dropped silently."""
    words = (to.index, to.depth, source.index, source.depth, rights)
    await invoke(to.root, Label.CNODE_COPY, words, (source.root,))


async def mint(source: Place, to: Place, badge: int, rights: int = ALL_RIGHTS) -> None:
    """Copy a capability and set its badge (endpoint, notification) or guard (CNode)."""
    words = (to.index, to.depth, source.index, source.depth, rights, badge)
    await invoke(to.root, Label.CNODE_MINT, words, (source.root,))


async def move(source: Place, to: Place) -> None:
    """Move a capability; it keeps everything, also its children."""
    await invoke(to.root, Label.CNODE_MOVE, (to.index, to.depth, source.index, source.depth), (source.root,))


async def delete(place: Place) -> None:
    """Empty a slot; an empty one stays empty."""
    await invoke(place.root, Label.CNODE_DELETE, (place.index, place.depth))


async def revoke(place: Place) -> None:
    """Delete everything derived from the capability in a slot, and keep the capability."""
    await invoke(place.root, Label.CNODE_REVOKE, (place.index, place.depth))


async def configure_thread(thread: int, cspace: int, radix: int, vspace: int, buffer: int, buffer_address: int) -> None:
    """Give a thread its CSpace (a CNode of that radix), VSpace and IPC buffer."""
    words = (guard_word(radix), 0, buffer_address)
    await invoke(thread, Label.TCB_CONFIGURE, words, (cspace, vspace, buffer))


async def schedule_thread(thread: int, authority: int, context: int, fault: int, priority: int, most: int = 0) -> None:
    """Give a thread its priority, scheduling context and fault endpoint; `most` is what it may give to others."""
    await invoke(thread, Label.TCB_SET_SCHED_PARAMS, (most, priority), (authority, context, fault))


async def configure_context(control: int, context: int, budget_us: int, period_us: int, badge: int = 0) -> None:
    """Let whoever runs on a scheduling context use budget_us of every period_us."""
    await invoke(control, Label.SCHED_CONTROL_CONFIGURE, (budget_us, period_us, 0, badge, 0), (context,))


async def unbind_context(context: int, thread: int) -> None:
    """Leave a thread without time of its own."""
    await invoke(context, Label.SCHED_CONTEXT_UNBIND_OBJECT, (), (thread,))


async def bind_notification(thread: int, notification: int) -> None:
    """Let signals of a notification end a receive of a thread."""
    await invoke(thread, Label.TCB_BIND_NOTIFICATION, (), (notification,))


async def begin_program(thread: int, entry: int, arguments: tuple[int, ...] = ()) -> None:
    """Set a thread's registers so that it begins a program, without letting it run."""
    words = (0, 1 + len(arguments), entry, *arguments)
    await invoke(thread, Label.TCB_WRITE_REGISTERS, words)


async def resume(thread: int) -> None:
    """Let a thread run."""
    await invoke(thread, Label.TCB_RESUME)


async def suspend(thread: int) -> None:
    """Stop a thread; what it waited for is cancelled."""
    await invoke(thread, Label.TCB_SUSPEND)


async def map_frame(frame: int, vspace: int, address: int, writable: bool) -> None:
    """Let a frame appear in a VSpace at a virtual address."""
    rights = int(Rights.READ | Rights.WRITE) if writable else int(Rights.READ)
    await invoke(frame, Label.FRAME_MAP, (address, rights), (vspace,))


async def unmap_frame(frame: int) -> None:
    """Undo the mapping of a frame capability."""
    await invoke(frame, Label.FRAME_UNMAP)


async def physical_address(frame: int) -> int:
    """Where a frame is in physical memory, which is what a device needs to know."""
    message = await invoke(frame, Label.FRAME_GET_ADDRESS)
    return message.words[0]


async def issue_irq_handler(control: int, irq: int, to: Place) -> None:
    """Make the capability for an interrupt line."""
    await invoke(control, Label.IRQ_ISSUE_HANDLER, (irq, to.index, to.depth), (to.root,))


async def set_irq_notification(handler: int, notification: int) -> None:
    """Let an interrupt signal a notification (with the badge of that capability)."""
    await invoke(handler, Label.IRQ_SET_HANDLER, (), (notification,))


async def acknowledge_irq(handler: int) -> None:
    """Let an interrupt be raised again."""
    await invoke(handler, Label.IRQ_ACK)
