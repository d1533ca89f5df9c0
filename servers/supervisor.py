"""The supervisor: notices deaths, and builds servers anew from the manifest.

It learns of a death by a fault message (every server's fault endpoint is the supervisor's, badged with the server's
number), by signs of life that stay away, or because somebody asks for it. Then it answers the callers of the dead
server in its place, revokes the Untyped that its life was made from, and, as policy says, builds it again with the
builder that root used. It calls no server: nobody that it watches can make it wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kernel.abi import UNTOUCHED, Message
from kernel.syscalls import nb_recv, nb_wait, send, signal
from servers.builder.builder import Builder
from servers.builder.layout import FAULT_BADGE, PULSE_SIGNAL, SHORTEST_PULSE_US, heart_of, plan, ready_signal
from servers.builder.pulse_thread import set_period
from servers.hardware import TimerRegister
from servers.interfaces import SUPERVISOR as INTERFACE
from servers.interfaces.base import error_label
from servers.manifest import SUPERVISOR, Server, parse_manifest
from servers.runtime import invocations as kernel
from servers.runtime.env import Env
from servers.runtime.errors import UNAVAILABLE, KernelRefusal, OutOfMemory, Refused
from servers.runtime.serving import DEAD, Answer, Request, Serving
from servers.supervision.causes import Cause, by_hand, cause_of_fault, silence
from servers.supervision.heartbeats import Heartbeats
from servers.supervision.policy import (
    CYCLES_PER_MICROSECOND,
    GIVE_UP,
    RESTART,
    Decision,
    History,
    decide,
    policy_in_words,
)

RUNNING: Final = "running"
WAITING: Final = "waiting"
STOPPED: Final = "stopped"
GIVEN_UP: Final = "given-up"
MAX_DRAINED: Final = 256
"""Most callers that are refused in one go when a server is stopped."""


@dataclass(slots=True)
class Ward:
    """One server in the supervisor's care."""

    server: Server
    state: str = RUNNING
    life: int = 1
    history: History = field(default_factory=History)
    due: int = -1
    """Cycle at which it is built again while WAITING."""


class Supervisor:
    """Handles the supervisor's interface, faults and pulses."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._manifest = parse_manifest(env.manifest_text, "manifest")
        cspace, vspace, authority = env.cap("cspace"), env.cap("vspace"), env.cap("tcb")
        self._control = env.cap("sched_control")
        self._builder = Builder(plan(self._manifest), 0, cspace, vspace, authority, self._control)
        self._builder.adopt(self._manifest.servers)
        self._timer = env.window("timer")
        self._wards = {name: Ward(it) for name, it in self._manifest.servers.items() if name != SUPERVISOR}
        self._hearts = Heartbeats(self._manifest)
        self._pulse_for = -1
        """The due cycle that the pulse is set to, or -1 for its slow period."""
        self._signals = 0
        """Signals that arrived while something else was waited for."""
        self._spare_reply = env.replies[-1]

    async def begin(self) -> None:
        """Start the clocks of all hearts."""
        now = await self._now()
        for name in self._wards:
            self._hearts.started(name, now)

    # -- what happens ----------------------------------------------------------------------------------------------

    async def on_fault(self, number: int, label: int, words: tuple[int, ...]) -> None:
        """A server faulted; the kernel called in its name and waits for an answer that it will not get."""
        server = self._manifest.by_number(number)
        if server is not None and self._wards[server.name].state == RUNNING:
            await self._died(server.name, cause_of_fault(label, words))

    async def on_signal(self, badge: int) -> None:
        """The pulse: time has passed; or a passive server is ready."""
        badge, self._signals = badge | self._signals, 0
        for name, ward in self._wards.items():
            if ward.server.passive and badge & ready_signal(ward.server) and self._builder.is_alive(name):
                await self._builder.make_passive(name)
        if badge & PULSE_SIGNAL:
            await self._pulse()
        if self._signals:
            await self.on_signal(0)

    async def _pulse(self) -> None:
        now = await self._now()
        signs = await nb_wait(self._env.cap("hearts"))
        self._hearts.answered(signs.badge)
        silent, ask = self._hearts.tick(now)
        for name in ask:
            await signal(self._env.cap(heart_of(name)))
        for name in silent:
            server = self._wards[name].server
            await self._died(name, silence(self._hearts.misses(name), server.heartbeat_us))
        for name, ward in self._wards.items():
            if ward.state == WAITING and ward.due <= now:
                await self._rebuild(name)
        await self._set_pulse()

    async def _set_pulse(self) -> None:
        """Let the pulse come in time for the next rebuilding, or slowly if none is due."""
        due = min((ward.due for ward in self._wards.values() if ward.state == WAITING), default=-1)
        if due == self._pulse_for:
            return
        self._pulse_for = due
        period = self._manifest.supervision.pulse_us
        if due >= 0:
            wait = -(-(due - await self._now()) // CYCLES_PER_MICROSECOND)
            period = max(SHORTEST_PULSE_US, min(period, wait))
        await set_period(self._builder, self._control, period)

    async def _now(self) -> int:
        return await self._timer.load_word(TimerRegister.NOW)

    # -- deaths ----------------------------------------------------------------------------------------------------

    async def _died(self, name: str, cause: Cause) -> None:
        ward = self._wards[name]
        await self._env.note("server-died", server=name, life=ward.life, cause=cause.name, detail=cause.detail)
        decision = decide(self._manifest, ward.server, cause, ward.history, await self._now())
        await self._env.note(
            "policy", server=name, policy=ward.server.strategy, attempt=decision.attempt,
            backoff_us=decision.backoff_us, text=decision.text,
        )  # fmt: skip
        await self._carry_out(name, decision)

    async def _carry_out(self, name: str, decision: Decision) -> None:
        affected = [it for it in decision.affected if it == name or self._wards[it].state == RUNNING]
        for victim in reversed(affected):
            await self._bury(victim)
        if decision.action != RESTART:
            await self._leave(name, decision.action, decision.text)
            return
        due = await self._now() + decision.backoff_us * CYCLES_PER_MICROSECOND
        for victim in affected:
            ward = self._wards[victim]
            ward.state, ward.due = WAITING, due
        if not decision.backoff_us:
            for victim in affected:
                await self._rebuild(victim)
        await self._set_pulse()

    async def _bury(self, name: str) -> None:
        """Stop a server, answer its callers in its place, and destroy everything that it was and held."""
        builder, ward = self._builder, self._wards[name]
        self._hearts.ended(name)
        if not builder.is_alive(name):
            return
        await kernel.suspend(builder.slot(f"{name}.tcb"))
        for number in range(ward.server.replies):
            await send(builder.slot(f"{name}.reply", number), DEAD.label)
        await builder.end_life(name)

    async def _rebuild(self, name: str) -> None:
        """Build a server whose life is over. If that fails it is given up, and the note says what was refused."""
        ward = self._wards[name]
        ward.life += 1
        await self._env.note("restarting", server=name, life=ward.life, text=f"{name} is built from the manifest")
        try:
            await self._builder.reconnect(ward.server)
            await self._builder.rebuild(ward.server, ward.life)
        except (KernelRefusal, OutOfMemory) as refusal:
            await self._builder.end_life(name)
            await self._leave(name, GIVE_UP, f"{name} cannot be built again: {refusal}")
            return
        ward.state, ward.due = RUNNING, -1
        self._hearts.started(name, await self._now())
        await self._env.note("restarted", server=name, life=ward.life, text=f"{name} begins life {ward.life}")

    async def _leave(self, name: str, action: str, text: str) -> None:
        """Leave a server dead: its clients are refused now and cannot ask again."""
        ward = self._wards[name]
        ward.state, ward.due = (GIVEN_UP if action == GIVE_UP else STOPPED), -1
        await self._env.note("gave-up" if action == GIVE_UP else "stopped", server=name, text=text)
        await self._builder.cut_off(ward.server)
        for endpoint in self._builder.endpoints(ward.server):
            await self._refuse_waiting(self._builder.slot(endpoint))
        await self._set_pulse()

    async def _refuse_waiting(self, endpoint: int) -> None:
        """Answer those who already wait at an endpoint that nobody serves any more."""
        for _ in range(MAX_DRAINED):
            message = await nb_recv(endpoint, self._spare_reply)
            if message.label == UNTOUCHED:
                if not message.badge:
                    return
                self._signals |= message.badge
            else:
                await send(self._spare_reply, error_label(UNAVAILABLE))

    # -- the interface `supervisor` --------------------------------------------------------------------------------

    async def status(self, request: Request) -> str:
        """One line for each server."""
        lines = [
            f"{name} {ward.state} life {ward.life} restarts {len(ward.history.restarts)}"
            for name, ward in self._wards.items()
        ]
        return "\n".join(lines)[:900]

    async def policy(self, request: Request, server: str) -> str:
        """The policy of a server in words."""
        return policy_in_words(self._manifest, self._ward(server).server)[:900]

    async def restart(self, request: Request, server: str) -> None:
        """Kill and rebuild by hand; does not count against the intensity."""
        ward = self._ward(server)
        if ward.state == RUNNING:
            await self._env.note(
                "server-died", server=server, life=ward.life, cause="by-hand", detail=by_hand(self._who(request)).detail
            )
        await self._bury(server)
        await self._rebuild_by_hand(ward)

    async def stop(self, request: Request, server: str) -> None:
        """Kill and leave stopped."""
        ward = self._ward(server)
        if ward.state in (STOPPED, GIVEN_UP):
            return
        await self._bury(server)
        await self._leave(server, STOPPED, f"{server} is stopped: {by_hand(self._who(request)).detail}")

    async def start(self, request: Request, server: str) -> None:
        """Build a stopped server; its history is forgotten."""
        ward = self._ward(server)
        if ward.state != RUNNING:
            await self._rebuild_by_hand(ward)

    async def _rebuild_by_hand(self, ward: Ward) -> None:
        ward.history.restarts.clear()
        await self._rebuild(ward.server.name)
        await self._set_pulse()
        if ward.state != RUNNING:
            raise Refused("BUILD_FAILED")

    def _ward(self, name: str) -> Ward:
        if name not in self._wards:
            raise Refused("UNKNOWN_SERVER")
        return self._wards[name]

    def _who(self, request: Request) -> str:
        server = self._manifest.by_number(request.badge)
        return server.name if server else f"client {request.badge}"


class Watch(Serving):
    """A serving loop that also takes fault messages, which come through the same endpoint with a badge of their own."""

    async def _dispatch(self, message: Message) -> Answer | None:
        if message.badge & FAULT_BADGE:
            await self.handler.on_fault(message.badge & ~FAULT_BADGE, message.label, message.words)
            return None
        return await super()._dispatch(message)


async def main(env: Env) -> None:
    """Watch over everybody for ever."""
    supervisor = Supervisor(env)
    env.replies = env.replies[:-1]
    await supervisor.begin()
    await Watch(env, INTERFACE, supervisor).run()
