"""Reading programs that people wrote themselves, and only where a person said that they may run.

A lesson or a system from a stranger is data. A manifest that names a Python file is data too, but to play it is to run
that file, with all that Python can do. So nobody does until the person has named the folder: `--programs FOLDER`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from servers.own_programs import LARGEST_PROGRAM, OwnProgram, OwnProgramError, is_own, load_program, name_problem
from servers.toml_reader import ManifestError, Table, read_toml

_allowed: Final[list[Path]] = []


def allow(folder: Path) -> None:
    """Programs in this folder and below it may run in this process."""
    if folder.resolve() not in _allowed:
        _allowed.append(folder.resolve())


def allowed() -> tuple[Path, ...]:
    """The folders whose programs may run; for handing them to another process."""
    return tuple(_allowed)


def read_programs(text: str, file: str) -> dict[str, OwnProgram]:
    """The programs of one's own that a manifest names, by what it calls them. `file`: the manifest.

    Nothing else of the manifest is checked. Raises ManifestError, OwnProgramError.
    """
    servers = read_toml(text, file)
    if not servers.is_table("servers"):
        return {}
    tables = servers.table("servers")
    found: dict[str, OwnProgram] = {}
    for key in tables.names():
        table = tables.table(key) if tables.is_table(key) else None
        if table is None or "program" not in table:
            continue
        program = table.text("program")
        if is_own(program):
            found[program] = found.get(program) or _read(table, program, file)
            _check_interface(table, program, found)
    return found


def _check_interface(table: Table, program: str, found: Mapping[str, OwnProgram]) -> None:
    """What a program serves is what the manifest says, and nobody else's number."""
    interface = found[program].interface
    if interface is None:
        return
    provides = table.table("provides")
    for key in provides.names():
        if provides.text(key) != interface.name:
            sentence = f"`{program}` serves the interface `{interface.name}`, not `{provides.text(key)}`"
            raise provides.wrong(key, sentence)
    for name, other in found.items():
        if name != program and other.interface and other.interface.number == interface.number:
            sentence = f"the interface of `{program}` has the number {interface.number}, which that of `{name}` has"
            raise table.wrong("program", f"{sentence} already")


def _read(table: Table, program: str, file: str) -> OwnProgram:
    if problem := name_problem(program):
        raise table.wrong("program", problem)
    folder = Path(file).parent
    path = folder / program
    real = path.resolve()
    if not real.is_relative_to(folder.resolve()):
        raise table.wrong("program", f"`{program}` leads out of the folder of this file; only what lies in it may run")
    if not path.is_file():
        raise table.wrong("program", f"there is no file `{path}`")
    if not any(real.is_relative_to(one) for one in _allowed):
        sentence = f"`{program}` is a program that is not the playground's; to let it run, say --programs {folder}"
        raise table.wrong("program", sentence)
    try:
        return load_program(program, read_text(path), str(path), str(path))
    except UnreadableProgram as error:
        raise table.wrong("program", str(error)) from None


class UnreadableProgram(Exception):
    """A program's file cannot be read; one sentence."""

    is_users_mistake = True


def read_text(path: Path) -> str:
    """The text of a program. Raises UnreadableProgram."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_PROGRAM + 1)
    except OSError as error:
        raise UnreadableProgram(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(data) > LARGEST_PROGRAM:
        raise UnreadableProgram(f"{path} is too large for a program: the limit is {LARGEST_PROGRAM:,} bytes")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnreadableProgram(f"{path}:{line} is not UTF-8 text: byte 0x{data[error.start]:02x}") from None


__all__ = ["ManifestError", "OwnProgramError", "UnreadableProgram", "allow", "allowed", "read_programs", "read_text"]
