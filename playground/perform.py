"""A line of the lesson language, carried out on the machine that runs on screen.

The same verbs as in lessons; what only makes sense in a lesson is refused with a sentence that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.actions import COMMANDS, FREE_TEXT, UserMistake
from playground.requests import call_request, delete_request, revoke_request
from servers.nearest import nearest

if TYPE_CHECKING:
    from playground.screens.desk import Machine
    from scenarios.language.check import World
    from servers.manifest import Manifest

ONLY_IN_LESSONS = {
    **dict.fromkeys(("ask", "focus", "say", "note"), "here you look for yourself"),
    "wait": "here time passes by itself",
    "goto": "here `go` looks at a marked moment, and `branch` goes on from there",
    "branch": "here `branch` alone goes on from the moment on screen: first `go` to the mark",
    "compare": "here `timelines` shows two runs side by side",
}
"""Verbs that have no meaning on a command line, and what there is instead."""


_last_world: list[tuple[Manifest, World]] = []


def world_for(manifest: Manifest) -> World:
    """The names that commands can use in this system; kept for the system asked about last."""
    from scenarios.language import world_of

    if not _last_world or _last_world[0][0] is not manifest:
        _last_world[:] = [(manifest, world_of(manifest))]
    return _last_world[0][1]


def perform(text: str, machine: Machine) -> str:
    """Carry out one line. Gives what to say about it. Raises UserMistake with one sentence."""
    from scenarios.language import LanguageError, check_command, parse_line
    from scenarios.language.verbs import VERBS

    verb = text.split(None, 1)[0]
    if verb not in VERBS:
        meant = nearest(verb, sorted({*VERBS, *COMMANDS})) or "; f1 lists them all"
        raise UserMistake(f"No command is called `{verb}`{meant}")
    if verb in ONLY_IN_LESSONS:
        raise UserMistake(f"`{verb}` belongs in a lesson; {ONLY_IN_LESSONS[verb]}")
    try:
        command = parse_line(text)
    except LanguageError as error:
        raise UserMistake(error.sentence) from None
    if command is None:
        return ""
    problems = check_command(command, world_for(machine.manifest))
    if problems:
        raise UserMistake(problems[0].sentence)
    return _act(command.action, machine)


def _act(action: Any, machine: Machine) -> str:
    from scenarios.language import syntax

    match action:
        case syntax.Call():
            return _call(action, machine)
        case syntax.Key():
            machine.key(action.text)
            return "typed on the machine's keyboard"
        case syntax.Crash():
            from playground.screens.sheet_crash import crash

            return crash(machine, action.server.text, action.kind.text)
        case syntax.Pause():
            machine.pause_server(action.server.text)
            return f"the probe holds {action.server}"
        case syntax.Resume():
            machine.resume_server(action.server.text)
            return f"the probe lets {action.server} go on"
        case syntax.Revoke():
            machine.request(revoke_request(action.server.text, action.capability.text))
            return f"you revoke {action.server}.{action.capability}"
        case syntax.Delete():
            machine.request(delete_request(action.server.text, action.capability.text))
            return f"you delete {action.server}.{action.capability}"
        case syntax.Restart():
            machine.request(call_request("supervisor", "restart", {"server": action.server.text}))
            return f"you ask the supervisor to restart {action.server}"
        case syntax.Run():
            if action.until is not None:
                raise UserMistake("`run until` belongs in a lesson; here `run` goes on until you say `pause`")
            machine.run()
            return ""
        case syntax.Step():
            if machine.running:
                machine.pause()
            machine.step(action.count)
            return ""
    raise AssertionError(f"nothing carries out {action!r}")


def _call(action: Any, machine: Machine) -> str:
    from scenarios.language.check import bind_arguments, operation_of

    operation = operation_of(action, world_for(machine.manifest))
    assert operation is not None
    kinds = {argument.name: argument.type for argument in operation.arguments}
    values = {
        name: literal.value in (1, "true") if kinds[name] == "bool" else literal.value
        for name, literal in bind_arguments(operation, action.arguments).items()
    }
    machine.request(call_request(action.server.text, operation.name, values))
    return f"you ask {action.server}.{operation.name}"


def completions(text: str, manifest: Manifest) -> list[str]:
    """Whole lines that a typed beginning can become: verbs of the language and the application's own."""
    if not manifest.text or not text.strip():
        return []  # it has not been read yet, or nothing was typed
    from scenarios.language import complete

    head, space, last = text.rpartition(" ")
    if not space:
        words = sorted({*COMMANDS} | set(complete(text, world_for(manifest))))
        return [word for word in words if word.startswith(text) and word != text]
    verb = text.split(None, 1)[0]
    choices = {
        "select": list(manifest.servers), "why": ["not", "reach", *manifest.servers],
        "inspect": ["capabilities", "messages", "source", "memory", "why"], "theme": ["playground", "projector"],
        "speed": ["max"],
    }.get(verb)  # fmt: skip
    if choices is None:
        choices = complete(text, world_for(manifest))
    return [f"{head} {word}" for word in choices if word.startswith(last) and word != last]


def usage(text: str) -> str:
    """How the verb at the beginning of a line is used; "" if there is none."""
    verb = text.split(None, 1)[0] if text.strip() else ""
    if not verb:
        return ""
    from scenarios.language.verbs import VERBS

    row, action = VERBS.get(verb), COMMANDS.get(verb)
    takes_all = action is not None and action.words >= FREE_TEXT  # then the line is never read as one of a lesson
    if row is not None and verb not in ONLY_IN_LESSONS and not takes_all:
        return f"{row.usage}   {row.summary}"
    return f"{action.usage}   {action.help}" if action else ""
