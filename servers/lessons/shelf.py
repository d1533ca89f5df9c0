"""The empty slots of a server, tried one after the other: what stood there may have been revoked meanwhile."""

from __future__ import annotations

from kernel.abi import Error, ObjectType
from kernel.syscalls import debug_name
from servers.runtime import invocations
from servers.runtime.env import Env
from servers.runtime.errors import KernelRefusal


class Shelf:
    """A number of slots, and a stock of memory to fill them from."""

    def __init__(self, env: Env, room: int) -> None:
        self._env = env
        self._slots = [env.slots.take() for _ in range(room)]

    async def make(self, kind: ObjectType, name: str) -> int:
        """One object in the first slot that is empty; its slot. Raises KernelRefusal if there is no memory."""
        for number, slot in enumerate(self._slots, 1):
            try:
                await invocations.retype(self._env.cap("heap"), kind, 0, self._env.cap("cspace"), slot)
            except KernelRefusal as refusal:
                if refusal.error != Error.DELETE_FIRST or number == len(self._slots):
                    raise
            else:
                await debug_name(slot, f"{self._env.name}.{name}{number}")
                return slot
        raise AssertionError("a shelf has at least one slot")
