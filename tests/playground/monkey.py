"""Anything that a person could do to the screens, at random, for as long as wanted.

    python tests/playground/monkey.py --actions 20000 --seed 1 [--scene lesson]

Keys, command lines, the mouse and sizes of the terminal, in free play, in a recording, in lessons and in the kernel
explorer. After every action: no exception, every pane shows what it would draw anew, every line fills the terminal,
and the keys reach a pane that can be seen. Every now and then the kernel checks its invariants. Exits with 0 if nothing
failed.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import os
import random
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.pilot import Pilot

from playground.actions import ACTIONS, COMMANDS
from playground.app import LivePlayground
from playground.images import virtual_disk
from playground.lesson_app import LessonPlayground
from playground.machine.core import Core
from playground.machine.live import Live
from playground.recording.reader import open_recording
from playground.screens.application import Playground
from playground.screens.canvas import Canvas
from playground.screens.command_line import CommandLine
from playground.screens.pane import Pane
from playground.settings import Settings
from playground.timeline.replayed import Replayed
from scenarios.language.verbs import VERBS
from scenarios.library import read_system

MOVES: Final = (
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab", "enter", "enter",
    "escape", "backspace", "delete", "space",
)  # fmt: skip
RARE: Final = ("ctrl+p", "ctrl+c", "ctrl+a", "ctrl+l", "ctrl+z", "f3", "f12", "insert", "ctrl+left", "alt+x")
SIZES: Final = ((120, 36), (120, 36), (80, 24), (80, 24), (200, 60), (110, 30), (109, 30), (79, 24), (80, 23), (81, 25),
                (1, 1), (2, 40), (40, 2), (240, 24), (80, 90))  # fmt: skip
WORDS: Final = (
    "", "0", "-1", "1", "99999999999999999999", "fs", "dsik", '"', "=", "a=b", "é漢\x1b[31m", "x" * 300, "next", "last",
    "message to fs", "fs is waiting", "event faulted", "now", "boot", "/etc/motd", "((", "#",
)  # fmt: skip
FREEZE: Final = 2.0
"""Seconds of processor time without an answer that are a failure."""
CHECK_EVERY: Final = 100
"""Actions between two checks of the kernel's invariants, which take a while."""


class Broken(Exception):
    """What a person would have noticed."""


class Monkey:
    """One pair of hands at the screens of one application."""

    def __init__(self, pilot: Pilot[int], seed: int, say: Callable[[str], None] | None = None) -> None:
        app = pilot.app
        assert isinstance(app, Playground)
        self.pilot, self.app, self.random = pilot, app, random.Random(seed)
        self.history: deque[str] = deque(maxlen=60)
        self.keys = 0
        self.slowest = 0.0
        self.seen = ""
        """What was on the screen when it broke."""
        self._say = say
        setattr(app, "leave", lambda: None)  # noqa: B010

    async def act(self) -> None:
        """Do one thing, wait for the screens, and look at them."""
        chance = self.random
        kinds = ("key", "move", "letters", "line", "click", "wheel", "drag", "resize", "wait")
        kind = chance.choices(kinds, (40, 40, 4, 14, 14, 6, 2, 3, 4))[0]
        began, computed = time.perf_counter(), time.process_time()
        faulthandler.dump_traceback_later(FREEZE + 4, file=sys.__stderr__ or 2)
        await getattr(self, f"_{kind}")()
        await self._settle()
        took = time.perf_counter() - began
        faulthandler.cancel_dump_traceback_later()
        if took > 0.5:
            self._note(f"  took {took:.2f}")
        self.slowest = max(self.slowest, took if kind != "wait" else 0)
        if (computed := time.process_time() - computed) > FREEZE:  # others may keep the host busy as well
            raise Broken(f"{self.history[-1]} took {took:.1f} s, of which the program worked for {computed:.1f} s")
        for patience in range(20, -1, -1):  # what is still on its way may arrive
            try:
                self.look()
                break
            except Broken:
                self.seen = self.screen
                if not patience:
                    raise
                await asyncio.sleep(0.02)
                await self._settle()

    async def _settle(self) -> None:
        if not await self.pilot._wait_for_screen(timeout=20):
            raise Broken("an exception ended the application")
        self.app.screen._on_timer_update()

    @property
    def screen(self) -> str:
        """What was on the screen at the last look, a pane after the other."""
        app = self.app
        names = f"{app.size}, screen {app.screen.classes}, focus {app.focused}"
        panes = [pane for pane in app.panes if pane.display and pane.size.width]
        return "\n".join([names, *(f"{pane!r} {pane.region}\n{pane.text()}" for pane in panes)])

    def look(self) -> None:
        """Raises Broken if something on the screen is not as it should be."""
        app = self.app
        for _ in range(5):
            Playground.poll(app)  # now, whether or not a key waits for its answer
        if len(app.screen_stack) > 1:
            return
        width = app.size.width
        for y, strip in enumerate(app.screen._compositor.render_strips()):
            text = "".join(segment.text for segment in strip if segment.control is None)
            if strip.cell_length != width or not text.isprintable():
                raise Broken(f"line {y} has {strip.cell_length} of {width} cells: {text!r}")
        here = app.focused
        if not app.screen.has_class("tiny") and (not isinstance(here, Pane) or not (here.display and here.size.width)):
            raise Broken(f"the keys go to {here!r}, which is not on the screen")
        for pane in app.panes if not app.too_small else ():
            self._look_at(pane)

    def _look_at(self, pane: Pane) -> None:
        if not pane.size.width or not pane.display or not pane.is_attached:
            return
        shown = pane.text()
        anew = Canvas(*pane.size)
        pane.paint(anew)
        if (size := (pane._canvas.width, pane._canvas.height)) != tuple(pane.size):
            raise Broken(f"{pane!r} is {tuple(pane.size)} and has a picture of {size}")
        if shown != anew.text():
            lines = zip(shown.splitlines(), anew.text().splitlines(), strict=False)
            different = [f"{a!r}\n   not {b!r}" for a, b in lines if a != b]
            raise Broken(f"{pane!r} shows what is not so any more:\n" + "\n".join(different[:4]))

    # -- what can be done ------------------------------------------------------------------------------------------

    async def _press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            character = {"space": " "}.get(key, key if len(key) == 1 else None)
            self.app.post_message(events.Key(key, character))

    def _note(self, text: str) -> None:
        self.history.append(text)
        if self._say:
            self._say(text)

    async def _key(self) -> None:
        key = self.random.choice([key for action in ACTIONS for key in action.keys] + list(RARE))
        self._note(f"key {key}")
        character = {"full_stop": ".", "comma": ",", "colon": ":", "question_mark": "?"}.get(key)
        self.keys += 1
        self.app.post_message(events.Key(key, character or (key if len(key) == 1 else None)))

    async def _move(self) -> None:
        keys = [self.random.choice(MOVES)] * self.random.choice((1, 1, 1, 2, 3, 8, 30))
        self._note(f"keys {keys[0]} x{len(keys)}")
        await self._press(*keys)

    async def _letters(self) -> None:
        text = "".join(self.random.choices("abdghjlnoquvxyz0123456789", k=self.random.randint(1, 12)))
        self._note(f"letters {text}")
        await self._press(*text)

    async def _line(self) -> None:
        text = self._some_line()
        self._note(f"line {text!r}")
        line = self.app.query_one(CommandLine)
        await self._press("escape")
        self.app.post_message(events.Key("colon", ":"))
        await self._settle()
        if self.app.focused is line and len(self.app.screen_stack) == 1:
            if self.random.random() < 0.2:
                line.on_paste(events.Paste(text))
            else:
                for character in text[:80]:
                    self.keys += 1
                    self.app.post_message(events.Key(_character_to_key(character), character))
        if self.random.random() < 0.2:
            await self._press("tab", "tab")
        await self._press("enter")

    def _some_line(self) -> str:
        """A verb, and what the program itself proposes for what follows, again and again; or nonsense."""
        chance = self.random
        if chance.random() < 0.1:
            return "".join(chance.choice("abc :;\"'=.,/\\{}[]()<>_-+*#|é漢\t") for _ in range(chance.randint(1, 30)))
        text = chance.choice([*COMMANDS, *VERBS, "explore", "call", "why", "find", "go"])
        for _ in range(chance.choice((0, 1, 1, 2, 3, 4))):
            choices = self.app._complete(text + " ")
            if choices and chance.random() < 0.85:
                text = chance.choice(choices)
                if text.endswith("="):
                    text += chance.choice(('"/etc/motd"', "1", "3", '"x"', "true", '"disk"'))
            else:
                text += " " + chance.choice(WORDS)
        return text

    def _place(self) -> tuple[int, int]:
        width, height = self.app.size
        return self.random.randrange(max(width, 1)), self.random.randrange(max(height, 1))

    async def _mouse(self, kind: type[Any], place: tuple[int, int], button: int = 1) -> None:
        x, y = place
        event = kind(None, x=x, y=y, delta_x=0, delta_y=0, button=button, shift=False, meta=False, ctrl=False,
                     screen_x=x, screen_y=y)  # fmt: skip
        self.app.mouse_position = event.screen_offset
        self.app.screen._forward_event(event)

    async def _click(self) -> None:
        place, times = self._place(), self.random.choice((1, 1, 2, 3))
        self._note(f"click {place} x{times}")
        for _ in range(times):
            for kind in (events.MouseDown, events.MouseUp, events.Click):
                await self._mouse(kind, place)
                await self._settle()

    async def _wheel(self) -> None:
        place, times = self._place(), self.random.choice((1, 3, 20))
        kind = self.random.choice((events.MouseScrollUp, events.MouseScrollDown))
        self._note(f"{kind.__name__} {place} x{times}")
        for _ in range(times):
            await self._mouse(kind, place, 0)

    async def _drag(self) -> None:
        places = [self._place() for _ in range(4)]
        self._note(f"drag {places}")
        await self._mouse(events.MouseDown, places[0])
        for place in places:
            await self._mouse(events.MouseMove, place)
            await self._settle()
        await self._mouse(events.MouseUp, places[-1])

    async def _resize(self) -> None:
        size = self.random.choice(SIZES)
        self._note(f"resize {size}")
        self.app._driver._size = size  # type: ignore[union-attr]
        self.app.post_message(events.Resize(Size(*size), Size(*size), None, None))
        await asyncio.sleep(0.05)

    async def _wait(self) -> None:
        seconds = self.random.choice((0.02, 0.1, 0.5))
        self._note(f"wait {seconds}")
        await asyncio.sleep(seconds)


# -- scenes ------------------------------------------------------------------------------------------------------------


def _core() -> Core:
    core = Core(read_system("workshop"), disk=virtual_disk())
    core.run(3000)
    return core


def free(folder: Path) -> Playground:
    """The workshop, running."""
    return LivePlayground(Settings(), Live(_core(), running=True, speed=100.0))


def replay(folder: Path) -> Playground:
    """A recording of a crash."""
    path, core = folder / "run.mkp", _core()
    core.record(path)
    core.request({"operation": "call", "target": "fs", "name": "read", "arguments": {"path": "/etc/motd"}})
    core.advance(600)
    core.crash("disk", "exception")
    core.advance(1_500)
    core.close()
    machine = Replayed(open_recording(path))
    machine.go_to_ready()
    return LivePlayground(Settings(), machine)


def student(folder: Path) -> Playground:
    """A lesson that is played by a student alone."""
    return LessonPlayground.of_lesson(Settings(lesson="reincarnation", student=True, results=folder / "results.json"))


def presenter(folder: Path) -> Playground:
    """A lesson that is shown to a class."""
    return LessonPlayground.of_lesson(Settings(lesson="reincarnation", theme="projector"))


SCENES: Final[dict[str, Callable[[Path], Playground]]] = {
    "free": free, "replay": replay, "student": student, "presenter": presenter,
}  # fmt: skip


@asynccontextmanager
async def playing(app: Playground, size: tuple[int, int]) -> AsyncIterator[Pilot[int]]:
    """The application, until somebody has seen enough."""
    leave = app.leave
    async with app.run_test(size=size) as pilot:
        for _ in range(200):
            app.poll()
            if app.desk.view.event_count:
                break
            await asyncio.sleep(0.02)
        yield pilot
        leave()


def check_kernels(app: Playground) -> None:
    """Every invariant of every machine there is."""
    for machine in [app.desk.machine, *getattr(app, "_machines", {}).values()]:
        if isinstance(machine, Live) and not machine.core.closed:
            machine.core.kernel.check()


async def play(scene: str, seed: int, actions: int, folder: Path, say: Callable[[str], None] | None = None) -> Monkey:
    """So many actions in one scene; prints the last of them if something breaks."""
    app = SCENES[scene](folder)
    monkey: Monkey | None = None
    done = 0
    try:
        async with playing(app, SIZES[seed % 4]) as pilot:
            monkey = Monkey(pilot, seed, say)
            for done in range(1, actions + 1):
                await monkey.act()
                if done % CHECK_EVERY == 0:
                    check_kernels(app)
    except BaseException:
        if monkey is not None:
            print(f"--- scene {scene}, seed {seed}, action {done}; the last:", *monkey.history, sep="\n  ")
            print(monkey.seen)
        raise
    assert monkey is not None
    return monkey


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A monkey at the screens.")
    parser.add_argument("--actions", type=int, default=2_000, help="actions to do in each scene")
    parser.add_argument("--seed", type=int, default=1, help="first seed; every round takes the next")
    parser.add_argument("--scene", choices=SCENES, action="append", help="only there")
    parser.add_argument("--round", type=int, default=500, help="actions until everything begins anew")
    parser.add_argument("--keep-going", action="store_true", help="also after a failure")
    parser.add_argument("--verbose", action="store_true", help="say every action")
    options = parser.parse_args(arguments)
    failures = 0
    for scene in options.scene or SCENES:
        keys, began, slowest = 0, time.perf_counter(), 0.0
        for number in range(0, options.actions, options.round):
            with tempfile.TemporaryDirectory() as folder:
                os.chdir(folder)
                os.environ.update(dict.fromkeys(("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "HOME"), folder))
                say = partial(print, flush=True) if options.verbose else None
                seed = options.seed + number // options.round
                try:
                    monkey = asyncio.run(play(scene, seed, options.round, Path(folder), say))
                except Exception:
                    traceback.print_exc()
                    failures += 1
                    if not options.keep_going:
                        return 1
                    continue
                finally:
                    os.chdir("/")
                keys, slowest = keys + monkey.keys, max(slowest, monkey.slowest)
        print(f"{scene}: {options.actions} actions, {keys} keys, slowest answer {slowest:.2f} s, "
              f"{failures} failures so far ({time.perf_counter() - began:.0f} s)", flush=True)  # fmt: skip
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
