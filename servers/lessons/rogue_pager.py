"""A pager that its wards should not have trusted: it mixes up their pages, or lets them wait for ever."""

from __future__ import annotations

from typing import Final

from servers.interfaces.pager import ROGUE
from servers.lessons.pager import PAGED, PAGES, Pager, Paging, missing_page
from servers.runtime import invocations
from servers.runtime.env import Env
from servers.runtime.errors import KernelRefusal, Refused
from servers.runtime.invocations import Place
from servers.runtime.serving import Answer, Request

NOTHING: Final = "nothing"
MIX: Final = "mix"
KEEP: Final = "keep"
PLOTS: Final = (NOTHING, MIX, KEEP)


class RoguePager(Pager):
    """The handler of the rogue pager's interface. In a new life it has forgotten what it was up to."""

    def __init__(self, env: Env) -> None:
        super().__init__(env)
        self._plot = NOTHING
        self._trial = env.slots.take()
        self.loop = Paging(env, ROGUE, self)

    async def on_fault(self, number: int, label: int, words: tuple[int, ...]) -> Answer | None:
        """What the plot says."""
        page = missing_page(label, words)
        if page is None or self._plot == NOTHING:
            return await super().on_fault(number, label, words)
        if self._plot == KEEP:
            self.loop.take_reply()
            return None
        await self.show(self.wards[number], page, (page + 1) % PAGES)
        return Answer(0)

    async def plot(self, _request: Request, kind: str) -> None:
        """From the next fault on."""
        if kind not in PLOTS:
            raise Refused("BAD_REQUEST")
        self._plot = kind

    async def reach(self, _request: Request) -> dict[str, int]:
        """A page of its own, into the address space behind each capability that it holds, but for those of wards."""
        granted = {ward.vspace for ward in self.wards.values()}
        frame, trial = self._env.window("store").slot, Place(self._cspace, self._trial)
        tried = sorted({slot for slot in self._env.caps.values() if slot not in granted})
        mapped = 0
        await invocations.delete(trial)
        await invocations.copy(Place(self._cspace, frame), trial)
        for slot in tried:
            try:
                await invocations.map_frame(trial.index, slot, PAGED, writable=True)
            except KernelRefusal:
                continue
            mapped += 1
        return {"mapped": mapped, "refused": len(tried) - mapped}


async def main(env: Env) -> None:
    """Plot for ever."""
    await RoguePager(env).loop.run()
