"""Looks at the files of programs that a person wrote, and says when one has become another program.

What is new is checked before anybody runs it: a file that is not a program any more leaves the one before in place.
A file is taken once it has stayed the same between two looks, because editors write in more than one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scenarios.own_programs import UnreadableProgram, read_text
from servers.own_programs import OwnProgram, OwnProgramError, check_program, line_of, make_known

LOOK: Final = 0.25
"""Seconds between two looks; a change is taken at the second one that sees it."""

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class News:
    """What became of a file that has changed."""

    program: OwnProgram | None
    """What it is now, or None if that is no program."""
    sentence: str


class OwnFiles:
    """The files of the programs of one machine."""

    def __init__(self, programs: Mapping[str, OwnProgram]) -> None:
        """`programs`: what the machine runs now; it is looked at again each time."""
        self._programs = programs
        self._taken = {name: _stamp(program) for name, program in programs.items() if program.path}
        self._seen = dict(self._taken)

    def __bool__(self) -> bool:
        return bool(self._taken)

    def look(self) -> list[News]:
        """What has changed since the last look, and is finished."""
        found: list[News] = []
        for name, taken in self._taken.items():
            program = self._programs[name]
            now = _stamp(program)
            if now is not None and now != taken and now == self._seen[name]:
                self._taken[name] = now
                if news := changed(program):
                    found.append(news)
            self._seen[name] = now
        return found


def _stamp(program: OwnProgram) -> Stamp | None:
    try:
        known = Path(program.path).stat()
    except OSError:
        return None
    return known.st_mtime_ns, known.st_size


def changed(program: OwnProgram) -> News | None:
    """What the file of a program holds now; None if it is the same."""
    try:
        text = read_text(Path(program.path))
        if text == program.text:
            return None
        new = check_program(program.name, text, program.path, program.path)
        if new.interface != program.interface:
            sentence = "to change INTERFACE, leave and start again"
            raise OwnProgramError(program.path, line_of(text, "INTERFACE"), sentence)
    except (OwnProgramError, UnreadableProgram) as error:
        return News(None, f"{error}; the old one runs on")
    make_known(new)
    return News(new, f"{program.path} has changed: its server begins anew with it")
