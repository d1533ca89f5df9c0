"""What would be said of a manifest if it were a little different: the condition `manifest with ... is refused`.

Only the text is changed and read again; no system is built from it. Lines stay where they are, so that the place of an
error is its place in the file that people can open.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any, Final

from scenarios.language.syntax import Literal, ManifestChange
from scenarios.parameters import SettingError, Value, changed_manifest
from servers.manifest import ManifestError, parse_manifest
from servers.nearest import nearest
from servers.toml_reader import locate

_VALUE: Final = r"""(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|[\w.+-]+)"""


def refusal(text: str, file: str, changes: tuple[ManifestChange, ...]) -> ManifestError | None:
    """Why a changed manifest would be refused, or None if it would be accepted. Raises SettingError."""
    try:
        parse_manifest(changed(text, changes), file)
    except ManifestError as error:
        return error
    return None


def changed(text: str, changes: Sequence[ManifestChange]) -> str:
    """The text of a manifest with some changes. Raises SettingError for one that it cannot have."""
    for change in changes:
        path = change.path.text.split(".")
        text = _without(text, path) if change.value is None else changed_manifest(text, path, _value(change.value))
    return text


def stands_at(error: ManifestError, text: str, path: str) -> bool:
    """Whether an error is about the key at that path."""
    return (error.line, error.column) == locate(text, tuple(path.split(".")))


def missing(text: str, path: str) -> str:
    """What is wrong with the path of a key in a manifest, in words, or ''."""
    found: Any = tomllib.loads(text)
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            known = [str(key) for key in found] if isinstance(found, dict) else []
            return f"The manifest has no `{path}`{nearest(part, known)}"
        found = found[part]
    return ""


def _value(literal: Literal) -> Value:
    if literal.bare and literal.value in ("true", "false"):
        return literal.value == "true"
    return literal.value


def _without(text: str, path: Sequence[str]) -> str:
    if wrong := missing(text, ".".join(path)):
        raise SettingError(wrong)
    number, column = locate(text, tuple(path))
    lines = text.split("\n")
    before, rest = lines[number - 1][: column - 1], lines[number - 1][column - 1 :]
    rest, count = re.subn(rf"^[\"']?{re.escape(path[-1])}[\"']?\s*=\s*{_VALUE}\s*(?P<comma>,?)\s*", r"\g<comma>", rest)
    rest, before = (rest[1:], before) if rest.startswith(",") else (rest, re.sub(r",\s*$", " ", before))
    lines[number - 1] = before + rest
    left = "\n".join(lines)
    if not count or not _same_but(text, left, path):
        raise SettingError(f"`{'.'.join(path)}` of the manifest cannot be taken out: it is not a value on one line")
    return left


def _same_but(text: str, left: str, path: Sequence[str]) -> bool:
    wanted: Any = tomllib.loads(text)
    table = wanted
    for part in path[:-1]:
        table = table[part]
    del table[path[-1]]
    try:
        return bool(tomllib.loads(left) == wanted)
    except tomllib.TOMLDecodeError:
        return False
