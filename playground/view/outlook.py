"""What will come of a crash, told from the manifest before it happens: who notices, who builds the server anew, or
that nobody does and what helps then.
"""

from __future__ import annotations

from servers.manifest import SUPERVISOR, Manifest, Server
from servers.runtime.sabotage import EXIT, SILENCE, WRONG_ANSWER

PERSON = "you"


def of_crash(manifest: Manifest, name: str, kind: str) -> str:
    """One or two sentences, or '' for a server that the manifest does not know."""
    server = manifest.servers.get(name)
    if server is None:
        return ""
    if kind == WRONG_ANSWER:
        return _wrong_answers(server)
    if name == SUPERVISOR:
        return (
            "Nobody watches over the supervisor: it stays down, and whoever dies after it stays dead. "
            "To go on, look back and begin another timeline there, or start again."
        )
    if kind == SILENCE:
        return _silence(server)
    if server.restart == "temporary" or (server.restart == "transient" and kind == EXIT):
        return f"The supervisor hears of it and leaves {name} down: its restart is {server.restart}."
    return f"The supervisor hears of it and builds {name} anew, {server.strategy}.{_meanwhile(server)}"


def is_grave(manifest: Manifest, name: str, kind: str) -> bool:
    """Whether nobody will put it right unless the person does."""
    server = manifest.servers.get(name)
    if server is None:
        return False
    unnoticed = kind == WRONG_ANSWER or (kind == SILENCE and not server.heartbeat_us)
    return unnoticed or name == SUPERVISOR


def _wrong_answers(server: Server) -> str:
    if not server.provides:
        return f"But {server.name} answers nobody: it fails with an exception instead."
    if server.name == SUPERVISOR:
        return "Nobody can build the supervisor anew: it will lie until you start again."
    return f"`restart {server.name}` builds it anew."


def _silence(server: Server) -> str:
    if server.heartbeat_us:
        seconds = server.heartbeat_us / 1_000_000
        often = "the first" if server.heartbeat_misses == 1 else f"{server.heartbeat_misses} in a row"
        return (
            f"The supervisor asks for a sign of life every {seconds:g} s; when {often} stays away, "
            f"it builds {server.name} anew.{_meanwhile(server)}"
        )
    nobody = f"Nobody asks {server.name} for signs of life, so nobody notices"
    if server.name == PERSON:
        return f"{nobody}: nothing that you ask for is carried out until you crash `you` in another way."
    return f"{nobody}; `restart {server.name}` builds it anew."


def _meanwhile(server: Server) -> str:
    return " Until then nothing that you ask for is carried out." if server.name == PERSON else ""
