"""From events to what is true now: one small function for each kind of event.

`Fold.update` may be given any number of events at a time; the view after event n is the same however they were cut.
It runs at several hundred thousand events a second, so nothing here is put into words: that happens when somebody
looks (`playground.view.servers`, `playground.view.decode`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from kernel import events as ev
from kernel.abi import ObjectType
from kernel.events import Event
from playground.view import fold_capabilities, fold_threads, fold_user_space
from playground.view.message_log import MessageLog
from playground.view.model import MESSAGE_LIMIT, NOTE_LIMIT, IrqView, ObjectView, ServerRecord, View
from playground.view.objects import (
    EndpointView,
    NotificationView,
    ReplyView,
    SchedContextView,
    ThreadView,
)
from playground.view.servers import describe

if TYPE_CHECKING:
    from servers.manifest import Manifest

Step = Callable[[View, int, Event], None]
"""What one event changes: (view, number of the event, event)."""


def _booted(view: View, number: int, event: Event) -> None:
    view.booted = True
    view.root_thread = event[2]
    view.memory_bytes = event[3]
    view.names.setdefault(event[2], "root")


def _object_created(view: View, number: int, event: Event) -> None:
    _, _, object_id, type_number, size_bits, address, untyped = event
    kind = ObjectType(type_number)
    view.types[object_id] = kind
    view.objects[object_id] = ObjectView(object_id, kind, view.name_of(object_id), size_bits, address, untyped, number)
    if kind == ObjectType.IRQ_HANDLER:
        view.names[object_id] = view.objects[object_id].name = f"irq {address}"
        line = _line(view, address)
        line.masked = line.pending = False
    elif kind == ObjectType.TCB:
        view.threads[object_id] = ThreadView(object_id)
    elif kind == ObjectType.ENDPOINT:
        view.endpoints[object_id] = EndpointView(object_id)
    elif kind == ObjectType.NOTIFICATION:
        view.notifications[object_id] = NotificationView(object_id)
    elif kind == ObjectType.REPLY:
        view.replies[object_id] = ReplyView(object_id)
    elif kind == ObjectType.SCHED_CONTEXT:
        view.sched_contexts[object_id] = SchedContextView(object_id)


def _object_destroyed(view: View, number: int, event: Event) -> None:
    object_id = event[2]
    gone = view.objects.pop(object_id)
    kind = gone.type
    fold_capabilities.remember(view, gone)
    view.held.pop(object_id, None)
    if kind == ObjectType.TCB:
        fold_threads.forget_thread(view, object_id)
        fold_user_space.thread_destroyed(view, number, object_id)
    elif kind == ObjectType.ENDPOINT:
        del view.endpoints[object_id]
    elif kind == ObjectType.NOTIFICATION:
        del view.notifications[object_id]
    elif kind == ObjectType.REPLY:
        del view.replies[object_id]
    elif kind == ObjectType.SCHED_CONTEXT:
        del view.sched_contexts[object_id]


def _irq_raised(view: View, number: int, event: Event) -> None:
    line = _line(view, event[2])
    line.count += 1
    line.pending = line.masked
    line.masked = True


def _irq_acked(view: View, number: int, event: Event) -> None:
    line = _line(view, event[3])
    line.masked = line.pending = False


def _irq_handler_set(view: View, number: int, event: Event) -> None:
    _line(view, event[2]).notification = event[3]


def _line(view: View, irq: int) -> IrqView:
    line = view.irqs.get(irq)
    if line is None:
        line = view.irqs[irq] = IrqView(irq)
    return line


def _dropped(view: View, number: int, event: Event) -> None:
    view.lost.append((number, event[2], event[4], event[5]))


def _invoked(view: View, number: int, event: Event) -> None:
    if not event[6]:
        view.uses.setdefault((event[2], event[4]), number)


def _nothing(view: View, number: int, event: Event) -> None:
    """The event tells of something that leaves no state behind."""


STEPS: Final[dict[int, Step]] = {
    ev.BOOTED: _booted,
    ev.OBJECT_CREATED: _object_created,
    ev.OBJECT_DESTROYED: _object_destroyed,
    ev.DROPPED: _dropped,
    ev.INVOKED: _invoked,
    ev.IRQ_RAISED: _irq_raised,
    ev.IRQ_ACKED: _irq_acked,
    ev.IRQ_HANDLER_SET: _irq_handler_set,
    **fold_capabilities.STEPS,
    **fold_threads.STEPS,
    **fold_user_space.STEPS,
}
"""One function for every kind of event."""

_BY_CODE: Final[list[Step]] = [STEPS.get(code, _nothing) for code in range(max(ev.TABLE) + 1)]


class Fold:
    """Keeps a `View` up to date. The view is changed in place; copy what must outlive the next update."""

    def __init__(self, manifest: Manifest | None = None) -> None:
        log = MessageLog()
        self.view = View(manifest=manifest, describe=describe, messages=log, log=log)
        log.view = self.view
        if manifest is not None:
            for name in manifest.servers:
                self.view.records[name] = ServerRecord(name)

    def update(self, events: Sequence[Event]) -> None:
        """Take in the events that follow those already seen."""
        if not events:
            return
        view = self.view
        steps = _BY_CODE
        number = view.event_count
        for event in events:
            steps[event[0]](view, number, event)
            number += 1
        view.event_count = number
        view.cycle = events[-1][1]
        self._trim()

    def _trim(self) -> None:
        view = self.view
        view.log.trim(MESSAGE_LIMIT)
        kept: tuple[list[Any], ...] = (view.notes, view.probes, view.inputs, view.lost)
        for entries in kept:
            if len(entries) > 2 * NOTE_LIMIT:
                del entries[:-NOTE_LIMIT]


def view_at(events: Sequence[Event], count: int, manifest: Manifest | None = None) -> View:
    """The view after the first `count` events, folded from the beginning."""
    fold = Fold(manifest)
    fold.update(events[:count])
    return fold.view
