"""The actor: does with its own capabilities what it is told, so that a lesson can show what they allow.

It tries everything and decides nothing. Whether it succeeds is up to the kernel, whose error is the answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from kernel.abi import ERROR_NAMES, FIRST_USER_LABEL, PAGE_SIZE, Error, ObjectType, Rights
from kernel.syscalls import call, debug_name, load, store
from servers.interfaces.actor import ACTOR
from servers.interfaces.base import error_of_label
from servers.runtime import invocations
from servers.runtime.env import Env
from servers.runtime.errors import KernelRefusal, Refused, ServerError
from servers.runtime.invocations import Place
from servers.runtime.serving import Request

DESK: Final = 0x4000_0000
"""Where a page lies while it is read or written."""
LENGTH_BYTES: Final = 8
RING: Final = FIRST_USER_LABEL - 1
"""Label of a call that belongs to no interface."""
KINDS: Final = {
    "page": ObjectType.FRAME,
    "endpoint": ObjectType.ENDPOINT,
    "notification": ObjectType.NOTIFICATION,
    "thread": ObjectType.TCB,
}
LETTERS: Final = {"w": Rights.WRITE, "r": Rights.READ, "g": Rights.GRANT, "p": Rights.GRANT_REPLY}


@contextmanager
def kernel_errors() -> Iterator[None]:
    """What the kernel refuses is refused to whoever asked, with the same name."""
    try:
        yield
    except KernelRefusal as refusal:
        raise Refused(Error(refusal.error).name) from None


class Actor:
    """The handler of the actor interface."""

    def __init__(self, env: Env) -> None:
        self._env = env

    def _slot(self, name: str) -> int:
        if name not in self._env.caps:
            raise Refused("BAD_REQUEST")
        return self._env.caps[name]

    def _place(self, name: str) -> Place:
        return Place(self._env.cap("cspace"), self._slot(name))

    async def make(self, _request: Request, kind: str, target: str, count: int) -> None:
        """Objects from the own heap."""
        if kind not in KINDS or not 1 <= count <= 1 + self._env.slots.left:
            raise Refused("BAD_REQUEST")
        heap, first = self._slot("heap"), self._slot(target)
        for number in range(count):
            slot = first if number == 0 else self._env.slots.take()
            try:
                with kernel_errors():
                    await invocations.retype(heap, KINDS[kind], 0, self._env.cap("cspace"), slot)
            except Refused:
                if number:
                    self._env.slots.give_back(slot)
                raise
            await debug_name(slot, f"{self._env.name}.{target}{number + 1 if number else ''}")

    async def copy(self, _request: Request, source: str, target: str, rights: str, badge: int) -> None:
        """A capability from another; the kernel drops silently what the source does not have."""
        mask = sum((LETTERS.get(letter, Rights.NONE) for letter in rights), Rights.NONE)
        mask = Rights.ALL if rights == "all" else mask
        with kernel_errors():
            if badge:
                await invocations.mint(self._place(source), self._place(target), badge, int(mask))
            else:
                await invocations.copy(self._place(source), self._place(target), int(mask))

    async def give(self, _request: Request, to: str, source: str, target: str) -> None:
        """A capability in a message to another actor."""
        capability, way = self._slot(source), self._slot(to)
        if self._env.interfaces.get(to, ACTOR.name) != ACTOR.name:
            raise Refused("BAD_REQUEST")
        try:
            await self._env.client_of_slot(way, to, ACTOR).accept(target=target, capability=capability)
        except ServerError as error:
            raise Refused(error.name) from None

    async def accept(self, _request: Request, target: str, capability: int) -> None:
        """What another gives: from the slot where messages deliver to the one that was asked for."""
        received = Place(self._env.cap("cspace"), capability)
        try:
            with kernel_errors():
                await invocations.move(received, self._place(target))
        except Refused:
            await self._env.delete(capability)
            raise
        self._env.slots.give_back(capability)

    async def revoke(self, _request: Request, source: str) -> None:
        """Everything derived from it dies, wherever it is."""
        with kernel_errors():
            await invocations.revoke(self._place(source))

    async def delete(self, _request: Request, source: str) -> None:
        """One capability."""
        with kernel_errors():
            await invocations.delete(self._place(source))

    async def read(self, _request: Request, page: str) -> str:
        """The text on a page."""
        async with self._mapped(page):
            length = int.from_bytes(await load(DESK, LENGTH_BYTES), "little")
            text = await load(DESK + LENGTH_BYTES, min(length, PAGE_SIZE - LENGTH_BYTES))
        return text.decode(errors="replace")

    async def write(self, _request: Request, page: str, text: str) -> None:
        """A text on a page. Where the capability does not let it, the processor objects, and that is a fault."""
        data = text.encode()
        async with self._mapped(page):
            await store(DESK, len(data).to_bytes(LENGTH_BYTES, "little") + data)

    @asynccontextmanager
    async def _mapped(self, page: str) -> AsyncIterator[None]:
        frame = self._slot(page)
        with kernel_errors():
            await invocations.map_frame(frame, self._env.cap("vspace"), DESK, writable=True)
        yield
        with kernel_errors():
            await invocations.unmap_frame(frame)

    async def ring(self, request: Request, door: str) -> None:
        """A call that may block for ever: whoever asked is answered first, the outcome is told in a note."""
        slot = self._slot(door)
        await request.defer().reply()
        answer = await call(slot, RING)
        error = ""
        if answer.label:
            known = ACTOR.error(error_of_label(answer.label) or 0)
            kernel_error = answer.label in Error.__members__.values()
            error = ERROR_NAMES[Error(answer.label)] if kernel_error else known.name if known else "UNKNOWN"
        text = f"{self._env.name} rang at {door} and was answered" + (f" with {error}" if error else "")
        await self._env.note("acted", server=self._env.name, operation="actor.ring", error=error, text=text)


async def main(env: Env) -> None:
    """Act for ever."""
    await env.serve(ACTOR, Actor(env))
