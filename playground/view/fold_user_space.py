"""The part of the fold about what user space and the outside world say: names, notes, inputs, the debug probe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kernel import events as ev
from kernel.abi import ObjectType
from kernel.events import Event
from playground.view.model import Note, ServerRecord, View


def _named(view: View, number: int, event: Event) -> None:
    _, _, object_id, text = event
    view.names[object_id] = text
    known = view.objects.get(object_id)
    if known is None:
        return
    known.name = text
    if known.type != ObjectType.TCB:
        return
    record = view.records.get(text)
    if record is None:
        helped = view.records.get(text.partition(".")[0])
        if helped is not None:
            view.owners[object_id] = helped
            return
        if view.manifest is not None:
            return
        record = view.records[text] = ServerRecord(text)
    if record.thread != object_id:
        record.thread = record.last_thread = object_id
        record.life += 1
        record.fault = None
        record.sabotage = ""
        view.owners[object_id] = record


def thread_destroyed(view: View, number: int, thread_id: int) -> None:
    """A server whose thread is gone is dead, whether or not somebody says so."""
    record = view.owners.get(thread_id)
    if record is not None and record.thread == thread_id:
        record.thread = 0
        if not record.phase:
            record.phase, record.phase_detail, record.phase_number = "dead", "its thread was deleted", number


def _note(view: View, number: int, event: Event) -> None:
    _, cycle, thread, topic, pairs = event
    fields = dict(pairs)
    view.notes.append(Note(number, cycle, thread, topic, fields))
    if topic == "system-ready":
        view.ready = True
        return
    record = view.records.get(str(fields.get("server", "")))
    step = _TOPICS.get(topic)
    if record is not None and step is not None:
        step(record, number, fields)


def _server_runs(record: ServerRecord, number: int, fields: dict[str, int | str]) -> None:
    life = fields.get("life")
    if isinstance(life, int):
        record.life = life
    record.phase, record.phase_detail, record.phase_number = "", "", number


def _server_died(record: ServerRecord, number: int, fields: dict[str, int | str]) -> None:
    record.phase, record.phase_number = "dead", number
    record.phase_detail = str(fields.get("cause") or fields.get("detail", ""))


def _sabotaged(record: ServerRecord, number: int, fields: dict[str, int | str]) -> None:
    record.sabotage = str(fields.get("place", "")).removeprefix("at ")


def _policy(record: ServerRecord, number: int, fields: dict[str, int | str]) -> None:
    """With a wait before it, the restart is announced; without one, what is decided follows at once."""
    backoff = fields.get("backoff_us")
    if isinstance(backoff, int) and backoff > 0:
        record.phase, record.phase_detail, record.phase_number = "restarting", duration(backoff), number


def duration(microseconds: int) -> str:
    """When something happens that is so far off: "in 40 ms"."""
    if microseconds < 1000:
        return f"in {microseconds} us"
    if microseconds < 1_000_000:
        return f"in {microseconds / 1000:.3g} ms"
    return f"in {microseconds / 1_000_000:.3g} s"


def _restarting(record: ServerRecord, number: int, fields: dict[str, int | str]) -> None:
    record.phase, record.phase_detail, record.phase_number = "restarting", "now", number


def _gave_up(record: ServerRecord, number: int, fields: dict[str, int | str]) -> None:
    record.phase, record.phase_number = "gave-up", number
    record.phase_detail = str(fields.get("text", "")) or "given up"


def _stopped(record: ServerRecord, number: int, fields: dict[str, int | str]) -> None:
    record.phase, record.phase_detail, record.phase_number = "stopped", "by hand", number


_TOPICS: Final[dict[str, Callable[[ServerRecord, int, dict[str, int | str]], None]]] = {
    "server-started": _server_runs,
    "sabotaged": _sabotaged,
    "restarted": _server_runs,
    "server-died": _server_died,
    "policy": _policy,
    "restarting": _restarting,
    "gave-up": _gave_up,
    "stopped": _stopped,
}
"""What the supervisor and the root task say about a server."""


def _input(view: View, number: int, event: Event) -> None:
    view.inputs.append((number, event[2], event[3]))


def _probe(view: View, number: int, event: Event) -> None:
    view.probes.append((number, event[2], event[3], event[4]))
    thread = view.threads.get(event[2])
    if thread is not None:
        thread.probed = "" if event[3] == "resume" else event[3]
        thread.probe_number = number


STEPS: Final[dict[int, Callable[[View, int, Event], None]]] = {
    ev.NAMED: _named,
    ev.NOTE: _note,
    ev.INPUT: _input,
    ev.PROBE: _probe,
}
