"""A program that never rests: it counts as fast as the machine lets it, so that the screens have something to follow.

    python -m benchmarks.restless FOLDER [WORDS OF THE COMMAND LINE]

starts the playground on the workshop with that program added; the manifest is written into the folder.
"""

import sys
from pathlib import Path
from typing import Final

import scenarios
from servers.interfaces.counter import COUNTER
from servers.programs import Program, add_program
from servers.runtime.env import Env

NAME: Final = "restless"
SERVER: Final = f"""
[servers.{NAME}]
title = "counts without end"
shelf = "applications"
priority = 100
uses = {{ counter = "counter.counter" }}
"""


async def main(env: Env) -> None:
    """Call the counter again and again."""
    counter = env.client("counter", COUNTER)
    while True:
        await counter.increment(by=1)


def system(folder: Path) -> Path:
    """The file of the workshop with one more application; the program is known from now on."""
    add_program(Program(NAME, 900, "counts without end", "benchmarks.restless"))
    workshop = Path(scenarios.__file__).parent / "systems" / "workshop.toml"
    path = folder / f"{NAME}.toml"
    path.write_text(workshop.read_text(encoding="utf-8") + SERVER, encoding="utf-8")
    return path


def start() -> int:
    """The playground itself, with the words that were given."""
    from playground.command_line import run

    return run(["--system", str(system(Path(sys.argv[1]))), *sys.argv[2:]])


if __name__ == "__main__":
    raise SystemExit(start())
