"""The user's side of the system-call boundary: the only door into the kernel.

Each function is a trap: it yields one tuple to the kernel and gives back what the kernel resumes the thread with.
Servers import this module and `kernel.abi`, nothing else of the kernel.
"""

from __future__ import annotations

from collections.abc import Generator
from types import coroutine
from typing import Any

from kernel.abi import Message, ReceiveSlot, Syscall

Words = tuple[int, ...]
Caps = tuple[int, ...]
Trap = tuple[Any, ...]

_CALL = int(Syscall.CALL)
_REPLY_RECV = int(Syscall.REPLY_RECV)
_NB_SEND_RECV = int(Syscall.NB_SEND_RECV)
_NB_SEND_WAIT = int(Syscall.NB_SEND_WAIT)
_SEND = int(Syscall.SEND)
_NB_SEND = int(Syscall.NB_SEND)
_RECV = int(Syscall.RECV)
_NB_RECV = int(Syscall.NB_RECV)
_WAIT = int(Syscall.WAIT)
_NB_WAIT = int(Syscall.NB_WAIT)


@coroutine
def trap(request: Trap) -> Generator[Trap, Any, Any]:
    """Any trap, also a malformed one."""
    return (yield request)


@coroutine
def call(
    cptr: int, label: int, words: Words = (), caps: Caps = (), rx: ReceiveSlot | None = None
) -> Generator[Trap, Message, Message]:
    """Send and wait for the reply. For a kernel object this is an invocation: the label of the reply is an Error."""
    return (yield (_CALL, cptr, label, words, caps, rx))


@coroutine
def send(cptr: int, label: int = 0, words: Words = (), caps: Caps = ()) -> Generator[Trap, None, None]:
    """Send and block until somebody receives. Errors are invisible, as in seL4."""
    return (yield (_SEND, cptr, label, words, caps))


@coroutine
def nb_send(cptr: int, label: int = 0, words: Words = (), caps: Caps = ()) -> Generator[Trap, None, None]:
    """Send only if somebody waits; otherwise the message is dropped and nobody is told."""
    return (yield (_NB_SEND, cptr, label, words, caps))


@coroutine
def signal(cptr: int) -> Generator[Trap, None, None]:
    """Signal a notification: an empty Send."""
    return (yield (_SEND, cptr, 0, (), ()))


@coroutine
def recv(cptr: int, reply: int = 0, rx: ReceiveSlot | None = None) -> Generator[Trap, Message, Message]:
    """Receive from an endpoint; `reply` names the Reply object that will hold a caller."""
    return (yield (_RECV, cptr, reply, rx))


@coroutine
def nb_recv(cptr: int, reply: int = 0, rx: ReceiveSlot | None = None) -> Generator[Trap, Message, Message]:
    """Receive if somebody is already sending; otherwise a Message with badge 0 and label UNTOUCHED."""
    return (yield (_NB_RECV, cptr, reply, rx))


@coroutine
def reply_recv(
    cptr: int, reply: int, label: int = 0, words: Words = (), caps: Caps = (), rx: ReceiveSlot | None = None
) -> Generator[Trap, Message, Message]:
    """Answer the caller that `reply` holds and receive the next message with the same Reply object."""
    return (yield (_REPLY_RECV, cptr, reply, label, words, caps, rx))


@coroutine
def nb_send_recv(
    dest: int, label: int, words: Words, caps: Caps, src: int, reply: int, rx: ReceiveSlot | None = None
) -> Generator[Trap, Message, Message]:
    """A non-blocking send on `dest`, then a receive from `src`, in one system call."""
    return (yield (_NB_SEND_RECV, dest, label, words, caps, src, reply, rx))


@coroutine
def nb_send_wait(
    dest: int, label: int, words: Words, caps: Caps, src: int, rx: ReceiveSlot | None = None
) -> Generator[Trap, Message, Message]:
    """Like nb_send_recv without a Reply object."""
    return (yield (_NB_SEND_WAIT, dest, label, words, caps, src, rx))


@coroutine
def wait(cptr: int, rx: ReceiveSlot | None = None) -> Generator[Trap, Message, Message]:
    """Wait for a notification (or receive from an endpoint without being able to reply)."""
    return (yield (_WAIT, cptr, rx))


@coroutine
def nb_wait(cptr: int, rx: ReceiveSlot | None = None) -> Generator[Trap, Message, Message]:
    """Poll a notification: its word, or badge 0."""
    return (yield (_NB_WAIT, cptr, rx))


@coroutine
def yield_() -> Generator[Trap, None, None]:
    """Give up the rest of this slice."""
    return (yield (int(Syscall.YIELD),))


@coroutine
def load(vaddr: int, size: int) -> Generator[Trap, bytes, bytes]:
    """Read `size` bytes at a virtual address: not a system call, the processor does it; may page-fault."""
    return (yield (int(Syscall.LOAD), vaddr, size))


@coroutine
def store(vaddr: int, data: bytes) -> Generator[Trap, None, None]:
    """Write bytes at a virtual address; may page-fault."""
    return (yield (int(Syscall.STORE), vaddr, data))


@coroutine
def compute(cycles: int) -> Generator[Trap, None, None]:
    """Spend processor time (cycles) on something that the simulation does not carry out."""
    return (yield (int(Syscall.COMPUTE), cycles))


@coroutine
def undefined(code: int = 0) -> Generator[Trap, None, None]:
    """Execute an undefined instruction."""
    return (yield (int(Syscall.UNDEFINED), code))


@coroutine
def debug_name(cptr: int, text: str) -> Generator[Trap, None, None]:
    """Say what an object is called (seL4's DebugNameThread, for every object). Only the trace remembers."""
    return (yield (int(Syscall.DEBUG_NAME), cptr, text))


@coroutine
def debug_note(topic: str, *fields: tuple[str, int | str]) -> Generator[Trap, None, None]:
    """Put a remark into the trace: what the program decided and why. Nothing else happens."""
    return (yield (int(Syscall.DEBUG_NOTE), topic, fields))
