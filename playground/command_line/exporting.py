"""The words of `playground export`: what to export, in which format, which part of it, and how it looks.

Like `parser`, it imports nothing large, so that `playground --help` is quick.
"""

from __future__ import annotations

from playground.command_line.parser import setting, whole_number
from playground.exports.formats import help_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DESCRIPTION = "A run for other programs and other people: a film, a page, pictures, diagrams, data."
EXAMPLES = """
The range is given by numbers of events or by marks: what you marked, the beats
of a lesson, or `ready`; a part of its name is enough. A film of a lesson is
cut at its beats, a page tells all of it.

examples:
  playground export --lesson reincarnation --format page -o reincarnation.html
  playground export --lesson reincarnation --format cast --size 80x24 -o it.cast
  playground export run.mkp --format cast -o run.cast
  playground export run.mkp --format svg --at 1949 -o moment.svg
  playground export --lesson reincarnation --format diagram --from kill --to two -o kill.svg
  playground export run.mkp --format lesson -o mine.md
"""


def add_export(commands: Any) -> None:
    """Add the command to those of the command line."""
    export = commands.add_parser(
        "export", help="a recording as film, picture, diagram or data", description=DESCRIPTION,
        epilog=help_text() + "\n" + EXAMPLES,
    )  # fmt: skip
    export.add_argument("recording", nargs="?", metavar="FILE", help="a file written with --record")
    export.add_argument("--lesson", metavar="NAME", help="instead of a file: play this lesson now, and export that run")
    export.add_argument("--format", metavar="FORMAT", required=True, help="one of those below")
    export.add_argument("-o", "--output", metavar="OUT", help="the file to write (default: standard output)")
    export.add_argument("--force", action="store_true", help="replace the file if it exists")
    export.add_argument("--seed", type=whole_number, metavar="N", help="of a lesson: the seed of its machine")
    export.add_argument("--set", dest="values", action="append", type=setting, default=[], metavar="NAME=VALUE",
                        help="of a lesson: give one of its parameters a value")  # fmt: skip
    export.add_argument("--programs", metavar="FOLDER", help="let servers run the Python programs in this folder")
    part = export.add_argument_group("which part of the run")
    part.add_argument("--from", dest="first", metavar="MOMENT", help="where the range begins (default: at boot)")
    part.add_argument("--to", "--at", dest="last", metavar="MOMENT",
                      help="where it ends; the moment of a picture (default: the end of the run)")  # fmt: skip
    look = export.add_argument_group("how films and pictures look")
    look.add_argument("--size", metavar="WxH", default="120x36", help="columns and lines (default: 120x36)")
    look.add_argument("--server", metavar="NAME", default="", help="the server in the inspector")
    look.add_argument("--theme", metavar="NAME", default="", help="theme of the screens")
    look.add_argument("--ascii", action="store_true", help="draw with plain ASCII characters only")
    look.add_argument("--pace", metavar="SECONDS", default="0.4", help="how long a frame stands (default: 0.4)")
    export.set_defaults(carry_out="export")
