"""Lines of the lesson language on the command line: each is carried out, or refused with what there is instead."""

import re

import pytest

from playground.actions import UserMistake, command_of
from playground.perform import ONLY_IN_LESSONS, perform, usage
from scenarios.language.verbs import VERBS
from tests.playground.scene import StillMachine, reading

ON_A_LINE = [name for name, verb in VERBS.items() if name not in ONLY_IN_LESSONS and command_of(verb.example) is None]


@pytest.mark.parametrize("name", sorted(set(ON_A_LINE) - {"run"}))
def test_what_is_no_business_of_lessons_alone_is_done_on_the_machine(name: str) -> None:
    machine = StillMachine(reading())
    assert perform(VERBS[name].example, machine)
    assert machine.told


def test_a_capability_is_deleted_by_you() -> None:
    machine = StillMachine(reading())
    assert perform("delete fs.disk", machine) == "you delete fs.disk"
    assert machine.told == [("request", {"operation": "delete", "server": "fs", "capability": "disk"})]


@pytest.mark.parametrize(
    ("line", "instead"),
    [(f"{name} x", ONLY_IN_LESSONS[name]) for name in sorted(ONLY_IN_LESSONS)]
    + [(VERBS["run"].example, "here `run` goes on until")],
)
def test_what_belongs_in_a_lesson_is_answered_with_what_there_is_instead(line: str, instead: str) -> None:
    machine = StillMachine(reading())
    with pytest.raises(UserMistake, match=re.escape(instead)):
        perform(line, machine)
    assert machine.told == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("expect fs", "expect CONDITION   "),
        ("branch", "branch   "),
        ("crash d", "crash SERVER with=KIND   "),
        ("goto x", ""),
    ],
)
def test_the_usage_is_that_of_the_command_line(line: str, shown: str) -> None:
    found = usage(line)
    assert found.startswith(shown) if shown else found == ""
