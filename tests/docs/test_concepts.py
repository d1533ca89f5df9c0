"""The chapters about concepts are true: every example runs on the kernel, every diagram is what the tables say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import kernel.abi
import kernel.syscalls
from playground.diagrams import DRAWINGS, redrawn
from playground.line_count import code_lines, lines_by_file
from playground.minimality import REASONS
from tests.kernel.bench import Bench

DOCS = Path(__file__).resolve().parents[2] / "docs"
CHAPTERS = sorted((DOCS / "concepts").glob("*.md"))
DRAWN = [path for path in sorted(DOCS.rglob("*.md")) if "<!-- drawn:" in path.read_text(encoding="utf-8")]
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = [
    pytest.param(path, match, id=f"{path.stem}-{number}")
    for path in CHAPTERS
    for number, match in enumerate(EXAMPLE.finditer(path.read_text(encoding="utf-8")), 1)
]


def test_there_is_a_chapter_for_each_concept() -> None:
    names = {path.stem for path in CHAPTERS}
    assert names == {"capabilities", "ipc", "notifications", "untyped-memory", "faults", "scheduling-contexts"}


@pytest.mark.parametrize(("path", "match"), EXAMPLES)
def test_example_runs_as_printed(path: Path, match: re.Match[str]) -> None:
    line = match.string[: match.start(1)].count("\n")
    code = compile("\n" * line + match[1], str(path), "exec", dont_inherit=True)
    names: dict[str, Any] = {"Any": Any, "Bench": Bench}
    names |= vars(kernel.abi) | vars(kernel.syscalls)
    exec(code, names)
    bench = Bench(names["example"])
    bench.run()


def test_every_chapter_has_a_diagram_from_the_tables() -> None:
    assert set(CHAPTERS) <= set(DRAWN)


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_diagrams_are_what_the_tables_say(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == redrawn(text), f"run: python -m playground.diagrams {path}"


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_drawing_is_shown_somewhere(name: str) -> None:
    assert any(f"<!-- drawn: {name}" in path.read_text(encoding="utf-8") for path in DRAWN)


def test_every_file_of_the_kernel_says_why_it_is_there() -> None:
    assert set(REASONS) == set(lines_by_file("kernel"))


def test_lines_of_code_leave_out_what_is_not_executed() -> None:
    text = '"""Doc."""\n\n# comment\nx = 1\ndef f():\n    """Two\n    lines."""\n    return """text"""\n'
    assert code_lines(text) == 3
