"""What the documents and docstrings name exists, and the commands in the README are understood."""

import ast
import re
from pathlib import Path

import pytest

from playground.command_line.parser import parse
from tests.architecture.sources import FOLDERS, ROOT, python_files

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DOCUMENTS = [page.relative_to(ROOT).as_posix() for page in PAGES]
LINK = re.compile(r"\]\(([^)#:\s]+)\)")
PATH = re.compile(r"`((?:kernel|servers|scenarios|playground|tests|benchmarks|docs)/[\w/.*-]*)`")
PAGE = re.compile(r"[\w-]+\.md\b")
MODULE = re.compile(rf"`((?:{'|'.join(FOLDERS)})(?:\.\w+)+)`")
DESCRIBED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def missing(document: str, text: str) -> list[str]:
    """Links and paths in a document that lead nowhere."""
    beside = (ROOT / document).parent
    links = [target for target in LINK.findall(text) if not (beside / target).exists()]
    return links + [path for path in PATH.findall(text) if not (ROOT / path).exists()]


def nowhere(source: str) -> list[str]:
    """Pages and modules in the docstrings of a source that do not exist; `kernel.abi.Label` may name what is inside."""
    pages = {page.name for page in PAGES}
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        text = (ast.get_docstring(node) or "") if isinstance(node, DESCRIBED) else ""
        found += [page for page in PAGE.findall(text) if page not in pages]
        for name in MODULE.findall(text):
            path = ROOT / name.replace(".", "/")
            if not (path.exists() or path.with_suffix(".py").exists() or path.parent.with_suffix(".py").exists()):
                found.append(name)
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_exists(document: str) -> None:
    """Links are relative to the document, paths in backticks to the project."""
    assert not missing(document, Path(ROOT / document).read_text(encoding="utf-8"))


def test_a_file_that_is_not_there_is_noticed() -> None:
    """Both ways of naming one."""
    assert missing("README.md", "[a](docs/nowhere.md) `kernel/nowhere.py` `kernel/abi.py` [b](README.md)") == [
        "docs/nowhere.md",
        "kernel/nowhere.py",
    ]


def test_every_page_and_module_that_a_docstring_names_exists() -> None:
    """A source that is cited can be opened by whoever reads it."""
    lost = {path: nowhere(path.read_text(encoding="utf-8")) for path in python_files(*FOLDERS)}
    assert not {path: names for path, names in lost.items() if names}


def test_a_page_or_module_that_is_not_there_is_noticed() -> None:
    """Built from parts, so that this file does not name them."""
    page, module = "nowhere" + ".md", "`kernel" + ".nowhere`"
    assert nowhere(f"'As in {page} and {module}, not in conformance.md or `kernel.abi.Label`.'") == [
        page,
        "kernel.nowhere",
    ]


def test_the_commands_in_the_readme_are_understood() -> None:
    """Every line of a code block that begins with `playground`."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("playground")]
    assert len(lines) > 8
    for line in lines:
        words = re.split(r"\s{3,}|  #", line)[0].replace("[", "").replace("]", "").split()
        parse(words[1:])


def test_every_decision_is_listed() -> None:
    """The list of decisions names each page once, in order."""
    folder = ROOT / "docs" / "decisions"
    pages = sorted(page.name for page in folder.glob("0*.md"))
    assert LINK.findall((folder / "README.md").read_text(encoding="utf-8")) == pages
