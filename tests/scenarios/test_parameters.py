"""Parameters of a lesson: what they may be, where their values go, and what is said about wrong ones."""

import os
from pathlib import Path

import pytest

from scenarios.language import LessonError
from scenarios.lesson import Lesson, parse_lesson
from scenarios.library import NotFound, checked_lesson, manifest_of
from scenarios.parameters import SettingError, changed_manifest

HEAD = """+++
title = "A lesson"
system = "workshop"
[parameters]
victim = { default = "disk", choices = ["disk", "clock"], what = "who dies" }
policy = { default = "permanent", sets = "servers.disk.restart" }
times = 3
loud = false
+++
"""
BODY = """# Beat
The $victim dies $times times, for $5.
```play
step $times
say "$victim, $loud, $5"
focus $victim
```
"""


def lesson(**given: str) -> Lesson:
    return parse_lesson(HEAD + BODY, "a.md", "a", given)


def test_a_parameter_has_its_default_in_commands_and_narration() -> None:
    beat = lesson().beats[0]
    assert [command.text for command in beat.commands] == ["step 3", 'say "disk, false, $5"', "focus disk"]
    assert beat.narration == "The disk dies 3 times, for $5."


def test_a_parameter_takes_the_value_that_is_given() -> None:
    given = lesson(victim="clock", times="1_0", loud="true")
    assert [command.text for command in given.commands] == ["step 10", 'say "clock, true, $5"', "focus clock"]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("vctim", "disk", "No parameter of this lesson is called `vctim`; did you mean `victim`?"),
        ("victim", "fs", "`victim` is one of disk, clock, not 'fs'"),
        ("times", "many", "`times` is a whole number from 0, not 'many'"),
        ("loud", "yes", "`loud` is true or false, not 'yes'"),
        ("policy", 'a"b', "`policy` is one short line without quotes and backslashes"),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence.replace("?", r"\?")):
        lesson(**{name: value})


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Victim = 1", "A parameter's name is made of small letters"),
        ("seed = 1", "and is not `seed`"),
        ("size = 1.5", "`size` needs a default"),
        ("size = { default = 1, chioces = [1] }", "No key of a parameter is called `chioces`; did you mean `choices`?"),
        ("size = { default = 1, choices = [2] }", "The default of `size` is none of its choices"),
        ('size = { default = 1, choices = ["1"] }', "The choices of `size` are a list of values like its default"),
        ('size = { default = 1, sets = "disk" }', "`sets` of `size` is the path of a key in the manifest"),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_place(line: str, sentence: str) -> None:
    with pytest.raises(LessonError) as caught:
        parse_lesson(HEAD.replace("times = 3", line) + "# B\n```play\nrun\n```\n", "a.md")
    assert [problem.line for problem in caught.value.problems] == [7]
    assert sentence in caught.value.problems[0].sentence


def test_a_parameter_can_set_a_key_of_the_manifest() -> None:
    assert manifest_of(lesson()).server("disk").restart == "permanent"
    assert manifest_of(lesson(policy="temporary")).server("disk").restart == "temporary"
    assert manifest_of(lesson(policy="temporary")).server("fs").restart == "permanent"


def test_a_key_is_replaced_where_it_stands_and_added_where_it_does_not() -> None:
    text = "[a]\nx = 1\n[a.b]\nx = 1  # one\ny = [\n1]\n"
    assert changed_manifest(text, ("a", "b", "x"), 2) == "[a]\nx = 1\n[a.b]\nx = 2\ny = [\n1]\n"
    assert changed_manifest(text, ("a", "z"), "w") == '[a]\nz = "w"\nx = 1\n[a.b]\nx = 1  # one\ny = [\n1]\n'
    with pytest.raises(SettingError, match="not a value on one line"):
        changed_manifest(text, ("a", "b", "y"), 2)
    with pytest.raises(SettingError, match=r"no table \[c\]"):
        changed_manifest(text, ("c", "y"), 2)


def test_a_parameter_that_sets_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(HEAD.replace("servers.disk.restart", "servers.dsk.restart") + BODY)
    with pytest.raises(LessonError, match=r"a.md:6:1: the manifest has no table \[servers.dsk\]"):
        checked_lesson(str(path))


def test_wrong_lines_and_wrong_names_of_a_lesson_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(HEAD + '# B\n```play\ncalll fs.read "/x"\nexpect fs is runing\ncrash dsk with=null\n```\n')
    with pytest.raises(LessonError) as caught:
        checked_lesson(str(path))
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [
        (12, 1),
        (13, 14),
        (14, 7),
        (14, 16),
    ]


def test_a_parameter_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(LessonError, match=r"a.md:13:7: No parameter of this lesson is called `victm`; did you mean"):
        parse_lesson(HEAD + BODY.replace("step $times", "focus $victm"), "a.md", "a")


def test_a_value_that_the_system_refuses_is_told_at_the_parameter(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(HEAD.replace('"permanent"', '"pemanent"') + BODY)
    with pytest.raises(LessonError) as caught:
        checked_lesson(str(path))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(path), 6)
    assert problem.sentence.startswith("`policy` cannot be pemanent: `restart` in [servers.disk] is one of permanent,")


def test_a_wrong_system_does_not_hide_what_is_wrong_with_the_lesson(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[system]\nname = "x"\ntitle = "x"\n[servers.you]\nprogram = "you"\n')
    path = tmp_path / "a.md"
    path.write_text('+++\ntitle = "x"\nsystem = "mine.toml"\n+++\n# B\n```play\nexect\n```\n')
    with pytest.raises(LessonError) as caught:
        checked_lesson(str(path))
    assert {Path(problem.file).name for problem in caught.value.problems} == {"mine.toml", "a.md"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_that_might_never_end_is_no_lesson(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    with pytest.raises(NotFound, match=r"a.md cannot be read: it is no file but a device, which might never end"):
        checked_lesson(str(tmp_path / "a.md"))


def test_a_system_behind_a_link_out_of_the_folder_of_the_lesson_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    (tmp_path / "secret.toml").write_text("[system]\n")
    (folder / "mine.toml").symlink_to(tmp_path / "secret.toml")
    path = folder / "a.md"
    path.write_text('+++\ntitle = "x"\nsystem = "mine.toml"\n+++\n# B\n```play\nrun\n```\n')
    with pytest.raises(LessonError, match=r"a.md:3:1: the system mine.toml lies outside the folder of the lesson"):
        checked_lesson(str(path))
