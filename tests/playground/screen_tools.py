"""What the tests of the screens share: an application over a scene, its text, and snapshots of it as plain text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from playground.screens.application import Playground
from playground.screens.desk import Desk
from playground.screens.pane import Pane
from playground.settings import Settings
from tests.playground.scene import Scene, StillMachine

LARGE = (120, 36)
SMALL = (80, 24)


class TextSnapshot(SingleFileSnapshotExtension):
    """One readable file for each picture."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


@asynccontextmanager
async def showing(
    scene: Scene, size: tuple[int, int] = LARGE, settings: Settings | None = None, **more: Any
) -> AsyncIterator[tuple[Pilot[int], StillMachine]]:
    """The application over a machine that stands still in a scene."""
    machine = StillMachine(scene)
    app = Playground(machine, settings, **more)
    async with app.run_test(size=size) as pilot:
        look(pilot)
        await pilot.pause()
        yield pilot, machine


def look(pilot: Pilot[int]) -> None:
    """Poll now instead of when the timer comes."""
    app = pilot.app
    assert isinstance(app, Playground)
    app.poll()


def desk_of(pilot: Pilot[int]) -> Desk:
    """What the screens and the actions share."""
    app = pilot.app
    assert isinstance(app, Playground)
    return app.desk


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one after the other and look at what came of each."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        look(pilot)
    await pilot.pause()


async def type_line(pilot: Pilot[int], text: str) -> None:
    """Type a command and press enter."""
    names = {" ": "space", ".": "full_stop", "=": "equals_sign", '"': "quotation_mark", "/": "slash", "-": "minus"}
    await press(pilot, "colon", *(names.get(character, character) for character in text), "enter")


def picture_of(pilot: Pilot[int], selector: str) -> str:
    """The part of the screen that one pane takes, as it is sent to the terminal."""
    region = pilot.app.screen.query_one(selector).region
    lines = picture(pilot).splitlines()[region.y : region.bottom]
    return "\n".join(line[region.x : region.right] for line in lines)


async def explore(pilot: Pilot[int], name: str) -> None:
    """Open the kernel explorer on something by its name."""
    app = pilot.app
    assert isinstance(app, Playground)
    app.hand.open_explorer(name)
    await pilot.pause()
    look(pilot)
    await pilot.pause()


def text_of(pilot: Pilot[int], selector: str) -> str:
    """What a pane shows."""
    pane = pilot.app.screen.query_one(selector)
    assert isinstance(pane, Pane)
    pane.repaint()
    return pane.text()


def picture(pilot: Pilot[int]) -> str:
    """The whole screen as text; the lengths of the kernel and of the help, which change daily, are masked."""
    look(pilot)
    strips = pilot.app.screen._compositor.render_strips()
    text = "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
    text = re.sub(r"↓ [0-9]{3} more ─", "↓ NNN more ─", text)
    text = re.sub(r"(kernel is|servers are) [0-9],[0-9]{3}", r"\1 N,NNN", text)
    return re.sub(r"kernel (═+) [0-9,]+ lines of", lambda match: f"kernel {match[1]} N,NNN lines of", text)
