"""What the person points at: the object, capability or event that is mentioned under the cursor of any pane."""

from __future__ import annotations

from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Target
from playground.view.servers import owner_of


def target_of_server(desk: Desk, name: str) -> Target | None:
    """A server is its thread; without one, the memory that its next life will be made from."""
    server = desk.view.servers.get(name)
    if server is None:
        return None
    if server.thread:
        return Target(object=server.thread)
    record = desk.view.records.get(name)
    return Target(object=record.last_thread) if record is not None and record.last_thread else None


def mentioned(desk: Desk, pane: object) -> Target | None:
    """What `pane` mentions under its cursor; else what is selected."""
    from playground.screens.inspector import Inspector
    from playground.screens.stream import Stream

    if isinstance(pane, Inspector) and pane.target is not None:
        target = pane.target
        return object_of(desk, target) if target.slot is not None else target
    if isinstance(pane, Stream) and desk.chronicle.lines:
        number = desk.moment if desk.moment >= 0 else desk.chronicle.lines[-1].number
        return Target(moment=number)
    return target_of_server(desk, desk.selected)


def object_of(desk: Desk, target: Target) -> Target:
    """For a capability, the object it leads to; the capability stays within reach."""
    cap = desk.view.slots.get(target.slot) if target.slot is not None else None
    return Target(object=cap.object, through=target.slot) if cap is not None else target


def owner_of_target(desk: Desk, target: Target) -> str:
    """The server that a target belongs to, or ''."""
    view = desk.view
    if target.slot is not None:
        cap = view.slots.get(target.slot)
        return owner_of(view, cap.cnode) if cap is not None else ""
    if target.object:
        record = view.owners.get(target.object)
        return record.name if record is not None else owner_of(view, target.object)
    message = view.log.find(target.moment)
    return message.sender if message is not None and message.sender in view.servers else ""
