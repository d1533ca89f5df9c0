"""Who can ask whom: the graph of authority, read off the capabilities that exist now."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from kernel.abi import ObjectType, Rights
from playground.view.model import View
from playground.view.objects import CapView
from playground.view.servers import cspace_of, owner_of


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a server can send to another, and by what."""

    possible: bool
    """It holds a capability that can send to an endpoint on which the other receives."""
    capabilities: tuple[CapView, ...]
    """Those capabilities, by slot."""
    path: tuple[str, ...]
    """The shortest chain of servers that requests can be passed along, both ends included; empty if there is none."""
    text: str
    """One sentence."""


def send_capabilities(view: View, server: str) -> dict[str, list[CapView]]:
    """The endpoint capabilities in a server's own space that can send, by the server at the other end."""
    record = view.records.get(server)
    found: dict[str, list[CapView]] = {}
    if record is None or not record.thread:
        return found
    for cap in sorted(view.held.get(cspace_of(view, record.thread), {}).values(), key=lambda cap: cap.index):
        if cap.kind == ObjectType.ENDPOINT and cap.rights & Rights.WRITE:
            found.setdefault(receiver_of(view, cap.object), []).append(cap)
    found.pop("", None)
    return found


def receiver_of(view: View, endpoint: int) -> str:
    """The server that an endpoint belongs to: by its name, or else by who waits on it."""
    owner = owner_of(view, endpoint)
    if owner:
        return owner
    known = view.endpoints.get(endpoint)
    if known is not None and known.queue and not known.sending:
        record = view.owners.get(known.queue[0])
        return record.name if record is not None else ""
    return ""


def can_reach(view: View, server: str, target: str) -> Reach:
    """From which capabilities `server` can send to `target`; capabilities that others hold do not count."""
    direct = tuple(send_capabilities(view, server).get(target, ()))
    path = _path(view, server, target)
    if direct:
        names = ", ".join(sorted({view.name_of(cap.object) for cap in direct}))
        text = f"{server} can reach {target} through {names}."
    elif path:
        text = f"{server} cannot reach {target} itself; only {path[1]}, whom it can ask, can."
        if len(path) > 3:
            text = f"{server} cannot reach {target} itself; only through {', '.join(path[1:-1])}."
    else:
        text = f"{server} cannot reach {target}: nobody it can ask leads there."
    return Reach(bool(direct), direct, path, text)


def _path(view: View, server: str, target: str) -> tuple[str, ...]:
    came_from: dict[str, str] = {server: ""}
    waiting = deque([server])
    while waiting:
        here = waiting.popleft()
        if here == target:
            path = [here]
            while came_from[path[-1]]:
                path.append(came_from[path[-1]])
            return tuple(reversed(path))
        for following in send_capabilities(view, here):
            if following not in came_from:
                came_from[following] = here
                waiting.append(following)
    return ()
