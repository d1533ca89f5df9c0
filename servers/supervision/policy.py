"""What to do about a death: OTP's restart types, strategies and intensity, MINIX's exponential back-off.

Pure decisions over plain data, so that each can be tested without a kernel. Times are cycles of virtual time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from servers.manifest import Manifest, Server, Supervision
from servers.supervision.causes import BY_HAND, REPLACED, Cause

CYCLES_PER_MICROSECOND: Final = 1000

RESTART: Final = "restart"
LEAVE: Final = "leave"
GIVE_UP: Final = "give-up"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the supervisor will do about one death."""

    action: str
    """RESTART, LEAVE (stopped) or GIVE_UP."""
    affected: tuple[str, ...]
    """The servers that are torn down and, for RESTART, built again, in the order of the manifest."""
    attempt: int
    """How many restarts this one makes within the period."""
    backoff_us: int
    text: str
    """The decision in words."""


@dataclass(slots=True)
class History:
    """When a server was restarted, as far back as the period of the intensity reaches."""

    restarts: list[int] = field(default_factory=list)

    def recent(self, now: int, supervision: Supervision) -> int:
        """How many restarts lie within the period; older ones are forgotten."""
        start = now - supervision.period_us * CYCLES_PER_MICROSECOND
        self.restarts = [cycle for cycle in self.restarts if cycle >= start]
        return len(self.restarts)


def decide(manifest: Manifest, server: Server, cause: Cause, history: History, now: int) -> Decision:
    """The decision about a death at cycle `now`; counts the restart in the history if there is one."""
    supervision = manifest.supervision
    period = _seconds(supervision.period_us)
    if cause.name == REPLACED:
        text = f"{server.name} is built from its new program at once; that does not count as a restart"
        return Decision(RESTART, (server.name,), 0, 0, text)
    if server.restart == "temporary" or (server.restart == "transient" and cause.normal):
        why = "it is temporary" if server.restart == "temporary" else "it is transient and ended by itself"
        return Decision(LEAVE, (server.name,), 0, 0, f"{server.name} stays stopped: {why}")
    attempt = history.recent(now, supervision) + 1
    if attempt > supervision.intensity and cause.name != BY_HAND:
        text = f"{server.name} is given up: {attempt - 1} restarts in {period} are enough"
        return Decision(GIVE_UP, (server.name,), attempt, 0, text)
    history.restarts.append(now)
    backoff = 0 if cause.name == BY_HAND else backoff_us(supervision, attempt)
    affected = affected_by(manifest, server)
    others = [name for name in affected if name != server.name]
    text = f"{server.restart}, {server.strategy}: restart {attempt} of {server.name} in {period}"
    text += f", with {', '.join(others)}" if others else ""
    text += f", after {backoff:,} us" if backoff else ", at once"
    return Decision(RESTART, affected, attempt, backoff, text)


def backoff_us(supervision: Supervision, attempt: int) -> int:
    """How long to wait before a restart: nothing before the first, then doubling up to the limit."""
    if attempt <= 1:
        return 0
    return int(min(supervision.backoff_us << (attempt - 2), supervision.backoff_max_us))


def affected_by(manifest: Manifest, server: Server) -> tuple[str, ...]:
    """The servers that a strategy tears down together with a dead one."""
    if server.strategy == "one_for_one":
        return (server.name,)
    group = [it for it in manifest.servers.values() if it.group == server.group and it.name != "supervisor"]
    if server.strategy == "rest_for_one":
        group = [it for it in group if it.number >= server.number]
    return tuple(it.name for it in group)


def policy_in_words(manifest: Manifest, server: Server) -> str:
    """One sentence for people."""
    supervision = manifest.supervision
    when = {
        "permanent": "is always restarted",
        "transient": "is restarted unless it ends by itself",
        "temporary": "is never restarted",
    }[server.restart]
    together = [name for name in affected_by(manifest, server) if name != server.name]
    heart = (
        f"it is asked for a sign of life each {_seconds(server.heartbeat_us)} and is dead after "
        f"{server.heartbeat_misses} missed ones"
        if server.heartbeat_us
        else "it is not asked for signs of life"
    )
    limit = f"at most {supervision.intensity} restarts in {_seconds(supervision.period_us)}"
    with_whom = f" with {', '.join(together)}" if together else ""
    return f"{server.name} {when} ({server.strategy}){with_whom}, {limit}; {heart}."


def _seconds(microseconds: int) -> str:
    return f"{microseconds / 1_000_000:g} s"
