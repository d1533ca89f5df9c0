"""What came of one act, as lines of the lesson language: the verb that does it again, then what to expect."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from playground.view import inputs
from playground.view.model import ServerView, View
from scenarios.language import check_command, parse_line, world_of
from scenarios.language.check import operation_of
from scenarios.language.errors import LanguageError
from scenarios.language.syntax import Call
from servers.interfaces import Operation
from servers.manifest import Manifest

if TYPE_CHECKING:
    from playground.exports.skeleton import Act

UNSTEADY: Final = frozenset({"clock", "log"})
"""Interfaces whose answers tell the time or what else went on: they are not expected to the letter."""
LONGEST_QUOTE: Final = 40
"""Characters of an answer that are expected."""
OVERSEERS: Final = frozenset({"supervisor", "you"})
"""What they hold changes with every life of the others."""
MOST_EVENTS: Final = 24
"""Notes that are expected after one act."""
SLACK: Final = 1_000_000_000
"""Cycles that an event may come later than it did: a second."""

_TOPICS: Final = {"server-died": ("server", "cause"), "restarted": ("server", "life"), "gave-up": ("server",),
                  "interrupt-lost": ("server",)}  # fmt: skip
"""Notes that are worth expecting, with the fields that are."""
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e"}


@dataclass(slots=True)
class Judgement:
    """The lines of one act."""

    lines: list[str] = field(default_factory=list)
    prose: str = ""
    """What the author has to know, or ''."""
    settled: int = 0
    """The cycle at which everything that is expected had happened."""
    waits_for_state: bool = False
    """The next act comes when a state is reached, so there is no time to wait for."""
    until: str = ""
    """A line to be written after the waiting, or ''."""


class Names:
    """The names of a system, to hold every line against before it is written."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.world = world_of(manifest)
        self.asked: Operation | None = None

    def valid(self, line: str) -> bool:
        """Whether a lesson may say this."""
        try:
            command = parse_line(line)
        except LanguageError:
            return False
        if command is None:
            return False
        action = command.action
        asked = operation_of(action, self.world) if isinstance(action, Call) else None
        self.asked = asked or self.asked
        return not check_command(command, self.world, self.asked)


def judge(names: Names, act: Act, view: View, following: Act | None) -> Judgement:
    """The lines for an act; `view` is how things were right before the following one, or at the end."""
    judged = Judgement(settled=act.cycle)
    verb = verb_line(act)
    if verb is None or not names.valid(verb):
        told = verb or inputs.request(act.data)
        judged.prose = "What was done here by hand cannot be said in a lesson, so it is left out."
        judged.lines.append(f"# by hand: {' '.join(told.split())}")
        return judged
    judged.lines.append(verb)
    if act.source == "operator":
        _answer(names, act, judged, verb)
    elif act.source == "keyboard":
        _typed(names, act, judged)
    elif act.data[0] == "pause":
        _expect(names, judged, f"{act.data[1]} is paused")
    _notes(names, act, judged)
    _losses(names, act, view, judged)
    _late_answer(names, act, judged)
    if following is not None and following.source == "probe":
        _meet(names, view, following, judged)
    return judged


def verb_line(act: Act) -> str | None:
    """The line that does it again, or None if the language has no word for it."""
    if act.source == "keyboard":
        return f"key {quoted(act.data)}"
    if act.source == "probe":
        action, server, kind = act.data
        return f"crash {server} with={kind}" if action == "crash" else f"{action} {server}"
    try:
        wanted = json.loads(act.data)
    except ValueError:
        return None
    if not isinstance(wanted, dict):
        return None
    if wanted.get("operation") == "call":
        arguments = wanted.get("arguments") or {}
        if (wanted.get("target"), wanted.get("name")) == ("supervisor", "restart") and set(arguments) == {"server"}:
            return f"restart {arguments['server']}"
        shown = "".join(f" {name}={_value(value)}" for name, value in arguments.items())
        return f"call {wanted.get('target')}.{wanted.get('name')}{shown}"
    capability = wanted.get("capability")
    return f"{wanted.get('operation')} {wanted.get('server')}.{capability}" if capability else None


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quoted(str(value))


def quoted(text: str) -> str:
    """A text in double quotes, as the language reads it."""
    return '"' + "".join(_ESCAPES.get(each, each) for each in text) + '"'


def _expect(names: Names, judged: Judgement, condition: str) -> None:
    line = f"expect {condition}"
    if names.valid(line):
        judged.lines.append(line)


def duration(cycles: int) -> str:
    """So much virtual time to the microsecond, in the largest unit that says it: deadlines may depend on it."""
    microseconds = round(cycles / 1_000)
    for unit, size in (("s", 1_000_000), ("ms", 1_000), ("us", 1)):
        if microseconds and microseconds % size == 0:
            return f"{microseconds // size:_} {unit}"
    return f"{max(cycles, 1):_} cycles"


def _within(act: Act, cycle: int) -> str:
    """Twice the time it took, and a second."""
    return f"within {duration(-(-((cycle - act.cycle) * 2 + SLACK) // SLACK) * SLACK)}"


def _answer(names: Names, act: Act, judged: Judgement, verb: str) -> None:
    """What `you` got back, or that it got nothing before the next act."""
    told = next(((cycle, fields) for cycle, topic, fields in act.notes
                 if topic == "you-reply" and fields.get("request") == act.request), None)  # fmt: skip
    waiting = verb.startswith("call ")
    if told is None:
        if waiting:
            judged.lines[-1] = "send " + verb.removeprefix("call ")
            _expect(names, judged, "no reply")
        return
    cycle, fields = told
    judged.settled = max(judged.settled, cycle)
    if not waiting:
        # These verbs wait for their answer and fail by themselves if it is an error.
        if not fields.get("ok"):
            judged.prose = f"By hand this was refused: {fields.get('text')}"
            judged.lines[-1] = f"# refused by hand: {verb}"
        return
    if not fields.get("ok"):
        error = f"reply fails with {fields.get('error')}"
        _expect(names, judged, error if names.valid(f"expect {error}") else "reply fails")
        return
    _expect(names, judged, "reply succeeds")
    _results(names, fields, judged)


def _late_answer(names: Names, act: Act, judged: Judgement) -> None:
    """The answer to the last request came after other things were done."""
    if not act.owed or act.source == "operator":
        return
    for cycle, topic, fields in act.notes:
        if topic == "you-reply" and fields.get("request") == act.owed:
            judged.settled = max(judged.settled, cycle)
            _expect(names, judged, f"reply {'succeeds' if fields.get('ok') else 'fails'} {_within(act, cycle)}")


def _results(names: Names, fields: dict[str, int | str], judged: Judgement) -> None:
    """The results that are the same every time."""
    interface = names.world.interface(str(fields.get("operation", "")).partition(".")[0])
    if names.asked is None or interface is None or interface.name in UNSTEADY:
        return
    for result in names.asked.results:
        value = fields.get(result.name)
        if isinstance(value, str) and result.type in ("text", "bytes"):
            lines = [line.strip() for line in value.splitlines() if line.strip()]
            plain = max(lines, key=len, default="")[:LONGEST_QUOTE].strip()
            if plain and plain.isprintable():
                _expect(names, judged, f"reply.{result.name} contains {quoted(plain)}")
        elif isinstance(value, int) and result.type == "word":
            _expect(names, judged, f"reply.{result.name} == {value}")


def _meet(names: Names, view: View, following: Act, judged: Judgement) -> None:
    """The debug probe touched a server next: run until that is in the same state again."""
    server = view.servers.get(following.data[1])
    condition = _handling(server) if server is not None else ""
    if condition and names.valid(line := f"run until {condition} within 1 s"):
        judged.lines.append(line)
        judged.waits_for_state = True
        you = view.servers.get("you")
        if you is not None and you.status.key == "waiting" and you.waits_for is not None and you.waits_for.server:
            _expect(names, judged, f"you is waiting for {you.waits_for.server}")
    elif server is not None and server.status.key == "idle":
        judged.until = f"run until {server.name} is idle within 1 s"


def _handling(server: ServerView) -> str:
    if server.status.key not in ("handling", "waiting") or not server.handles:
        return ""
    what, _, client = server.handles.partition(" for ")
    client = client.partition(" ")[0]
    return f"{server.name} is handling {what}" + (f" from {client}" if client else "")


def _typed(names: Names, act: Act, judged: Judgement) -> None:
    """The first thing that the shell asked somebody other than the console for."""
    for cycle, caller, callee, operation in act.calls:
        if caller == "shell" and callee not in ("console", "log", "shell"):
            judged.settled = max(judged.settled, cycle)
            event = f"event message sender={caller} receiver={callee} operation={operation}"
            _expect(names, judged, f"{event} {_within(act, cycle)}")
            return


def _notes(names: Names, act: Act, judged: Judgement) -> None:
    """Deaths, restarts and what else user space says of servers."""
    told = [note for note in act.notes if note[1] in _TOPICS][:MOST_EVENTS]
    for cycle, topic, fields in told:
        shown = "".join(f" {name}={fields[name]}" for name in _TOPICS[topic] if name in fields)
        judged.settled = max(judged.settled, cycle)
        _expect(names, judged, f"event {topic}{shown} {_within(act, cycle)}")


def _losses(names: Names, act: Act, view: View, judged: Judgement) -> None:
    """Named capabilities that somebody held before and lacks now."""
    from playground.view.servers import slot_names

    for name, capability in sorted(act.held):
        server = view.servers[name]
        if not server.thread or name in OVERSEERS:
            continue
        slots = slot_names(names.manifest, name)
        if all(slots.get(index) != capability for index in view.held.get(server.cspace, ())):
            _expect(names, judged, f"{name} lacks {capability} within 1 s")
