"""Parameters of a lesson: declared in its front matter, set on the command line, used as `$name`, or in the manifest.

A parameter is written `name = 5`, or as a table with `default`, `choices`, `what` (one clause) and `sets`, the key of
the manifest whose value it takes the place of.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scenarios.language.errors import unknown

Value = int | str | bool

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_USE: Final = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_KEYS: Final = ("default", "choices", "what", "sets")
LONGEST_VALUE: Final = 200


class SettingError(Exception):
    """A value on the command line that no parameter of the lesson can have; one sentence."""

    is_users_mistake = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of `[parameters]`."""

    name: str
    default: Value
    choices: tuple[Value, ...] = ()
    what: str = ""
    sets: tuple[str, ...] = ()
    """Path of a key in the manifest, or empty."""
    line: int = 1
    """Where it stands, for messages about it."""

    def value_of(self, text: str) -> Value:
        """What a text on the command line means. Raises SettingError."""
        value: Value = text
        if isinstance(self.default, bool):
            if text not in ("true", "false"):
                raise SettingError(f"`{self.name}` is true or false, not {text!r}")
            value = text == "true"
        elif isinstance(self.default, int):
            digits = text.replace("_", "")
            if not digits.isascii() or not digits.isdecimal():
                raise SettingError(f"`{self.name}` is a whole number from 0, not {text!r}")
            value = int(digits)
        elif not _is_plain(text):
            raise SettingError(f"`{self.name}` is one short line without quotes and backslashes, not {text!r}")
        if self.choices and value not in self.choices:
            choices = [in_words(choice) for choice in self.choices]
            raise SettingError(f"`{self.name}` is one of {', '.join(choices)}, not {text!r}")
        return value


def read_parameters(table: Any) -> tuple[tuple[Parameter, ...], list[tuple[str, str]]]:
    """The parameters that `[parameters]` declares, and what is wrong: a key and a sentence about it."""
    if not isinstance(table, dict):
        return (), [("parameters", "`parameters` is a table, written [parameters] with a line NAME = VALUE for each")]
    found: list[Parameter] = []
    wrong: list[tuple[str, str]] = []
    for name, row in table.items():
        whole: dict[str, Any] = row if isinstance(row, dict) else {"default": row}
        complaint = _complaint(name, whole)
        if complaint:
            wrong.append((name, complaint))
            continue
        sets = tuple(whole["sets"].split(".")) if "sets" in whole else ()
        found.append(Parameter(name, whole["default"], tuple(whole.get("choices", ())), whole.get("what", ""), sets))
    return tuple(found), wrong


def _complaint(name: str, row: Mapping[str, Any]) -> str:
    if not _NAME.fullmatch(name) or name == "seed":
        return f"A parameter's name is made of small letters, digits and _, and is not `seed`; `{name}` is none"
    extra = next((key for key in row if key not in _KEYS), None)
    if extra is not None:
        return unknown("key of a parameter", extra, _KEYS)
    if not _is_value(row.get("default")):
        return f"`{name}` needs a default: a whole number from 0, true, false, or a short text without quotes"
    choices = row.get("choices", [])
    if not isinstance(choices, list) or not all(type(choice) is type(row["default"]) for choice in choices):
        return f"The choices of `{name}` are a list of values like its default"
    if choices and row["default"] not in choices:
        return f"The default of `{name}` is none of its choices"
    if not all(isinstance(row.get(key, "x"), str) for key in ("what", "sets")):
        return f"`what` and `sets` of `{name}` are texts"
    if "sets" in row and len(row["sets"].split(".")) < 2:
        return f'`sets` of `{name}` is the path of a key in the manifest, such as "servers.disk.restart"'
    return ""


def choose_values(parameters: Sequence[Parameter], given: Mapping[str, str]) -> dict[str, Value]:
    """The value of each parameter, with those given on the command line. Raises SettingError."""
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise SettingError(unknown("parameter of this lesson", name, [*known, "seed"]))
    return {
        name: parameter.value_of(given[name]) if name in given else parameter.default
        for name, parameter in known.items()
    }


def substitute(text: str, values: Mapping[str, Value]) -> str:
    """The text with the value of every parameter in the place of its `$name`; other dollars stay."""
    return _USE.sub(lambda use: in_words(values[use[1]]) if use[1] in values else use[0], text)


def in_words(value: Value) -> str:
    """A value as it stands in a command."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def changed_manifest(text: str, path: Sequence[str], value: Value) -> str:
    """The text of a manifest in which the key at `path` has another value. Raises SettingError if it cannot have."""
    *tables, key = path
    head = f"[{'.'.join(tables)}]"
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.split("#")[0].strip() == head), None)
    if start is None:
        raise SettingError(f"the manifest has no table {head} in which a parameter could set `{key}`")
    written = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    end = next((at for at in range(start + 1, len(lines)) if lines[at].startswith("[")), len(lines))
    place = next((at for at in range(start + 1, end) if re.match(rf"\s*{re.escape(key)}\s*=", lines[at])), None)
    if place is None:
        lines.insert(start + 1, written)
    else:
        lines[place] = written
    changed = "\n".join(lines)
    if not _holds(changed, path, value):
        raise SettingError(f"`{'.'.join(path)}` of the manifest cannot be set: it is not a value on one line")
    return changed


def _holds(text: str, path: Sequence[str], value: Value) -> bool:
    try:
        found: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return type(found) is type(value) and found == value


def _is_value(value: Any) -> bool:
    if isinstance(value, str):
        return _is_plain(value)
    return isinstance(value, bool) or (isinstance(value, int) and 0 <= value < 1 << 64)


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= LONGEST_VALUE and text.isprintable() and not {'"', "\\"} & {*text}
