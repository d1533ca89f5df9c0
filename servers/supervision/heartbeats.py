"""Who is silent, and who only waits for somebody who is.

The supervisor signals a server's notification; a serving loop answers with a signal of its own. A server inside a
Call cannot answer, and that is not its fault: so a server is excused as long as one that it may call (directly or
through others) owes a sign of life itself or is being rebuilt. The silent one at the bottom is found first, its
death wakes those above it, and they answer. Servers that may call each other in a circle do not excuse each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from servers.manifest import Manifest, Server
from servers.supervision.policy import CYCLES_PER_MICROSECOND


@dataclass(slots=True)
class Pulse:
    """What is known of one server's heart."""

    asked_at: int = -1
    """Cycle of the last question without an answer; -1 if none is open."""
    next_at: int = 0
    """Cycle of the next question."""
    misses: int = 0
    """Questions in a row that ran out without an answer."""


class Heartbeats:
    """Keeps the time of all hearts. `tick` says what to do, the supervisor does it."""

    def __init__(self, manifest: Manifest) -> None:
        self._servers = {name: it for name, it in manifest.servers.items() if it.heartbeat_us}
        self._pulses = {name: Pulse() for name in self._servers}
        self._below = {name: _reachable(manifest, name) for name in manifest.servers}
        self._down: set[str] = set()
        self._slack = manifest.supervision.pulse_us * CYCLES_PER_MICROSECOND // 2
        """Ticks are as far apart as a pulse: what falls due before the middle to the next one is due now."""

    def started(self, name: str, now: int) -> None:
        """A server begins a life."""
        self._down.discard(name)
        if name in self._pulses:
            self._pulses[name] = Pulse(next_at=now + self._period(name))

    def ended(self, name: str) -> None:
        """A server is dead or stopped, and not asked any more."""
        self._down.add(name)

    def answered(self, numbers: int) -> None:
        """Signs of life arrived: bit n is the server with number n."""
        for name, server in self._servers.items():
            if numbers >> server.number & 1:
                self._pulses[name].asked_at = -1
                self._pulses[name].misses = 0

    def tick(self, now: int) -> tuple[list[str], list[str]]:
        """Time has passed: the servers that are dead of silence, and those to ask for a sign of life now.

        A late one has all below it asked too, and is judged one tick later, when it is known whom to blame.
        """
        silent = [name for name in self._alive() if self._is_silent(name)]
        due = [name for name in self._alive() if now + self._slack >= self._pulses[name].next_at]
        for name in due:
            if self._pulses[name].asked_at >= 0:
                self._pulses[name].misses += 1
        asked: dict[str, None] = {}
        for name in due:
            self._pulses[name].next_at = now + self._period(name)
            asked[name] = None
            if self._pulses[name].misses:
                asked.update(dict.fromkeys(other for other in self._below[name] if other in self._alive()))
        for name in asked:
            self._pulses[name].asked_at = now
        return silent, [name for name in asked if name not in silent]

    def _is_silent(self, name: str) -> bool:
        return self._pulses[name].misses >= self._servers[name].heartbeat_misses and not self.blamed(name)

    def misses(self, name: str) -> int:
        """How many questions in a row a server left unanswered."""
        return self._pulses[name].misses if name in self._pulses else 0

    def blamed(self, name: str) -> str | None:
        """The server below this one that it may be waiting for, or None."""
        for other in self._below[name]:
            if name in self._below[other]:
                continue
            if other in self._down or (other in self._pulses and self._pulses[other].asked_at >= 0):
                return other
        return None

    def _alive(self) -> list[str]:
        return [name for name in self._servers if name not in self._down]

    def _period(self, name: str) -> int:
        return self._servers[name].heartbeat_us * CYCLES_PER_MICROSECOND


def _reachable(manifest: Manifest, name: str) -> list[str]:
    """The servers that a server may call, directly or through others, in the order of the manifest."""
    found: set[str] = set()
    front: list[Server] = [manifest.servers[name]]
    while front:
        for use in front.pop().uses.values():
            if use.server not in found:
                found.add(use.server)
                front.append(manifest.servers[use.server])
    return [other for other in manifest.servers if other in found and other not in (name, "supervisor")]
