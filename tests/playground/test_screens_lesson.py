"""A lesson on screen with its machine: one key per beat, really back in time, out of the script and into it again."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from playground.headless import CannotWrite
from playground.lesson_app import LessonPlayground
from playground.linear import try_results
from playground.machine.live import Live
from playground.recording.reader import open_recording
from playground.screens.inspector import Inspector
from playground.screens.sheet_score import ScoreSheet
from playground.settings import Settings
from scenarios.player import LessonSession
from tests.playground.screen_tools import look, picture, press, text_of, type_line
from tests.playground.terminals import Terminal
from tests.playground.test_screens_live import live, until

LESSON = """+++
title = "Counting"
system = "workshop"
seed = 1
minutes = 5
+++
## Boot

The system starts.

```play
run until event system-ready within 2 s
run until fs is idle within 2 s
focus counter
```

## Count

It counts.

```play
note "Ask who counts."
ask "What comes?" "one" if reply.value == 1, "two" if reply.value == 2, "nothing" otherwise
call counter.increment
expect reply.value == 1
```

## Look

```play
why counter
call counter.increment
expect reply.value == 2
wait 100 s
```
"""

LONG = "\n\n".join(f"Paragraph {number} of a narration that is longer than any screen." for number in range(1, 31))
POINTING = f"""+++
title = "Pointing"
system = "workshop"
seed = 1
minutes = 5
+++
## Point

{LONG}

```play
run until event system-ready within 2 s
why counter
```

This is told when something stands over it.

## Last

{LONG}

```play
ask "What comes?" "one" if reply.value == 1, "nothing" otherwise
call counter.increment
inspect
```

The very last sentence.
"""


@pytest.fixture
def counting(tmp_path: Path) -> str:
    """A lesson of three beats."""
    path = tmp_path / "counting.md"
    path.write_text(LESSON, encoding="utf-8")
    return str(path)


@pytest.fixture
def quitting(tmp_path: Path) -> str:
    """The same lesson, which ends with a command."""
    path = tmp_path / "quitting.md"
    path.write_text(LESSON.removesuffix("```\n") + "speed 1_000\nquit\n```\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def pointing(tmp_path: Path) -> str:
    """A lesson of two beats with much to read, each of which opens something over it."""
    path = tmp_path / "pointing.md"
    path.write_text(POINTING, encoding="utf-8")
    return str(path)


def parts(pilot: Pilot[int]) -> tuple[LessonPlayground, LessonSession]:
    """The application and the session of its lesson."""
    app = pilot.app
    assert isinstance(app, LessonPlayground)
    assert app.session is not None
    return app, app.session


async def play_to(pilot: Pilot[int], beat: int) -> None:
    """Go on until so many beats are over; at a question the second answer is taken."""
    _, session = parts(pilot)
    while session.played < beat or session.state in ("running", "asking"):
        await press(pilot, "2" if session.state == "asking" else "space")
    look(pilot)  # the machine may have come to the end of the beat after the screens looked at it


def core_of(app: LessonPlayground) -> object:
    """The machine on screen."""
    machine = app.desk.machine
    assert isinstance(machine, Live)
    return machine.core


async def test_left_undoes_a_beat_on_the_machine_and_space_plays_it_again(counting: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 1)
        before = (app.desk.view.event_count, app.desk.view.cycle)
        await play_to(pilot, 2)
        assert session.verdict == "pending"
        assert app.desk.view.event_count > before[0]
        old = core_of(app)
        await press(pilot, "left")
        assert (app.desk.view.event_count, app.desk.view.cycle) == before
        assert core_of(app) is not old
        assert "Boot" in text_of(pilot, "#lesson").splitlines()[0]
        assert "beat 1 of 3" in text_of(pilot, "#lesson")
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "asking")
        await press(pilot, "1")
        await play_to(pilot, 2)
        assert [outcome.verdict for outcome in session.outcomes] == ["passed"]


async def test_what_the_beat_is_about_is_lit_and_selected_until_the_script_is_left(counting: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        app, _ = parts(pilot)
        await play_to(pilot, 1)
        assert (app.desk.spotlight, app.desk.selected) == (frozenset({"counter"}), "counter")
        await press(pilot, "p")
        assert app.desk.spotlight == frozenset()
        await press(pilot, "space")
        assert app.desk.spotlight == frozenset({"counter"})


async def test_a_recording_ends_where_the_lesson_goes_back_and_can_be_read(counting: str, tmp_path: Path) -> None:
    file = tmp_path / "run.mkp"
    async with live(Settings(lesson=counting, record=file)) as pilot:
        app, _ = parts(pilot)
        await play_to(pilot, 1)
        count = app.desk.view.event_count
        await press(pilot, "left")
        assert f"{file.name} holds one run" in app.desk.trouble
    assert len(open_recording(file).events) == count


async def test_a_branch_in_a_lesson_is_left_for_the_lesson_with_the_next_key(counting: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 1)
        own = core_of(app)
        await press(pilot, "comma", "b")
        await until(pilot, lambda: core_of(app) is not own)
        await press(pilot, "space")
        assert core_of(app) is own
        await play_to(pilot, 2)
        await press(pilot, "left")
        assert (session.played, app.timelines()) == (1, None)


async def test_page_up_goes_back_to_before_boot_and_the_machine_boots_again(counting: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 2)
        await press(pilot, "pageup", "pageup")
        assert (session.state, app.desk.view.ready) == ("ready", False)
        assert "space begins" in text_of(pilot, "#lesson")
        await press(pilot, "pageup")
        assert "where the lesson begins" in picture(pilot)
        await press(pilot, "pagedown")
        await until(pilot, lambda: session.state == "beat-over")
        assert app.desk.view.ready


@pytest.mark.parametrize("key", ["space", "right", "pagedown", "full_stop"])
async def test_every_key_of_a_clicker_goes_on(counting: str, key: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        _, session = parts(pilot)
        await press(pilot, key)
        await until(pilot, lambda: session.state == "beat-over")
        await press(pilot, key)
        assert session.played == 2


async def test_out_of_the_script_in_the_middle_of_a_question_and_back_to_it(counting: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 1)
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "asking")
        assert "What do you think?" in picture(pilot)
        before = app.desk.view.event_count
        await type_line(pilot, "call counter.increment by=7")
        assert session.free
        await until(pilot, lambda: "value = 7" in picture(pilot).splitlines()[-2])
        assert "What do you think?" not in picture(pilot)
        assert "on your own" in text_of(pilot, "#header")
        await press(pilot, "space")
        assert not session.free
        assert app.desk.view.event_count == before
        assert "What do you think?" in picture(pilot)
        await press(pilot, "2")
        await until(pilot, lambda: session.state == "beat-over")
        assert [outcome.verdict for outcome in session.outcomes] == ["passed"], "the 7 has not happened"


async def test_looking_at_the_past_does_not_leave_the_script_and_next_comes_back_to_now(counting: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 1)
        await press(pilot, "comma", "comma")
        assert app.desk.moment >= 0
        assert not session.free
        await press(pilot, "full_stop")
        assert session.played == 1
        await press(pilot, "space")
        assert (app.desk.moment, session.played) == (-1, 2)


async def test_a_lesson_that_opens_a_pane_keeps_the_keys_and_puts_it_away(counting: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 2)
        await press(pilot, "space")
        await until(pilot, lambda: app.screen.has_class("inspecting"))
        inspector = app.query_one(Inspector)
        assert "Why" in text_of(pilot, "Inspector")
        tab = inspector.tab
        await press(pilot, "left")
        assert inspector.tab == tab
        assert not app.screen.has_class("inspecting")
        assert session.played == 2


async def read_all(pilot: Pilot[int]) -> str:
    """Press space until all of the narration was shown, and say what was seen of it."""
    app, session = parts(pilot)
    played, seen = session.played, text_of(pilot, "#lesson")
    for _ in range(20):
        if not app.lesson.below:
            return seen
        await press(pilot, "space")
        seen += text_of(pilot, "#lesson")
        assert session.played == played
    raise AssertionError(f"it has no end:\n{picture(pilot)}")


async def test_what_a_lesson_opened_goes_with_the_first_key_and_the_text_is_read_before_the_next_beat(
    pointing: str,
) -> None:
    async with live(Settings(lesson=pointing)) as pilot:
        app, session = parts(pilot)
        assert app.script is not None
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "beat-over" and app.screen.has_class("inspecting"))
        assert app.script.doing == "space: back to the text"
        await press(pilot, "space")
        assert (app.script.covered, session.played) == (False, 1)
        assert app.script.doing == "space: read on"
        assert "when something stands over it" in await read_all(pilot)
        assert app.script.doing == "space: Last"
        await press(pilot, "space")
        assert session.played == 2


async def test_the_score_opens_when_the_last_text_was_read(pointing: str) -> None:
    async with live(Settings(lesson=pointing)) as pilot:
        app, session = parts(pilot)
        assert app.script is not None
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "beat-over" and app.screen.has_class("inspecting"))
        await press(pilot, "space")
        await read_all(pilot)
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "asking")
        await press(pilot, "1")
        await until(pilot, lambda: session.state == "over" and app.screen.has_class("inspecting"))
        await press(pilot, "space")
        assert app.hand.sheet is None
        assert "The very last sentence" in await read_all(pilot)
        assert app.hand.sheet is None
        await press(pilot, "space")
        assert isinstance(app.hand.sheet, ScoreSheet)


async def test_all_that_was_found_in_a_beat_can_be_read_however_much_it_is(tmp_path: Path) -> None:
    says = "\n".join(f'say "Sentence {number} of many that were said, one after the other."' for number in range(20))
    lesson = tmp_path / "talkative.md"
    lesson.write_text(POINTING.replace("why counter", says, 1), encoding="utf-8")
    async with live(Settings(lesson=str(lesson))) as pilot:
        _, session = parts(pilot)
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "beat-over")
        seen = await read_all(pilot)
        assert [number for number in range(20) if f"Sentence {number} of" not in seen] == []


async def test_the_presenters_other_terminal_goes_on_although_the_inspector_was_opened(pointing: str) -> None:
    async with live(Settings(lesson=pointing)) as pilot:
        app, session = parts(pilot)
        assert app.script is not None
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "beat-over" and app.screen.has_class("inspecting"))
        await press(pilot, "space", "i")
        assert app.script.covered
        app.script.ask("next")
        app.poll()
        assert (app.script.covered, session.played) == (False, 1)
        assert app.focused is app.lesson


async def test_the_next_key_lets_a_beat_hurry(counting: str) -> None:
    """Its last command waits for a hundred seconds."""
    async with live(Settings(lesson=counting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 2)
        await press(pilot, "space")
        await until(pilot, lambda: len(session.outcomes) == 2)
        machine = app.desk.machine
        assert isinstance(machine, Live)
        pace = (machine.speed, machine.idle_speed)
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "over")
        await until(pilot, lambda: (machine.speed, machine.idle_speed) == pace)


async def test_the_score_stands_at_the_end_with_an_explanation_and_escape_closes_it(counting: str) -> None:
    async with live(Settings(lesson=counting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 3)
        assert app.hand.sheet is None, "what was told last can be read"
        assert app.script is not None
        await press(pilot, "space")
        assert app.script.doing == "space: what you predicted"
        await press(pilot, "space")
        shown = text_of(pilot, "ScoreSheet")
        right = session.predictions[0].right
        assert f"You predicted {int(bool(right))} of 1 right." in shown
        assert "What comes?" in shown
        assert "one" in shown
        await press(pilot, "escape")
        assert app.hand.sheet is None
        await press(pilot, "left")
        assert session.played == 2
        await play_to(pilot, 3)
        await press(pilot, "space", "space")
        assert isinstance(app.hand.sheet, ScoreSheet)


async def test_a_lesson_that_says_quit_is_over_and_its_score_can_be_read(quitting: str) -> None:
    async with live(Settings(lesson=quitting)) as pilot:
        app, session = parts(pilot)
        await play_to(pilot, 3)
        await until(pilot, lambda: session.state == "over")
        assert app.desk.trouble == "", "the lesson can write a speed with an underscore"
        await press(pilot, "space", "space")
        assert isinstance(app.hand.sheet, ScoreSheet)


def test_results_that_cannot_be_written_are_told_before_the_lesson_and_older_ones_stay(
    counting: str, tmp_path: Path
) -> None:
    with pytest.raises(CannotWrite, match=r"the results cannot be written to .*nowhere/me\.json: no such file"):
        LessonPlayground.of_lesson(Settings(lesson=counting, results=tmp_path / "nowhere" / "me.json"))
    older = tmp_path / "me.json"
    older.write_text("of an earlier time")
    try_results(older)
    assert older.read_text() == "of an earlier time"


def test_results_are_kept_however_the_lesson_ends(counting: str, tmp_path: Path) -> None:
    """The terminal is closed while the second beat asks."""
    file = tmp_path / "me.json"
    command = [sys.executable, "-m", "playground", "play", counting, "--student", "--results", str(file)]
    with Terminal(command, width=120, height=36) as terminal:
        terminal.wait_for("space begins")
        terminal.type(" ")
        terminal.wait_for("space: Count")
        terminal.type(" ")
        terminal.wait_for("What do you think?")
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.finish().code == 128 + signal.SIGHUP
    found = json.loads(file.read_text())
    assert (found["finished"], found["predictions"][0]["predicted"]) == (False, None)


async def test_a_student_predicts_before_trying(counting: str, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    async with live(Settings(lesson=counting, student=True, results=file)) as pilot:
        app, session = parts(pilot)
        assert not file.exists()
        await play_to(pilot, 1)
        await press(pilot, "space")
        await until(pilot, lambda: session.state == "asking")
        for key in ("p", "space"):
            await press(pilot, key)
            assert "First a prediction" in picture(pilot)
        await type_line(pilot, "call counter.increment by=7")
        assert not session.free
        await press(pilot, "escape", "1")
        await until(pilot, lambda: session.state == "beat-over")
        app.ended()
        found = json.loads(file.read_text())
        assert (found["finished"], found["of"]) == (False, 1)
        assert found["predictions"][0]["answer"] == "one"
