"""Lesson files: what is read from them, and what is said about one that is wrong."""

import pytest

from scenarios.language import LessonError
from scenarios.lesson import LARGEST_LESSON, Lesson, Play, Prose, decode_lesson, parse_lesson, problems_in
from tests.scenarios.worlds import workshop

HEAD = '+++\ntitle = "A lesson"\nsystem = "workshop"\n+++\n'
"""Four lines."""


def lesson(body: str) -> Lesson:
    return parse_lesson(HEAD + body, "a.md", "a")


def complaints(text: str) -> list[str]:
    with pytest.raises(LessonError) as caught:
        parse_lesson(text, "a.md")
    return [str(problem).splitlines()[0] for problem in caught.value.problems]


def test_the_front_matter_says_what_the_lesson_is() -> None:
    text = """+++
title = "Reincarnation"
system = "workshop"
seed = 7
minutes = 20
objectives = ["see it", "say it"]
sources = ["a book"]
+++
# Boot
```play
run
```
"""
    front = parse_lesson(text, "a.md").front
    assert (front.title, front.system, front.seed, front.minutes) == ("Reincarnation", "workshop", 7, 20)
    assert (front.objectives, front.sources) == (("see it", "say it"), ("a book",))


def test_headings_of_two_levels_are_beats_and_deeper_ones_are_not() -> None:
    beats = lesson("# One\n## Two\n### inside\n```play\nrun\n```\n").beats
    assert [beat.title for beat in beats] == ["One", "Two"]
    assert [beat.line for beat in beats] == [5, 6]
    assert "### inside" in beats[1].narration


def test_what_stands_before_the_first_heading_is_a_beat_with_the_title_of_the_lesson() -> None:
    beats = lesson("Welcome.\n\n# One\n```play\nrun\n```\n").beats
    assert [(beat.title, beat.narration) for beat in beats] == [("A lesson", "Welcome."), ("One", "")]


def test_prose_and_commands_keep_their_order() -> None:
    segments = lesson("# One\nBefore.\n\n```play\nrun\nstep 2\n```\n\nAfter.\n").beats[0].segments
    assert [type(part) for part in segments] == [Prose, Play, Prose]
    assert [part.markdown for part in segments if isinstance(part, Prose)] == ["Before.", "After."]


def test_other_fences_are_narration() -> None:
    beat = lesson("# One\n```python\ncrash everything\n```\n```play\nrun\n```\n").beats[0]
    assert "crash everything" in beat.narration
    assert len(beat.commands) == 1


def test_every_command_knows_its_place_in_the_file() -> None:
    commands = list(lesson("# One\n\n- a list\n\n  ```play\n  # why\n  run\n    step 2\n  ```\n").commands)
    assert [(command.line, command.column, command.text) for command in commands] == [(11, 3, "run"), (12, 5, "step 2")]


def test_all_mistakes_of_a_lesson_are_told_at_once_with_their_places() -> None:
    body = "# One\n```play\ncrsh disk\nrun\nwait 5 weeks\n```\n"
    with pytest.raises(LessonError) as caught:
        lesson(body)
    assert str(caught.value).splitlines() == [
        "a.md:7:1: No verb is called `crsh`; did you mean `crash`?",
        "    crsh disk",
        "    ^",
        "a.md:9:8: No unit of time is called `weeks`; there is `cycle`, `cycles`, `ms`, `s`, `us`",
        "    wait 5 weeks",
        "           ^",
    ]


def test_names_that_the_system_does_not_have_are_told_at_once() -> None:
    body = "# One\n```play\ncrash dsk with=exit\nfocus fz\nexpect reply succeeds\n```\n"
    found = problems_in(lesson(body), workshop())
    assert [(problem.line, problem.column) for problem in found] == [(7, 7), (8, 7)]


def test_only_moments_that_a_line_before_has_marked_can_be_gone_to() -> None:
    body = '# One\n```play\nmark calm\ngo calm\ngo 12\ngo boot\ngo clam\ngoto "calm"\ngoto storm\ncompare x\n```\n'
    found = problems_in(lesson(body), workshop())
    assert [(problem.line, problem.column) for problem in found] == [(11, 4), (13, 6), (14, 9)]
    assert found[0].sentence == "No moment before this line is called `clam`; did you mean `calm`?"


def test_a_reply_is_checked_against_the_call_before_it() -> None:
    body = '# One\n```play\ncall fs.stat "/x"\nexpect reply.size == 1\ncall fs.read "/x"\nexpect reply.size == 1\n```\n'
    assert [problem.line for problem in problems_in(lesson(body), workshop())] == [10]


def test_what_follows_a_restart_or_a_revocation_is_about_its_answer() -> None:
    body = (
        '# One\n```play\ncall counter.value\nrestart disk\nexpect reply.text contains "x"\nexpect reply.value == 1\n'
        'revoke disk.irq\nexpect reply.error == "x"\nexpect reply.value == 1\n```\n'
    )
    assert [problem.line for problem in problems_in(lesson(body), workshop())] == [10, 13]


def test_all_mistakes_are_told_however_many_there_are() -> None:
    with pytest.raises(LessonError) as caught:
        lesson("# One\n```play\n" + "exect\n" * 300 + "```\n")
    assert str(caught.value).count("did you mean `expect`?") == 300


def test_a_block_that_is_still_open_where_the_next_begins_is_named() -> None:
    found = complaints(HEAD + "# One\n```play\nrun\n# Two\nSome words.\n```play\nrun\n```\n")
    assert "a.md:10:1: The block that begins in line 6 is still open; end it with ```" in found


def test_what_a_terminal_would_obey_is_refused_and_not_printed() -> None:
    with pytest.raises(LessonError) as caught:
        parse_lesson(
            HEAD.replace("A lesson", "\\u001b[31mA") + "# O\x1b[31m\n```play\nexpect \x9b is idle\n```\n", "a.md"
        )
    told = str(caught.value)
    assert not {"\x1b", "\x9b"} & {*told}
    assert "a.md:2:1: `title` is a text that is not empty, without control characters, not" in told
    assert "a.md:5:4: A lesson is text; the control character U+001B is not" in told
    assert "a.md:7:8: A lesson is text; the control character U+009B is not" in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# No front matter\n", "a.md:1:1: A lesson begins with a line +++, then TOML, then +++ again"),
        ("", "a.md:1:1: A lesson begins with a line +++, then TOML, then +++ again"),
        ("+++\ntitle = 'x'\n", "a.md:1:1: The front matter is never closed: a second line +++ is missing"),
        ("+++\ntitle = \n+++\n", "a.md:2:9: The front matter is not TOML: Invalid value"),
        ('+++\ntitle = "x"\n+++\n', "a.md:3:1: The front matter lacks `system`: the name of a system"),
        (HEAD.replace("title", "titel"), "a.md:2:1: The front matter has no key `titel`; did you mean `title`?"),
        (
            HEAD.replace('"A lesson"', "5"),
            "a.md:2:1: `title` is a text that is not empty, without control characters, not 5",
        ),
        (HEAD.replace('"workshop"', '"../../etc/x.toml"'), "a.md:3:1: `system` is the name of a system"),
        (HEAD.replace("title", "seed = -1\ntitle"), "a.md:2:1: `seed` is a whole number from 0, not -1"),
        (HEAD, "a.md:1:1: The lesson has no commands: write them in blocks fenced ```play"),
        (HEAD + "# One\n```play\nrun\n", "a.md:6:1: This block is never closed; end it with ```"),
    ],
)
def test_a_file_that_is_no_lesson_is_refused_with_the_place(text: str, expected: str) -> None:
    assert any(complaint.startswith(expected) for complaint in complaints(text)), complaints(text)


def test_a_file_in_another_encoding_is_refused_with_the_place_of_the_first_bad_byte() -> None:
    with pytest.raises(LessonError, match=r"a.md:2:3: A lesson is UTF-8 text; byte 0xe9 here is not"):
        decode_lesson(b"+++\nab\xe9\n", "a.md")


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(LessonError, match="at most 262,144 bytes, and this file has more"):
        decode_lesson(b"x" * (LARGEST_LESSON + 1), "a.md")


def test_line_ends_of_windows_and_a_byte_order_mark_do_not_matter() -> None:
    data = b"\xef\xbb\xbf" + (HEAD + "# One\n```play\nrun\n```\n").replace("\n", "\r\n").encode()
    assert [command.text for command in decode_lesson(data, "a.md").commands] == ["run"]
