"""The machine in real time: a Trio program that runs the core in slices and lets idle time pass by the clock.

Under `trio.run` it is a whole program; in the screens the same `main` runs as a guest (see
`playground.machine.guest`). Everything a person does arrives as a plain call between two slices; nothing here waits for
whoever made it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import trio

from kernel.costs import CYCLES_PER_MICROSECOND
from kernel.events import FAULTED, MESSAGE, REPLIED, Event
from playground.machine.backing import BlockBacking
from playground.machine.core import Core
from playground.machine.courtesy import Courtesy
from playground.machine.own_files import LOOK, OwnFiles
from playground.machine.pace import FLAT_OUT, Pace
from playground.requests import call_request
from playground.trace import Mark
from playground.view.fold import Fold
from playground.view.model import View
from servers.hardware import SECTOR_BYTES
from servers.manifest import SUPERVISOR, Manifest
from servers.own_programs import OwnProgram

if TYPE_CHECKING:
    from playground.recording.recorder import Recorder

CYCLES_PER_SECOND: Final = CYCLES_PER_MICROSECOND * 1_000_000
PERSON: Final = "you"
TALK: Final = frozenset({MESSAGE, REPLIED, FAULTED})
"""Events at which a step to the next message ends."""
SLICE: Final = 10
"""Kernel entries between two looks at the clock."""
EVENTS_AN_ENTRY: Final = 16
"""More than a kernel entry usually makes: so many are reckoned with, lest a pace be overshot."""
SLICE_SECONDS: Final = 0.004
"""How long the processor keeps the host to itself."""
WALL_DRIFT: Final = 1_000_000
"""Microseconds by which the machine's wall clock may be wrong before it is told."""
RECORDING_REST: Final = 0.2
"""Seconds: before a longer sleep, everything that has happened is written to the recording."""


class Live:
    """One machine in real time: what is true (`view`, `events`), how fast it goes, and ways to give input."""

    def __init__(
        self,
        core: Core,
        *,
        running: bool = True,
        speed: float = FLAT_OUT,
        keyboard: AsyncIterable[str] | None = None,
        wall_clock: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        """`keyboard`: a real one, if keys do not come by `key`; `wall_clock`: microseconds since 1970."""
        self.core = core
        self.pace = Pace(running=running, speed=speed)
        self.gate: Callable[[], int] | None = None
        """How many kernel entries may be done before it is asked again; 0 stops the machine. A lesson sets it."""
        self.horizon: Callable[[], int | None] = lambda: None
        """The cycle at which the gate has to be asked again even if everybody waits, or None. A lesson sets it."""
        self.idle_speed = 1.0
        """How many times as fast as outside idle time passes. A lesson sets it."""
        self.courtesy = Courtesy()
        """When to stand aside for the screens."""
        self.trouble = ""
        """Why the machine stopped by itself, in one sentence."""
        self.news = ""
        """What became of a program whose file has changed, in one sentence."""
        self.news_is_trouble = False
        self._keyboard = keyboard
        self._wall_clock = wall_clock
        self._fold: Fold | None = None
        self._scope = trio.CancelScope()
        self._wake = trio.Event()
        self._in_trio = False
        self._idle_since: tuple[float, int] | None = None

    # -- what is true ----------------------------------------------------------------------------------------------

    @property
    def manifest(self) -> Manifest:
        """The system that runs."""
        return self.core.manifest

    @property
    def events(self) -> Sequence[Event]:
        """Everything that happened since boot."""
        return self.core.kernel.events

    @property
    def fold(self) -> Fold:
        """The fold of all events so far."""
        if self._fold is None:
            self._fold = Fold(self.core.manifest)
        seen, events = self._fold.view.event_count, self.core.kernel.events
        if seen < len(events):
            self._fold.update(events[seen:])
        return self._fold

    @property
    def view(self) -> View:
        """What is true now."""
        return self.fold.view

    @property
    def console_text(self) -> str:
        """What the console device shows."""
        return self.core.console.screen

    @property
    def disk_label(self) -> str:
        """The disk in a few words."""
        return label_of(self.core.disk.medium)

    def where(self, thread: int) -> tuple[str, int, str] | None:
        """File, line and function at which a thread stands."""
        return self.core.where(thread)

    # -- how fast it goes ------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """False while paused."""
        return self.pace.running

    @property
    def speed(self) -> float:
        """Events a second; 0 is flat out."""
        return self.pace.speed

    def run(self) -> None:
        """Go on."""
        self.pace.forget_steps()
        self.pace.running = True
        self._changed()

    def pause(self) -> None:
        """Stand still; time stands still too, and steps that were asked for are not done any more."""
        self._catch_up()
        self.pace.running = False
        self.pace.forget_steps()
        self._changed()

    def set_speed(self, events_per_second: float) -> None:
        """So many events a second; 0 is flat out."""
        self.pace.speed = events_per_second
        self._changed()

    def step(self, count: int = 1) -> None:
        """While paused: so many events."""
        self.pace.step(count)
        self._changed()

    def step_message(self) -> None:
        """While paused: up to the next message, answer or fault."""
        self.pace.step_message()
        self._changed()

    def wake(self) -> None:
        """Something changed that the machine has to look at, such as what its gate would say."""
        self._changed()

    # -- input -----------------------------------------------------------------------------------------------------

    def request(self, request: dict[str, Any]) -> int:
        """Hand `you` something to do; the number of the request. Raises RequestTooLong, OperatorBusy."""
        self._catch_up()
        number = self.core.request(request)
        self._changed()
        return number

    def key(self, text: str) -> None:
        """Type on the keyboard."""
        self._catch_up()
        self.core.key(text)
        self._changed()

    def crash(self, server: str, kind: str) -> None:
        """The debug probe makes a server fail. Raises ProbeError."""
        self._catch_up()
        self.core.crash(server, kind)
        self._changed()

    def pause_server(self, server: str) -> None:
        """The debug probe holds a server. Raises ProbeError."""
        self._catch_up()
        self.core.pause_server(server)
        self._changed()

    def resume_server(self, server: str) -> None:
        """The debug probe lets a held server go on. Raises ProbeError."""
        self._catch_up()
        self.core.resume_server(server)
        self._changed()

    def replace_program(self, program: OwnProgram) -> None:
        """From now on its servers run this text of a program of one's own; they begin anew with it."""
        self._catch_up()
        self.core.replace_program(program)
        for server in self.manifest.servers.values():
            if server.program == program.name and self.view.servers[server.name].status.key == "stopped":
                self._start_again(server.name)
        self._changed()

    def _start_again(self, server: str) -> None:
        """A server that was given up stays so, however good its program is now, until somebody asks for it."""
        for capability, use in self.manifest.servers[PERSON].uses.items() if PERSON in self.manifest.servers else ():
            if use.server == SUPERVISOR:
                self.core.request(call_request(capability, "start", {"server": server}))

    # -- keeping it ------------------------------------------------------------------------------------------------

    @property
    def recorder(self) -> Recorder | None:
        """What writes this run to a file (its path, how much, what went wrong), if anything does."""
        return self.core.recorder

    def start_recording(self, path: Path) -> Recorder:
        """Write this run to a file, from boot on. Raises RecordingProblem."""
        return self.core.record(path)

    def stop_recording(self) -> Recorder | None:
        """Finish the file, if there is one; what wrote it."""
        return self.core.stop_recording()

    def mark(self, text: str) -> Mark:
        """Remember this moment under a name."""
        return self.core.mark(text)

    # -- the program -----------------------------------------------------------------------------------------------

    async def main(self) -> None:
        """Run until `stop`. Whatever ends it, the power is cut and the disk closed."""
        helper = ThreadPoolExecutor(1, "disk")
        self.core.disk.background = helper.submit
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    self._in_trio = True
                    nursery.start_soon(self._processor)
                    if files := OwnFiles(self.core.programs):
                        nursery.start_soon(self._watch_programs, files)
                    if self._keyboard is not None:
                        nursery.start_soon(self._type, self._keyboard)
        finally:
            self._in_trio = False
            self.core.close()
            helper.shutdown()

    def stop(self) -> None:
        """Switch off. May be called at any time, any number of times."""
        self._scope.cancel()

    async def _watch_programs(self, files: OwnFiles) -> None:
        """Take what a person writes while the machine runs."""
        while True:
            await trio.sleep(LOOK)
            for news in files.look():
                self.news, self.news_is_trouble = news.sentence, news.program is None
                if news.program is not None:
                    self.replace_program(news.program)

    async def _type(self, keyboard: AsyncIterable[str]) -> None:
        async for text in keyboard:
            self.key(text)

    async def _processor(self) -> None:
        """Run the core in slices; sleep when there is nothing to do or nothing may be done."""
        core, pace = self.core, self.pace
        while True:
            if core.trace.full and not pace.standing:
                self._stop_for_good()
            if core.recorder is not None and core.recorder.problem:
                self.trouble = core.recorder.problem
                self.core.stop_recording()
            entries = SLICE if self.gate is None else self.gate()
            if pace.standing or entries <= 0:
                await self._sleep(None)
            elif (seconds := self.courtesy.seconds) > 0:
                await self._sleep(seconds, keep_idle=True)
            elif (flushing := self._flushing) is not None:
                await trio.to_thread.run_sync(wait, [flushing])
            elif core.idle:
                await self._be_idle()
            elif pace.flat_out:
                self._run_flat_out(entries)
                await trio.lowlevel.checkpoint()
            else:
                await self._run_paced(entries)

    def _stop_for_good(self) -> None:
        self.pace.running = False
        self.pace.forget_steps()
        self.trouble = f"The trace is full: it holds {len(self.events):,} events. Start again to go on."

    def _run_flat_out(self, entries: int) -> None:
        end = time.perf_counter() + SLICE_SECONDS
        while entries > 0 and not self.core.idle:
            self.core.run(min(entries, SLICE))
            if time.perf_counter() >= end or self.courtesy.seconds > 0:
                break
            entries = SLICE if self.gate is None else self.gate()
        self._keep_up()

    def _keep_up(self) -> None:
        """If anybody looks at what is true: take it in while there is little, so that nobody has to wait for it."""
        if self._fold is not None:
            self._fold.update(self.events[self._fold.view.event_count :])

    async def _run_paced(self, entries: int) -> None:
        """As many events as the pace allows by now, few kernel entries at a time; a step ends after exactly one."""
        core, pace = self.core, self.pace
        allowed = pace.allowed(trio.current_time())
        end = time.perf_counter() + SLICE_SECONDS
        events = core.kernel.events
        while allowed > 0 and entries > 0 and not core.idle:
            before = len(events)
            entries -= core.run(min(entries, 1 if pace.stepping else max(1, min(SLICE, allowed // EVENTS_AN_ENTRY))))
            made = len(events) - before
            messages = sum(event[0] in TALK for event in events[before:])
            pace.happened(made, messages)
            if made:
                allowed -= made
                if pace.standing:
                    return
            if time.perf_counter() >= end or self.courtesy.seconds > 0:
                break
        self._keep_up()
        if pace.running and allowed <= 0:
            await self._sleep(pace.wait(trio.current_time()))
        else:
            await trio.lowlevel.checkpoint()

    async def _be_idle(self) -> None:
        """Everybody waits: a step jumps to the next change, otherwise time passes as outside."""
        self.pace.stood_still()
        if self.pace.stepping:
            stop = self._next_stop()
            if stop is None:
                self.pace.forget_steps()
            else:
                self.core.pass_idle_time(stop)
            await trio.lowlevel.checkpoint()
            return
        self._check_wall_clock()
        if self.core.idle:
            now = trio.current_time()
            if self._idle_since is None:
                self._idle_since = (now, self.core.kernel.now)
            stop = self._next_stop()
            started, cycle = self._idle_since
            until = None if stop is None else started + (stop - cycle) / self._cycles_per_second - now
            timed_out = await self._sleep(until, keep_idle=True)
            if timed_out and stop is not None:
                self.core.pass_idle_time(stop)
            else:
                self._catch_up()
        if not self.core.idle:
            self._idle_since = None

    def _catch_up(self) -> None:
        """Let the idle time pass that has passed outside."""
        if self._idle_since is not None and self._in_trio:
            started, cycle = self._idle_since
            passed = cycle + int((trio.current_time() - started) * self._cycles_per_second)
            stop = self._next_stop()
            if stop is not None and self._flushing is not None:
                stop -= 1  # whoever does something now does not wait for the host's disk
            self.core.pass_idle_time(passed if stop is None else min(passed, stop))

    @property
    def _flushing(self) -> Future[None] | None:
        """What the host's disk is at; the machine stands until it is done, and nobody else does."""
        flushing = self.core.disk.flushing
        return None if flushing is None or flushing.done() else flushing

    @property
    def _cycles_per_second(self) -> float:
        return CYCLES_PER_SECOND * self.idle_speed

    def _next_stop(self) -> int | None:
        """The cycle up to which idle time may pass without looking."""
        known = [cycle for cycle in (self.core.next_change(), self.horizon()) if cycle is not None]
        return min(known, default=None)

    def _check_wall_clock(self) -> None:
        if not self.core.virtual:
            outside = self._wall_clock()
            if abs(outside - self.core.timer.wall) > WALL_DRIFT:
                self.core.set_wall_clock(outside)

    async def _sleep(self, seconds: float | None, *, keep_idle: bool = False) -> bool:
        """Until something changes, or so many seconds have passed; whether they have."""
        if self.core.recorder is not None and (seconds is None or seconds > RECORDING_REST):
            self.core.recorder.flush()
        if not keep_idle:
            self._idle_since = None
            if seconds is None:
                self.pace.stood_still()
        self._wake = trio.Event()
        if seconds is None:
            await self._wake.wait()
            return False
        with trio.move_on_after(max(0.0, seconds)) as scope:
            await self._wake.wait()
        return scope.cancelled_caught

    def _changed(self) -> None:
        if self._in_trio:
            self._wake.set()


def label_of(medium: BlockBacking) -> str:
    """A disk in a few words: its file, its size, and whether it can be written."""
    path = getattr(medium, "path", None)
    size = medium.sector_count * SECTOR_BYTES
    amount = f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"
    return f"{path.name if path else 'virtual'} {amount}" + (" read-only" if medium.read_only else "")
