"""Takes a page apart that can be followed: files, changes, commands with what they say, keys with what is seen.

A fenced block says in its first line what it is: a language and the name of a file, `diff` and the name of a file,
`console`, or `screen`. Everything else on the page is prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=fence)$", re.DOTALL | re.MULTILINE)
AS_IT_IS = " (as it is)"


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    kind: str
    """file, same, diff, console or screen."""
    file: str
    body: str
    line: int


def blocks_of(text: str) -> list[Block]:
    """All fenced blocks of a page. AssertionError for one that would not be tested."""
    found: list[Block] = []
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        language, _, file = match["info"].partition(" ")
        if language in ("console", "screen"):
            kind = language
        else:
            assert file, f"line {line}: a block that says neither what it is nor which file"
            kind = "diff" if language == "diff" else "same" if file.endswith(AS_IT_IS) else "file"
        found.append(Block(kind, file.removesuffix(AS_IT_IS), match["body"], line))
    return found


def change(path: Path, diff: str, line: int) -> None:
    """Replace lines with a minus by the lines with a plus that follow them; each group stands once in the file."""
    text = path.read_text(encoding="utf-8")
    for match in re.finditer(r"((?:^-.*\n)+)((?:^\+.*\n)*)", diff, re.MULTILINE):
        old, new = ("".join(row[1:] for row in part.splitlines(keepends=True)) for part in match.groups())
        assert text.count(old) == 1, f"line {line}: {old!r} stands {text.count(old)} times in {path.name}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def commands_of(body: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it says."""
    parts = re.split(r"^\$ (.*)\n", body, flags=re.MULTILINE)
    assert not parts[0].strip(), f"what is said before any command? {parts[0]!r}"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def matches(shown: str, real: str) -> bool:
    """Whether a page shows what is said: a line of `…` stands for any lines, `…` in a line for any characters."""
    pattern = "".join(
        r"(?:.*\n)*?" if row.strip() == "…" else r"[^\n]*".join(map(re.escape, row.rstrip().split("…"))) + r"[ \t]*\n"
        for row in shown.splitlines()
    )
    return re.fullmatch(pattern, real if real.endswith("\n") or not real else real + "\n") is not None
