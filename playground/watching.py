"""Playing lessons again whenever something that they depend on has changed: the lesson, its system, or a server.

The host is asked for the times of the files a few times a second; that works everywhere and needs no library.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import kernel
import playground
import scenarios
import servers

PAUSE: Final = 0.4
"""Seconds between two looks."""

Stamp = dict[Path, tuple[int, int]]


def files_of(names: Sequence[str]) -> Iterator[Path]:
    """What the result of playing these lessons depends on."""
    for name in names:
        if name.endswith(".md"):
            folder = Path(name).parent
            yield Path(name)
            yield from folder.glob("*.toml")
            yield from folder.glob("*.py")
    for package in (kernel, servers, scenarios, playground):
        root = Path(package.__path__[0])
        for ending in ("*.py", "*.lark", "*.md", "*.toml"):
            yield from root.rglob(ending)


def stamp(names: Sequence[str]) -> Stamp:
    """When each file was changed last, and its size; a file that is not there has none."""
    found: Stamp = {}
    for path in files_of(names):
        try:
            known = path.stat()
        except OSError:
            continue
        found[path] = (known.st_mtime_ns, known.st_size)
    return found


def changed(before: Stamp, after: Stamp) -> list[Path]:
    """The files that are new, gone or different, in the order of their names."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def watch(
    names: Sequence[str],
    again: Callable[[], int],
    write: Callable[[str], None],
    pause: Callable[[], None] = lambda: time.sleep(PAUSE),
    rounds: int = 0,
) -> int:
    """Play, and play again after each change, until Ctrl-C; or `rounds` times. The last exit code."""
    code = 0
    done = 0
    while True:
        before = stamp(names)
        code = again()
        done += 1
        if done == rounds:
            return code
        write("waiting for a change; Ctrl-C ends")
        while not (different := changed(before, stamp(names))):
            pause()
        more = f" and {len(different) - 1} more" if len(different) > 1 else ""
        write(f"\n{different[0].name}{more} changed")
