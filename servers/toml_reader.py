"""Reading TOML so that every complaint names file, line and column, and unknown keys are refused.

`tomllib` gives plain dictionaries without positions; a `Table` walks them, checks each value where it is taken, and
finds the place in the text only when there is something to complain about.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from servers.nearest import nearest

_HEADER: Final = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]")
_POSITION: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_SIZE: Final = re.compile(r"(\d+)\s*([KM]?)")
_UNITS: Final = {"": 1, "K": 1024, "M": 1024 * 1024}


class ManifestError(Exception):
    """What is wrong with a TOML file, where, and what would be right."""

    is_users_mistake = True

    def __init__(self, file: str, line: int, column: int, sentence: str) -> None:
        super().__init__(f"{file}:{line}:{column}: {sentence}")
        self.file = file
        self.line = line
        """From 1."""
        self.column = column
        """From 1."""
        self.sentence = sentence


class Table:
    """One table of a TOML file. Keys are ticked off as they are read; `finish` complains about the rest."""

    def __init__(self, file: str, text: str, path: tuple[str, ...], data: Mapping[str, Any]) -> None:
        self.file = file
        self.path = path
        """The keys that lead to this table from the top of the file."""
        self._text = text
        self._data = data
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def wrong(self, key: str, sentence: str) -> ManifestError:
        """An error at the place where a key of this table stands."""
        line, column = locate(self._text, (*self.path, key))
        return ManifestError(self.file, line, column, sentence)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; required if there is no default."""
        value = self._take(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, f"{self._called(key)} must be a string")
        return value

    def number(self, key: str, default: int | None = None, low: int = 0, high: int = 2**63) -> int:
        """A whole number in a range; required if there is no default."""
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, f"{self._called(key)} must be a whole number")
        if not low <= value <= high:
            raise self.wrong(key, f"{self._called(key)} must be {low} to {high}, not {value}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, f"{self._called(key)} must be true or false")
        return value

    def size(self, key: str, default: str) -> int:
        """A number of bytes, written as 4096, "64K" or "1M"."""
        value = self._take(key, default)
        match = _SIZE.fullmatch(str(value))
        if isinstance(value, bool) or match is None:
            raise self.wrong(key, f'{self._called(key)} must be a size such as "64K", not {value!r}')
        return int(match[1]) * _UNITS[match[2]]

    def choice(self, key: str, options: Sequence[str], default: str | None = None) -> str:
        """One of some words."""
        value = self.text(key, default)
        if value not in options:
            raise self.wrong(
                key, f"{self._called(key)} is one of {', '.join(options)}, not `{value}`{nearest(value, list(options))}"
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty if the key is missing."""
        value = self._take(key, ())
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, f"{self._called(key)} must be a list of strings")
        return tuple(value)

    def table(self, key: str, required: bool = False) -> Table:
        """A table inside this one, empty if the key is missing."""
        value = self._take(key, None if required else {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"{self._called(key)} must be a table")
        return Table(self.file, self._text, (*self.path, key), value)

    def is_table(self, key: str) -> bool:
        """Whether the value of a key is a table."""
        return isinstance(self._data.get(key), dict)

    def names(self) -> tuple[str, ...]:
        """The keys of this table, in the order of the file."""
        return tuple(self._data)

    def finish(self) -> None:
        """Complain about a key that nobody asked for."""
        for key in self._data:
            if key not in self._known:
                where = f"[{'.'.join(self.path)}]" if self.path else "the file"
                raise self.wrong(key, f"`{key}` means nothing in {where}{nearest(key, self._known)}")

    def _take(self, key: str, default: Any) -> Any:
        self._known.append(key)
        value = self._data.get(key, default)
        if value is None:
            where = f"[{'.'.join(self.path)}]" if self.path else "the file"
            raise self.wrong(key, f"{where} needs `{key}`")
        return value

    def _called(self, key: str) -> str:
        return f"`{key}` in [{'.'.join(self.path)}]" if self.path else f"`{key}`"


def read_toml(text: str, file: str) -> Table:
    """Parse a TOML text. Raises ManifestError with the place if it is not TOML."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _POSITION.search(str(error))
        last = text.count("\n") + 1
        line, column = (int(match[1]), int(match[2])) if match and match[1] else (last, 1)
        sentence = _POSITION.sub("", str(error))
        raise ManifestError(file, line, column, f"this is not TOML: {sentence}") from None
    return Table(file, text, (), data)


def locate(text: str, path: tuple[str, ...]) -> tuple[int, int]:
    """Line and column (from 1) of a key, of the nearest table around it if it is not written down, or (1, 1)."""
    for length in range(len(path), 0, -1):
        place = _find(text, path[:length])
        if place:
            return place
    return 1, 1


def _find(text: str, path: tuple[str, ...]) -> tuple[int, int] | None:
    header: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        match = _HEADER.match(line)
        if match:
            header = tuple(part.strip(" \"'") for part in match[1].split("."))
            if header == path:
                return number, match.start(1) + 1
            continue
        if header != path[: len(header)] or len(header) == len(path):
            continue
        column = -1
        for key in path[len(header) :]:
            found = re.compile(rf"(?<![\w-])[\"']?{re.escape(key)}[\"']?\s*(?:\.|=)").search(line, max(column, 0))
            if not found or (column < 0 and line[: found.start()].strip()):
                break
            column = found.start()
        else:
            return number, column + 1
    return None
