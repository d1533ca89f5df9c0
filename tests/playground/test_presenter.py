"""The presenter's second terminal: it follows the show over a socket of the user's own, and nobody else does."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trio
from syrupy.assertion import SnapshotAssertion

from playground.presenter import meeting, notes, show
from playground.presenter.board import LONGEST_LINE, Board, NotUnderstood, content_of, decode, encode, line_of
from playground.presenter.follow import ENDED, NO_SHOW, Follower
from playground.presenter.notes import Clock, NotesApp, Teller
from playground.presenter.show import MOST_TERMINALS, Show
from playground.settings import Settings
from tests.playground.screen_tools import LARGE, SMALL, TextSnapshot
from tests.playground.test_screens_live import until

BOARD = Board(
    title="The driver that came back", place="beat 2 of 3", beat="Read a file", notes=("Ask who waits.",),
    doing="space: Kill it", question="", choices=(), answers=(), trouble=(), following="Kill it",
    following_text="Now the *moment*.", following_notes=(), following_asks=("What now?",), minutes=25,
)  # fmt: skip
SECONDS = 10


class Heard:
    """What one terminal was told."""

    def __init__(self, place: Path) -> None:
        self.boards: list[tuple[Board, int]] = []
        self.sentences: list[str] = []
        self.follower = Follower(place, lambda board, elapsed: self.boards.append((board, elapsed)), self._waits)

    def _waits(self, sentence: str) -> None:
        if sentence not in self.sentences[-1:]:
            self.sentences.append(sentence)


async def comes(reached: Callable[[], object]) -> None:
    """Give the other tasks time until something is so."""
    with trio.fail_after(SECONDS):
        while not reached():  # noqa: ASYNC110 - what is waited for is on the other side of a socket
            await trio.sleep(0.005)


@asynccontextmanager
async def running(place: Path, wishes: list[str] | None = None) -> AsyncIterator[Show]:
    """A show that has told its first board, 65 seconds after its beginning."""
    told = Show("reincarnation", (wishes if wishes is not None else []).append, lambda: 65)
    told.tell(BOARD)
    async with trio.open_nursery() as nursery:
        await nursery.start(told.main, place)
        yield told
        nursery.cancel_scope.cancel()


async def first_answer(place: Path, hello: bytes) -> bytes:
    """What the show says to somebody who begins like this; nothing if it hangs up."""
    ((_, found),) = meeting.shows(place)
    async with await trio.open_unix_socket(found.socket) as stream:
        try:
            await stream.send_all(hello)
            with trio.fail_after(SECONDS):
                return bytes(await stream.receive_some())
        except trio.BrokenResourceError:
            return b""


def test_two_terminals_follow_the_same_show_and_one_of_them_drives_it(tmp_path: Path) -> None:
    wishes: list[str] = []

    async def main() -> None:
        one, other = Heard(tmp_path), Heard(tmp_path)
        async with trio.open_nursery() as nursery:
            async with running(tmp_path, wishes) as told:
                assert not one.follower.ask("next"), "there is no show yet"
                nursery.start_soon(one.follower.main)
                nursery.start_soon(other.follower.main)
                await comes(lambda: one.boards and other.boards)
                assert one.boards == other.boards == [(BOARD, 65)]
                assert told.terminals == 2
                assert one.follower.ask("next")
                assert one.follower.ask("1")
                assert one.follower.ask("crash everything")
                await comes(lambda: len(wishes) == 2)
                told.tell(BOARD)
                told.tell(replace(BOARD, beat="Kill it"))
                await comes(lambda: len(one.boards) == 2 and len(other.boards) == 2)
                assert one.boards[-1][0].beat == "Kill it"
            await comes(lambda: one.sentences and other.sentences)
            assert one.sentences == other.sentences == [ENDED]
            nursery.cancel_scope.cancel()

    trio.run(main)
    assert wishes == ["next", "1"]
    assert list(tmp_path.iterdir()) == []


def test_the_notes_wait_for_a_show_and_find_the_next_one(tmp_path: Path) -> None:
    async def main() -> None:
        heard = Heard(tmp_path / "not there yet")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(heard.follower.main)
            await comes(lambda: heard.sentences)
            async with running(tmp_path / "not there yet"):
                await comes(lambda: len(heard.boards) == 1)
            await comes(lambda: heard.sentences == [NO_SHOW, ENDED])
            async with running(tmp_path / "not there yet"):
                await comes(lambda: len(heard.boards) == 2)
            nursery.cancel_scope.cancel()

    trio.run(main)


@pytest.mark.parametrize(
    ("hello", "told"),
    [
        (line_of({"format": 1, "token": "guessed"}), "the token is not that of this show"),
        (line_of({"format": 1}), "the token is not that of this show"),
        (b"GET / HTTP/1.1\r\n\r\n", ""),
        (b"[" * 9000, ""),
    ],
)
def test_without_the_token_nothing_is_told(tmp_path: Path, hello: bytes, told: str) -> None:
    async def main() -> None:
        async with running(tmp_path) as running_show:
            answer = await first_answer(tmp_path, hello)
            assert content_of(answer)["refused"].startswith(told) if told else answer == b""
            assert running_show.terminals == 0
            heard = Heard(tmp_path)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(heard.follower.main)
                await comes(lambda: heard.boards)
                nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_wrong_token_and_another_version_are_told_in_one_sentence(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path) as told:
            ((path, _),) = meeting.shows(tmp_path)
            path.write_text(json.dumps({**json.loads(path.read_text()), "token": "another"}))
            heard = Heard(tmp_path)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(heard.follower.main)
                await comes(lambda: heard.sentences)
                nursery.cancel_scope.cancel()
            assert heard.sentences[0].startswith("The show lets nobody in: the token is not that of this show")
            assert not heard.boards
            answer = await first_answer(tmp_path, line_of({"format": 99, "token": told.token}))
            assert "another version" in content_of(answer)["refused"]

    trio.run(main)


def test_folder_socket_and_file_belong_to_the_user_alone(tmp_path: Path) -> None:
    place = tmp_path / "shows"

    async def main() -> None:
        async with running(place):
            modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
            assert modes == {".json": 0o600, ".sock": 0o600}
            assert stat.S_IMODE(place.stat().st_mode) == 0o700

    trio.run(main)


def test_what_a_killed_show_has_left_is_cleared_away(tmp_path: Path) -> None:
    """Its socket is there and nobody listens. A torn file is no show."""
    stale = tmp_path / "1.sock"
    old = meeting.Meeting("t", str(stale), 0, "x", 99e9)
    (tmp_path / "1.json").write_text(json.dumps({name: getattr(old, name) for name in meeting.Meeting.__slots__}))
    (tmp_path / "2.json").write_text('{"token": ')

    async def main() -> None:
        socket = trio.socket.socket(trio.socket.AF_UNIX)
        await socket.bind(str(stale))
        socket.close()
        heard = Heard(tmp_path)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(heard.follower.main)
            await comes(lambda: heard.sentences)
            async with running(tmp_path):
                await comes(lambda: heard.boards)
            nursery.cancel_scope.cancel()
        assert heard.sentences[0] == NO_SHOW

    trio.run(main)
    assert [path.name for path in tmp_path.iterdir()] == ["2.json"]


def test_without_sockets_that_have_a_path_a_port_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "socket_of", lambda place: None)

    async def main() -> None:
        async with running(tmp_path):
            ((_, found),) = meeting.shows(tmp_path)
            assert (found.socket, found.port > 0) == ("", True)
            heard = Heard(tmp_path)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(heard.follower.main)
                await comes(lambda: heard.boards)
                nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_path_that_is_too_long_for_a_socket_is_none(tmp_path: Path) -> None:
    assert meeting.socket_of(tmp_path) is not None or len(os.fsencode(tmp_path)) > 80
    assert meeting.socket_of(tmp_path / ("x" * 120)) is None


def test_a_folder_that_cannot_be_made_is_one_sentence_and_no_end_of_the_show(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def main() -> None:
        told = Show("reincarnation", lambda wish: None, lambda: 0)
        await told.main(tmp_path / "file")
        assert told.trouble.startswith("The notes cannot be shown on another terminal: ")
        assert told.trouble.endswith("file exists")

    trio.run(main)


def test_there_is_an_end_to_how_many_terminals_there_can_be(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path) as told, trio.open_nursery() as nursery:
            everybody = [Heard(tmp_path) for _ in range(MOST_TERMINALS + 1)]
            for heard in everybody:
                nursery.start_soon(heard.follower.main)
            await comes(lambda: sum(bool(heard.boards) for heard in everybody) == MOST_TERMINALS)
            await comes(lambda: any(heard.sentences for heard in everybody))
            assert told.terminals == MOST_TERMINALS
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_board_survives_its_line_and_nonsense_is_refused() -> None:
    assert decode(content_of(encode(BOARD, 65))) == (BOARD, 65)
    found = content_of(encode(BOARD, 65))
    for name in found["board"]:
        for wrong in (None, 1.5, [1], {"a": 1}):
            with pytest.raises(NotUnderstood, match=name):
                decode({"board": {**found["board"], name: wrong}, "elapsed": 1})
    for line in (b"", b"nonsense", b"[1]", b"[" * 5000, b"\xff"):
        with pytest.raises(NotUnderstood):
            content_of(line)
    assert len(encode(BOARD, 65)) < LONGEST_LINE


def test_line_by_line_only_what_is_new_is_said() -> None:
    said: list[str] = []
    teller = Teller(said.append)
    teller.waits(NO_SHOW)
    teller.waits(NO_SHOW)
    teller.told(BOARD, 65)
    teller.told(replace(BOARD, question="What now?", choices=("it lives", "it dies")), 70)
    teller.told(replace(BOARD, answers=("it lives",)), 75)
    assert said == [
        NO_SHOW, "beat 2 of 3, 1 of 25 minutes: Read a file.", "Note: Ask who waits.", "Next: Kill it.",
        "Question: What now? 1, it lives; 2, it dies.", "Right was: it lives.",
    ]  # fmt: skip


def test_the_clock_goes_on_between_messages_and_stops_with_the_show() -> None:
    now = [100.0]
    clock = Clock(lambda: now[0])
    assert clock.read() == 0
    clock.set(65)
    now[0] += 10
    assert clock.read() == 75
    clock.stop()
    now[0] += 10
    assert clock.read() == 75


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_notes_on_screen(tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "folder", lambda: tmp_path)
    app = NotesApp(Settings())
    asked: list[str] = []
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "No show is running" in _text(app))
        monkeypatch.setattr(app.follower, "ask", asked.append)
        app.told(replace(BOARD, question="What now?", choices=("it lives", "it dies"), answers=("yes",)), 65)
        await until(pilot, lambda: "beat 2 of 3" in _text(app))
        shown = _text(app)
        for words in (
            "1:05 of 25 min", "Read a file", "• Ask who waits.", "? What now?", "1 it lives", "→ right was: yes",
            "Next: Kill it", "asks: What now?", "Now the moment.", "space: Kill it",
        ):  # fmt: skip
            assert words in shown, words
        await pilot.press("space", "left", "pagedown", "2")
        app.waits(ENDED)
        await until(pilot, lambda: "The show has ended" in _text(app))
        assert "Read a file" in _text(app), "what was last shown is still there"
        await app.action_quit()
    assert asked == ["next", "back", "next", "2"]


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x36", "80x24"])
async def test_a_picture_of_the_notes(tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = NotesApp(Settings(), tmp_path)
    async with app.run_test(size=size):
        app.told(replace(BOARD, question="What now?", choices=("it lives", "it dies")), 65)
        assert _text(app) == snapshot.use_extension(TextSnapshot)
        await app.action_quit()


def _text(app: NotesApp) -> str:
    app.pane.poll()
    return app.pane.text()
