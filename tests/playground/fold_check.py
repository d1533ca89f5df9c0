"""Holds a View against the kernel's own inspection: the fold of the events must be the kernel's state."""

from __future__ import annotations

from typing import Any

from kernel.abi import ObjectType
from kernel.inspection import Inspection
from playground.view.model import View
from playground.view.objects import CapView


def differences(view: View, truth: Inspection) -> list[str]:
    """Every way in which the view is not what the kernel says; empty if it is."""
    found: list[str] = []

    def same(what: str, folded: Any, kernel: Any) -> None:
        if folded != kernel:
            found.append(f"{what}: the view has {folded}, the kernel has {kernel}")

    for key in sorted({*view.objects, *truth.objects}):
        same(f"object {key}", _object(view, key), truth.objects.get(key))
    slots = {place: _slot(cap) for place, cap in view.slots.items()}
    for place in sorted({*slots, *truth.slots}):
        same(f"slot {place}", slots.get(place), _state(truth, place))
    for key, thread in truth.threads.items():
        mine = view.threads.get(key)
        same(
            f"thread {key}",
            mine
            and (
                mine.state, mine.blocked_on, mine.priority, mine.mcp, mine.sched_context, mine.notification,
                mine.released,
            ),
            (
                thread.state, thread.blocked_on, thread.priority, thread.mcp, thread.sched_context,
                thread.bound_notification, thread.in_release,
            ),
        )  # fmt: skip
    for key, (sending, queue) in truth.queues.items():
        endpoint = view.endpoints.get(key)
        same(
            f"endpoint {key}",
            endpoint and (endpoint.sending and bool(endpoint.queue), tuple(endpoint.queue)),
            (sending, queue),
        )
    for key, (active, word, queue) in truth.notifications.items():
        notification = view.notifications.get(key)
        same(
            f"notification {key}",
            notification and (notification.active, notification.word, tuple(notification.queue)),
            (active, word, queue),
        )
    for key, holds in truth.replies.items():
        same(f"reply {key}", view.replies[key].thread if key in view.replies else None, holds)
    for key, (thread_id, notification_id, refills) in truth.contexts.items():
        context = view.sched_contexts.get(key)
        same(f"context {key}", context and (context.thread, context.notification), (thread_id, notification_id))
        if context is not None and context.period != context.budget:
            same(f"refills of {key}", context.refills, refills)
    same("current thread", view.current_thread, truth.current)
    if view.cycle > truth.cycle:
        found.append(f"the view is at cycle {view.cycle}, the kernel only at {truth.cycle}")
    return found


def _object(view: View, key: int) -> tuple[int, int, int] | None:
    known = view.objects.get(key)
    if known is None:
        return None
    address = 0 if known.type == ObjectType.IRQ_HANDLER else known.address
    return int(known.type), known.size_bits, address


def _slot(cap: CapView) -> tuple[Any, ...]:
    before = (cap.previous.cnode, cap.previous.index) if cap.previous is not None else None
    after = (cap.next.cnode, cap.next.index) if cap.next is not None else None
    return (
        int(cap.kind), cap.object, cap.rights, cap.badge, cap.revocable, cap.first_badged, before, after,
    )  # fmt: skip


def _state(truth: Inspection, place: tuple[int, int]) -> tuple[Any, ...] | None:
    slot = truth.slots.get(place)
    if slot is None:
        return None
    return (
        slot.kind, slot.object, slot.rights, slot.badge, slot.revocable, slot.first_badged, slot.before, slot.after,
    )  # fmt: skip
