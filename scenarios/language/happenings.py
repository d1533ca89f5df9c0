"""The events that a condition can name: those of the kernel, and what user space says about itself.

A kernel event is matched by the fields of `kernel.events.TABLE`, with names instead of ids. A message and a reply
also have `operation` (`block.read`), which the interfaces read out of the label.
"""

from __future__ import annotations

from typing import Final

from kernel.events import BY_NAME

TOPICS: Final[dict[str, tuple[str, ...]]] = {
    "server-started": ("server", "life", "thread"),
    "server-died": ("server", "life", "cause", "detail"),
    "policy": ("server", "policy", "attempt", "backoff_us", "text"),
    "restarting": ("server", "life", "text"),
    "restarted": ("server", "life", "text"),
    "gave-up": ("server", "text"),
    "stopped": ("server", "text"),
    "system-ready": (),
    "retry": ("capability", "operation", "attempt", "text"),
    "unavailable": ("operation", "text"),
    "interrupt-lost": ("server", "text"),
    "sabotaged": ("server", "kind", "place", "text"),
    "acted": ("server", "operation", "error", "text"),
    "bus-taken": ("server", "text"),
    "bus-free": ("server", "text"),
    "deadline-met": ("server",),
    "deadline-missed": ("server", "text"),
    "checked": ("server", "record", "ok"),
    "changed": ("server", "record"),
    "served": ("server",),
    "used": ("server", "record"),
    "reset": ("number", "text"),
    "you-reply": ("request", "ok", "operation", "text", "error"),
}
"""Topics of notes (kernel event `note`) with their fields."""

DECODED: Final = {"message": ("operation",), "replied": ("operation",)}
"""Fields that are read out of others."""

CAUSES: Final = (
    "exception", "page-fault", "exit", "silence", "runaway", "memory", "by-hand", "replaced", "undefined-instruction",
    "capability-fault", "bad-system-call", "timeout", "fault",
)  # fmt: skip
"""Values of `cause` in `server-died`."""


def event_names() -> list[str]:
    """Everything that can stand after `event`."""
    return [*BY_NAME, *TOPICS]


def event_fields(name: str) -> tuple[str, ...] | None:
    """The fields of an event, or None if there is no such event."""
    if name in TOPICS:
        return TOPICS[name]
    kind = BY_NAME.get(name)
    return (*kind.fields, *DECODED.get(name, ())) if kind else None
