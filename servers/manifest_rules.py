"""Rules about a whole manifest: who may wait for whom.

A call makes its sender wait for the receiver, and a fault makes a server wait for its pager. If all of these lead
upwards in priority, as Microkit demands, no chain of them can come back to where it began, and no circle of servers
that wait for each other can ever come about. A system asks for that with `calls = "upwards"`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from servers.nearest import nearest

if TYPE_CHECKING:
    from servers.manifest import Server
    from servers.toml_reader import ManifestError, Table

ANYWHERE: Final = "anywhere"
UPWARDS: Final = "upwards"
CALLS: Final = (ANYWHERE, UPWARDS)
"""Whom a server may be given a capability to call: any; only those of higher priority than its own."""

Servers = Mapping[str, "Server"]


def check_pager(server: Server, servers: Servers, table: Table) -> None:
    """A pager exists, can receive, can make copies of its pages, and is not paged by those whom it pages."""
    if not server.pager:
        return
    pager = servers.get(server.pager)
    if pager is None:
        raise table.wrong("pager", f"no server is called `{server.pager}`{nearest(server.pager, list(servers))}")
    if "supervisor" in (server.name, pager.name):
        sentence = "the supervisor has no pager and is none: what it deals with are the faults that a pager passes on"
        raise table.wrong("pager", sentence)
    if not pager.provides or "cspace" not in pager.own:
        sentence = f'`{pager.name}` cannot be a pager: it needs an endpoint under `provides`, and own = ["cspace"]'
        raise table.wrong("pager", sentence)
    seen = [server.name]
    while pager is not None:
        if pager.name in seen:
            circle = " by ".join(f"`{name}`" for name in [*seen[seen.index(pager.name) :], pager.name])
            raise table.wrong("pager", f"pagers are paged in a circle: {circle}; one of them must do without")
        seen.append(pager.name)
        pager = servers.get(pager.pager)


def check_upwards(servers: Servers, sections: Mapping[str, Table]) -> None:
    """Whoever waits, waits for somebody of higher priority. Raises ManifestError for the first who would not."""
    for name, server in servers.items():
        uses = sections[name].table("uses")
        for key, use in server.uses.items():
            other = servers[use.server]
            if other.priority <= server.priority:
                raise _downwards(servers, server, other, uses, key)
        if server.pager and servers[server.pager].priority <= server.priority:
            raise _downwards(servers, server, servers[server.pager], sections[name], "pager")


def _downwards(servers: Servers, server: Server, other: Server, table: Table, key: str) -> ManifestError:
    back = _way(servers, other.name, server.name)
    if other is server:
        cure = ", and it would wait for itself for ever; take the capability away"
    elif back:
        steps = " and ".join(f"`{here}` {_verb(servers, here, there)} `{there}`" for here, there in back)
        cure = f", and {steps}; one of these must go"
    else:
        cure = f"; give `{other.name}` one above {server.priority}, or `{server.name}` one below {other.priority}"
    what = "have its faults dealt with by" if key == "pager" else "call"
    who, whom = f"`{server.name}` ({server.priority})", f"`{other.name}` ({other.priority})"
    return table.wrong(key, f"{who} may not {what} {whom}: calls go upwards in priority{cure}")


def _verb(servers: Servers, here: str, there: str) -> str:
    return "calls" if any(use.server == there for use in servers[here].uses.values()) else "is paged by"


def _way(servers: Servers, start: str, goal: str) -> list[tuple[str, str]]:
    """The shortest chain of calls and faults from one server to another, step by step; empty if there is none."""
    came_from: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting and goal not in came_from:
        here = waiting.pop(0)
        server = servers[here]
        for there in [*(use.server for use in server.uses.values()), *([server.pager] if server.pager else [])]:
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    steps: list[tuple[str, str]] = []
    here = goal
    while came_from.get(here):
        steps.insert(0, (came_from[here], here))
        here = came_from[here]
    return steps
