"""A lesson as a file: front matter, beats, narration and commands, every part with its place.

A lesson is Markdown between whose paragraphs stand fenced `play` blocks; it begins with TOML between two lines of
`+++`. Headings of the first two levels are the beats that a presenter steps through. Nothing here knows which names
exist: `problems_in` holds the commands of a lesson against the names of its system.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scenarios.front_matter import FrontMatter, read_front_matter
from scenarios.language.check import Asking, World, check_command, operation_of
from scenarios.language.errors import LanguageError, LessonError, Problem, control_in, unknown
from scenarios.language.parser import parse_line
from scenarios.language.syntax import Ask, Branch, Call, Command, Compare, Goto, MarkMoment, Show
from scenarios.parameters import Value, choose_values, substitute
from servers.interfaces import Operation

LARGEST_LESSON: Final = 256 * 1024
"""Bytes of a lesson file."""
MOST_COMMANDS: Final = 2_000
DEEPEST_BEAT: Final = 2
"""Headings deeper than this stay inside the narration."""
FENCE: Final = "play"


@dataclass(frozen=True, slots=True)
class Prose:
    """Narration between two blocks of commands."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Play:
    """One fenced block of commands."""

    commands: tuple[Command, ...]
    line: int
    """Of its fence."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What a presenter shows at one press of a key."""

    title: str
    line: int
    """Of its heading."""
    segments: tuple[Prose | Play, ...]
    """Narration and commands in the order of the file."""

    @property
    def narration(self) -> str:
        """The Markdown without the commands."""
        return "\n\n".join(part.markdown for part in self.segments if isinstance(part, Prose))

    def narration_at(self, command: Command | None) -> str:
        """The prose down to the block in which a command stands, so that no question is answered before it is asked."""
        told: list[str] = []
        for part in self.segments:
            if isinstance(part, Prose):
                told.append(part.markdown)
            elif command is not None and command in part.commands:
                break
        return "\n\n".join(told)

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands of the beat."""
        return tuple(command for part in self.segments if isinstance(part, Play) for command in part.commands)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson whose syntax is right."""

    name: str
    file: str
    """As it is shown in messages."""
    front: FrontMatter
    beats: tuple[Beat, ...]
    values: Mapping[str, Value] = field(default_factory=dict)
    """Of its parameters, as this playing has them."""

    @property
    def title(self) -> str:
        """From the front matter."""
        return self.front.title

    @property
    def commands(self) -> Iterator[Command]:
        """All commands in the order of the file."""
        return (command for beat in self.beats for command in beat.commands)


def parse_lesson(text: str, file: str, name: str = "", given: Mapping[str, str] | None = None) -> Lesson:
    """Read a lesson. Raises LessonError with everything that is wrong with its syntax.

    `given`: values of its parameters, as a person writes them. Raises SettingError for one that cannot be.
    """
    lesson, problems = _read_lesson(text, file, name, given or {})
    if problems:
        raise LessonError(problems)
    return lesson


def _read_lesson(text: str, file: str, name: str, given: Mapping[str, str]) -> tuple[Lesson, list[Problem]]:
    """As much of a lesson as can be understood, and what is wrong with the rest."""
    lines = re.split("\r\n|\r|\n", text)
    front, body_start, problems = read_front_matter(lines, file)
    values = choose_values(front.parameters, given)
    reader = _Reader(file, lines, body_start, values)
    beats = reader.beats(front.title)
    problems = [*problems, *_controls(lines, file), *reader.problems]
    count = sum(len(beat.commands) for beat in beats)
    if count > MOST_COMMANDS:
        problems.append(Problem(file, 1, 1, f"A lesson has at most {MOST_COMMANDS} commands, this one has {count}", ""))
    if not count and not problems:
        problems.append(Problem(file, 1, 1, f"The lesson has no commands: write them in blocks fenced ```{FENCE}", ""))
    return Lesson(name or file, file, front, tuple(beats), values), problems


def _controls(lines: Sequence[str], file: str) -> Iterator[Problem]:
    """The first character of each line that no text has."""
    for number, line in enumerate(lines, 1):
        place = control_in(line)
        if place is not None:
            sentence = f"A lesson is text; the control character U+{ord(line[place]):04X} is not"
            yield Problem(file, number, place + 1, sentence, line)


def decode_lesson(data: bytes, file: str, name: str = "", given: Mapping[str, str] | None = None) -> Lesson:
    """Read a lesson from the bytes of a file. Raises LessonError, SettingError."""
    return parse_lesson(_decode(data, file), file, name, given)


def read_all(data: bytes, file: str, name: str, given: Mapping[str, str]) -> tuple[Lesson, list[Problem]]:
    """As much of a lesson as can be understood, and what is wrong with the rest. Raises LessonError, SettingError."""
    return _read_lesson(_decode(data, file), file, name, given)


def _decode(data: bytes, file: str) -> str:
    if len(data) > LARGEST_LESSON:
        sentence = f"A lesson has at most {LARGEST_LESSON:,} bytes, and this file has more"
        raise LessonError([Problem(file, 1, 1, sentence, "")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        sentence = f"A lesson is UTF-8 text; byte 0x{data[error.start]:02x} here is not"
        raise LessonError([Problem(file, line, column, sentence, "")]) from None


def problems_in(lesson: Lesson, world: World) -> list[Problem]:
    """Every name in the commands of a lesson that the system does not have."""
    problems: list[Problem] = []
    asked: Operation | None = None
    commands = list(lesson.commands)
    marks: list[str] = []
    kept: list[str] = []
    for number, command in enumerate(commands):
        action = command.action
        if isinstance(action, Asking):
            asked = operation_of(action, world) or asked
        elif isinstance(action, MarkMoment):
            marks.append(action.name)
        problems.extend(_unknown_moments(command, marks, kept))
        if isinstance(action, Branch):
            kept.append(action.name)
        about = _asked_next(commands[number:], world) if isinstance(action, Ask) else None
        problems.extend(check_command(command, world, about or asked))
    return problems


def _unknown_moments(command: Command, marks: Sequence[str], kept: Sequence[str]) -> Iterator[Problem]:
    """What a command goes back to or compares with, and what no line before it has named."""
    action = command.action
    sentence = ""
    if isinstance(action, Goto | Branch):
        name = action.name if isinstance(action, Goto) else action.mark
        sentence = "" if name in marks else unknown("moment before this line", name, marks)
    elif isinstance(action, Compare) and action.name not in kept:
        sentence = unknown("kept run before this line", action.name, kept)
    elif isinstance(action, Show) and action.verb == "go" and action.word is not None:
        name = action.word.text
        if name not in ("boot", "now", *marks) and not name.replace("_", "").isdecimal():
            sentence = unknown("moment before this line", name, marks)
    if sentence:
        said = action.word if isinstance(action, Show) else action
        column = getattr(said, "column", command.column)
        yield Problem(command.file, command.line, column, sentence, command.source)


def _asked_next(commands: Sequence[Command], world: World) -> Operation | None:
    """The operation of the next call, which a question is about unless an answer is still on its way."""
    calls = (command.action for command in commands if isinstance(command.action, Call))
    return next((operation for call in calls if (operation := operation_of(call, world))), None)


class _Reader:
    """Walks the top level of the document: headings begin beats, `play` fences hold commands, the rest is prose."""

    def __init__(self, file: str, lines: Sequence[str], body_start: int, values: Mapping[str, Value]) -> None:
        self.values = values
        self.file = file
        self.lines = lines
        self.body_start = body_start
        self.problems: list[Problem] = []

    def beats(self, lesson_title: str) -> list[Beat]:
        """All beats; what stands before the first heading is one of its own if it says anything."""
        blank = [""] * self.body_start
        tokens = MarkdownIt("commonmark").enable("table").parse("\n".join([*blank, *self.lines[self.body_start :]]))
        heads = [(at, token) for at, token in enumerate(tokens) if _is_beat(token)]
        starts = [token.map[0] for _, token in heads if token.map]
        beats: list[Beat] = []
        first = starts[0] if starts else len(self.lines)
        opening = self._segments(tokens, self.body_start, first)
        if opening:
            beats.append(Beat(lesson_title, self.body_start + 1, opening))
        for number, (at, token) in enumerate(heads):
            begin, after = token.map or (0, 0)
            end = starts[number + 1] if number + 1 < len(starts) else len(self.lines)
            beats.append(Beat(tokens[at + 1].content, begin + 1, self._segments(tokens, after, end)))
        return beats

    def _segments(self, tokens: Sequence[Token], begin: int, end: int) -> tuple[Prose | Play, ...]:
        """Prose and commands between two lines (from 0, end excluded)."""
        segments: list[Prose | Play] = []
        prose_from = begin
        for token in tokens:
            if not _is_play(token) or token.map is None or not begin <= token.map[0] < end:
                continue
            self._add_prose(segments, prose_from, token.map[0])
            segments.append(self._play(token, token.map[0]))
            prose_from = token.map[1]
        self._add_prose(segments, prose_from, end)
        return tuple(segments)

    def _add_prose(self, segments: list[Prose | Play], begin: int, end: int) -> None:
        markdown = substitute("\n".join(self.lines[begin:end]).strip("\n"), self.values)
        if markdown.strip():
            segments.append(Prose(markdown))

    def _play(self, token: Token, fence: int) -> Play:
        commands: list[Command] = []
        last = token.map[1] if token.map else len(self.lines)
        closing = self.lines[last - 1].strip(" >\t")
        if last - 1 == fence or closing.strip(token.markup[0]) or len(closing) < len(token.markup):
            self._complain(fence, self.lines[fence], f"This block is never closed; end it with {token.markup}")
        for number, content in enumerate(token.content.split("\n")[:-1], fence + 1):
            raw = self.lines[number]
            indent = len(raw) - len(content) if raw.endswith(content) else 0
            try:
                command = parse_line(" " * indent + substitute(content, self.values), self.file, number + 1)
            except LanguageError as error:
                self.problems.append(self._better(error.problem, fence, token.markup))
                continue
            if command is not None:
                commands.append(command)
        return Play(tuple(commands), fence + 1)

    def _better(self, problem: Problem, fence: int, markup: str) -> Problem:
        """A problem of a line, with what only the whole lesson knows."""
        rest = self.lines[problem.line - 1][problem.column - 1 :]
        if rest.startswith("$") and self.values and (use := re.match(r"\$(\w+)", rest)):
            return replace(problem, sentence=unknown("parameter of this lesson", use[1], [*self.values]))
        if rest.startswith(markup):
            return replace(
                problem, sentence=f"The block that begins in line {fence + 1} is still open; end it with {markup}"
            )
        return problem

    def _complain(self, line: int, text: str, sentence: str) -> None:
        self.problems.append(Problem(self.file, line + 1, len(text) - len(text.lstrip()) + 1, sentence, text))


def _is_beat(token: Token) -> bool:
    return token.type == "heading_open" and token.level == 0 and int(token.tag[1:]) <= DEEPEST_BEAT


def _is_play(token: Token) -> bool:
    return token.type == "fence" and token.info.strip().split(" ")[0] == FENCE
