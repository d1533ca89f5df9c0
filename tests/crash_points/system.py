"""The workshop with a real image file, what the image must hold, and the judges: for crashes of its servers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from kernel import events
from playground import images
from playground.machine.core import Core
from scenarios.library import read_system
from tests.crash_points import outside
from tests.crash_points.workload import Step, after, text

CALM = 21 * 1_000_000_000
"""Cycles after which the supervisor has forgotten a restart, so that many crashes in a row do not make it give up."""
FILES = {"/OTHER.TXT": text(0, 3000)}
"""On the image from the start; no crash may touch it."""
SIZE = 4 << 20
"""Bytes of the image: a small FAT16 volume."""
MAX_ENTRIES = 20_000
"""Kernel entries after which an operation must have been answered."""


class System:
    """A booted workshop whose person changes files."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._image = directory / "disk.img"
        images.save_image(images.build_volume(FILES, SIZE), self._image)
        self.core = Core(read_system("workshop"), disk=images.open_image(self._image, writable=True))
        self.tree = dict(FILES)
        """What was acknowledged."""
        self._seen = 0
        self._notes: list[dict[str, Any]] = []
        self._answers: dict[int, bool] = {}
        self.core.advance(1000)
        assert self.notes("system-ready")

    def begin(self, step: Step) -> int:
        """Ask `you` for a step; the number of the request."""
        arguments: dict[str, Any] = {"path": step.path}
        name = {"mkdir": "make_folder", "remove": "remove"}.get(step.operation, "write")
        if name == "write":
            arguments |= {"data": step.data.decode(), "append": step.operation == "append"}
        return self.core.request({"operation": "call", "target": "fs", "name": name, "arguments": arguments})

    def acknowledged(self, number: int) -> bool | None:
        """Whether a request was answered with success; None while it was not answered."""
        self._look()
        return self._answers.get(number)

    def enter(self, entries: int, number: int) -> bool:
        """Do kernel entries one by one until a request is answered; False if it was not."""
        for _ in range(entries):
            if self.acknowledged(number) is not None:
                return True
            assert self.core.advance(1)
        return self.acknowledged(number) is not None

    def finish(self, number: int) -> bool:
        """Go on until a request is answered; whether it was a success."""
        assert self.enter(MAX_ENTRIES, number), "the request was not answered"
        return self.acknowledged(number) is True

    def calm(self) -> None:
        """Let so much time pass that everything is repaired and forgotten."""
        end = self.core.kernel.now + CALM
        while self.core.kernel.now < end:
            self.core.advance(50)

    def notes(self, topic: str, **fields: int | str) -> list[dict[str, Any]]:
        """Notes of a topic with given fields."""
        self._look()
        wanted = {"topic": topic, **fields}
        return [note for note in self._notes if wanted.items() <= note.items()]

    def judge(self) -> dict[str, bytes]:
        """What mtools finds in the image as it is, which fsck.fat accepts."""
        copy = Path(shutil.copy(self._image, self._directory / "copy.img"))
        assert outside.complaints(copy) == ""
        return outside.extract(copy, self._directory / "files")

    def _look(self) -> None:
        news = self.core.kernel.events[self._seen :]
        self._seen += len(news)
        for event in news:
            if event[0] == events.NOTE:
                note = {"topic": event[3], **dict(event[4])}
                self._notes.append(note)
                if event[3] == "you-reply":
                    self._answers[note["request"]] = bool(note["ok"])

    def settle(self, step: Step, *, acknowledged: bool) -> None:
        """Judge the image. A step that was not acknowledged may have happened or not; if not, it is done again."""
        done = after(self.tree, step)
        found = self.judge()
        if acknowledged or not outside.difference(found, done):
            assert outside.difference(found, done) == ""
        else:
            assert outside.difference(found, self.tree) == ""
            again = self.begin(step)
            assert self.finish(again), self.notes("you-reply", request=again)
            assert outside.difference(self.judge(), done) == ""
        self.tree = done
