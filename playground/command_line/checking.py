"""`playground check`: whether what a person wrote is valid, without playing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from playground.command_line import DONE, MISTAKE
from playground.screens.words import plural
from scenarios.language.errors import LessonError, harmless
from scenarios.library import NotFound, checked_lesson, read_system
from scenarios.own_programs import UnreadableProgram, read_text
from servers.manifest import ManifestError
from servers.own_programs import check_program


def check(names: Sequence[str], write: Callable[[str], None]) -> int:
    """Say of each lesson, system or server that it is right, or everything that is wrong; the exit code."""
    code = DONE
    for name in names:
        try:
            write(_found_right(name))
        except (NotFound, LessonError, ManifestError, UnreadableProgram) as error:
            write(harmless(str(error)))
            code = MISTAKE
    return code


def _found_right(name: str) -> str:
    if name.endswith(".toml"):
        manifest = read_system(name)
        own = ", ".join(program.name for program in manifest.programs.values())
        servers = plural(len(manifest.servers), "server")
        return f"{name}: {servers}{f', of your own {own}' if own else ''}, all of it valid"
    if name.endswith(".py"):
        # Whoever names the file itself wants its top level to be run.
        program = check_program(f"./{Path(name).name}", read_text(Path(name)), name)
        if program.interface is None:
            return f"{name}: a program that serves nobody, valid"
        operations = plural(len(program.interface.operations), "operation")
        return f"{name}: serves `{program.interface.name}`, {operations}, valid"
    lesson = checked_lesson(name)
    commands = sum(1 for _ in lesson.commands)
    return f"{lesson.file}: {plural(len(lesson.beats), 'beat')}, {plural(commands, 'command')}, all of it valid"
