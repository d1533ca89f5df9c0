"""Which server a line of the inspector or the stream leads to."""

from __future__ import annotations

from playground.screens.desk import Desk
from playground.screens.inspector_tabs import Target


def server_behind(desk: Desk, target: Target) -> str:
    """The server to select: named, or the owner of the object that a capability names, or its holder."""
    servers = desk.view.servers
    if target.server:
        return target.server if target.server in servers else ""
    cap = desk.view.slots.get(target.slot) if target.slot else None
    if cap is None:
        return ""
    owner = desk.view.name_of(cap.object).partition(".")[0]
    if owner in servers and owner != desk.selected:
        return owner
    for server in servers.values():
        if server.cspace == cap.cnode:
            return server.name
    return ""
