"""The screens as text, at both sizes, for a reviewer to read: run with --snapshot-update after a wanted change."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from playground.settings import Settings
from tests.playground.lesson_tools import lesson_session
from tests.playground.scene import Scene, faulting, reading
from tests.playground.screen_tools import LARGE, SMALL, TextSnapshot, picture, press, showing

SIZES = pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x36", "80x24"])


@pytest.fixture
def pictures(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots as text files."""
    return snapshot.use_extension(TextSnapshot)


@SIZES
async def test_a_read_on_its_way_to_the_disk(size: tuple[int, int], pictures: SnapshotAssertion) -> None:
    """Main screen: you wait for fs, fs waits for disk."""
    async with showing(reading(), size) as (pilot, _):
        assert picture(pilot) == pictures


@SIZES
async def test_a_fault_on_its_way_to_the_supervisor(size: tuple[int, int], pictures: SnapshotAssertion) -> None:
    """Main screen: the disk driver has read address 0."""
    async with showing(faulting(), size) as (pilot, _):
        assert picture(pilot) == pictures


@SIZES
async def test_the_shelves_before_boot(size: tuple[int, int], pictures: SnapshotAssertion) -> None:
    """Every server at its place, none started."""
    from playground.screens.application import Playground
    from playground.screens.standby import Standby, outline_of
    from tests.playground.scene import WORKSHOP

    standby = Standby(outline_of(WORKSHOP.read_text(encoding="utf-8")), running=True, speed=20)
    app = Playground(standby)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert picture(pilot) == pictures


@SIZES
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("capabilities", ["enter"]),
        ("messages", ["enter", "right"]),
        ("source", ["enter", "right", "right"]),
        ("memory", ["enter", "right", "right", "right"]),
        ("send-list", ["s"]),
        ("send-operations", ["s", "enter"]),
        ("send-form", ["s", "enter", "enter"]),
        ("crash-menu", ["c"]),
        ("revoke-preview", ["enter", "down", "down", "down", "r"]),
        ("help", ["f1"]),
        ("console", ["k", "l", "s"]),
    ],
)
async def test_what_a_key_opens(size: tuple[int, int], name: str, keys: list[str], pictures: SnapshotAssertion) -> None:
    """Every pane and sheet that a key leads to."""
    async with showing(reading(), size) as (pilot, _):
        await press(pilot, *keys)
        assert picture(pilot) == pictures


@SIZES
async def test_plain_ascii(size: tuple[int, int], pictures: SnapshotAssertion) -> None:
    """The same in ASCII mode."""
    async with showing(faulting(), size, Settings(ascii=True)) as (pilot, _):
        assert picture(pilot).isascii()
        assert picture(pilot) == pictures


@SIZES
@pytest.mark.parametrize("moment", ["opening", "beat", "question"])
async def test_a_lesson(size: tuple[int, int], moment: str, pictures: SnapshotAssertion) -> None:
    """Narration beside the shelves, and a prediction that covers them."""
    scene = reading()
    async with showing(scene, size, session=lesson_session(scene, moment)) as (pilot, _):
        assert picture(pilot) == pictures


@SIZES
async def test_the_score_at_the_end(size: tuple[int, int], pictures: SnapshotAssertion) -> None:
    """What was predicted, what was right and why."""
    scene = reading()
    async with showing(scene, size, session=lesson_session(scene, "score")) as (pilot, _):
        await press(pilot, "space")
        assert picture(pilot) == pictures


async def test_a_terminal_that_is_too_small_gets_one_sentence(pictures: SnapshotAssertion) -> None:
    """No broken picture."""
    async with showing(Scene(), (60, 20)) as (pilot, _):
        assert picture(pilot) == pictures
