"""A pager: the fault handler of some servers, which puts a page where they miss one and lets them go on.

The kernel brings it the faults of its wards as messages. It keeps what the pages hold in frames that outlive it, and
gives every ward a few of them; a ward sees a frame through a copy of the capability that is made for it, so deleting
the copy takes the page away. What is not about a missing page it passes on to the supervisor, which deals with deaths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kernel.abi import PAGE_SIZE, Fault, Message
from kernel.syscalls import send
from servers.builder.layout import FAULT_BADGE
from servers.interfaces.pager import PAGER
from servers.runtime import invocations
from servers.runtime.env import Env
from servers.runtime.errors import Refused
from servers.runtime.invocations import Place
from servers.runtime.serving import Answer, Request, Serving

PAGED: Final = 0x5000_0000
"""Where the memory of a ward begins that has a pager behind it."""
PAGES: Final = 4
"""How many pages of it there are."""
GO_ON: Final = Answer(0)
"""The answer to a fault: the thread does again what failed."""


@dataclass(frozen=True, slots=True)
class Ward:
    """A server whose faults come here."""

    name: str
    vspace: int
    """Its address space."""
    supervisor: int
    """Where its other faults are passed on to, in its name."""
    store: int
    """The first of its frames."""
    slots: tuple[int, ...]
    """Where the capabilities are by which it sees its pages; empty for a page that it does not see."""


class Pager:
    """The handler of the pager interface, and of faults."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._cspace = env.cap("cspace")
        self.wards: dict[int, Ward] = {}
        """By the number in the badge of their faults."""
        names = {number: name for number, name in env.clients.items() if f"vspace_of_{name}" in env.caps}
        for place, (number, name) in enumerate(sorted(names.items())):
            slots = tuple(env.slots.take() for _ in range(PAGES))
            store = env.window("store").slot + place * PAGES
            self.wards[number] = Ward(name, env.cap(f"vspace_of_{name}"), env.cap(f"faults_of_{name}"), store, slots)

    async def on_fault(self, number: int, label: int, words: tuple[int, ...]) -> Answer | None:
        """A ward cannot go on. The answer that lets it, or None if it gets none from here."""
        ward = self.wards[number]
        page = missing_page(label, words)
        if page is None:
            await send(ward.supervisor, label, words)
            return None
        await self.show(ward, page, page)
        return GO_ON

    async def show(self, ward: Ward, page: int, frame: int) -> None:
        """Let a ward see one of its frames as one of its pages."""
        copy = Place(self._cspace, ward.slots[page])
        await invocations.delete(copy)
        await invocations.copy(Place(self._cspace, ward.store + frame), copy)
        await invocations.map_frame(copy.index, ward.vspace, PAGED + page * PAGE_SIZE, writable=True)

    async def evict(self, _request: Request, server: str) -> int:
        """All pages of a ward, whatever it is doing."""
        ward = next((ward for ward in self.wards.values() if ward.name == server), None)
        if ward is None:
            raise Refused("BAD_REQUEST")
        for slot in ward.slots:
            await invocations.delete(Place(self._cspace, slot))
        return len(ward.slots)


def missing_page(label: int, words: tuple[int, ...]) -> int | None:
    """Which of its pages a ward missed, or None if its fault was another."""
    if label != Fault.VM_FAULT:
        return None
    page = (words[1] - PAGED) // PAGE_SIZE
    return page if 0 <= page < PAGES else None


class Paging(Serving):
    """A serving loop in which faults come through the same endpoint as requests, with a badge of their own."""

    async def _dispatch(self, message: Message) -> Answer | None:
        if message.badge & FAULT_BADGE:
            answer: Answer | None = await self.handler.on_fault(
                message.badge & ~FAULT_BADGE, message.label, message.words
            )
            return answer
        return await super()._dispatch(message)


async def main(env: Env) -> None:
    """Fetch pages for ever."""
    await Paging(env, PAGER, Pager(env)).run()
