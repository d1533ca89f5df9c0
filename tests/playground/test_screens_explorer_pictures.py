"""Every page of the kernel explorer as text, at both sizes: run with --snapshot-update after a wanted change."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from playground.settings import Settings
from tests.playground.explorer_scene import explored
from tests.playground.screen_tools import LARGE, SMALL, TextSnapshot, explore, picture_of, showing

SIZES = pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x36", "80x24"])
PAGES = {
    "thread": "fs",
    "thread-out-of-budget": "pool.broke",
    "thread-that-lent-its-time": "pool.thread",
    "cnode-with-a-guard": "pool.table",
    "capability": "disk.cspace[1]",
    "untyped": "pool",
    "endpoint-with-a-queue": "disk.block",
    "notification": "pool.bell",
    "reply-and-call-stack": "disk.reply0",
    "reply-with-lent-time": "pool.answer",
    "sched-context": "pool.time",
    "frame": "fs.boot",
    "vspace": "fs.vspace",
    "irq-handler": "irq 14",
    "sched-control": "sched_control",
    "irq-control": "irq_control",
    "message": "event 380",
}


@pytest.fixture
def pictures(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots as text files."""
    return snapshot.use_extension(TextSnapshot)


@SIZES
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_of_the_explorer(size: tuple[int, int], name: str, pictures: SnapshotAssertion) -> None:
    """One for each kind of object, beside the shelves or instead of them."""
    async with showing(explored(), size) as (pilot, _):
        await explore(pilot, PAGES[name])
        assert picture_of(pilot, "Explorer") == pictures


@SIZES
@pytest.mark.parametrize("name", ["thread", "untyped", "sched-context", "notification"])
async def test_a_page_in_plain_ascii(size: tuple[int, int], name: str, pictures: SnapshotAssertion) -> None:
    """The same in ASCII mode: nothing is said by a glyph alone."""
    async with showing(explored(), size, Settings(ascii=True)) as (pilot, _):
        await explore(pilot, PAGES[name])
        assert picture_of(pilot, "Explorer").isascii()
        assert picture_of(pilot, "Explorer") == pictures
