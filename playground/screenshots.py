"""Makes the pictures of the documentation: `python -m playground.screenshots docs/screenshots`.

Each is the real application over the real machine, brought to a moment by the same keys and commands that a person
would use; nothing moves by itself, so the pictures change only when the program does.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from kernel import events as ev
from playground.attached import MOST_ENTRIES, Attached
from playground.perform import perform
from playground.screens.application import Playground
from playground.screens.picture import portable
from playground.settings import Settings

if TYPE_CHECKING:
    from scenarios.player import LessonSession

READ: Final = 'call fs.read path="/etc/motd"'


class Picture(NamedTuple):
    """One picture: how large, how to come to its moment, and which keys to press there."""

    name: str
    size: tuple[int, int]
    prepare: Callable[[Attached], None]
    keys: tuple[str, ...] = ()
    theme: str = ""
    session: Callable[[Attached], LessonSession] | None = None
    explore: str = ""
    """What the kernel explorer shows."""


def machine() -> Attached:
    """The workshop, booted, with everybody waiting."""
    from playground.images import virtual_disk
    from playground.machine.core import Core
    from scenarios.library import read_system

    attached = Attached(Core(read_system("workshop"), disk=virtual_disk()), disk_name="disk.img")
    until(attached, lambda: attached.view.ready)
    until(attached, lambda: attached.view.servers["shell"].status.key == "waiting")
    until(attached, lambda: attached.view.servers["fs"].status.key == "idle")
    return attached


def until(attached: Attached, reached: Callable[[], bool]) -> None:
    """Let the machine go on, one kernel entry at a time."""
    for _ in range(MOST_ENTRIES):
        if reached():
            return
        attached.core.advance(1)
    raise RuntimeError("the moment of a picture never comes")


def reading(attached: Attached) -> None:
    """You have read a file, and ask for it again: the request has reached the disk driver."""
    perform("call counter.increment by=3", attached)
    until(attached, lambda: any(note.topic == "you-reply" for note in attached.view.notes))
    perform(READ, attached)
    until(attached, lambda: attached.view.servers["disk"].handles.startswith("block.read"))


def faulting(attached: Attached) -> None:
    """In the middle of the read, the driver follows a null pointer."""
    reading(attached)
    perform("crash disk with=null-pointer", attached)
    until(attached, lambda: any(event[0] == ev.FAULTED for event in attached.events[-3:]))
    until(attached, lambda: attached.view.servers["supervisor"].handles.startswith("fault"))


def coming_back(attached: Attached) -> None:
    """The supervisor has built it anew, and the client has asked again."""
    faulting(attached)
    until(attached, lambda: any(note.topic == "retry" for note in attached.view.notes))
    attached.step_message()


def lesson(attached: Attached) -> LessonSession:
    """The first lesson in its fifth beat: the driver is dead, and somebody has noticed."""
    from playground.player import CoreStage
    from scenarios.language import world_of
    from scenarios.library import checked_lesson
    from scenarios.player import FREE, LessonSession

    stage = CoreStage(attached.core, attached.fold)
    session = LessonSession(checked_lesson("reincarnation"), stage, world_of(attached.manifest))
    for _ in range(5):
        session.next()
        while 0 < (entries := session.poll()) < FREE:
            stage.advance(entries, session.deadline)
    return session


PICTURES: Final = (
    Picture("main", (120, 36), reading),
    Picture("fault", (120, 36), faulting, ("question_mark",)),
    Picture("revoke", (120, 36), reading, ("down", "enter", *["down"] * 7, "r")),
    Picture("send", (120, 36), reading, ("s", "enter", "enter", *"/etc/motd")),
    Picture("back", (120, 36), coming_back, ("down",)),
    Picture("past", (120, 36), coming_back, ("left_square_bracket", "left_square_bracket", "full_stop")),
    Picture("projector", (120, 36), faulting, ("down", "enter"), "projector"),
    Picture("small", (80, 24), faulting),
    Picture("lesson", (120, 36), lambda _: None, session=lesson),
    Picture("lesson-small", (80, 24), lambda _: None, session=lesson),
    Picture("present", (120, 36), lambda _: None, theme="projector", session=lesson),
    Picture("explorer-memory", (120, 36), reading, explore="disk.life"),
    Picture("explorer-call", (120, 36), reading, explore="disk.reply0"),
    Picture("explorer-thread", (80, 24), reading, explore="fs"),
)


async def draw(picture: Picture) -> str:
    """The picture as SVG."""
    attached = machine()
    try:
        picture.prepare(attached)
        session = picture.session(attached) if picture.session else None
        app = Playground(attached, Settings(theme=picture.theme), session)
        async with app.run_test(size=picture.size) as pilot:
            await pilot.pause()
            app.poll()
            for key in picture.keys:
                await pilot.press({"/": "slash"}.get(key, key))
            if picture.explore:
                app.hand.open_explorer(picture.explore)
            await pilot.pause()
            app.poll()
            await pilot.pause()
            return portable(app.export_screenshot())
    finally:
        attached.core.close()


async def draw_notes() -> str:
    """The presenter's second terminal at the moment of the picture of the lesson, after twelve minutes."""
    from playground.presenter.board import board_of
    from playground.presenter.notes import NotesApp

    attached = machine()
    try:
        app = Playground(attached, Settings(presenting=True), lesson(attached))
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            app.poll()
            assert app.script is not None
            board = board_of(app.script)
    finally:
        attached.core.close()
    notes = NotesApp(Settings(), Path())
    async with notes.run_test(size=(80, 24)) as pilot:
        notes.told(board, 12 * 60 + 34)
        notes.pane.poll()
        await pilot.pause()
        picture = portable(notes.export_screenshot())
        await notes.action_quit()
    return picture


def main(folder: Path) -> int:
    """Draw all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        (folder / f"{picture.name}.svg").write_text(asyncio.run(draw(picture)), encoding="utf-8")
        print(f"{folder / picture.name}.svg")
    (folder / "notes.svg").write_text(asyncio.run(draw_notes()), encoding="utf-8")
    print(f"{folder / 'notes.svg'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots")))
