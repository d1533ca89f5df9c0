"""Arrows go one way, and nothing below `playground` knows a clock, chance, an event loop, a screen or a network.

import-linter proves it on the text of the sources (`lint-imports`). Here it is proved again on what really happens:
each package is imported whole in a fresh interpreter, whose `sys.modules` is then held against that of a second fresh
interpreter which imported only the libraries the package is allowed to use. The comparison is needed because CPython
loads `time` before any program starts, and lark and markdown-it-py load `threading` and `random` for themselves; what
is left after it was brought in by us. A name that the libraries bring is still forbidden to our own sources.
"""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, imported_modules, python_files

FORBIDDEN = {"textual", "trio", "asyncio", "threading", "time", "random", "socket"}
"""Never imported by kernel, servers or scenarios."""

NEVER_EVEN_INDIRECTLY = {"textual", "trio", "asyncio", "socket"}
"""Of those, the names that must be absent also from what the allowed libraries load."""

LIBRARIES = {"kernel": (), "servers": (), "scenarios": ("lark", "markdown_it", "importlib.resources")}
"""What each package may use beside the plain standard library, for the control interpreter."""

ALLOWED_FIRST_PARTY = {
    "kernel": {"kernel"},
    "servers": {"servers", "kernel"},
    "scenarios": {"scenarios", "servers", "kernel"},
    "playground": {"playground", "scenarios", "servers", "kernel"},
}
SYSTEM_CALL_INTERFACE = ("kernel.abi", "kernel.syscalls", "kernel.bootinfo")
OUTSIDE_THE_KERNEL = {
    "os",
    "io",
    "pathlib",
    "subprocess",
    "select",
    "selectors",
    "datetime",
    "uuid",
    "secrets",
    "signal",
    "logging",
    "tempfile",
    "shutil",
    "multiprocessing",
    "concurrent",
    "sched",
    "ctypes",
}
"""Standard library modules with which a kernel would reach the host."""

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), name + "."):
        importlib.import_module(found.name)
print(*sorted(sys.modules))
"""
IMPORT_ONLY = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted(sys.modules))
"""


@cache
def modules_after(program: str, *names: str, folder: Path = ROOT) -> frozenset[str]:
    """The names in `sys.modules` of a fresh interpreter that ran the program on these names."""
    done = subprocess.run(
        [sys.executable, "-c", program, *names], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return frozenset(done.stdout.split())


def brought_in(package: str, libraries: tuple[str, ...], folder: Path = ROOT) -> frozenset[str]:
    """Modules that are loaded because of the package itself and not because of the libraries it may use."""
    whole = modules_after(IMPORT_EVERYTHING, package, folder=folder)
    assert package in whole
    return whole - modules_after(IMPORT_ONLY, *libraries)


@pytest.mark.parametrize("package", LIBRARIES)
def test_importing_the_package_brings_in_nothing_forbidden(package: str) -> None:
    """In a fresh interpreter, every submodule imported."""
    found = brought_in(package, LIBRARIES[package]) & FORBIDDEN
    assert not found, f"importing all of {package} loads {sorted(found)}"


@pytest.mark.parametrize("package", LIBRARIES)
def test_neither_the_package_nor_its_libraries_load_a_screen_an_event_loop_or_a_network(package: str) -> None:
    """No comparison here: these names are absent altogether."""
    found = modules_after(IMPORT_EVERYTHING, package) & NEVER_EVEN_INDIRECTLY
    assert not found, f"importing all of {package} loads {sorted(found)}"


@pytest.mark.parametrize("package", LIBRARIES)
def test_no_source_file_names_a_forbidden_module(package: str) -> None:
    """Also not inside a function, where importing the module would not show it."""
    breaches = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in python_files(package)
        for line, name in imported_modules(path.read_text(encoding="utf-8"), package_of(path))
        if name.split(".")[0] in FORBIDDEN
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("package", ALLOWED_FIRST_PARTY)
def test_imports_point_down_only(package: str) -> None:
    """playground -> scenarios -> servers -> kernel."""
    ours = set(ALLOWED_FIRST_PARTY)
    breaches = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in python_files(package)
        for line, name in imported_modules(path.read_text(encoding="utf-8"), package_of(path))
        if name.split(".")[0] in ours - ALLOWED_FIRST_PARTY[package]
    ]
    assert not breaches, "\n".join(breaches)


def test_servers_see_only_the_system_call_interface_of_the_kernel() -> None:
    """kernel.abi, kernel.syscalls and kernel.bootinfo."""
    breaches = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in python_files("servers")
        for line, name in imported_modules(path.read_text(encoding="utf-8"), package_of(path))
        if name.split(".")[0] == "kernel" and not covered(name)
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("package", ["kernel", "servers"])
def test_the_kernel_and_the_servers_need_the_standard_library_only(package: str) -> None:
    """And of it nothing that reaches the host."""
    allowed = sys.stdlib_module_names | ALLOWED_FIRST_PARTY[package]
    breaches = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in python_files(package)
        for line, name in imported_modules(path.read_text(encoding="utf-8"), package_of(path))
        if name.split(".")[0] not in allowed or (package == "kernel" and name.split(".")[0] in OUTSIDE_THE_KERNEL)
    ]
    assert not breaches, "\n".join(breaches)


def test_the_comparison_notices_a_package_that_uses_chance(tmp_path: Path) -> None:
    """The control takes away what libraries load, not what the package loads."""
    package = tmp_path / "impure"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "inner.py").write_text("import random\nimport socket\n", encoding="utf-8")
    assert brought_in("impure", (), folder=tmp_path) & FORBIDDEN == {"random", "socket"}


def test_an_import_inside_a_function_and_a_relative_one_are_seen() -> None:
    """Both ways of hiding an arrow."""
    source = "from . import untyped\nfrom ..abi import Label\ndef late():\n    import time\n"
    names = {name for _, name in imported_modules(source, "kernel.objects")}
    assert names == {"kernel.objects.untyped", "kernel.abi.Label", "time"}


def covered(name: str) -> bool:
    """Whether a dotted name lies in the system-call interface."""
    return any(name == module or name.startswith(module + ".") for module in SYSTEM_CALL_INTERFACE)


def package_of(path: Path) -> str:
    """The dotted package that a file's relative imports start from."""
    return ".".join(path.relative_to(ROOT).parent.parts)
