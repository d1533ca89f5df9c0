"""How many lines of code a part of the project has: what has to be trusted, counted by the program itself.

A line counts if something stands on it that the interpreter executes or that continues such a thing: no blank lines,
no comments, no docstrings.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

HOME: Final = Path(__file__).resolve().parent.parent
QUOTES: Final = '"""'


def code_lines(text: str) -> int:
    """Lines of code in a source text that follows the house style (docstrings in triple double quotes)."""
    count = 0
    inside = False
    for line in text.splitlines():
        stripped = line.strip()
        if inside:
            inside = QUOTES not in stripped
        elif stripped.startswith((QUOTES, f"r{QUOTES}")):
            inside = stripped.count(QUOTES) == 1
        elif stripped and not stripped.startswith("#"):
            count += 1
    return count


@cache
def lines_by_file(package: str) -> dict[str, int]:
    """Code lines of every module below a top-level folder, by its path inside it."""
    folder = HOME / package
    return {
        path.relative_to(folder).as_posix(): code_lines(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }


def lines_of(package: str) -> int:
    """Code lines of a whole top-level folder such as `kernel` or `servers`."""
    return sum(lines_by_file(package).values())
