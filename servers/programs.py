"""The programs that threads can run: a number for each, which is what the kernel is told to start.

Numbers stand for entry addresses. The modules are imported when a thread first starts, so that naming a program
costs nothing.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import kernel.syscalls
from servers import own_programs
from servers.own_programs import FIRST_ENTRY, is_own
from servers.runtime.start import start

RUNTIME_FOLDER: Final = Path(__file__).parent / "runtime"
LIBRARY: Final = frozenset(
    {str(path) for path in RUNTIME_FOLDER.glob("*.py")} | {kernel.syscalls.__file__, own_programs.__file__}
)
"""Source files that belong to no program: what shows where a thread stands passes over them."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program."""

    name: str
    """What a manifest calls it."""
    entry: int
    """The entry number; never used again for another program."""
    doc: str
    module_name: str = ""
    """Where `main` is; empty: the module of that name in `servers`."""

    @property
    def module(self) -> ModuleType:
        """The module that holds it, imported."""
        return import_module(self.module_name or f"servers.{self.name}")


ROOT: Final = "root"
PULSE: Final = "pulse"

PROGRAMS: Final[dict[str, Program]] = {
    program.name: program
    for program in (
        Program(ROOT, 0, "builds the system from its manifest, and stops"),
        Program("supervisor", 1, "notices deaths and builds servers anew"),
        Program(PULSE, 2, "the supervisor's timekeeper"),
        Program("names", 3, "hands out capabilities by name"),
        Program("log", 4, "keeps a journal"),
        Program("clock", 5, "drives the timer"),
        Program("console", 6, "drives keyboard and screen"),
        Program("disk", 7, "drives the disk"),
        Program("fs", 8, "files on a FAT volume"),
        Program("shell", 9, "commands from the keyboard"),
        Program("counter", 10, "counts"),
        Program("you", 11, "the person at the playground"),
        Program("actor", 32, "uses its capabilities as it is told", "servers.lessons.actor"),
        Program("naive_bank", 33, "believes what a message says of its sender", "servers.lessons.naive_bank"),
        Program("careful_bank", 34, "looks at the badge", "servers.lessons.careful_bank"),
        Program("customer", 35, "goes to a bank and says what it is told", "servers.lessons.customer"),
        Program("cabinet", 36, "files by name", "servers.lessons.cabinet"),
        Program("sheets", 37, "files by capability", "servers.lessons.sheets"),
        Program("named_compiler", 38, "writes the result where it is told", "servers.lessons.named_compiler"),
        Program("compiler", 39, "writes the result with what it is given", "servers.lessons.compiler"),
        Program("desk", 40, "answers, or not, as one asks it", "servers.lessons.desk"),
        Program("visitor", 41, "goes to a desk and waits", "servers.lessons.visitor"),
        Program("clerk", 42, "answers with what it was lent", "servers.lessons.clerk"),
        Program("spender", 43, "makes as much as it is told", "servers.lessons.spender"),
        Program("pool", 44, "makes pages for whoever asks", "servers.lessons.pool"),
        Program("lock", 64, "one at a time", "servers.lessons.lock"),
        Program("bus", 65, "moves data over the bus, for one client at a time", "servers.lessons.bus"),
        Program("distributor", 66, "distributes data at fixed times", "servers.lessons.distributor"),
        Program("radio", 67, "prepares pictures to be sent", "servers.lessons.radio"),
        Program("weather", 68, "measures the weather", "servers.lessons.weather"),
        Program("hasty_vault", 70, "hands records out, and looks twice", "servers.lessons.hasty_vault"),
        Program("careful_vault", 71, "hands records out, and copies first", "servers.lessons.careful_vault"),
        Program("hand", 72, "writes on a shared page at a given moment", "servers.lessons.hand"),
        Program("guest", 73, "asks vaults for records", "servers.lessons.guest"),
        Program("till", 74, "serves one customer after the other", "servers.lessons.till"),
        Program("rules", 75, "says where the customers go", "servers.lessons.rules"),
        Program("customer_of_till", 76, "is served now and then", "servers.lessons.customer_of_till"),
        Program("crowd", 77, "wants to be served all the time", "servers.lessons.crowd"),
        Program("pager", 78, "fetches pages for those who miss them", "servers.lessons.pager"),
        Program("rogue_pager", 79, "fetches the wrong pages, or none", "servers.lessons.rogue_pager"),
        Program("notebook", 80, "writes on pages and reads them again", "servers.lessons.notebook"),
        Program("folder", 81, "reads files into pages of memory", "servers.lessons.folder"),
        Program("room", 82, "hands out pages of memory", "servers.lessons.room"),
        Program("drive", 83, "keeps pages", "servers.lessons.drive"),
        Program("reader", 84, "reads a file now and then", "servers.lessons.reader"),
        Program("mission", 69, "the watchdog, and who listens to the ground", "servers.lessons.mission"),
    )
}

_BY_ENTRY: Final = {program.entry: program for program in PROGRAMS.values()}


def add_program(program: Program) -> None:
    """Make another program known, such as one of a test. Raises ValueError if its name or entry is taken."""
    taken = PROGRAMS.get(program.name) or _BY_ENTRY.get(program.entry)
    if taken not in (None, program):
        raise ValueError(f"the program {taken.name} already has the name {program.name} or entry {program.entry}")
    PROGRAMS[program.name] = _BY_ENTRY[program.entry] = program


def entry_of(program: str, server: int) -> int:
    """The number at which a server starts: its program's, or with a program of one's own one that only it has."""
    return FIRST_ENTRY + server if is_own(program) else PROGRAMS[program].entry


class NoSuchProgram(LookupError):
    """A thread was started at a number where no program is."""


def begin(entry: int, arguments: tuple[int, ...]) -> Coroutine[Any, Any, None]:
    """The body of a thread that starts at an entry number with these argument registers.

    The machine wraps it in a vehicle; that is the kernel's loader. Root and pulse run on the bare system calls,
    every other program is given its Env.
    """
    if entry not in _BY_ENTRY:
        raise NoSuchProgram(f"there is no program at entry {entry}")
    program = _BY_ENTRY[entry]
    main = program.module.main
    run = main if program.name in (ROOT, PULSE) else partial(start, main)
    body: Coroutine[Any, Any, None] = run(*arguments)
    return body
