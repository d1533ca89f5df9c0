"""The machine without a clock on the wall: a board with a processor, devices and a queue of what is due.

Everything here is deterministic. The same manifest, seed, disk and inputs give the same events, whoever drives the
machine and in slices of whatever size: the headless run, the screens (through `playground.machine.live`), a lesson
or a replay.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import playground
from kernel.kernel import DeviceRegion, Kernel
from kernel.vehicle import CoroutineVehicle, Loader, Vehicle
from playground.machine.backing import BlockBacking
from playground.machine.bus import Bus
from playground.machine.devices.console import Console
from playground.machine.devices.disk import Disk
from playground.machine.devices.operator import Operator
from playground.machine.devices.timer import Timer
from playground.machine.latency import VIRTUAL_WALL_START
from playground.machine.probe import Probe
from playground.machine.remembered import RememberedMedium
from playground.machine.watchdog import Watchdog
from playground.trace import Data, Header, Input, Mark, Trace
from servers.hardware import CONSOLE, DISK, OPERATOR, PAGE_BITS, TIMER
from servers.manifest import Manifest
from servers.own_programs import FIRST_ENTRY, OwnProgram, begin_thread, is_own, remembered
from servers.programs import LIBRARY, PROGRAMS, begin

if TYPE_CHECKING:
    from playground.recording.origin import Origin
    from playground.recording.recorder import Recorder

MEMORY_BITS: Final = 24
"""16 MiB of memory."""
SLICE: Final = 1000
"""Kernel entries at a time, if nobody says otherwise."""
MAX_KEYS: Final = 1024
"""Characters that one keyboard input may carry."""


def load_program(entry: int, arguments: tuple[int, ...]) -> CoroutineVehicle:
    """The kernel's loader: a fresh coroutine of the program at an entry number."""
    return CoroutineVehicle(begin(entry, arguments), LIBRARY)


def _import_programs(manifest: Manifest) -> None:
    """Load the code of all servers now: inside a thread, a slow import would look like a loop without end."""
    for server in manifest.servers.values():
        if server.program in PROGRAMS:
            _ = PROGRAMS[server.program].module
        elif is_own(server.program) and server.program not in manifest.programs:
            raise ProgramMissing(f"the program {server.program} of {server.name} is not there to be run")


class ProgramMissing(Exception):
    """A program of a person's own that the machine needs and was not given; one sentence."""

    is_users_mistake = True


class Core:
    """One machine, booted. Its power is cut with `close`."""

    def __init__(
        self,
        manifest: Manifest,
        *,
        seed: int = 0,
        disk: BlockBacking,
        virtual: bool = True,
        wall: int | None = None,
        load: Loader = load_program,
    ) -> None:
        """Boot. The wall clock starts at `wall` (microseconds since 1970), or at a fixed date if `virtual`, or now."""
        self.manifest = manifest
        self.virtual = virtual
        _import_programs(manifest)
        self.programs = dict(manifest.programs)
        """The programs of a person's own as they are now, by what the manifest calls them."""
        if wall is None:
            wall = VIRTUAL_WALL_START if virtual else time.time_ns() // 1000
        self._load = load
        self.bus = Bus()
        self.timer = Timer(self.bus, wall)
        self.console = Console(self.bus)
        self.operator = Operator(self.bus)
        self._medium = RememberedMedium(disk)
        self.disk = Disk(self.bus, self._medium, self._disk_trouble)
        devices = {TIMER: self.timer, CONSOLE: self.console, OPERATOR: self.operator, DISK: self.disk}
        self.kernel = Kernel(
            self._start,
            memory_bits=MEMORY_BITS,
            modules={"manifest": manifest.text.encode(), "seed": seed.to_bytes(8, "little", signed=True)},
            devices=[DeviceRegion(board.name, board.address, PAGE_BITS, it) for board, it in devices.items()],
        )
        self.bus.attach(self.kernel)
        self.probe = Probe(self.kernel, manifest)
        self.watchdog = Watchdog(self.kernel)
        own = tuple((name, program.digest) for name, program in self.programs.items())
        header = Header(manifest.name, manifest.text, seed, playground.__version__, programs=own)
        self.trace = Trace(header, self.kernel.events)
        self.steps = 0
        """Kernel entries since boot."""
        self.recorder: Recorder | None = None
        """What writes this run to a file, if anything does."""
        self._wall = wall
        self.closed = False
        identity = blake2b(disk.read_sector(0) if disk.sector_count else b"", digest_size=8).hexdigest()
        self._record("machine", ("seed", seed, "disk", disk.sector_count, int(disk.read_only), identity, "wall", wall))

    # -- letting it run --------------------------------------------------------------------------------------------

    def advance(self, steps: int = SLICE) -> int:
        """Up to `steps` kernel entries, flat out: idle time is skipped. How many were done.

        Fewer than asked for means that the machine is exhausted.
        """
        done = 0
        while done < steps:
            done += self.run(steps - done)
            if done < steps and (self.trace.full or not self.skip_idle_time()):
                break
        return done

    def run(self, steps: int = SLICE) -> int:
        """Up to `steps` kernel entries, as long as somebody has something to do; no idle time passes."""
        kernel, bus = self.kernel, self.bus
        self.watchdog.start()
        done = 0
        while done < steps and not self.trace.full:
            bus.fire()
            entries = kernel.run(steps - done, bus.next_due())
            done += entries
            if entries == 0 and kernel.idle and not self._is_due():
                break
        self.steps += done
        if self.recorder is not None:
            self.recorder.follow()
        return done

    @property
    def idle(self) -> bool:
        """Every thread waits, and nothing is due yet."""
        return self.kernel.idle and not self._is_due()

    @property
    def exhausted(self) -> bool:
        """Nothing will ever happen without an input, or nothing can because the trace is full."""
        return self.trace.full or (self.kernel.idle and self.next_change() is None)

    def next_change(self) -> int | None:
        """The cycle at which an idle machine goes on by itself, or None."""
        known = [cycle for cycle in (self.bus.next_due(), self.kernel.next_timeout()) if cycle is not None]
        return min(known, default=None)

    def skip_idle_time(self) -> bool:
        """While idle: virtual time jumps to the next change. False if there will be none, or it is not idle."""
        cycle = self.next_change()
        if not self.kernel.idle or cycle is None:
            return False
        self.kernel.advance(max(cycle, self.kernel.now))
        self.bus.fire()
        return True

    def pass_idle_time(self, cycle: int) -> None:
        """While idle: virtual time passes up to a cycle, at most to the next change."""
        change = self.next_change()
        if change is not None:
            cycle = min(cycle, change)
        if self.kernel.idle and cycle > self.kernel.now:
            self.kernel.advance(cycle)
            self.bus.fire()

    def _is_due(self) -> bool:
        due, timeout, now = self.bus.next_due(), self.kernel.next_timeout(), self.kernel.now
        return (due is not None and due <= now) or (timeout is not None and timeout <= now)

    # -- inputs ----------------------------------------------------------------------------------------------------

    def request(self, request: dict[str, Any]) -> int:
        """Hand `you` something to do; the number of the request. Raises RequestTooLong, OperatorBusy."""
        text = json.dumps(request, ensure_ascii=False, separators=(",", ":"))
        self.operator.check(text.encode())
        self._record("operator", text)
        return self.operator.submit(text.encode())

    def key(self, text: str) -> None:
        """Type on the keyboard."""
        for start in range(0, len(text), MAX_KEYS):
            part = text[start : start + MAX_KEYS]
            self._record("keyboard", part)
            self.console.type(part)

    def crash(self, server: str, kind: str) -> None:
        """The debug probe makes a server fail. Raises ProbeError."""
        self._touch("crash", server, kind)

    def pause_server(self, server: str) -> None:
        """The debug probe holds a server. Raises ProbeError."""
        self._touch("pause", server)

    def resume_server(self, server: str) -> None:
        """The debug probe lets a held server go on. Raises ProbeError."""
        self._touch("resume", server)

    def replace_program(self, program: OwnProgram) -> None:
        """From now on servers run another text of a program of one's own; those that live are struck, so that the
        supervisor builds them again with it."""
        self._record("program", (program.name, program.digest))
        self.programs[program.name] = program
        for server in self.manifest.servers.values():
            if server.program == program.name and self.probe.can_touch(server.name):
                self.probe.touch("replace", server.name, program.name)

    def _replace_by(self, name: str, digest: str) -> None:
        program = remembered(name, digest)
        if program is None:
            raise ProgramMissing(f"the program {name} with the digest {digest} is not there to be run")
        self.replace_program(program)

    def _start(self, entry: int, arguments: tuple[int, ...]) -> Vehicle:
        """The kernel's loader: programs of one's own start with the text that they have now."""
        server = self.manifest.by_number(entry - FIRST_ENTRY)
        if server is None or not is_own(server.program):
            return self._load(entry, arguments)
        return CoroutineVehicle(begin_thread(self.programs[server.program], arguments), LIBRARY)

    def set_wall_clock(self, microseconds: int) -> None:
        """The clock outside says what time it is (microseconds since 1970)."""
        self._record("wall", microseconds)
        self.timer.wall = microseconds

    def apply(self, source: str, data: Any) -> None:
        """Give an input as it was recorded."""
        actions: dict[str, Callable[[Any], object]] = {
            "operator": lambda text: self.request(json.loads(text)),
            "keyboard": self.key,
            "probe": lambda parts: self._touch(*parts),
            "program": lambda parts: self._replace_by(*parts),
            "wall": self.set_wall_clock,
            "machine": lambda _: None,
            "medium": lambda _: None,
        }
        actions[source](data)

    def replay(self, inputs: Sequence[Input], upto: int | None = None) -> None:
        """Do again what a recorded machine did with these inputs, until `upto` kernel entries or the last input.

        For a machine that has just booted with the same manifest, seed and disk.
        """
        for one in inputs:
            if upto is not None and one.step > upto:
                break
            self._run_to(one.step, one.cycle)
            self.apply(one.source, one.data)
        if upto is not None:
            self.advance(upto - self.steps)

    def _run_to(self, step: int, cycle: int) -> None:
        """Reach the place of an input: so many kernel entries, then the idle time before it."""
        if self.steps < step:
            self.advance(step - self.steps)
        while self.kernel.idle and self.kernel.now < cycle:
            self.pass_idle_time(cycle)

    def _touch(self, action: str, server: str, kind: str = "") -> None:
        self.probe.check(action, server, kind)
        self._record("probe", (action, server, kind))
        self.probe.touch(action, server, kind)

    def _disk_trouble(self, words: str) -> None:
        self._record("medium", words)

    def _record(self, source: str, data: Data) -> None:
        kernel = self.kernel
        self.trace.inputs.append(Input(self.steps, kernel.now, len(kernel.events), source, data))
        kernel.input(source, data)

    # -- keeping it ------------------------------------------------------------------------------------------------

    @property
    def origin(self) -> Origin:
        """What this run began with."""
        from playground.recording.origin import Origin

        return Origin(self.trace.header, self._wall, self._medium.at_boot, self._load, self.manifest.programs)

    def record(self, path: Path) -> Recorder:
        """Write this run to a file, from boot on, until `stop_recording` or `close`. Raises RecordingProblem."""
        from playground.recording.recorder import Recorder

        recorder = Recorder(path, self)
        self.stop_recording()
        self.recorder = recorder
        return recorder

    def stop_recording(self) -> Recorder | None:
        """Finish the file, if there is one; what wrote it."""
        recorder, self.recorder = self.recorder, None
        if recorder is not None:
            recorder.close()
        return recorder

    def mark(self, text: str) -> Mark:
        """Remember this moment under a name."""
        mark = Mark(len(self.kernel.events), text)
        self.trace.marks.append(mark)
        return mark

    # -- looking at it ---------------------------------------------------------------------------------------------

    def where(self, thread: int) -> tuple[str, int, str] | None:
        """File, line and function at which a thread stands."""
        return self.kernel.where(thread)

    def close(self) -> None:
        """Cut the power. The disk keeps what was flushed to it."""
        if not self.closed:
            self.closed = True
            if self.recorder is not None:
                self.recorder.close()
            for thread in self.kernel.threads:
                # Left to the garbage collector, a program that waits on its way out would be reported as our error.
                vehicle = self.kernel.vehicle(thread)
                if vehicle is not None:
                    vehicle.close()
            self.watchdog.stop()
            self.disk.close()
