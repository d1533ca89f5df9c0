"""What could come next on a command line, from the table of verbs and the names of a system."""

from __future__ import annotations

import re

from scenarios.language.check import World
from scenarios.language.happenings import event_fields, event_names
from scenarios.language.verbs import CRASH_KINDS, PROPERTIES, RIGHTS, SOURCES, STATES, TABS, UNITS, VERBS

_WORDS = re.compile(r'"(?:\\.|[^"\\])*"?|\S+')
_AFTER_EXPECT = ["reply", "event", "no", "count", "time", "deadlock", "manifest"]


def complete(text: str, world: World) -> list[str]:
    """Every continuation of the last word of `text`, as whole words, in the order in which they are best shown."""
    words = _WORDS.findall(text)
    last = "" if not text or text[-1].isspace() else words.pop()
    if last.startswith('"'):
        return []
    return [word for word in _candidates(words, last, world) if word.startswith(last) and word != last]


def _candidates(words: list[str], last: str, world: World) -> list[str]:
    if not words:
        return list(VERBS)
    verb, *rest = words
    if verb not in VERBS:
        return []
    if len(words) >= 2 and words[-2] == "within":
        return list(UNITS)
    if verb in ("expect", "run"):
        return _condition(rest, last, world)
    if verb == "find":
        return _find(rest, last, world)
    if verb == "why":
        return ["not", *world.servers] if not rest else _why_not(rest[1:], world) if rest[0] == "not" else []
    if verb in ("call", "send"):
        return _call(rest, world)
    if verb == "crash":
        return [f"with={kind}" for kind in CRASH_KINDS] if rest else list(world.servers)
    if verb in ("revoke", "delete"):
        names = [f"{server}.{name}" for server in world.servers for name in world.capabilities.get(server, ())]
        return [] if rest else names
    if verb == "ask":
        return _ask(rest, last, world)
    if verb == "inspect":
        return [] if rest else list(TABS)
    if verb == "speed":
        return [] if rest else ["max"]
    if verb == "wait":
        return list(UNITS) if rest else []
    takes_server = any(argument.names == "servers" for argument in VERBS[verb].arguments)
    return list(world.servers) if takes_server and not rest else []


def _call(rest: list[str], world: World) -> list[str]:
    if not rest:
        return [f"{name}.{row.name}" for name, interface in world.calls.items() for row in interface.operations]
    target, _, name = rest[0].partition(".")
    interface = world.interface(target)
    rows = [row for row in interface.operations if row.name == name] if interface else []
    given = {word.partition("=")[0] for word in rest[1:]}
    return [f"{argument.name}=" for row in rows for argument in row.arguments if argument.name not in given]


def _find(rest: list[str], last: str, world: World) -> list[str]:
    heads = [] if rest else ["next", "last"]
    if rest[:1] in (["next"], ["last"]):
        rest = rest[1:]
    if rest[:1] == ["message"]:
        return list(world.servers) if rest == ["message", "to"] else ["to"] if len(rest) == 1 else []
    found = [word for word in _condition(rest, last, world) if word != "within"]  # it looks, nobody waits
    return found if rest else [*heads, "message", *found]


def _why_not(rest: list[str], world: World) -> list[str]:
    return ["reach"] if len(rest) == 1 else [] if len(rest) > 2 else list(world.servers)


def _ask(rest: list[str], last: str, world: World) -> list[str]:
    """After the question: where the answer comes from, or answers with their conditions."""
    if "if" in rest:
        return _condition(rest[len(rest) - rest[::-1].index("if") :], last, world)
    if rest and rest[-1].startswith("answer=whether"):
        return _condition([], last, world)
    if rest[-1:] == ["of"] or "event" in rest:
        return _condition(rest[rest.index("event") :] if "event" in rest else [], last, world)
    if len(rest) > 1:
        return ["within", "if", "or", "otherwise"]
    heads = [source.split()[0] for source in SOURCES if source[0].islower()]
    return [f"answer={head}" for head in heads] if rest else []


def _circle_or_manifest(rest: list[str], world: World) -> list[str]:
    if rest[0] == "deadlock":
        return list(world.servers) if rest[-1] in ("of", "and") else ["and", "within"] if "of" in rest else ["of"]
    if rest[-1] == "is":
        return ["accepted", "refused"]
    if rest[-1] == "refused":
        return ["at"]
    return [] if rest[-1] in ("with", "without", "at") else ["with", "without", "is"]


def _condition(rest: list[str], last: str, world: World) -> list[str]:
    if rest[:1] == ["until"]:
        rest = rest[1:]
    if not rest:
        if "." in last:
            return [f"{server}.{name}" for server in world.servers for name in PROPERTIES]
        return [*_AFTER_EXPECT, *world.servers]
    if "event" in rest:
        after = rest[len(rest) - rest[::-1].index("event") :]
        return [f"{name}=" for name in event_fields(after[0]) or ()] + ["before", "within"] if after else event_names()
    if rest[-1] in ("is", "not"):
        return ["not", *STATES]
    if rest[0] == "reply":
        return ["succeeds", "fails", "contains", "starts"] if len(rest) == 1 else ["with", "within"]
    if rest[-1] in ("reach", "for", "from"):
        return list(world.servers)
    if len(rest) == 1 and rest[0] in world.servers:
        return ["is", "can", "cannot", "holds", "lacks"]
    if rest[0] in ("deadlock", "manifest"):
        return _circle_or_manifest(rest, world)
    if rest[-2:-1] and rest[-2] in ("holds", "lacks"):
        return ["with", "within"]
    if len(rest) > 1 and rest[-1] == "with":
        return list(RIGHTS)
    if rest[-1] in ("holds", "lacks"):
        return list(world.capabilities.get(rest[0], ()))
    if rest in (["no"], ["count"]):
        return ["event", "reply", "deadlock"]
    return ["reach"] if rest[-1] in ("can", "cannot") else ["within"]
