"""Finding lessons and systems: those that are shipped by their names, other people's by the path of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from scenarios.language.check import world_of
from scenarios.language.errors import LessonError, Problem, unknown
from scenarios.lesson import LARGEST_LESSON, Lesson, decode_lesson, problems_in, read_all
from scenarios.own_programs import read_programs
from scenarios.parameters import SettingError, changed_manifest, in_words
from scenarios.what_if import stands_at
from servers.manifest import Manifest, ManifestError, parse_manifest

LESSONS: Final = ("lessons", ".md")
SYSTEMS: Final = ("systems", ".toml")
LARGEST_MANIFEST: Final = 256 * 1024
"""Bytes of a manifest file."""


class NotFound(Exception):
    """No lesson or system by that name, or its file cannot be read; one sentence."""

    is_users_mistake = True


def lesson_names() -> list[str]:
    """The shipped lessons."""
    return _names(*LESSONS)


def system_names() -> list[str]:
    """The shipped systems."""
    return _names(*SYSTEMS)


def lessons() -> Iterator[Lesson]:
    """All shipped lessons, in the order of their names. Raises LessonError for one that is not valid."""
    return (read_lesson(name) for name in lesson_names())


def read_lesson(name: str, given: Mapping[str, str] | None = None) -> Lesson:
    """The lesson with that name, or in that file if the name ends in `.md`. Raises NotFound or LessonError."""
    data, file = _read("lesson", name, *LESSONS, LARGEST_LESSON)
    return decode_lesson(data, file, Path(name).name.removesuffix(".md"), given)


def read_system(name: str, beside: str = "") -> Manifest:
    """The system with that name, or in that file if the name ends in `.toml`; a relative path is taken from the folder
    of the file `beside`. Raises NotFound or ManifestError."""
    path = name
    if beside and name.endswith(".toml"):
        folder = Path(beside).parent
        path = str(folder / name)
        if not Path(path).resolve().is_relative_to(folder.resolve()):
            raise NotFound(f"the system {name} lies outside the folder of the lesson, which may read nothing there")
    data, file = _read("system", path, *SYSTEMS, LARGEST_MANIFEST)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        sentence = f"a system is UTF-8 text; byte 0x{data[error.start]:02x} here is not"
        raise ManifestError(file, line, column, sentence) from None
    programs = read_programs(text, file) if path.endswith(".toml") else {}
    return replace(parse_manifest(text, file), programs=programs)


def manifest_of(lesson: Lesson) -> Manifest:
    """The system that a lesson is about, with what its parameters set. Raises NotFound, ManifestError, LessonError."""
    manifest = read_system(lesson.front.system, beside=lesson.file)
    text = manifest.text
    for parameter in lesson.front.parameters:
        if parameter.sets:
            try:
                text = changed_manifest(text, parameter.sets, lesson.values[parameter.name])
            except SettingError as error:
                raise LessonError([Problem(lesson.file, parameter.line, 1, str(error), "")]) from None
    if text == manifest.text:
        return manifest
    try:
        changed = replace(parse_manifest(text, manifest.file), programs=manifest.programs)
    except ManifestError as error:
        raise _of_a_parameter(lesson, text, error) from None
    # A parameter may say what holds anyway; then the system is still the one that is shipped.
    return manifest if replace(changed, text=manifest.text) == manifest else changed


def _of_a_parameter(lesson: Lesson, text: str, error: ManifestError) -> Exception:
    """The same error at the parameter whose value is refused, if it is refused where that value stands."""
    for parameter in lesson.front.parameters:
        if parameter.sets and stands_at(error, text, ".".join(parameter.sets)):
            sentence = f"`{parameter.name}` cannot be {in_words(lesson.values[parameter.name])}: {error.sentence}"
            return LessonError([Problem(lesson.file, parameter.line, 1, sentence, "")])
    return error


def checked_lesson(name: str, given: Mapping[str, str] | None = None) -> Lesson:
    """A lesson whose commands name only what its system has. `given`: values of its parameters.

    Raises LessonError with everything that is wrong with it, and NotFound, ManifestError or SettingError.
    """
    data, file = _read("lesson", name, *LESSONS, LARGEST_LESSON)
    lesson, problems = read_all(data, file, Path(name).name.removesuffix(".md"), given or {})
    if lesson.front.system:
        try:
            problems = [*problems, *problems_in(lesson, world_of(manifest_of(lesson)))]
        except LessonError as error:
            problems = [*problems, *error.problems]
        except NotFound as error:
            problems = [*problems, Problem(lesson.file, lesson.front.system_line, 1, str(error), "")]
        except ManifestError as error:
            problems = [*problems, Problem(error.file, error.line, error.column, error.sentence, "")]
    if problems:
        raise LessonError(problems)
    return lesson


def _names(folder: str, ending: str) -> list[str]:
    entries = _folder(folder).iterdir()
    return sorted(entry.name.removesuffix(ending) for entry in entries if entry.name.endswith(ending))


@cache
def _folder(name: str) -> Traversable:
    return files("scenarios").joinpath(name)


def _read(what: str, name: str, folder: str, ending: str, most: int) -> tuple[bytes, str]:
    """The bytes of a file, and how it is called in messages."""
    if name.endswith(ending):
        file: Path | Traversable = Path(name)
        shown = name
    elif name in _names(folder, ending):
        file = _folder(folder).joinpath(name + ending)
        shown = f"scenarios/{folder}/{name}{ending}"
    elif Path(name).is_file():
        raise NotFound(f"the file {name} is not read: the name of a {what}'s file ends in {ending}")
    elif Path(name + ending).is_file():
        raise NotFound(f"no {what} is called {name}, but there is a file {name}{ending}: say the ending too")
    else:
        raise NotFound(unknown(what, name, _names(folder, ending)))
    if isinstance(file, Path) and (file.is_fifo() or file.is_char_device()):
        raise NotFound(f"the {what} {name} cannot be read: it is no file but a device, which might never end")
    try:
        with file.open("rb") as opened:
            data = opened.read(most + 1)
    except OSError as error:
        raise NotFound(f"the {what} {name} cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(data) > most and what == "system":
        raise NotFound(f"{shown} is too large for a system: the limit is {most:,} bytes")
    return data, shown
