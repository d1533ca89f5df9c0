"""The boot sector: what is recognised, and a sentence for everything that is not."""

import pytest
from hypothesis import given, strategies as st

from servers.fat import VolumeError, VolumeFull, VolumeTooLarge, formatter, parse_boot_sector, plan_geometry

SECTORS = 16384
GOOD = formatter.pack_boot_sector(plan_geometry(SECTORS, 0x1234_5678, "TEST"))


def changed(*patches: tuple[int, bytes]) -> bytes:
    """The good boot sector with some bytes replaced."""
    boot = bytearray(GOOD)
    for offset, data in patches:
        boot[offset : offset + len(data)] = data
    return bytes(boot)


def test_our_own_boot_sector_is_read_back() -> None:
    geometry = parse_boot_sector(GOOD, SECTORS)
    assert (geometry.kind, geometry.sector_count, geometry.label, geometry.volume_id) == (
        "FAT16",
        SECTORS,
        "TEST",
        0x1234_5678,
    )


@pytest.mark.parametrize(
    ("boot", "words"),
    [
        (b"", "shorter than one sector"),
        (bytes(512), "blank"),
        (changed((510, b"\0\0")), "signature 55 AA"),
        (changed((82, b"FAT32   ")), "FAT32"),
        (changed((22, b"\0\0"), (17, b"\0\0")), "FAT32"),
        (changed((3, b"EXFAT   ")), "exFAT"),
        (changed((3, b"NTFS    ")), "NTFS"),
        (changed((0, b"\x33\xc0")), "partition"),
        (changed((11, b"\0\x08")), "sectors of 2048 bytes"),
        (changed((11, b"\x01\x02")), "no FAT boot sector"),
        (changed((13, b"\x03")), "no FAT boot sector"),
        (changed((16, b"\x00")), "damaged"),
        (changed((14, b"\x00\x00")), "damaged"),
        (changed((22, b"\x01\x00")), "too short for the clusters"),
        (changed((22, b"\xff\xff")), "no room for files"),
        (changed((19, b"\0\0"), (32, b"\xff\xff\x3f\0"), (13, b"\x01")), "FAT32"),
        (changed((19, b"\0\0"), (32, b"\xff\xff\x5f\0"), (13, b"\x80"), (22, b"\0\1")), "claims"),
    ],
)
def test_a_wrong_boot_sector_is_refused_in_words(boot: bytes, words: str) -> None:
    with pytest.raises(VolumeError, match=words):
        parse_boot_sector(boot, SECTORS)


def test_a_volume_whose_end_is_missing_is_refused() -> None:
    with pytest.raises(VolumeError, match="its end is missing: the boot sector says 16384 sectors, there are 16000"):
        parse_boot_sector(GOOD, 16000)


@given(st.binary(min_size=512, max_size=512))
def test_noise_is_never_taken_for_a_volume_without_a_reason(noise: bytes) -> None:
    """Whatever the first sector holds: a geometry that fits the device, or one of our errors."""
    boot = b"\xeb\x3c\x90" + noise[3:510] + b"\x55\xaa"
    try:
        geometry = parse_boot_sector(boot, SECTORS)
    except VolumeError:
        return
    assert geometry.data_start + geometry.cluster_count * geometry.sectors_per_cluster <= SECTORS


@pytest.mark.parametrize("kibibytes", [64, 65, 360, 1440, 4095, 4096, 8192, 100_000, 2047 * 1024])
def test_every_planned_volume_is_one_that_the_parser_accepts(kibibytes: int) -> None:
    geometry = plan_geometry(kibibytes * 2, 0, "X")
    assert parse_boot_sector(formatter.pack_boot_sector(geometry), kibibytes * 2) == geometry


def test_a_volume_that_is_too_small_or_too_large_is_not_planned() -> None:
    with pytest.raises(VolumeFull, match="at least 64 KiB"):
        plan_geometry(127, 0, "X")
    with pytest.raises(VolumeTooLarge, match="FAT16 ends at 2047 MiB"):
        plan_geometry(2048 << 11, 0, "X")
