"""Run by a test: the playground with a mistake of ours, in what completes the command line or in a pane."""

import sys

from playground import perform
from playground.command_line import run
from playground.screens.header import Header


def _broken(*_: object) -> list[str]:
    raise RuntimeError("a mistake of ours")


def _break_a_pane(*_: object) -> list[str]:
    setattr(Header, "paint", _broken)  # noqa: B010 - mypy refuses to see a method replaced
    return []


if __name__ == "__main__":
    setattr(perform, "completions", _break_a_pane if sys.argv[1] == "pane" else _broken)  # noqa: B010 - as above
    sys.exit(run(sys.argv[2:]))
