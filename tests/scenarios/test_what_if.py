"""Manifests with changes: what would be said of them, and what cannot be changed."""

import pytest

from scenarios.language.syntax import Literal, ManifestChange, Word
from scenarios.library import read_system
from scenarios.parameters import SettingError
from scenarios.what_if import changed, missing, refusal, stands_at

SYSTEM = read_system("call-cycle")
UPWARDS = ManifestChange(Word("system.calls"), Literal("upwards"))


def without(path: str) -> ManifestChange:
    return ManifestChange(Word(path), None)


def test_a_manifest_as_it_is_is_accepted() -> None:
    assert refusal(SYSTEM.text, SYSTEM.file, ()) is None


def test_the_error_stands_where_it_would_stand_in_the_file() -> None:
    error = refusal(SYSTEM.text, SYSTEM.file, (UPWARDS,))
    assert error is not None
    assert stands_at(error, SYSTEM.text, "servers.memory.uses.files")
    assert not stands_at(error, SYSTEM.text, "servers.files.uses.memory")
    assert SYSTEM.text.splitlines()[error.line - 1] == 'files = "files.folder"'


def test_with_the_line_that_closes_the_circle_taken_out_it_is_accepted() -> None:
    assert refusal(SYSTEM.text, SYSTEM.file, (UPWARDS, without("servers.memory.uses.files"))) is None


@pytest.mark.parametrize("key", ["clock", "files"])
def test_a_key_between_braces_is_taken_out_with_its_comma(key: str) -> None:
    left = changed(SYSTEM.text, [without(f"servers.reader.uses.{key}")])
    assert missing(left, f"servers.reader.uses.{key}")
    assert not missing(left, "servers.reader.uses")
    assert left.count("\n") == SYSTEM.text.count("\n")


def test_a_whole_table_cannot_be_taken_out() -> None:
    with pytest.raises(SettingError, match="it is not a value on one line"):
        changed(SYSTEM.text, [without("servers.memory.uses")])


def test_what_is_not_there_cannot_be_taken_out() -> None:
    with pytest.raises(SettingError, match=r"no `servers.memory.uses.file`; did you mean `files`"):
        changed(SYSTEM.text, [without("servers.memory.uses.file")])
