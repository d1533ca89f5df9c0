"""What each command does: check what can be checked beforehand, then call the part of the playground that does it.

Every import of such a part stands inside the function that needs it: a person who asks for the list of lessons does not
wait for the screens to load.
"""

import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playground.command_line.parser import Misuse, Wanted, shipped, whole_number
from playground.settings import SMALLEST_HEIGHT, SMALLEST_WIDTH, Settings
from servers.nearest import closest


def show(wanted: Wanted) -> int:
    """`playground`: a system on screen."""
    return on_screen(settings_of(wanted))


def play(wanted: Wanted) -> int:
    """`playground play`: a lesson on screen, line by line or with a student, or any number of them headless."""
    from playground.command_line.playing import play as play_lessons

    return play_lessons(wanted)


def present(wanted: Wanted) -> int:
    """`playground present`: a lesson before a class, or the notes for it."""
    from playground.command_line.playing import present as present_lesson

    return present_lesson(wanted)


def on_screen(settings: Settings) -> int:
    """Check what would stop the machine at once, then hand over to the screens."""
    know_the_system(settings.system)
    know_the_theme(settings.theme)
    if settings.lesson is not None:
        from scenarios.library import checked_lesson

        checked_lesson(settings.lesson, settings.values)
    if settings.disk is not None:
        from playground.images import check_image

        if problem := check_image(settings.disk, writable=settings.writable):
            raise problem
    if settings.record is not None and settings.record.exists():
        raise Misuse(f"{settings.record} exists already and is not overwritten; choose another name for the recording")
    need_a_terminal()
    from playground.app import run

    return run(settings)


def replay(wanted: Wanted) -> int:
    """`playground replay`: a recording on screen, or run again and compared."""
    path = Path(wanted.recording)
    if wanted.headless:
        from playground.recording.report import replay as replay_headless

        return replay_headless(path, print, run_programs=wanted.recorded_programs)
    settings = settings_of(wanted)
    know_the_theme(settings.theme)
    need_a_terminal("`playground replay --headless FILE` needs none")
    from playground.recording.reader import open_recording
    from playground.timeline.on_screen import show as show_recording

    recording = open_recording(path)
    if wanted.recorded_programs:
        recording.load_programs()
    return show_recording(recording, settings)


def export(wanted: Wanted) -> int:
    """`playground export`."""
    know_the_theme(wanted.theme)
    allow_programs(vars(wanted))
    from playground.exports.command import Order, export as carry_out_export, pace_of

    values = dict(wanted.values)
    seed = seed_of(values.pop("seed")) if "seed" in values else wanted.seed
    return carry_out_export(
        Order(
            wanted.format, wanted.recording, wanted.lesson, wanted.first, wanted.last, wanted.output, wanted.size,
            wanted.theme, wanted.ascii, pace_of(wanted.pace), wanted.server, seed, values, wanted.force,
        )
    )  # fmt: skip


def list_everything(wanted: Wanted) -> int:
    """`playground list`: lessons and systems, one a line."""
    from scenarios.library import lessons, read_system, system_names

    rows = [("lesson", lesson.name, lesson.title, f"{lesson.front.minutes} min") for lesson in lessons()]
    rows += [("system", name, read_system(name).title, "") for name in system_names()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for what, name, title, minutes in rows:
        print(f"{what:<{widths[0]}}  {name:<{widths[1]}}  {title:<{widths[2]}}  {minutes}".rstrip())
    return 0


def check(wanted: Wanted) -> int:
    """`playground check`: a line for each file that is right; everything that is wrong with the others."""
    from playground.command_line.checking import check as check_files

    allow_programs(vars(wanted))
    return check_files(wanted.lessons, print)


def which_new_command(wanted: Wanted) -> int:
    """`playground new` alone."""
    raise Misuse("new what? `playground new lesson NAME` writes one to begin with; there is also system and server")


def new_lesson(wanted: Wanted) -> int:
    """`playground new lesson`."""
    from playground.command_line.writing import new_lesson as write

    return write(wanted)


def new_system(wanted: Wanted) -> int:
    """`playground new system`."""
    from playground.command_line.writing import new_system as write

    return write(wanted)


def new_server(wanted: Wanted) -> int:
    """`playground new server`."""
    from playground.command_line.writing import new_server as write

    return write(wanted)


def which_disk_command(wanted: Wanted) -> int:
    """`playground disk` alone."""
    raise Misuse("what about the disk? `playground disk new IMAGE --size 8M --from DIR` makes an image")


def make_disk(wanted: Wanted) -> int:
    """`playground disk new`."""
    from playground.images import create

    source = None if wanted.source is None else Path(wanted.source)
    create(Path(wanted.image), wanted.size, source, replace=wanted.force)
    print(f"made {wanted.image}; `playground --disk {wanted.image} --write` boots on it")
    return 0


def settings_of(wanted: Wanted) -> Settings:
    """The options as the value that the screens are started with."""
    given = vars(wanted)
    allow_programs(given)
    disk = Path(given["disk"]) if "disk" in given else None
    writable: bool = given.get("write", False)
    if writable and disk is None:
        raise Misuse("--write says that the machine may write to your own image; name it with --disk IMAGE")
    theme: str = given.get("theme", "")
    projector: bool = given.get("projector", False)
    if theme and projector:
        raise Misuse("--projector is a theme of its own; leave out --projector or --theme")
    lessons: list[str] = given.get("lessons", [])
    values = dict(given.get("values", ()))
    seed = seed_of(values.pop("seed")) if "seed" in values else None
    return Settings(
        system=given.get("system") or "workshop",
        lesson=lessons[0] if lessons else None,
        disk=disk,
        writable=writable,
        seed=given.get("seed", seed),
        values=values,
        record=Path(given["record"]) if "record" in given else None,
        theme="projector" if projector else theme,
        ascii=given.get("ascii", False),
        colour=not os.environ.get("NO_COLOR"),
    )


def allow_programs(given: Mapping[str, Any]) -> None:
    """What `--programs FOLDER` says: programs in that folder may run."""
    if given.get("programs") is None:
        return
    folder = Path(given["programs"])
    if not folder.is_dir():
        raise Misuse(f"--programs names a folder, and there is no folder {folder}")
    from scenarios.own_programs import allow

    allow(folder)


def seed_of(text: str) -> int:
    """What `--set seed=N` says; the same as --seed."""
    try:
        return whole_number(text)
    except ArgumentTypeError as error:
        raise Misuse(str(error)) from None


def know_the_system(name: str) -> None:
    """A misspelt system is a mistake of the command line."""
    if name.endswith(".toml"):
        if not Path(name).is_file():
            raise Misuse(f"there is no file {name}")
        from scenarios.library import read_system

        read_system(name)
        return
    names = shipped("systems", ".toml")
    if name not in names:
        raise Misuse(f"no system is called {name!r}; {instead(name, names)}")


def know_the_theme(name: str) -> None:
    """A misspelt theme too; the names are Textual's and our own."""
    if not name:
        return
    from textual.theme import BUILTIN_THEMES

    from playground.screens.inks import THEMES

    names = [*BUILTIN_THEMES, *(theme.name for theme in THEMES)]
    if name not in names:
        raise Misuse(f"no theme is called {name!r}; {instead(name, names)}")


def instead(name: str, names: Sequence[str]) -> str:
    """What to say after a name that does not exist."""
    near = closest(name.lower(), names)
    return f"did you mean {near}?" if near else f"there is {', '.join(sorted(names))}"


def need_a_terminal(without: str = "`playground play --headless LESSON` needs none") -> None:
    """The screens need a terminal that can move its cursor and has room for them."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Misuse(f"the screens need a terminal, and standard input or output is none; {without}")
    if os.environ.get("TERM", "") in ("dumb", "unknown"):
        raise Misuse(f"the terminal says TERM={os.environ['TERM']}, which cannot show screens; {without}")
    width, height = os.get_terminal_size(sys.stdout.fileno())
    if width and height and (width < SMALLEST_WIDTH or height < SMALLEST_HEIGHT):
        raise Misuse(
            f"the terminal is {width} columns by {height} lines, the screens need {SMALLEST_WIDTH} by "
            f"{SMALLEST_HEIGHT}; enlarge the window or choose a smaller font"
        )
