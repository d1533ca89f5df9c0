"""A stage without a machine: its events are written down beforehand and come true one kernel entry at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kernel import events
from kernel.events import Event
from scenarios.library import read_system
from scenarios.stage import Argument, Deadlock, Reply, ServerFacts, StageError
from servers.manifest import Manifest

THREADS = {"you": 1, "fs": 2, "disk": 3, "supervisor": 4}


Happening = Callable[["FakeStage"], None]


def note(topic: str, **fields: int | str) -> Happening:
    """The supervisor remarks something."""
    return lambda stage: stage.emit(events.NOTE, THREADS["supervisor"], topic, tuple(fields.items()))


def message(sender: str, receiver: str, label: int) -> Happening:
    """A server calls another."""
    return lambda stage: stage.emit(events.MESSAGE, THREADS[sender], THREADS[receiver], 9, 0, label, (), (), 1, 17, 0)


def replied(replier: str, caller: str) -> Happening:
    """The call that Reply object 17 holds is answered."""
    return lambda stage: stage.emit(events.REPLIED, THREADS[replier], THREADS[caller], 17, 0, (), (), 0, 0)


def answer(request: int, ok: bool = True, error: str = "", text: str = "", **fields: int | str) -> Happening:
    """`you` gets an answer."""
    return lambda stage: stage.replies.update({request: Reply(request, ok, error, text, fields)})


def becomes(name: str, state: str, **more: Any) -> Happening:
    """A server changes its state."""
    return lambda stage: stage.servers.update({name: ServerFacts(name, state, **more)})


@dataclass
class FakeStage:
    """Each `advance` takes the next entry of `script`: how many cycles pass, and what happens then."""

    script: list[tuple[int, Happening | None]] = field(default_factory=list)
    cycle: int = 0
    steps: int = 0
    idle: bool = False
    failure: str = ""
    events: list[Event] = field(default_factory=list)
    servers: dict[str, ServerFacts] = field(default_factory=dict)
    replies: dict[int, Reply] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    """What the lesson did, in words."""
    requests: int = 0
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    reachable: set[tuple[str, str]] = field(default_factory=set)
    circles: list[Deadlock] = field(default_factory=list)

    def advance(self) -> None:
        """One kernel entry."""
        cycles, happening = self.script.pop(0)
        self.cycle += cycles
        self.steps += 1
        if happening is not None:
            happening(self)

    def emit(self, kind: int, *fields: Any) -> None:
        """Something happened now."""
        self.events.append((kind, self.cycle, *fields))

    @property
    def exhausted(self) -> bool:
        return not self.script

    def name_of(self, object_id: int) -> str:
        return next((name for name, number in THREADS.items() if number == object_id), f"object {object_id}")

    def server(self, name: str) -> ServerFacts:
        return self.servers.get(name, ServerFacts(name, "idle", life=1))

    def reply(self, request: int) -> Reply | None:
        return self.replies.get(request)

    def reaches(self, source: str, destination: str) -> bool:
        return (source, destination) in self.reachable

    def holds(self, server: str, capability: str, rights: Sequence[str] = ()) -> bool:
        return f"delete {server}.{capability}" not in self.done

    def deadlocks(self) -> Sequence[Deadlock]:
        return self.circles

    @property
    def manifest(self) -> Manifest:
        return read_system("workshop")

    def call(self, server: str, operation: str, arguments: Mapping[str, Argument]) -> int:
        return self._request(f"call {server}.{operation} {dict(arguments)}")

    def revoke(self, server: str, capability: str) -> int:
        return self._request(f"revoke {server}.{capability}")

    def delete(self, server: str, capability: str) -> int:
        return self._request(f"delete {server}.{capability}")

    def restart(self, server: str) -> int:
        return self._request(f"restart {server}")

    def mark(self, name: str) -> None:
        self.marks[name] = (self.cycle, len(self.events))
        self.done.append(f"mark {name}")

    def goto(self, name: str) -> None:
        self.cycle, count = self.marks[name]
        del self.events[count:]
        self.done.append(f"goto {name}")

    def moment(self) -> object:
        return self.cycle, self.steps, len(self.events), len(self.done)

    def return_to(self, moment: object) -> None:
        assert isinstance(moment, tuple)
        self.cycle, self.steps, events_then, done_then = moment
        del self.events[events_then:]
        del self.done[done_then:]

    def keep(self, name: str) -> None:
        self.done.append(f"keep {name}")

    def compare(self, name: str) -> str:
        return f"as in {name}"

    def key(self, text: str) -> None:
        self.done.append(f"key {text!r}")

    def crash(self, server: str, kind: str) -> None:
        if self.server(server).state == "stopped":
            raise StageError(f"{server} is stopped and cannot crash")
        self.done.append(f"crash {server} {kind}")

    def pause(self, server: str) -> None:
        self.done.append(f"pause {server}")

    def resume(self, server: str) -> None:
        self.done.append(f"resume {server}")

    def _request(self, what: str) -> int:
        self.requests += 1
        self.done.append(what)
        return self.requests
