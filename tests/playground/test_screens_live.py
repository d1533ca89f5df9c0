"""The screens over the real machine: what a person does comes back as what servers did."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

import playground.trace
from playground.app import SPEED, LivePlayground
from playground.images import build_volume, save_image, shipped_files
from playground.lesson_app import LessonPlayground
from playground.screens.application import Playground
from playground.screens.pane import Pane
from playground.screens.standby import Standby, outline_of
from playground.screenshots import machine as booted
from playground.settings import Settings
from playground.starting import system_text
from scenarios.library import read_system
from tests.playground.screen_tools import picture, press, text_of, type_line

MOST_SECONDS = 20


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A disk image with the shipped files."""
    path = tmp_path / "disk.img"
    save_image(build_volume(shipped_files(), 4 << 20), path)
    return path


@asynccontextmanager
async def live(settings: Settings) -> AsyncIterator[Pilot[int]]:
    """The whole program, booted, as fast as it goes."""
    if settings.lesson is None:
        standby = Standby(outline_of(system_text(settings.system)), running=True, speed=SPEED)
        app = LivePlayground(settings, standby)  # type: ignore[arg-type]
    else:
        app = LessonPlayground.of_lesson(settings)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: settings.lesson is not None or app.desk.view.event_count > 0)
        app.desk.machine.set_speed(0)
        yield pilot
        app.leave()


async def until(pilot: Pilot[int], reached: Callable[[], bool]) -> None:
    """Give the machine and the screens time; fail with the picture if it never comes."""
    for _ in range(MOST_SECONDS * 50):
        if reached():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it never came to that:\n{picture(pilot)}")


async def test_the_first_frame_shows_the_shelves_and_then_the_system_boots(image: Path) -> None:
    """Nothing is started, then everybody is."""
    async with live(Settings(disk=image, writable=True)) as pilot:
        await until(pilot, lambda: "☐" not in text_of(pilot, "#shelves"))
        assert "disk.img 4 MiB" in text_of(pilot, "#shelves")


async def test_a_call_from_the_command_line_is_answered_by_the_file_server(image: Path) -> None:
    """Through you, fs and disk, from a file on the host."""
    async with live(Settings(disk=image, writable=True)) as pilot:
        await type_line(pilot, 'call fs.read path="/etc/motd"')
        await until(pilot, lambda: "welcome" in picture(pilot).splitlines()[-2])
        assert "✓" in picture(pilot).splitlines()[-2]


async def test_a_refusal_is_told_in_words(image: Path) -> None:
    """The file does not exist."""
    async with live(Settings(disk=image, writable=True)) as pilot:
        await type_line(pilot, 'call fs.read path="/nowhere"')
        await until(pilot, lambda: "✗" in picture(pilot).splitlines()[-2])
        assert "NOT_FOUND" in picture(pilot).splitlines()[-2]


async def test_a_crashed_driver_comes_back_to_its_place_in_its_second_life(image: Path) -> None:
    """Crash menu, fault, supervisor, life 2."""
    async with live(Settings(disk=image, writable=True)) as pilot:
        await press(pilot, "down", "c", "enter")
        await until(pilot, lambda: "life 2" in text_of(pilot, "#shelves"))
        assert "restarted: disk begins life 2" in picture(pilot)


async def test_the_shell_answers_in_the_console_pane(image: Path) -> None:
    """Keys go through the keyboard device, the console driver and the shell."""
    async with live(Settings(disk=image, writable=True)) as pilot:
        await press(pilot, "k", "l", "s", "enter")
        await until(pilot, lambda: "README.TXT" in text_of(pilot, "Sheet").upper())


async def test_a_disk_image_that_cannot_be_used_ends_with_its_sentence(tmp_path: Path) -> None:
    """Exit code 2, no traceback."""
    settings = Settings(disk=tmp_path / "missing.img")
    app = LivePlayground(settings, Standby(outline_of(system_text("workshop")), running=True, speed=20))  # type: ignore[arg-type]
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.return_value is not None)
    assert app.return_value == 2
    assert "missing.img does not exist" in str(app.failure)


async def test_a_lesson_plays_beat_by_beat_on_screen() -> None:
    """Space begins it; the machine boots, the expectations hold."""
    async with live(Settings(lesson="reincarnation")) as pilot:
        app = pilot.app
        assert isinstance(app, LivePlayground)
        assert app.session is not None
        assert "space begins" in text_of(pilot, "#lesson")
        await press(pilot, "space")
        await until(pilot, lambda: app.session is not None and app.session.state == "beat-over")
        assert not [outcome for outcome in app.session.outcomes if outcome.verdict != "passed"]
        assert "beat 1 of" in text_of(pilot, "#header")


async def test_a_machine_that_does_nothing_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polling twenty times draws no pane."""
    machine = booted()
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.poll()
        drawn: list[str] = []
        for kind in {type(pane) for pane in app.screen.query(Pane)}:
            name = kind.__name__
            monkeypatch.setattr(kind, "paint", lambda self, canvas, name=name: drawn.append(name))
        for _ in range(20):
            app.poll()
        assert drawn == []
    machine.core.close()


async def test_only_the_lines_that_changed_are_drawn_again() -> None:
    """One counter more, one line of the header more."""
    machine = booted()
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.poll()
        header = app.header
        before = header.text()
        machine.step_message()
        app.poll()
        assert header.text() != before
    machine.core.close()


async def test_revoking_the_interrupt_of_the_driver_takes_it_from_the_driver() -> None:
    """The capability under the cursor leads to where it came from; enter asks `you` to do it."""
    machine = booted()
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "down", "enter", *["down"] * 7, "r")
        assert ": revoke supervisor.disk_irq" in text_of(pilot, "Sheet")
        held = len(machine.view.held[machine.view.servers["disk"].cspace])
        await press(pilot, "enter")
        while not any(note.topic == "you-reply" for note in machine.view.notes):
            assert machine.core.advance(1)
        assert len(machine.view.held[machine.view.servers["disk"].cspace]) == held - 1
        app.poll()
        assert "✓ revoked supervisor.disk_irq: all that was derived from it is gone; it stays" in text_of(
            pilot, "#command-line"
        )
    machine.core.close()


async def test_what_a_revocation_would_take_is_told_anew_when_the_machine_has_changed() -> None:
    """The driver dies while somebody thinks about it: there is nothing left to take from it."""
    machine = booted()
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "down", "enter", *["down"] * 7, "r")
        assert "disk loses IRQHandler disk.irq" in text_of(pilot, "RevokeSheet")
        assert app.desk.losing
        machine.crash("disk", "exception")
        while any(cap.cnode == machine.view.servers["disk"].cspace for cap in machine.view.slots.values()):
            assert machine.core.advance(1)
        app.poll()
        assert "disk loses" not in text_of(pilot, "RevokeSheet")
        assert not app.desk.losing
    machine.core.close()


async def test_after_a_revocation_the_arrows_go_through_the_deaths_of_its_tree() -> None:
    """Left is the moment before, where it still stands; right is on; escape is now, without the sheet."""
    machine = booted()
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "down", "enter", *["down"] * 7, "r", "enter")
        assert "you ask the kernel for it" in text_of(pilot, "RevokeSheet")
        while not any(note.topic == "you-reply" for note in machine.view.notes):
            assert machine.core.advance(1)
        app.poll()
        assert "It is gone." in text_of(pilot, "RevokeSheet")
        await press(pilot, "left")
        assert "This is how it was: 1 of 1 still there." in text_of(pilot, "RevokeSheet")
        assert app.desk.moment >= 0
        await press(pilot, "right")
        assert "It is gone." in text_of(pilot, "RevokeSheet")
        await press(pilot, "left", "escape")
        assert app.desk.moment == -1
        assert not app.query("RevokeSheet")
    machine.core.close()


async def test_a_crash_that_nobody_puts_right_is_told_before_and_after() -> None:
    """The supervisor has no supervisor; the why of who dies after it says so."""
    machine = booted()
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        await type_line(pilot, "crash supervisor")
        sheet = " ".join(text_of(pilot, "CrashSheet").replace("│", " ").split())
        assert "Nobody watches over the supervisor: it stays down" in sheet
        await press(pilot, "enter")
        assert "the debug probe crashes supervisor (null-pointer)" in text_of(pilot, "#command-line")
        while machine.view.servers["supervisor"].status.key != "faulted":
            assert machine.core.advance(1)
        await type_line(pilot, "crash disk with=exception")
        while machine.view.servers["disk"].status.key != "faulted":
            assert machine.core.advance(1)
        await type_line(pilot, "why disk")
        await press(pilot, "end")
        why = " ".join(text_of(pilot, "#inspector").replace("│", " ").split())
        assert "which would build it anew, is faulted itself." in why
    machine.core.close()


async def test_why_leads_from_a_waiting_server_back_to_the_person() -> None:
    """Each link is a moment to look at."""
    from playground.perform import perform

    machine = booted()
    perform('call fs.read path="/etc/motd"', machine)
    while machine.view.servers["fs"].status.key != "waiting":
        assert machine.core.advance(1)
    app = Playground(machine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "question_mark")
        why = " ".join(text_of(pilot, "#inspector").replace("│", " ").split())
        assert "fs is waiting because it called block.read on disk" in why
        await press(pilot, "end")
        why = " ".join(text_of(pilot, "#inspector").replace("│", " ").split())
        assert 'you asked: call fs.read path="/etc/motd"' in why
        await press(pilot, "enter")
        assert app.desk.moment >= 0
    machine.core.close()


def test_the_first_frame_loads_neither_kernel_nor_machine_nor_parsers() -> None:
    """They cost more than an empty application; the first frame does without."""
    code = """
import sys
from playground.app import LivePlayground
from playground.screens.standby import Standby, outline_of
from playground.settings import Settings
from playground.starting import system_text
class First(LivePlayground):
    def _boot(self):
        self.exit()
standby = Standby(outline_of(system_text("workshop")), running=True, speed=20)
First(Settings(), standby).run(headless=True, size=(120, 36))
heavy = ["kernel.kernel", "trio", "lark", "pygments.lexers", "markdown_it", "servers.programs", "servers.manifest"]
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip().splitlines()[-1] == "[]", done.stdout[-2000:] + done.stderr[-2000:]


async def test_one_can_leave_the_script_of_a_lesson_between_two_beats_and_go_on() -> None:
    """What one asks for oneself is answered; the next beat holds the machine again."""
    async with live(Settings(lesson="reincarnation")) as pilot:
        app = pilot.app
        assert isinstance(app, LivePlayground)
        session = app.session
        assert session is not None
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "beat-over")
        await type_line(pilot, "call counter.increment by=7")
        await until(pilot, lambda: "value = 7" in picture(pilot).splitlines()[-2])
        assert session.free
        await press(pilot, "space")
        assert not session.free
        assert "value = 7" not in picture(pilot)
        while session.shown == 0:
            await press(pilot, "space")
        await until(pilot, lambda: session.state == "beat-over")
        assert not [outcome for outcome in session.outcomes if outcome.verdict != "passed"]


async def test_somebody_is_selected_also_in_a_system_of_ones_own(tmp_path: Path, image: Path) -> None:
    """Its servers are not known before it has booted."""
    file = tmp_path / "mine.toml"
    file.write_text(read_system("workshop").text, encoding="utf-8")
    async with live(Settings(system=str(file), disk=image)) as pilot:
        assert "fs · server" in text_of(pilot, "#inspector")


async def test_why_the_machine_goes_on_no_more_is_said_until_a_key_and_again_when_it_is_asked_to(
    image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace that is full ends the run, and says so whenever somebody wants to go on."""
    monkeypatch.setattr(playground.trace, "MAX_EVENTS", 2_000)
    async with live(Settings(disk=image, writable=True)) as pilot:
        await until(pilot, lambda: "The trace is full: it holds 2,0" in picture(pilot))
        await press(pilot, "escape")
        assert "The trace is full" not in picture(pilot)
        await press(pilot, "p")
        await until(pilot, lambda: "The trace is full: it holds 2,0" in picture(pilot))
