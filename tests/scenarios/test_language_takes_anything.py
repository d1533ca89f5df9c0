"""Whatever is typed is understood or answered with a sentence: never with a traceback."""

import string

from hypothesis import example, given, settings, strategies as st

from scenarios.language import VERBS, LanguageError, LessonError, Problem, check_command, complete, parse_line
from scenarios.lesson import decode_lesson, problems_in
from tests.scenarios.worlds import workshop

PIECES = st.sampled_from(
    [
        *VERBS, "disk", "fs", "fs.read", "block.read", "=", ".", "with", "with=exit", "event", "restarted",
        "server=disk", "reply", "is", "not", "running", "within", "5", "ms", "0x_", "9" * 30, "until", "before",
        "count", "no", "==",
        "contains", '"text"', '"', "'", "#", "\\", "can", "reach", "holds", "irq", "for", "from", "é", "\x00", "\u2028",
        '"a" if', "otherwise", ",", "answer=", "of", "whether", "path=", "💾",
    ]
)  # fmt: skip
MARKS = ["+++", "```play", "```", "# Beat", "> ```play", "  ```play", "title = 1"]
LINES = st.lists(PIECES, max_size=9).map(" ".join) | st.text(string.printable, max_size=60)


def mistakes(line: str) -> list[Problem]:
    """Everything that is said about a line."""
    try:
        command = parse_line(line)
    except LanguageError as error:
        return [error.problem]
    return check_command(command, workshop()) if command is not None else []


def problems(data: bytes) -> tuple[Problem, ...]:
    """Everything that is said about a file."""
    try:
        return tuple(problems_in(decode_lesson(data, "any.md"), workshop()))
    except LessonError as error:
        return error.problems


@given(LINES)
@example('call fs.read path="')
@example("wait 99999999999999999999 s")
@example('say "\\')
@settings(max_examples=400, deadline=None)
def test_any_line_is_a_command_or_a_sentence(line: str) -> None:
    for problem in mistakes(line):
        assert problem.sentence
        assert 1 <= problem.column <= len(line) + 1
        assert str(problem).startswith("command line:1:")


@given(LINES)
@settings(max_examples=200, deadline=None)
def test_any_line_can_be_completed(line: str) -> None:
    assert all(word for word in complete(line, workshop()))


@given(st.lists(LINES | st.sampled_from(MARKS)))
@example(["```play", "\r0"])
@settings(max_examples=200, deadline=None)
def test_any_file_is_a_lesson_or_a_list_of_problems(lines: list[str]) -> None:
    text = '+++\ntitle = "x"\nsystem = "workshop"\n+++\n' + "\n".join(lines)
    assert all(problem.line >= 1 and problem.sentence for problem in problems(text.encode()))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    assert all(problem.sentence for problem in problems(data))
