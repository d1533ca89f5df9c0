"""Whether the names in a command exist in a system: servers, operations, arguments, capabilities, events, words.

A World is what the names are looked up in; it is made from a manifest and the interfaces and knows no machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Final

from kernel.abi import ERROR_NAMES
from scenarios.language import syntax
from scenarios.language.errors import Problem, unknown
from scenarios.language.happenings import CAUSES, event_fields, event_names
from scenarios.language.syntax import Command, EventPattern, Setting, Word
from scenarios.language.verbs import CRASH_KINDS, MOST_STEPS, PROPERTIES, RIGHTS, STATES, TABS
from scenarios.parameters import SettingError
from scenarios.what_if import changed, missing
from servers.builder.layout import plan
from servers.interfaces import INTERFACES, SUPERVISOR, Interface, Operation
from servers.manifest import Manifest
from servers.nearest import nearest

Asking = syntax.Call | syntax.Revoke | syntax.Delete | syntax.Restart
"""What is followed by a reply."""
SEARCHED: Final = (
    syntax.Happened, syntax.IsState, syntax.Reach, syntax.Holds, syntax.Property, syntax.Deadlock,
)  # fmt: skip
"""What can be looked for in the past."""
TAKING_AWAY: Final = Operation("revoke or delete", 0, "What `you` does by itself, in the kernel.")
"""Its answer has no parts but `text` and `error`."""
NOT_SEARCHED: Final = (
    "The past is searched for an event, a state, what can be reached or is held: `event restarted server=disk`,"
    " `fs is waiting`, `you cannot reach disk`"
)


@dataclass(frozen=True, slots=True)
class World:
    """The names of a system."""

    servers: tuple[str, ...]
    """In the order of the manifest."""
    calls: Mapping[str, Interface]
    """What `you` may call, by the name of the capability."""
    provides: Mapping[str, Interface]
    """What a server provides, by its name; also if `you` may not call it."""
    capabilities: Mapping[str, tuple[str, ...]]
    """Names of the capabilities of every server."""
    manifest: Manifest | None = None
    """Where the names are from, if they are from one."""

    def interface(self, target: str) -> Interface | None:
        """What a call to that name would speak."""
        return self.calls.get(target) or self.provides.get(target)


def world_of(manifest: Manifest, person: str = "you") -> World:
    """The names of the system that a manifest describes."""
    provides = {
        name: INTERFACES[interface]
        for name, server in manifest.servers.items()
        for interface in server.provides.values()
    }
    calls: dict[str, Interface] = {}
    if person in manifest.servers:
        for capability in manifest.servers[person].uses:
            interface = manifest.interface_of(person, capability)
            if interface is not None:
                calls[capability] = INTERFACES[interface]
    layout = plan(manifest)
    capabilities = {name: tuple(layout.slot_names(name)) for name in manifest.servers}
    return World(tuple(manifest.servers), calls, provides, capabilities, manifest)


def check_command(command: Command, world: World, asked: Operation | None = None) -> list[Problem]:
    """Everything that is wrong with the names of a command; `asked` is the operation that a `reply` answers."""
    checker = _Checker(command, world, asked)
    checker.check(command.action)
    return checker.problems


def operation_of(action: Asking, world: World) -> Operation | None:
    """The operation that is asked for, or None if there is none of that name."""
    if isinstance(action, syntax.Restart):
        return SUPERVISOR.operation("restart")
    if not isinstance(action, syntax.Call):
        return TAKING_AWAY
    interface = world.interface(action.server.text)
    if interface is None:
        return None
    return next((row for row in interface.operations if row.name == action.operation.text), None)


def bind_arguments(operation: Operation, settings: Sequence[Setting]) -> dict[str, syntax.Literal]:
    """Arguments by name: named ones as they are, the others in the order of the operation's."""
    named = {setting.name.text: setting.value for setting in settings if setting.name is not None}
    free = [argument.name for argument in operation.arguments if argument.name not in named]
    values = [setting.value for setting in settings if setting.name is None]
    return named | dict(zip(free, values, strict=False))


class _Checker:
    def __init__(self, command: Command, world: World, asked: Operation | None) -> None:
        self.command = command
        self.world = world
        self.asked = asked
        self.problems: list[Problem] = []

    def complain(self, column: int, sentence: str) -> None:
        command = self.command
        self.problems.append(Problem(command.file, command.line, column or command.column, sentence, command.source))

    def known(self, what: str, word: Word, names: Sequence[str]) -> bool:
        if word.text in names:
            return True
        self.complain(word.column, unknown(what, word.text, names))
        return False

    def server(self, word: Word) -> bool:
        return self.known("server", word, self.world.servers)

    @singledispatchmethod
    def check(self, action: object) -> None:
        """Actions without names have nothing to check."""

    @check.register
    def _(self, action: syntax.Call) -> None:
        target = action.server
        interface = self.world.interface(target.text)
        if interface is None:
            self.known("server that answers calls", target, [*self.world.calls, *self.world.provides])
            return
        names = [row.name for row in interface.operations]
        if action.operation.text not in names:
            clause = nearest(action.operation.text, names)
            sentence = f"`{target}` has no operation `{action.operation}`{clause}"
            self.complain(action.operation.column, sentence)
            return
        self.arguments(action, interface.operation(action.operation.text))

    def arguments(self, action: syntax.Call, operation: Operation) -> None:
        names = [argument.name for argument in operation.arguments]
        whole = f"{action.server}.{action.operation}"
        seen: set[str] = set()
        for setting in action.arguments:
            if setting.name is None:
                continue
            if setting.name.text not in names:
                clause = nearest(setting.name.text, names) if names else "; it takes none"
                self.complain(setting.name.column, f"`{whole}` has no argument `{setting.name}`{clause}")
            elif setting.name.text in seen:
                self.complain(setting.name.column, f"`{setting.name}` is given twice")
            seen.add(setting.name.text)
        if len(action.arguments) > len(names):
            extra = action.arguments[len(names)].value
            takes = f"{len(names)} argument{'s' if len(names) != 1 else ''}"
            self.complain(extra.column, f"`{whole}` takes {takes}, not {len(action.arguments)}")
            return
        given = bind_arguments(operation, action.arguments)
        for argument in operation.arguments:
            if argument.name in given:
                self.value(argument.name, argument.type, given[argument.name])
            elif argument.default is None and not any(setting.name and setting.name.text not in names
                                                      for setting in action.arguments):  # fmt: skip
                self.complain(
                    self.command.column, f"`{whole}` needs `{argument.name}`: {argument.doc} ({argument.type})"
                )

    def value(self, name: str, kind: str, literal: syntax.Literal) -> None:
        number = isinstance(literal.value, int)
        if kind == "word" and not number:
            self.complain(literal.column, f"`{name}` is a number, not {literal}")
        elif kind == "bool" and literal.value not in (0, 1, "true", "false"):
            self.complain(literal.column, f"`{name}` is true or false, not {literal}")
        elif kind in ("text", "bytes") and number:
            self.complain(literal.column, f'`{name}` is text, written "{literal.value}" in double quotes')
        elif kind == "capability":
            self.known("capability of `you`", Word(str(literal.value), literal.column), list(self.world.calls))

    @check.register
    def _(self, action: syntax.Crash) -> None:
        self.server(action.server)
        self.known("kind of crash", action.kind, list(CRASH_KINDS))

    @check.register(syntax.Pause)
    @check.register(syntax.Resume)
    @check.register(syntax.Restart)
    @check.register(syntax.Focus)
    def _(self, action: syntax.Pause | syntax.Resume | syntax.Restart | syntax.Focus) -> None:
        self.server(action.server)

    @check.register(syntax.Revoke)
    @check.register(syntax.Delete)
    def _(self, action: syntax.Revoke | syntax.Delete) -> None:
        self.capability(action.server, action.capability)

    def capability(self, server: Word, name: Word) -> None:
        if self.server(server):
            held = self.world.capabilities.get(server.text, ())
            if name.text not in held:
                self.complain(name.column, f"`{server}` has no capability `{name}`{nearest(name.text, held)}")

    @check.register
    def _(self, action: syntax.Run) -> None:
        if action.until is not None:
            self.condition(action.until)

    @check.register
    def _(self, action: syntax.Expect) -> None:
        self.condition(action.condition)

    @check.register
    def _(self, action: syntax.Ask) -> None:
        for option in action.options:
            if isinstance(option.condition, syntax.Absent | syntax.NoReply):
                sentence = "Of what does not happen nobody can say when it is so; write this answer last, `otherwise`"
                self.complain(option.column, sentence)
            elif option.condition is not None:
                self.condition(option.condition)
        if action.source is not None:
            self.source(action.source)

    def source(self, source: syntax.Source) -> None:
        match source:
            case syntax.AnswerReply(field=field):
                self.reply_part(field)
            case syntax.AnswerCount(event=event):
                self.event(event)
            case syntax.AnswerWhether(condition=condition):
                self.condition(condition)
            case syntax.AnswerProperty(server=server, name=name):
                self.server(server)
                self.known("number of a server", name, [*PROPERTIES, "state"])
            case syntax.AnswerField(field=field, event=event):
                self.event(event)
                fields = event_fields(event.name.text)
                if fields is not None and field.text not in fields:
                    clause = nearest(field.text, fields) if fields else "; it has none"
                    self.complain(field.column, f"Event `{event.name}` has no field `{field}`{clause}")
            case _:
                pass

    @check.register
    def _(self, action: syntax.Show) -> None:
        word = action.word
        if action.condition is not None:
            self.condition(action.condition)
            if not isinstance(action.condition, SEARCHED):
                self.complain(0, NOT_SEARCHED)
        for server in action.servers:
            self.server(server)
        if word is None:
            return
        if action.verb in ("select", "why"):
            self.server(word)
        elif action.verb == "inspect":
            self.known("tab of the inspector", word, TABS)
        elif action.verb == "speed" and word.text != "max":
            number = word.text.replace("_", "")
            if not number.isdecimal() or not 1 <= int(number) <= MOST_STEPS:
                self.complain(word.column, f"A speed is 1 to {MOST_STEPS:_} events a second, or `max`, not {word}")

    def condition(self, condition: syntax.Condition) -> None:
        match condition:
            case syntax.ReplyField():
                self.reply_field(condition)
            case syntax.ReplyFails(error=Word() as error):
                self.known("error", error, self.errors())
            case syntax.Happened(event=event) | syntax.Absent(event=event) | syntax.Counted(event=event):
                self.event(event)
            case syntax.Before() | syntax.Elapsed():
                self.event(condition.first)
                self.event(condition.second)
            case syntax.IsState():
                self.state(condition)
            case syntax.Reach():
                self.server(condition.source)
                self.server(condition.destination)
            case syntax.Holds():
                if "." in condition.capability.text:
                    self.server(condition.server)
                    self.server(Word(condition.capability.text.partition(".")[0], condition.capability.column))
                else:
                    self.capability(condition.server, condition.capability)
                for right in condition.rights:
                    self.known("right", right, list(RIGHTS))
            case syntax.Deadlock():
                for server in condition.servers:
                    self.server(server)
            case syntax.Judged():
                self.judged(condition)
            case syntax.Property():
                self.server(condition.server)
                self.known("number of a server", condition.name, list(PROPERTIES))
            case _:
                pass

    def judged(self, condition: syntax.Judged) -> None:
        manifest = self.world.manifest
        if manifest is None:
            return
        text = manifest.text
        for change in condition.changes:
            if len(change.path.text.split(".")) < 2:
                self.complain(change.path.column, f"A key of the manifest is written TABLE.KEY, not `{change.path}`")
                return
            try:
                text = changed(text, [change])
            except SettingError as error:
                self.complain(change.path.column, str(error))
                return
        if condition.place is not None and (wrong := missing(text, condition.place.text)):
            self.complain(condition.place.column, wrong)

    def errors(self) -> list[str]:
        names = {error.name for interface in INTERFACES.values() for error in interface.all_errors()}
        return [*sorted(names), "MISTAKE", *(name for name in ERROR_NAMES.values() if name != "NoError")]

    def reply_field(self, condition: syntax.ReplyField) -> None:
        self.reply_part(condition.field)
        if condition.comparison in ("contains", "starts with") and isinstance(condition.value.value, int):
            self.complain(condition.value.column, f"What an answer {condition.comparison} is text in double quotes")

    def reply_part(self, field: Word) -> None:
        if self.asked is None:
            self.complain(
                field.column,
                "This line is about an answer, but no line before it asks for anything, such as `call` or `send`",
            )
            return
        names = ["text", "error", *(result.name for result in self.asked.results)]
        if field.text not in names:
            self.complain(field.column, f"A reply of `{self.asked.name}` has no `{field}`{nearest(field.text, names)}")

    def event(self, event: EventPattern) -> None:
        if not self.known("event", event.name, event_names()):
            return
        fields = event_fields(event.name.text) or ()
        seen: set[str] = set()
        for setting in event.fields:
            if setting.name is not None and setting.name.text in seen:
                self.complain(setting.name.column, f"`{setting.name}` is given twice, and an event has one only")
            seen.add(str(setting.name))
            if setting.name is None:
                self.complain(setting.value.column, f"A field of an event is written NAME=VALUE, not {setting.value}")
                continue
            if setting.name.text not in fields:
                clause = nearest(setting.name.text, fields) if fields else "; it has none"
                self.complain(setting.name.column, f"Event `{event.name}` has no field `{setting.name}`{clause}")
                continue
            self.field_value(event.name.text, setting.name.text, setting.value)

    def field_value(self, event: str, field: str, literal: syntax.Literal) -> None:
        word = Word(str(literal.value), literal.column)
        if field == "server":
            self.server(word)
        elif (event, field) == ("server-died", "cause"):
            self.known("cause of death", word, CAUSES)
        elif field == "operation":
            self.operation(word)

    def operation(self, word: Word) -> None:
        interface, _, operation = word.text.partition(".")
        if self.known("interface", Word(interface, word.column), list(INTERFACES)):
            names = [row.name for row in INTERFACES[interface].operations]
            self.known(f"operation of `{interface}`", Word(operation, word.column), names)

    def state(self, condition: syntax.IsState) -> None:
        self.server(condition.server)
        self.known("state of a server", condition.state, list(STATES))
        for other in (condition.waits_for, condition.asked_by):
            if other is not None:
                self.server(other)
        if condition.interface is not None and condition.operation is not None:
            self.operation(Word(f"{condition.interface}.{condition.operation}", condition.interface.column))
