"""A film of a lesson: the screens as a presenter has them, narration and all, played by the keys of a presenter.

There is a marker at each beat, and every key is in the film twice: as an input, and in the first line of the screens.
A page of narration stands as long as one needs to read it. Questions are shown, and nothing is predicted.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from playground.exports.asciicast import TURN
from playground.exports.offscreen import Look, Offscreen, over
from playground.exports.played import Played
from playground.exports.reel import Reel
from playground.exports.run import ExportProblem, Run, moment_of
from playground.exports.story import Step
from playground.trace import Mark

WORDS_A_SECOND: Final = 4.0
"""How fast somebody reads who also looks at the shelves."""
SHORTEST: Final = 1.5
LONGEST: Final = 15.0
"""Seconds that a page stands."""
THINKING: Final = 4.0
"""Seconds for a question, besides reading it."""
PRESSED: Final = 0.6
"""Seconds that a key is shown before it does something."""
STEPS_A_BEAT: Final = 40
"""Frames of what happens in a beat; of what comes after these, only the turning points are shown."""
TURNS_A_BEAT: Final = 80
"""Frames of a beat at most."""
KEYS: Final = {"space": " ", "0": "0"}
"""What the terminal sends for a key."""


def lesson_film(
    played: Played, look: Look, pace: float, first: str | None = None, last: str | None = None
) -> Iterator[str]:
    """The film, line by line. `pace`: seconds that a step of the machine stands; `first` and `last`: names of beats.

    Raises ExportProblem.
    """
    beats = beats_of(played, first, last)
    yield from asyncio.run(_all(played, look, pace, beats))


def beats_of(played: Played, first: str | None, last: str | None) -> range:
    """From the beginning of one beat to the beginning of another. Raises ExportProblem."""
    titles = [beat.title for beat in played.lesson.beats]
    for name in (first, last):
        if name is not None and name.isdecimal():
            raise ExportProblem(f'a film of a lesson is cut at its beats: say a name such as "{titles[0]}", not {name}')
    marks = [Mark(number, title) for number, title in enumerate(titles)]
    named = Run(played.lesson.title, played.manifest, (), marks=marks)
    start = 0 if first is None else moment_of(named, first)
    stop = len(titles) if last is None else moment_of(named, last)
    if start >= stop:
        raise ExportProblem(f"from “{titles[start]}” to the beginning of “{titles[stop]}” there is no beat")
    return range(start, stop)


async def _all(played: Played, look: Look, pace: float, beats: range) -> list[str]:
    reels: list[Reel] = []
    async with over(played.machine, look, played.session, lambda: reels[0].passed if reels else 0.0) as screens:
        reels.append(Reel(screens))
        presenter = _Presenter(played, screens, reels[0], pace)
        presenter.come_to(beats.start)
        rows: list[Any] = [reels[0].header(look, played.lesson.title, f"playground play {played.lesson.name}")]
        rows += [row async for row in presenter.present(beats.stop)]
        return [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]


class _Presenter:
    """Presses the keys, and lets everything stand long enough."""

    def __init__(self, played: Played, screens: Offscreen, reel: Reel, pace: float) -> None:
        self._played = played
        self._screens = screens
        self._reel = reel
        self._pace = pace
        self._read: set[str] = set()
        """Lines of the narration that were there to be read."""
        self._moves = 0

    def come_to(self, beat: int) -> None:
        """Play what comes before the film begins."""
        played = self._played
        while played.session.played < beat and played.next():
            for _ in played.go_on():
                pass
            while played.session.state == "asking":
                played.session.skip()
                for _ in played.go_on():
                    pass

    async def present(self, stop: int) -> AsyncIterator[list[Any]]:
        """On to the end of the beat before `stop`."""
        session = self._played.session
        for row in await self._page():
            yield row
        while session.played < stop or self._more():
            fresh = session.state == "ready" or not self._more()
            if fresh:
                yield self._reel.marker(f"{session.played + 1}. {session.beats[session.played].title}")
            for row in self._show("space"):
                yield row
            self._press("space")
            if fresh:
                self._played.begun()
                async for row in self._beat():
                    yield row
            for row in await self._page():
                yield row
        for row in self._reel.end():
            yield row

    def _more(self) -> bool:
        """Whether some of the narration has not been seen: it is covered, or goes on below."""
        app = self._screens.app
        assert app.script is not None
        return app.script.covered or app.lesson.below > 0

    async def _beat(self) -> AsyncIterator[list[Any]]:
        """What happens after the key, up to the end of the beat."""
        frames = 0
        while True:
            await self._screens.settle()
            for row in self._frame():
                yield row
            for steps in self._played.go_on():
                turn = any(step.turn for step in steps)
                if frames >= (TURNS_A_BEAT if turn else STEPS_A_BEAT):
                    continue
                frames += 1
                for row in self._step(steps):
                    yield row
            if self._played.session.state != "asking":
                return
            for row in await self._page(THINKING):
                yield row
            for row in self._show("0"):
                yield row
            self._press("0")

    def _step(self, steps: list[Step]) -> list[list[Any]]:
        """Something happened."""
        self._reel.hold(self._pace)
        rows = self._frame()
        if any(step.turn for step in steps):
            self._reel.hold(TURN)
        return rows

    async def _page(self, more: float = 0.0) -> list[list[Any]]:
        """What is to be read now stands until it is read."""
        await self._screens.settle()
        rows = self._frame()
        lines = {line.strip() for line in self._narration()}
        words = sum(len(line.split()) for line in lines - self._read)
        self._read = lines
        self._reel.hold(min(max(words / WORDS_A_SECOND, SHORTEST), LONGEST) + more)
        return rows

    def _narration(self) -> list[str]:
        """The lines in the pane of the lesson."""
        area = self._screens.app.lesson.region
        return [line[area.x : area.right] for line in self._screens.text()[area.y : area.bottom]]

    def _show(self, key: str) -> list[list[Any]]:
        """A key that is about to be pressed."""
        rows = [*self._frame(key), self._reel.key(KEYS[key])]
        self._reel.hold(PRESSED)
        return rows

    def _press(self, key: str) -> None:
        assert self._screens.app.script is not None
        self._screens.app.script.press(key)

    def _frame(self, key: str = "") -> list[list[Any]]:
        app = self._screens.app
        if self._moves != self._played.moves:
            self._moves = self._played.moves
            app.heard()
        assert app.script is not None
        self._screens.look(f"{app.script.place} · key: {key}" if key else app.script.place)
        return self._reel.frame()
