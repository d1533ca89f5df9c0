"""The debug probe: what a person with a debugger at the processor's port can do to a server, whoever it is.

None of this is a system call. The kernel marks each touch with a `probe` event; what it leads to happens by the
ordinary rules.
"""

from __future__ import annotations

from kernel.abi import ObjectType
from kernel.events import NAMED, OBJECT_CREATED, OBJECT_DESTROYED
from kernel.kernel import Kernel
from servers.manifest import Manifest
from servers.nearest import nearest
from servers.runtime.sabotage import KINDS, REPLACED, Sabotage


class ProbeError(Exception):
    """The probe has nothing to touch; the text is one sentence for the person."""

    is_users_mistake = True


class Probe:
    """Finds the thread of a server in what the kernel said, and touches it."""

    def __init__(self, kernel: Kernel, manifest: Manifest) -> None:
        self._kernel = kernel
        self._manifest = manifest
        self._alive: set[int] = set()
        self._threads: dict[str, int] = {}
        self._read = 0

    def thread_of(self, server: str) -> int:
        """The id of the thread that the server is now. Raises ProbeError."""
        if server not in self._manifest.servers:
            raise ProbeError(f"no server is called `{server}`{nearest(server, list(self._manifest.servers))}")
        self._follow()
        thread = self._threads.get(server, 0)
        if thread not in self._alive:
            raise ProbeError(f"{server} has no thread now; it is stopped or being built again")
        return thread

    def check(self, action: str, server: str, kind: str = "") -> int:
        """The thread that `touch` would touch. Raises ProbeError."""
        if action == "crash" and kind not in KINDS:
            raise ProbeError(f"no crash is called `{kind}`{nearest(kind, list(KINDS))}; there is {', '.join(KINDS)}")
        thread = self.thread_of(server)
        if action == "crash" and self._kernel.vehicle(thread) is None:
            raise ProbeError(f"{server} does not run: it has not started, or has failed already")
        return thread

    def can_touch(self, server: str) -> bool:
        """Whether a server has a thread that runs a program."""
        self._follow()
        thread = self._threads.get(server, 0)
        return thread in self._alive and self._kernel.vehicle(thread) is not None

    def touch(self, action: str, server: str, kind: str = "") -> None:
        """Crash, pause or resume a server, or let its program be replaced. Raises ProbeError."""
        thread = self.check(action, server, kind)
        if action == "crash":
            self._kernel.probe_throw(thread, Sabotage(kind), "crash", kind)
        elif action == "replace":
            self._kernel.probe_throw(thread, Sabotage(REPLACED), "replace", kind)
        elif action == "pause":
            self._kernel.probe_suspend(thread)
        else:
            self._kernel.probe_resume(thread)

    def _follow(self) -> None:
        """Read the events since the last time."""
        events = self._kernel.events
        for number in range(self._read, len(events)):
            event = events[number]
            kind = event[0]
            if kind == NAMED:
                if event[2] in self._alive:
                    self._threads[event[3]] = event[2]
            elif kind == OBJECT_CREATED:
                if event[3] == ObjectType.TCB:
                    self._alive.add(event[2])
            elif kind == OBJECT_DESTROYED:
                self._alive.discard(event[2])
        self._read = len(events)
