"""What commands and conditions say, as sentences: the lines of the headless player and of the screens."""

from __future__ import annotations

from scenarios.language import syntax
from scenarios.language.syntax import Condition, EventPattern, Literal

_SIGNS = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "contains": "contains",
    "starts with": "starts with",
}


def condition_in_words(condition: Condition) -> str:
    """A condition as a clause: 'the reply contains "welcome"'."""
    match condition:
        case syntax.ReplyField():
            field = "the reply" if condition.field.text == "text" else f"`{condition.field}` of the reply"
            return f"{field} {_SIGNS[condition.comparison]} {_value(condition.value)}"
        case syntax.ReplySucceeds():
            return "the reply is a success"
        case syntax.ReplyFails():
            return f"the reply is the error {condition.error}" if condition.error else "the reply is an error"
        case syntax.NoReply():
            return "there is no reply"
        case syntax.Happened():
            return f"event {event_in_words(condition.event)} happens"
        case syntax.Absent():
            return f"event {event_in_words(condition.event)} does not happen"
        case syntax.Before():
            return f"{event_in_words(condition.first)} comes before {event_in_words(condition.second)}"
        case syntax.Counted():
            return f"the count of {event_in_words(condition.event)} {_SIGNS[condition.comparison]} {condition.number:,}"
        case syntax.Elapsed():
            first, second = event_in_words(condition.first), event_in_words(condition.second)
            limit = duration_in_words(condition.duration.cycles)
            return f"the time from {first} to {second} {_SIGNS[condition.comparison]} {limit}"
        case syntax.IsState():
            return _state(condition)
        case syntax.Reach():
            return f"{condition.source} {'can' if condition.possible else 'cannot'} reach {condition.destination}"
        case syntax.Holds():
            verb = "holds" if condition.held else "lacks"
            name = condition.capability.text
            what = f"a capability to {name}" if "." in name else f"its capability {name}"
            rights = f" with {' and '.join(str(right) for right in condition.rights)}" if condition.rights else ""
            return f"{condition.server} {verb} {what}{rights}"
        case syntax.Property():
            return f"{condition.name} of {condition.server} {_SIGNS[condition.comparison]} {condition.number:,}"
        case syntax.Deadlock():
            if condition.servers:
                verb = "do not wait" if condition.negated else "wait"
                return f"{' and '.join(str(server) for server in condition.servers)} {verb} for each other in a circle"
            return "nobody waits in a circle" if condition.negated else "some servers wait for each other in a circle"
        case syntax.Judged():
            return _judged(condition)


def _judged(condition: syntax.Judged) -> str:
    changes = [
        f" without {change.path}" if change.value is None else f" with {change.path} = {change.value}"
        for change in condition.changes
    ]
    place = f" at {condition.place}" if condition.place else ""
    verb = "accepted" if condition.accepted else "refused"
    return f"the manifest{' and'.join(changes)} is {verb}{place}"


def event_in_words(event: EventPattern) -> str:
    """An event pattern as it is written: 'restarted (server disk)'."""
    fields = ", ".join(f"{setting.name} {setting.value}" for setting in event.fields)
    return f"{event.name} ({fields})" if fields else str(event.name)


def duration_in_words(cycles: int) -> str:
    """Cycles with thousands separated."""
    return f"{cycles:,} cycle{'s' if cycles != 1 else ''}"


def _state(condition: syntax.IsState) -> str:
    text = f"{condition.server} is {'not ' if condition.negated else ''}{condition.state}"
    if condition.waits_for:
        text += f" for {condition.waits_for}"
    if condition.operation:
        text += f" {condition.interface}.{condition.operation}"
    if condition.asked_by:
        text += f" from {condition.asked_by}"
    return text


def _value(literal: Literal) -> str:
    return f"{literal.value:,}" if isinstance(literal.value, int) else f'"{literal.value}"'.replace("\n", "\\n")
