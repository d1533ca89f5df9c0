"""From what the person asked for on the command line to a booted machine, with or without a lesson that drives it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playground.settings import Settings

if TYPE_CHECKING:
    from playground.machine.backing import BlockBacking
    from playground.machine.live import Live
    from scenarios.player import LessonSession
    from servers.manifest import Manifest

MOST_BOOT_ENTRIES = 100_000
"""Kernel entries after which a system that does not say it is ready is shown as it is."""
BOOT_SLICE = 200


def system_text(name: str) -> str:
    """The text of a system's manifest, or "" if it has to be looked for elsewhere; for the first frame only."""
    import scenarios

    shipped = Path(scenarios.__file__).parent / "systems" / f"{name}.toml"
    file = Path(name) if name.endswith(".toml") else shipped
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def boot(settings: Settings) -> Live:
    """The system of the settings on a machine with their disk, booted until it is ready. Raises a user's mistake."""
    from scenarios.library import read_system

    live = _machine(read_system(settings.system), settings, settings.seed or 0, _disk(settings), virtual=False)
    for _ in range(MOST_BOOT_ENTRIES // BOOT_SLICE):
        if live.view.ready or not live.core.run(BOOT_SLICE):
            break
    return live


def boot_lesson(settings: Settings, begin: Callable[[Live], None] | None = None) -> tuple[Live, LessonSession]:
    """The machine of a lesson, which the lesson lets boot, and its session. Raises mistakes of the user.

    `begin`: takes over the machine with which the lesson goes on after it went back in time.
    """
    from playground.images import virtual_disk
    from playground.player import attach_lesson
    from scenarios.library import checked_lesson, manifest_of

    assert settings.lesson is not None, "a lesson was asked for"
    lesson = checked_lesson(settings.lesson, settings.values)
    seed = lesson.front.seed if settings.seed is None else settings.seed
    disk = virtual_disk() if settings.disk is None else _disk(settings)
    live = _machine(manifest_of(lesson), settings, seed, disk, virtual=True)
    return live, attach_lesson(live, lesson, begin)


def _machine(manifest: Manifest, settings: Settings, seed: int, disk: BlockBacking, *, virtual: bool) -> Live:
    from playground.machine.core import Core
    from playground.machine.live import Live

    try:
        live = Live(Core(manifest, seed=seed, disk=disk, virtual=virtual))
        if settings.record is not None:
            live.start_recording(settings.record)
        return live
    except BaseException:
        disk.close()
        raise


def _disk(settings: Settings) -> BlockBacking:
    from playground.images import ImageInUse, ImageProblem, default_image, open_image

    if settings.disk is None:
        path = default_image()
        try:
            return open_image(path, writable=True)
        except ImageInUse:
            raise
        except ImageProblem as problem:
            told = str(problem).partition("; ")[0]
            raise ImageProblem(
                f"{told}; it is the playground's own disk: move it away and the next start makes a new one, or boot "
                "on another with --disk IMAGE"
            ) from problem
    return open_image(settings.disk, writable=settings.writable)
