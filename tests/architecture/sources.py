"""What the style rules look at: the project's own Python sources, and one function per rule that lists its breaches.

Every rule takes source text and gives back sentences, so that a test can show it a bad example as well as the real
files.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("kernel", "servers", "scenarios", "playground")
FOLDERS = (*PACKAGES, "tests", "benchmarks")

LONGEST_FILE = 450
LONGEST_FUNCTION = 70

UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])(?:/" r"work/|/" r"root/|/" r"home/\w|/" r"Users/\w|[A-Z]:\\" r"Users)")
BROAD = {"Exception", "BaseException"}

type_of_function = (ast.FunctionDef, ast.AsyncFunctionDef)
Rule = Callable[[str], Iterator[str]]


def python_files(*folders: str) -> list[Path]:
    """Every Python file below these folders of the project, in a fixed order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def too_long_files(source: str) -> Iterator[str]:
    """A file is one room: past 450 lines it is two files."""
    lines = source.count("\n") + 1
    if lines > LONGEST_FILE:
        yield f"the file has {lines} lines, the limit is {LONGEST_FILE}"


def too_long_functions(source: str) -> Iterator[str]:
    """A function fits a screen: 70 lines with its docstring."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, type_of_function) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"line {node.lineno}: {node.name} has {lines} lines, the limit is {LONGEST_FUNCTION}"


def unfinished_work(source: str) -> Iterator[str]:
    """What is open is an issue, not a remark in the source."""
    for number, line in enumerate(source.splitlines(), 1):
        if found := UNFINISHED.search(line):
            yield f"line {number}: {found.group()}"


def machine_paths(source: str) -> Iterator[str]:
    """Nothing may depend on the folder of one machine."""
    for number, line in enumerate(source.splitlines(), 1):
        if found := MACHINE_PATH.search(line):
            yield f"line {number}: {found.group()} belongs to one machine"


def missing_reasons(source: str) -> Iterator[str]:
    """A module opens with the reason it exists."""
    tree = ast.parse(source)
    if tree.body and ast.get_docstring(tree) is None:
        yield "the module has no docstring"


def swallowed_exceptions(source: str) -> Iterator[str]:
    """A handler for every exception that then does nothing hides our own bugs."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        named = ast.walk(node.type) if node.type else iter(())
        broad = node.type is None or any(isinstance(part, ast.Name) and part.id in BROAD for part in named)
        if broad and all(isinstance(part, ast.Pass | ast.Continue) for part in node.body):
            yield f"line {node.lineno}: every exception is swallowed"


RULES: dict[str, Rule] = {
    "files are short": too_long_files,
    "functions are short": too_long_functions,
    "no unfinished work": unfinished_work,
    "no machine paths": machine_paths,
    "a reason for each module": missing_reasons,
    "no swallowed exceptions": swallowed_exceptions,
}
"""The name of a rule, and the function that lists its breaches in one source text."""


def imported_modules(source: str, package: str = "") -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a source imports, at the top or inside a function.

    `from kernel.abi import Label` gives `kernel.abi.Label`.

    `package` is the package the source stands in; relative imports are resolved against it.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
