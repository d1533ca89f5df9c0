"""Names: what fits into 8.3, what needs a long name, what is refused."""

import pytest
from hypothesis import given, strategies as st

from servers.fat import BadName, Timestamp, names, timestamp


@pytest.mark.parametrize(
    ("name", "short", "case_bits"),
    [
        ("README.TXT", b"README  TXT", 0),
        ("motd", b"MOTD       ", 0x08),
        ("readme.TXT", b"README  TXT", 0x08),
        ("README.txt", b"README  TXT", 0x10),
        ("a-b_1.c~", b"A-B_1   C~ ", 0x18),
    ],
)
def test_a_name_in_8_3_form_needs_one_slot_and_keeps_its_case(name: str, short: bytes, case_bits: int) -> None:
    assert names.encode_short(name) == (short, case_bits)
    assert names.decode_short(short, case_bits) == name


@pytest.mark.parametrize("name", ["Readme", "ninechars", "file.text", "two.dots.txt", "with space", "grün", ".profile"])
def test_other_names_need_long_name_slots(name: str) -> None:
    assert names.encode_short(name) is None


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("capabilities.txt", b"CAPABI~1TXT"),
        ("with space.c", b"WITHSP~1C  "),
        (".profile", b"PROFIL~1   "),
        ("archive.tar.gz", b"ARCHIV~1GZ "),
        ("grün", b"GR_N~1     "),
        ("漢字", b"__~1       "),
    ],
)
def test_an_alias_is_made_from_what_8_3_can_hold(name: str, alias: bytes) -> None:
    assert names.make_alias(name, set()) == alias


def test_an_alias_differs_from_those_that_exist() -> None:
    taken = {f"LETTER~{number}TXT".encode() for number in range(1, 10)}
    assert names.make_alias("letter to you.txt", taken) == b"LETTE~10TXT"


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0xD7FF), min_size=1, max_size=names.MAX_NAME_LENGTH))
def test_a_long_name_survives_its_slots(name: str) -> None:
    short = b"ABCDEF~1   "
    slots = names.encode_long(name, short)
    assert all(len(slot) == 32 and slot[13] == names.checksum(short) for slot in slots)
    assert [slot[0] & 0x3F for slot in slots] == list(range(len(slots), 0, -1))
    assert names.decode_long(slots[::-1]) == name


@pytest.mark.parametrize(
    "name", ["a/b", "what?", 'quo"te', "tab\t", "end.", "end ", " start", "x" * 196, "..", "", "\U0001f642"]
)
def test_a_name_that_fat_cannot_hold_is_refused_in_words(name: str) -> None:
    with pytest.raises(BadName, match=r"name|cannot be stored"):
        names.check_name(name)


@pytest.mark.parametrize(
    ("path", "parts"),
    [("/", []), ("/etc//motd", ["etc", "motd"]), ("etc/./x/../motd", ["etc", "motd"]), ("/../a", ["a"])],
)
def test_a_path_is_resolved_from_the_root(path: str, parts: list[str]) -> None:
    assert names.split_path(path) == parts


def test_a_path_has_a_bound() -> None:
    with pytest.raises(BadName, match="600 characters"):
        names.split_path("/a" * 400)


@pytest.mark.parametrize(
    ("seconds", "date", "time"),
    [
        (0, (1980, 1, 1), (0, 0, 0)),
        (951_782_399, (2000, 2, 28), (23, 59, 58)),
        (951_782_400, (2000, 2, 29), (0, 0, 0)),
        (1_735_689_600, (2025, 1, 1), (0, 0, 0)),
        (1 << 40, (2107, 12, 31), (23, 59, 58)),
    ],
)
def test_a_timestamp_is_what_fat_can_express(seconds: int, date: tuple[int, ...], time: tuple[int, ...]) -> None:
    stamp: Timestamp = timestamp(seconds)
    assert ((stamp.date >> 9) + 1980, stamp.date >> 5 & 15, stamp.date & 31) == date
    assert (stamp.time >> 11, stamp.time >> 5 & 63, (stamp.time & 31) * 2) == time
