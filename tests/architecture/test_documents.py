"""What the documents at the top say exists, and the commands they name are understood."""

import re
from pathlib import Path

import pytest

from playground.command_line.parser import parse
from tests.architecture.sources import ROOT

DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/decisions/README.md"]
LINK = re.compile(r"\]\(([^)#:\s]+)\)")
PATH = re.compile(r"`((?:kernel|servers|scenarios|playground|tests|benchmarks|docs)/[\w/.*-]*)`")


def missing(document: str, text: str) -> list[str]:
    """Links and paths in a document that lead nowhere."""
    beside = (ROOT / document).parent
    links = [target for target in LINK.findall(text) if not (beside / target).exists()]
    return links + [path for path in PATH.findall(text) if not (ROOT / path).exists()]


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
