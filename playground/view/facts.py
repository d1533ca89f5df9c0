"""What a condition of the lesson language can ask of a View, now or at any moment of the past."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kernel.abi import Rights
from playground.view.model import ServerView, View
from playground.view.servers import slot_names
from scenarios.stage import ServerFacts
from servers.manifest import Manifest

RIGHTS: Final = {
    "read": Rights.READ, "write": Rights.WRITE, "grant": Rights.GRANT, "grant-reply": Rights.GRANT_REPLY,
}  # fmt: skip
"""Rights as the language writes them."""
_STATES: Final = {"absent": "not-started"}
"""Keys of the View whose word in a lesson is another."""


def facts_of(server: ServerView) -> ServerFacts:
    """How a server is, in the words of the language."""
    handles, _, client = server.handles.partition(" for ")
    return ServerFacts(
        name=server.name,
        state=_state(server),
        detail=server.status.detail,
        waits_for=server.waits_for.server if server.waits_for else "",
        handles=handles,
        asked_by=client.partition(" ")[0],
        life=server.life,
        capabilities=server.cap_count,
        messages=server.message_count,
        memory=server.memory_used,
    )


def holds(view: View, manifest: Manifest, server: str, capability: str, rights: Sequence[str] = ()) -> bool:
    """Whether a server has what the manifest calls so (the slot of that name is not empty) or, if there is a dot in the
    name, a capability to the object that is called so, wherever it is from; and with all of these rights."""
    wanted = sum((RIGHTS[right] for right in rights), Rights.NONE)
    held = view.held.get(view.servers[server].cspace, {})
    if "." in capability:
        found = [cap for cap in held.values() if view.names.get(cap.object) == capability]
    else:
        names = slot_names(manifest, server)
        found = [cap for slot, cap in held.items() if names.get(slot) == capability]
    return any(cap.rights & wanted == wanted for cap in found)


def _state(server: ServerView) -> str:
    if server.status.key == "stopped" and server.status.detail.startswith("paused"):
        return "paused"
    return _STATES.get(server.status.key, server.status.key)
