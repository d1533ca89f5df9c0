"""What a server's program is given: its capabilities by name, and the means to use them.

`async def main(env: Env)` is a whole program. It names interfaces and capabilities of the manifest, never slots,
message words or transport.
"""

from __future__ import annotations

from typing import Any

from kernel.abi import UNTOUCHED
from kernel.syscalls import debug_note, signal, wait
from servers.interfaces.base import Interface
from servers.nearest import nearest
from servers.runtime import invocations, serving
from servers.runtime.boot import HEARTBEAT_SIGNAL, BootData, Control
from servers.runtime.client import Client
from servers.runtime.invocations import Place
from servers.runtime.memory import MemoryWindow, SlotAllocator


class Env:
    """The world of one server, in one life."""

    def __init__(self, boot: BootData) -> None:
        self.name = boot.name
        """The server's name in the manifest."""
        self.number = boot.number
        """Its number in the manifest; what others see as the badge of its requests."""
        self.life = boot.life
        """1 for the first, one more after each death."""
        self.caps: dict[str, int] = dict(boot.caps)
        """Capability name of the manifest to slot. Beside those listed there: `signals` (its own notification, to
        wait on), `heartbeat`, `alarm` (the notification to hand to the clock) and, if it owns them, `cspace`..."""
        self.provides: dict[str, str] = dict(boot.provides)
        """Name of the endpoint it receives on to the name of the interface."""
        self.interfaces: dict[str, str] = dict(boot.interfaces)
        """Name of a capability from `uses` to the name of the interface behind it."""
        self.windows: dict[str, MemoryWindow] = {
            name: MemoryWindow(name, address, size, boot.caps[name]) for name, (address, size) in boot.windows.items()
        }
        """Mapped memory by its name in the manifest."""
        self.replies: tuple[int, ...] = boot.replies
        """Slots of the Reply objects."""
        self.irq_signals: dict[str, int] = dict(boot.signals)
        """Name of an interrupt capability to its bit in the badge that `on_signal` or `wait` gives."""
        self.controls: dict[str, Control] = dict(boot.controls)
        """Servers whose CNode it holds, with the names of what is in it."""
        self.clients: dict[int, str] = {int(number): name for number, name in boot.clients.items()}
        """Badge of a request to the name of the server that the manifest gave that badge."""
        self.manifest_text = boot.manifest
        """The manifest, if this is the supervisor."""
        self.slots = SlotAllocator(*boot.free)
        """Empty slots of the own CSpace (useful only to a server that owns its `cspace`)."""
        self.lying = False
        """Set by the sabotage "wrong-answer": replies are twisted from now on."""

    def cap(self, name: str) -> int:
        """The slot of a capability. Raises KeyError with a sentence and the nearest name."""
        if name not in self.caps:
            raise KeyError(f"{self.name} holds no capability called `{name}`{nearest(name, sorted(self.caps))}")
        return self.caps[name]

    def window(self, name: str) -> MemoryWindow:
        """Mapped memory. Raises KeyError with a sentence and the nearest name."""
        if name not in self.windows:
            raise KeyError(f"{self.name} has no memory called `{name}`{nearest(name, sorted(self.windows))}")
        return self.windows[name]

    def client(self, name: str, interface: Interface) -> Client:
        """A stub for the interface behind a capability of the manifest's `uses`."""
        return Client(self, self.cap(name), name, interface)

    def client_of_slot(self, slot: int, name: str, interface: Interface) -> Client:
        """A stub for an endpoint capability that came from elsewhere, such as the name server."""
        return Client(self, slot, name, interface)

    async def serve(self, interface: Interface, handler: Any) -> None:
        """Answer requests of an interface for ever.

        The handler has `async def OPERATION(self, request, **arguments)` for every operation of the interface; it
        returns None, the one result, or a mapping of results, or raises Refused. `request.badge` is the number of
        the caller; `request.defer()` gives a PendingReply that is answered later. Signals go to
        `async def on_signal(self, badge)`, if the handler has it. Heartbeats are answered here.
        """
        await serving.serve(self, interface, handler)

    async def wait(self) -> int:
        """Wait for a signal, for a program that serves nobody; answers heartbeats. Gives the other bits."""
        while True:
            message = await wait(self.cap("signals"))
            badge = await self.answer_heartbeat(message.badge)
            if badge:
                return badge

    async def answer_heartbeat(self, badge: int) -> int:
        """Give the sign of life if a notification word asks for it; the word without that bit."""
        if badge & HEARTBEAT_SIGNAL:
            if "heartbeat" in self.caps:
                await signal(self.caps["heartbeat"])
            badge &= ~HEARTBEAT_SIGNAL
        return badge

    async def note(self, topic: str, **fields: int | str) -> None:
        """Say in the trace what was decided and why. Changes nothing."""
        await debug_note(topic, *fields.items())

    async def acknowledge(self, irq: str) -> None:
        """Let an interrupt be raised again."""
        await invocations.acknowledge_irq(self.cap(irq))

    async def physical_address(self, window: str) -> int:
        """Where a window's first frame is in physical memory; its further frames follow without gaps."""
        return await invocations.physical_address(self.window(window).slot)

    async def delete(self, slot: int) -> None:
        """Drop a capability that was received, and use its slot again. Needs `cspace`."""
        await invocations.delete(Place(self.cap("cspace"), slot))
        self.slots.give_back(slot)


__all__ = ["UNTOUCHED", "Env", "MemoryWindow"]
