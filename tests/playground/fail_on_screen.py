"""Run by a test: the playground with a mistake of ours in what completes the command line."""

import sys

from playground import perform
from playground.command_line import run


def _broken(*_: object) -> list[str]:
    raise RuntimeError("a mistake of ours")


if __name__ == "__main__":
    setattr(perform, "completions", _broken)  # noqa: B010
    sys.exit(run(sys.argv[1:]))
