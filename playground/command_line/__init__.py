"""The command line: what a person types into a shell, before any screen is there.

Exit codes: 0 done, 1 an expectation of a lesson failed, 2 the person's mistake (in the words or in a lesson), 3 a
lesson could not be decided, 130 stopped by Ctrl-C, 141 the reader of the output went away. A traceback is only ever
our bug.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from playground.command_line.parser import Wanted

DONE = 0
MISTAKE = 2
INTERRUPTED = 130
OUTPUT_CLOSED = 141


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out the words after `playground` (those of this process by default) and give back the exit code."""
    from playground.command_line.parser import Misuse, parse

    try:
        try:
            wanted = parse(sys.argv[1:] if arguments is None else arguments)
            code = carry_out(wanted)
        except SystemExit as answered:  # argparse answers --help and --version by itself
            code = int(answered.code or DONE)
        sys.stdout.flush()
    except Misuse as mistake:
        return complain(str(mistake))
    except KeyboardInterrupt:
        print("playground: stopped by Ctrl-C", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        close_output()
        return OUTPUT_CLOSED
    except Exception as error:
        if not getattr(error, "is_users_mistake", False):
            raise
        return complain(str(error))
    return code


def carry_out(wanted: Wanted) -> int:
    """Import what does the command, and let it."""
    from playground.command_line import commands

    code: int = getattr(commands, wanted.carry_out)(wanted)
    return code


def complain(sentence: str) -> int:
    """Tell the person what was wrong and give back the exit code for a mistake."""
    place = sentence.split(":", 3)[1:3]
    in_a_file = len(place) == 2 and all(number.isdigit() for number in place)
    from scenarios.language.errors import harmless

    sentence = harmless(sentence)
    # `file:line:column:` opens the line, so that editors and terminals can jump to it.
    print(sentence if in_a_file else f"playground: {sentence}", file=sys.stderr)
    return MISTAKE


def close_output() -> None:
    """Nobody reads on: keep the interpreter from complaining when it flushes at its end."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
