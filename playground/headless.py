"""Lessons without a screen: each is a test with a line for every expectation and an exit code.

0 passed, 1 failed, 2 not a valid lesson, 3 could not be decided, which is never a pass. Several lessons are played in
processes side by side, and reported in the order in which they were asked for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TextIO

from playground.lesson_run import LessonResult, Wish, carry_out, play_on, run_lesson
from playground.reports import FORMATS, report
from scenarios.own_programs import allow, allowed

__all__ = [
    "FAILED", "FORMATS", "INVALID", "PASSED", "UNDECIDED", "Progress", "carry_out_all", "exit_code", "play", "play_on",
    "run_lesson",
]  # fmt: skip

PASSED: Final = 0
FAILED: Final = 1
INVALID: Final = 2
UNDECIDED: Final = 3

_CODES: Final = {"passed": PASSED, "failed": FAILED, "undecided": UNDECIDED, "invalid": INVALID}
_WORST_FIRST: Final = (INVALID, FAILED, UNDECIDED, PASSED)

BAR: Final = 24
"""Columns of the progress bar."""

Write = Callable[[str], None]


class CannotWrite(Exception):
    """The report's file cannot be written; one sentence."""

    is_users_mistake = True


def play(
    names: Sequence[str],
    *,
    seed: int | None = None,
    values: Mapping[str, str] | None = None,
    write: Write = print,
    record: Path | None = None,
    digest: bool = False,
    form: str = "text",
    output: Path | None = None,
    alone: bool = False,
) -> int:
    """Play lessons; a line for every expectation, or another form of report; the worst exit code of all.

    `record`: the file to which the run of the only lesson is written; `digest`: print that of the events of each;
    `output`: the file that gets the report, and then a line for each lesson is written; `alone`: never in this process.
    """
    if output is not None and not output.parent.is_dir():
        raise CannotWrite(f"the report cannot be written to {output}: there is no folder {output.parent}")
    if output is not None and output.is_dir():
        raise CannotWrite(f"the report cannot be written to {output}: is a directory")
    wishes = [Wish(name, seed, values or {}, record, digest) for name in names]
    progress = Progress(len(names), sys.stderr)
    results: list[LessonResult] = []
    for result in carry_out_all(wishes, alone=alone):
        results.append(result)
        progress.count(result)
        if form == "text" and output is None:
            progress.clear()
            for line in result.lines:
                write(line)
    progress.clear()
    if output is not None:
        _save(output, report(form, results))
        for result in results:
            write(result.lines[0] if result.verdict == "invalid" else f"{result.name}: {result.verdict}")
    elif form != "text":
        write(report(form, results).removesuffix("\n"))
    return exit_code(results)


def exit_code(results: Sequence[LessonResult]) -> int:
    """The worst of all."""
    codes = {_CODES[result.verdict] for result in results}
    return next((code for code in _WORST_FIRST if code in codes), PASSED)


def carry_out_all(wishes: Sequence[Wish], *, alone: bool = False) -> Iterator[LessonResult]:
    """The results in the order of the wishes, each as soon as it and those before it are there."""
    if len(wishes) == 1 and not alone:
        yield carry_out(wishes[0])
        return
    with _pool(min(len(wishes), os.cpu_count() or 1)) as pool:
        with _deaf():
            results = pool.map(carry_out, wishes)
        yield from results


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that leave Ctrl-C to this one."""
    pool = ProcessPoolExecutor(max(workers, 1), mp_context=get_context("spawn"), initializer=_begin, initargs=allowed())
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf() -> Iterator[None]:
    """What is started here never hears Ctrl-C, not even before it has come so far that it could ignore it; this process
    hears it a moment later."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(*folders: Path) -> None:
    import signal

    for folder in folders:
        allow(folder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@dataclass(slots=True)
class Progress:
    """One line that says how far the suite is, on a terminal only."""

    total: int
    stream: TextIO
    done: int = 0
    bad: int = 0
    shown: bool = field(default=False)

    def count(self, result: LessonResult) -> None:
        """One more is done."""
        self.done += 1
        self.bad += result.verdict != "passed"
        if self.total > 1 and self.stream.isatty():
            bad = f", {self.bad} not passed" if self.bad else ""
            full = self.done * BAR // self.total
            bar = f"[{'#' * full}{'.' * (BAR - full)}]"
            self.stream.write(f"\r\x1b[K{bar} {self.done} of {self.total} lessons played{bad}")
            self.stream.flush()
            self.shown = True

    def clear(self) -> None:
        """Make room for something else."""
        if self.shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self.shown = False


def _save(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise CannotWrite(f"the report cannot be written to {path}: {(error.strerror or str(error)).lower()}") from None
