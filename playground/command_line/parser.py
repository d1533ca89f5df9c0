"""Words into wishes: the commands, their options, and what to say about a word that is none of them.

Only argparse is imported, so that `playground --help` is quick: a command is the name of the function that carries it
out, which is imported when it runs, and even `typing`, `pathlib` and `dataclasses` are left to that moment.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence

from playground import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

DESCRIPTION = "A microkernel you can hold in your hand. Without a command: the workshop system on screen."
EPILOG = """examples:
  playground                                   watch the workshop system, poke it, break it
  playground list                              the lessons there are
  playground play reincarnation                a lesson on screen, one key per beat
  playground present reincarnation             the same before a class: light, large, driven by a clicker
  playground present --notes                   your notes and the next beat, on a second terminal
  playground play --headless reincarnation     the same as a test: a line per expectation, exit code 0 or 1
  playground play --linear reincarnation       the same line by line, without drawing
  playground new lesson mine                   a lesson of your own to begin with
  playground disk new my.img --size 8M --from folder
  playground --disk my.img --write             boot on a disk of your own
  playground --record run.mkp                  keep everything that happens in a file
  playground replay run.mkp                    look at it again, at any moment
"""

OPTION_CUTOFF = 0.75
"""How near an option must be to be meant; the dashes alone make all of them alike."""
SIZE_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Misuse(Exception):
    """The words make no sense; the message is one sentence for the person."""


class Wanted(argparse.Namespace):
    """What the words came to: `carry_out` and the options that were given."""

    carry_out: str
    """Name of the function in `playground.command_line.commands` that does it."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Lays the help out for the terminal; asking for its width here spares the import of `shutil`."""

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
        except (OSError, ValueError):
            columns = 80
        super().__init__(prog, width=max(columns, 40) - 2)


class Parser(argparse.ArgumentParser):
    """An argument parser that answers a mistake with one sentence and the nearest name."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=Formatter, allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """Hand the complaint to the caller instead of printing the usage and leaving."""
        raise Misuse(f"{message[:1].lower()}{message[1:]}; `{self.prog} --help` tells more")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            raise Misuse(unknown_word(self.prog, str(value), list(action.choices)))


class Later:
    """Stands for the parser of a command until the command is used, because `--help` needs only its name."""

    def __init__(self, make: Callable[..., argparse.ArgumentParser], **settings: Any) -> None:
        self._make = make
        self._settings = settings

    def parser(self) -> argparse.ArgumentParser:
        """Make the real one."""
        return self._make(**self._settings)

    def parse_known_args(self, *arguments: Any) -> tuple[argparse.Namespace, list[str]]:
        """What argparse asks the parser of a command for."""
        return self.parser().parse_known_args(*arguments)


def parse(arguments: Sequence[str]) -> Wanted:
    """Understand the words after `playground`.

    Raises `Misuse`, and `SystemExit(0)` after `--help` or `--version`.
    """
    parser = build()
    try:
        wanted, left = parser.parse_known_args(arguments, Wanted())
    except Misuse:
        # The value of an option that does not exist looks like a command; it is the option that is wrong.
        known = every_option(parser)
        for word in arguments:
            if word.startswith("--") and word != "--" and word.split("=")[0] not in known:
                raise Misuse(unknown_option(word, parser)) from None
        raise
    if left:
        raise Misuse(unknown_option(left[0], parser))
    return wanted


def build() -> Parser:
    """The parser with all commands."""
    parser = Parser(prog="playground", description=DESCRIPTION, epilog=EPILOG, parents=[machine_options()])
    parser.add_argument("--version", action="version", version=f"microkernel playground {__version__}")
    parser.add_argument("--system", metavar="NAME", help="the system to boot (default: workshop)")
    parser.set_defaults(carry_out="show", command=None)
    later: Any = Later
    commands_of = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=later)
    for name, (summary, make) in COMMANDS.items():
        commands_of.add_parser(name, help=summary, make=make)
    return parser


def play_parser(**settings: Any) -> Parser:
    """`playground play`."""
    play = Parser(parents=[machine_options()], **settings)
    play.add_argument("lessons", nargs="*", metavar="LESSON", help="name of a lesson, or a Markdown file")
    add_ways_to_play(play)
    play.set_defaults(carry_out="play")
    return play


def add_set(parser: Parser) -> None:
    """`--set`, for what plays a lesson."""
    parser.add_argument("--set", dest="values", action="append", type=setting, default=[], metavar="NAME=VALUE",
                        help="give a parameter of the lesson a value")  # fmt: skip


def add_ways_to_play(play: Parser) -> None:
    """The options of `play` alone."""
    add_set(play)
    alone = play.add_argument_group("as a student")
    alone.add_argument("--student", action="store_true", help="predict before every step; the score comes at the end")
    alone.add_argument("--results", metavar="FILE", help="the file for predictions and score, as JSON")
    ways = play.add_argument_group("without a screen")
    ways.add_argument("--headless", action="store_true", help="as a test: a line per expectation, exit code 0 or 1")
    ways.add_argument("--all", action="store_true", help="headless: every lesson there is")
    ways.add_argument("--format", metavar="FORM", help="headless: text, junit, tap, gradescope or json")
    ways.add_argument("-o", "--output", metavar="FILE", help="headless: the file for the report")
    ways.add_argument("--watch", action="store_true", help="headless: play again whenever a file has changed")
    ways.add_argument("--digest", action="store_true", help="also print the digest of all events")
    ways.add_argument("--linear", action="store_true", help="line by line, for screen readers and pipes")
    ways.add_argument("--events", metavar="WHICH", help="line by line: tell messages (talk), all events or none")


def present_parser(**settings: Any) -> Parser:
    """`playground present`."""
    present = Parser(parents=[machine_options()], **settings)
    present.add_argument("lessons", nargs="*", metavar="LESSON", help="name of a lesson, or a Markdown file")
    add_set(present)
    notes = present.add_argument_group("the second terminal")
    notes.add_argument("--notes", action="store_true", help="your notes, the next beat and the time")
    notes.add_argument("--linear", action="store_true", help="with --notes: line by line, for screen readers and pipes")
    present.set_defaults(carry_out="present")
    return present


def setting(text: str) -> tuple[str, str]:
    """NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE, such as victim=disk")
    return name.strip(), value.strip()


def replay_parser(**settings: Any) -> Parser:
    """`playground replay`."""
    replay = Parser(parents=[drawing_options()], **settings)
    replay.add_argument("recording", metavar="FILE", help="a file written with --record")
    replay.add_argument(
        "--headless", action="store_true", help="run it again and compare: exit code 0, or 1 if other events happen"
    )
    replay.add_argument(
        "--recorded-programs", action="store_true", help="let the Python programs in it run, which are not ours"
    )
    replay.set_defaults(carry_out="replay")
    return replay


def export_parser(**settings: Any) -> argparse.ArgumentParser:
    """`playground export`, whose words stand in a file of their own."""
    from playground.command_line.exporting import add_export

    commands = Parser(prog="playground").add_subparsers(prog="playground")
    add_export(commands)
    return commands.choices["export"]


def list_parser(**settings: Any) -> Parser:
    """`playground list`."""
    listing = Parser(**settings)
    listing.set_defaults(carry_out="list_everything")
    return listing


def check_parser(**settings: Any) -> Parser:
    """`playground check`."""
    check = Parser(**settings)
    check.add_argument("lessons", nargs="+", metavar="FILE",
                       help="name of a lesson, or a file: a lesson (.md), system (.toml) or server (.py)")  # fmt: skip
    check.add_argument("--programs", metavar="FOLDER", help="let servers run the Python programs in this folder")
    check.set_defaults(carry_out="check")
    return check


def new_parser(**settings: Any) -> Parser:
    """`playground new`, which has commands of its own."""
    new = Parser(**settings)
    new.set_defaults(carry_out="which_new_command")
    commands = new.add_subparsers(dest="new_command", metavar="COMMAND", title="commands")
    for what, ending, summary in (
        ("lesson", ".md", "write a small lesson with comments, which passes"),
        ("system", ".toml", "write a small system with comments, which boots"),
        ("server", ".py", "write a small server with comments, to be named in a system"),
    ):
        command = commands.add_parser(what, help=summary)
        command.add_argument("name", metavar="NAME", help=f"its name; the file is NAME{ending}")
        command.add_argument("--force", action="store_true", help="replace the file if it exists")
        command.set_defaults(carry_out=f"new_{what}")
    return new


def disk_parser(**settings: Any) -> Parser:
    """`playground disk`, which has commands of its own."""
    disk = Parser(**settings)
    disk.set_defaults(carry_out="which_disk_command")
    disk_commands = disk.add_subparsers(dest="disk_command", metavar="COMMAND", title="commands")
    new = disk_commands.add_parser("new", help="make an image with a FAT volume")
    new.add_argument("image", metavar="IMAGE", help="the file to make")
    new.add_argument("--size", type=size, default=8 << 20, metavar="SIZE", help="for example 8M (the default) or 512K")
    new.add_argument("--from", dest="source", metavar="DIR", help="folder whose files to put on it")
    new.add_argument("--force", action="store_true", help="replace the file if it exists")
    new.set_defaults(carry_out="make_disk")
    return disk


COMMANDS = {
    "play": ("play a lesson", play_parser),
    "present": ("show a lesson to a class, or the presenter's notes on a second terminal", present_parser),
    "replay": ("look at a recording, or run it again", replay_parser),
    "export": ("a recording as film, picture, diagram or data", export_parser),
    "list": ("the lessons and systems there are", list_parser),
    "check": ("check a lesson, a system or a server of your own", check_parser),
    "new": ("begin a lesson, a system or a server of your own", new_parser),
    "disk": ("make disk images", disk_parser),
}
"""What can follow `playground`: a line for the help, and what makes the parser of its own words."""


def machine_options() -> Parser:
    """The options that say how the machine is started and drawn; they may stand before or after `play`."""
    machine = Parser(add_help=False, argument_default=argparse.SUPPRESS, parents=[drawing_options()])
    group = machine.add_argument_group("machine")
    group.add_argument("--disk", metavar="IMAGE", help="a disk image of your own, opened read-only")
    group.add_argument("--write", action="store_true", help="let the machine write to that image")
    group.add_argument("--seed", type=whole_number, metavar="N", help="same seed and inputs, same events")
    group.add_argument("--programs", metavar="FOLDER", help="let servers run the Python programs in this folder")
    group.add_argument("--record", metavar="FILE", help="write all that happens to a file; it holds the disk too")
    return machine


def drawing_options() -> Parser:
    """The options that say how things are drawn."""
    drawing = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = drawing.add_argument_group("screens")
    group.add_argument("--theme", metavar="NAME", help="theme of the screens")
    group.add_argument("--projector", action="store_true", help="light theme with high contrast")
    group.add_argument("--ascii", action="store_true", help="draw with plain ASCII characters only")
    return drawing


def whole_number(text: str) -> int:
    """A seed: a whole number from 0 on, decimal or with a prefix such as 0x."""
    try:
        number = int(text, 0)
    except ValueError:
        number = -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return number


def size(text: str) -> int:
    """A size in bytes from words such as 8M, 512K or 4194304."""
    number, unit = text.upper().removesuffix("IB").removesuffix("B"), ""
    if number and number[-1] in SIZE_UNITS:
        number, unit = number[:-1], number[-1]
    if not (number.isascii() and number.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; say for example 8M or 512K")
    return int(number) * SIZE_UNITS[unit]


def unknown_word(prog: str, word: str, names: Iterable[str]) -> str:
    """The sentence about a command that does not exist."""
    from servers.nearest import closest

    names = sorted(names)
    if near := closest(word.lower(), names):
        return f"no command is called {word!r}; did you mean `{prog} {near}`?"
    if word in shipped("lessons", ".md"):
        return f"no command is called {word!r}, but a lesson is; did you mean `playground play {word}`?"
    return f"no command is called {word!r}; the commands of `{prog}` are {', '.join(names)}"


def unknown_option(word: str, parser: argparse.ArgumentParser) -> str:
    """The sentence about a word that no command takes."""
    from servers.nearest import closest

    if not word.startswith("-"):
        return f"{word!r} is one word too many; `playground --help` tells what goes where"
    if near := closest(word.split("=")[0], every_option(parser), OPTION_CUTOFF):
        return f"there is no option {word.split('=')[0]}; did you mean {near}?"
    return f"there is no option {word.split('=')[0]} here; `playground --help` lists the options"


def every_option(parser: argparse.ArgumentParser) -> list[str]:
    """The long options of the parser and of all its commands."""
    options: list[str] = []
    for action in parser._actions:
        options += [option for option in action.option_strings if option.startswith("--")]
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                options += every_option(command.parser() if isinstance(command, Later) else command)
    return options


def shipped(folder: str, ending: str) -> list[str]:
    """Names of the shipped lessons or systems, from the folder alone because nothing of their content is needed."""
    from importlib.resources import files

    entries = files("scenarios").joinpath(folder).iterdir()
    return sorted(entry.name.removesuffix(ending) for entry in entries if entry.name.endswith(ending))
