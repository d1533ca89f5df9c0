"""The independent judges of an image: dosfstools and mtools, run on a copy in a file."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from playground.machine.backing import MemoryBacking

_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def tool(name: str) -> str:
    """Where a tool is. Without it the test is skipped, except in continuous integration, where it fails."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        reason = f"{name} is not installed (Debian packages: dosfstools, mtools)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool and keep what it says."""
    environment = {**os.environ, "MTOOLS_SKIP_CHECK": "1", "MTOOLSRC": "", "LC_ALL": "C.UTF-8"}
    return subprocess.run([tool(name), *arguments], capture_output=True, text=True, check=False, env=environment)


def save(backing: MemoryBacking, path: Path) -> Path:
    """Put the contents of a disk into a file."""
    path.unlink(missing_ok=True)
    backing.save(path)
    return path


def complaints(image: Path) -> str:
    """What fsck.fat says against an image; empty if it accepts it."""
    result = run("fsck.fat", "-n", str(image))
    said = result.stdout.splitlines()
    remarks = [line for line in said if not line.startswith("fsck.fat") and " files, " not in line]
    if result.returncode == 0 and not remarks:
        return ""
    return "\n".join([f"fsck.fat exits with {result.returncode}", *remarks, result.stderr])


def extract(image: Path, directory: Path) -> dict[str, bytes]:
    """All files and directories of an image as mtools reads them; the path of a directory ends in `/`."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    result = run("mcopy", "-s", "-n", "-i", str(image), "::", str(directory))
    assert result.returncode == 0, result.stderr
    found: dict[str, bytes] = {}
    for path in sorted(directory.rglob("*")):
        name = "/" + path.relative_to(directory).as_posix()
        found[f"{name}/" if path.is_dir() else name] = b"" if path.is_dir() else path.read_bytes()
    return found


def text_of(image: Path, path: str) -> bytes:
    """One file of an image as mtype reads it."""
    result = subprocess.run([tool("mtype"), "-i", str(image), f"::{path}"], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout


def difference(found: Mapping[str, bytes], expected: Mapping[str, bytes]) -> str:
    """How two trees differ, in words; empty if they are the same (names in any case)."""
    left = {name.lower(): data for name, data in found.items()}
    right = {name.lower(): data for name, data in expected.items()}
    lines = [f"missing: {name}" for name in right.keys() - left.keys()]
    lines += [f"unexpected: {name}" for name in left.keys() - right.keys()]
    lines += [f"other contents: {name}" for name in left.keys() & right.keys() if left[name] != right[name]]
    return "\n".join(sorted(lines))
