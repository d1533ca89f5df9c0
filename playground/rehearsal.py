"""What to offer for the questions of a lesson on screen: a process of its own plays the lesson beforehand.

Only a run knows the right answers, and the choices must hold them before they are asked for. The screens cannot wait
for that, so it is done beside them while the audience reads the opening. `python -m playground.rehearsal` is that
process: a lesson, its system and the seed come in, the choices go out.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Final

from scenarios.lesson import Lesson
from servers.manifest import Manifest

PATIENCE: Final = 20.0
"""Seconds after which the questions are asked without what the rehearsal knows."""


class Rehearsal:
    """A lesson that is being played elsewhere."""

    def __init__(self, lesson: Lesson, manifest: Manifest, seed: int) -> None:
        self._choices: tuple[tuple[str, ...], ...] | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "playground.rehearsal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(pickle.dumps((lesson, manifest, seed)))
            self._process.stdin.close()
        except BrokenPipeError:  # it has failed already: then there is nothing to offer
            self._choices = ()

    def choices(self) -> tuple[tuple[str, ...], ...]:
        """For each question, in the order of asking; nothing if the rehearsal failed or takes too long."""
        if self._choices is None:
            self._choices = self._wait()
        return self._choices

    def close(self) -> None:
        """Nobody will ask any more; what is not known by now will not be."""
        self._choices = self._choices or ()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _wait(self) -> tuple[tuple[str, ...], ...]:
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        assert self._process.stdout is not None
        said = self._process.stdout.read()
        self._process.stdout.close()
        return tuple(tuple(row) for row in json.loads(said)) if said else ()


def main() -> int:
    """Play what comes in on standard input."""
    from playground.lesson_run import rehearse

    lesson, manifest, seed = pickle.loads(sys.stdin.buffer.read())
    print(json.dumps(rehearse(lesson, manifest, seed)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
