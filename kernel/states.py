"""The thread-state machine: one table, from which the check, the documentation and the screens are made.

Restart means that the thread will execute its interrupted trap again. A thread in any Blocked state waits in exactly
one place; only Running and Restart can be scheduled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kernel.abi import ThreadState
from kernel.objects import TCB, KernelBug

_INACTIVE = ThreadState.INACTIVE
_RUNNING = ThreadState.RUNNING
_RESTART = ThreadState.RESTART
_RECEIVE = ThreadState.BLOCKED_ON_RECEIVE
_SEND = ThreadState.BLOCKED_ON_SEND
_REPLY = ThreadState.BLOCKED_ON_REPLY
_NOTIFICATION = ThreadState.BLOCKED_ON_NOTIFICATION


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of the diagram."""

    before: ThreadState
    after: ThreadState
    why: str
    """What makes a thread go this way, in a few words."""


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(_INACTIVE, _RESTART, "resumed"),
    Transition(_RESTART, _RUNNING, "scheduled: the trap is executed again"),
    Transition(_RESTART, _INACTIVE, "suspended, or a fault nobody handles"),
    Transition(_RESTART, _SEND, "fault, and the handler is busy"),
    Transition(_RESTART, _REPLY, "fault, and the handler has it"),
    Transition(_RUNNING, _RESTART, "interrupted in the middle of a trap"),
    Transition(_RUNNING, _INACTIVE, "suspended; a fault nobody handles; a Call that nobody may answer"),
    Transition(_RUNNING, _RECEIVE, "receives, nobody sends"),
    Transition(_RUNNING, _SEND, "sends, nobody receives"),
    Transition(_RUNNING, _REPLY, "Call delivered"),
    Transition(_RUNNING, _NOTIFICATION, "waits, nothing is pending"),
    Transition(_RECEIVE, _RUNNING, "a message or a bound signal arrives"),
    Transition(_RECEIVE, _RESTART, "the endpoint is destroyed"),
    Transition(_RECEIVE, _INACTIVE, "suspended, or its reply object is taken"),
    Transition(_SEND, _RUNNING, "its message is received"),
    Transition(_SEND, _REPLY, "its Call or fault is received"),
    Transition(_SEND, _RESTART, "the endpoint is destroyed, or its badge is cancelled"),
    Transition(_SEND, _INACTIVE, "suspended, or its Call is received and nobody may answer"),
    Transition(_REPLY, _RUNNING, "answered"),
    Transition(_REPLY, _RESTART, "its fault is answered: go on"),
    Transition(_REPLY, _INACTIVE, "suspended; the reply object is destroyed; its fault is answered: stop"),
    Transition(_NOTIFICATION, _RUNNING, "signalled"),
    Transition(_NOTIFICATION, _RESTART, "the notification is destroyed"),
    Transition(_NOTIFICATION, _INACTIVE, "suspended"),
)
"""Every way from one state to another; there is no other."""

_ALLOWED: Final = frozenset((arrow.before, arrow.after) for arrow in TRANSITIONS) | frozenset(
    (state, state) for state in ThreadState
)


def enter(thread: TCB, state: int) -> None:
    """Change the state of a thread. Raises KernelBug for an arrow that the table does not have."""
    if (thread.state, state) not in _ALLOWED:
        raise KernelBug(
            f"the thread-state machine: thread {thread.id} cannot go from "
            f"{ThreadState(thread.state).name} to {ThreadState(state).name}"
        )
    thread.state = state


def mermaid() -> str:
    """The state machine as a Mermaid state diagram."""
    names = {state: "".join(part.capitalize() for part in state.name.split("_")) for state in ThreadState}
    arrows = [f"    {names[arrow.before]} --> {names[arrow.after]}: {arrow.why}" for arrow in TRANSITIONS]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {names[_INACTIVE]}", *arrows]) + "\n"
