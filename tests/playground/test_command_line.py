"""What a person gets for the words typed into a shell."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from playground import __version__
from playground.command_line import DONE, INTERRUPTED, MISTAKE, OUTPUT_CLOSED, run
from playground.command_line.parser import parse, size
from playground.settings import Settings
from tests.playground import terminals

PLAYGROUND = [sys.executable, "-m", "playground"]


def complaint(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said on standard error about words that make no sense; nothing else may be said."""
    assert run(words) == MISTAKE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("playground: ")
    assert said.err.count("\n") == 1, "one sentence"
    return said.err.removeprefix("playground: ").strip()


def replace_part(monkeypatch: pytest.MonkeyPatch, module: str, **functions: object) -> None:
    """Let the command line find these functions where it looks for a part of the playground."""
    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**functions))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["plya"], "no command is called 'plya'; did you mean `playground play`?"),
        (["chekc", "x"], "no command is called 'chekc'; did you mean `playground check`?"),
        (["disk", "nwe", "x.img"], "no command is called 'nwe'; did you mean `playground disk new`?"),
        (["disk"], "what about the disk? `playground disk new IMAGE --size 8M --from DIR` makes an image"),
        (["play"], "which lesson? `playground list` shows them"),
        (["--projecter"], "there is no option --projecter; did you mean --projector?"),
        (["--disc=my.img"], "there is no option --disc; did you mean --disk?"),
        (["--zzzzzz"], "there is no option --zzzzzz here; `playground --help` lists the options"),
        (["list", "more"], "'more' is one word too many; `playground --help` tells what goes where"),
        (["--seed", "many"], "argument --seed: 'many' is not a whole number from 0 on; `playground --help` tells more"),
        (["--seed", "-1"], "argument --seed: '-1' is not a whole number from 0 on; `playground --help` tells more"),
        (
            ["--write"],
            "--write says that the machine may write to your own image; name it with --disk IMAGE",
        ),
        (["--projector", "--theme", "nord"], "--projector is a theme of its own; leave out --projector or --theme"),
        (
            ["disk", "new", "x.img", "--size", "big"],
            "argument --size: 'big' is not a size; say for example 8M or 512K; `playground disk new --help` tells more",
        ),
        (
            ["play", "--headless", "reincarnation", "--disk", "a.img"],
            "a headless lesson has a virtual disk of its own, the same everywhere; leave out --disk",
        ),
        (["play", "one", "two"], "on screen one lesson is played at a time, not 2; add --headless to play them all"),
        (["present"], "which lesson? `playground list` shows them; `playground present --notes` is for your notes"),
        (["present", "one", "two"], "one lesson is shown at a time, not 2"),
        (
            ["present", "--notes", "reincarnation"],
            "the notes follow whatever show runs; leave out the lesson, or leave out --notes",
        ),
        (
            ["present", "--linear", "reincarnation"],
            "--linear tells the notes line by line; add --notes, or use `playground play --linear LESSON`",
        ),
    ],
)
def test_a_mistake_gets_one_sentence_with_the_nearest_name(
    capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    """Standard output stays empty, the exit code is 2."""
    assert complaint(capsys, *words) == sentence


def test_a_command_that_is_like_no_other_gets_the_list_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    """In the order of the alphabet."""
    said, _, names = complaint(capsys, "zzz").partition(" are ")
    assert said == "no command is called 'zzz'; the commands of `playground`"
    assert names.split(", ") == sorted(names.split(", "))
    assert {"check", "disk", "list", "play"} <= set(names.split(", "))


def test_a_lesson_typed_as_a_command_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    """`playground reincarnation` is what people try first."""
    said = complaint(capsys, "reincarnation")
    assert (
        said == "no command is called 'reincarnation', but a lesson is; did you mean `playground play reincarnation`?"
    )


@pytest.mark.parametrize("words", [["--speed", "x"], ["--speed=x"], ["--sped", "20", "play", "reincarnation"]])
def test_an_option_that_does_not_exist_is_what_is_complained_about(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Not its value, which looks like a command."""
    assert run(words) == MISTAKE
    assert f"there is no option {words[0].split('=')[0]}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["play", "reincarnatoin"], "did you mean `reincarnation`?"),
        (["present", "reincarnatoin"], "did you mean `reincarnation`?"),
        (["--system", "wrokshop"], "did you mean workshop?"),
        (["--theme", "projektor"], "did you mean projector?"),
        (["--disk", "/dev/null"], "/dev/null is a device or a pipe; an image is a file"),
    ],
)
def test_a_mistake_in_a_name_is_told_also_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    """Both would have to be put right, and the name is what the person typed."""
    assert run(words) == MISTAKE
    assert sentence in capsys.readouterr().err


def test_version_and_help_answer_and_leave(capsys: pytest.CaptureFixture[str]) -> None:
    """Both on standard output with exit code 0."""
    for option, text in (("--version", __version__), ("--help", "playground play --headless reincarnation")):
        assert run([option]) == DONE
        assert text in capsys.readouterr().out


def test_machine_options_may_stand_before_or_after_the_command() -> None:
    """Nobody remembers which side an option belongs to."""
    before = parse(["--seed", "7", "--ascii", "play", "x"])
    after = parse(["play", "x", "--seed", "7", "--ascii"])
    assert {**vars(before)} == {**vars(after)}
    assert before.seed == 7


@pytest.mark.parametrize(
    ("text", "count"), [("8M", 8 << 20), ("512k", 512 << 10), ("4194304", 4 << 20), ("1MiB", 1 << 20)]
)
def test_sizes_are_understood(text: str, count: int) -> None:
    """Units are powers of 1024."""
    assert size(text) == count


def test_without_a_terminal_the_screens_say_so() -> None:
    """A pipe cannot show screens; the sentence names what can be done without."""
    for words in ([], ["play", "reincarnation"]):
        done = subprocess.run(
            [*PLAYGROUND, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == MISTAKE
        assert done.stdout == ""
        assert done.stderr == (
            "playground: the screens need a terminal, and standard input or output is none; "
            "`playground play --headless LESSON` needs none\n"
        )


def test_a_terminal_that_is_too_small_is_told_how_large_it_must_be() -> None:
    """Before anything is drawn."""
    done = terminals.run([*PLAYGROUND], width=79, height=24)
    assert done.code == MISTAKE
    assert "the terminal is 79 columns by 24 lines, the screens need 80 by 24" in done.text
    assert "\x1b" not in done.text


def test_a_terminal_that_cannot_move_its_cursor_is_refused() -> None:
    """TERM=dumb, as inside an editor's shell."""
    done = terminals.run([*PLAYGROUND], width=120, height=36, environment={"TERM": "dumb"})
    assert done.code == MISTAKE
    assert "TERM=dumb" in done.text


def test_the_screens_are_given_what_was_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Options become one value; nothing else reaches the screens."""
    given: list[Settings] = []

    def run_app(settings: Settings) -> int:
        given.append(settings)
        return 5

    replace_part(monkeypatch, "playground.app", run=run_app)
    monkeypatch.setattr("playground.command_line.commands.need_a_terminal", lambda: None)
    monkeypatch.setenv("NO_COLOR", "1")
    image = tmp_path / "a.img"
    assert run(["disk", "new", str(image), "--size", "4M"]) == DONE
    assert run(["play", "reincarnation", "--seed", "3", "--projector", "--disk", str(image), "--write"]) == 5
    assert given == [
        Settings(lesson="reincarnation", seed=3, theme="projector", disk=image, writable=True, colour=False)
    ]


def test_ctrl_c_outside_the_screens_ends_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 130, no traceback."""

    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    replace_part(monkeypatch, "playground.headless", play=interrupted)
    assert run(["play", "--headless", "reincarnation"]) == INTERRUPTED
    assert capsys.readouterr().err == "playground: stopped by Ctrl-C\n"


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    """`playground --help | head -0`, as in any shell."""
    for word in ("list", "--help"):
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run(
            [*PLAYGROUND, word], stdout=write_end, stderr=subprocess.PIPE, text=True, timeout=30, check=False
        )
        os.close(write_end)
        assert done.returncode in (DONE, OUTPUT_CLOSED)  # argparse itself keeps quiet about --help
        assert done.stderr == ""


class Damaged(Exception):
    """Stands for any part's own error about what the person gave it."""

    is_users_mistake = True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the image x.img is empty", "playground: the image x.img is empty\n"),
        ("a.md:3:5: No verb is called `cal`\n    cal\n    ^", "a.md:3:5: No verb is called `cal`\n    cal\n    ^\n"),
    ],
)
def test_a_mistake_that_a_part_finds_is_said_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    """A place in a file opens the line, so that an editor can jump to it."""

    def damaged(*_: object, **__: object) -> int:
        raise Damaged(text)

    replace_part(monkeypatch, "playground.headless", play=damaged)
    assert run(["play", "--headless", "reincarnation"]) == MISTAKE
    assert capsys.readouterr().err == said


def test_our_own_mistakes_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback is our bug, and it must be seen."""

    def broken(*_: object, **__: object) -> int:
        raise ZeroDivisionError

    replace_part(monkeypatch, "playground.headless", play=broken)
    with pytest.raises(ZeroDivisionError):
        run(["play", "--headless", "reincarnation"])


def test_help_loads_nothing_large() -> None:
    """What makes `--help` quick: none of the libraries is imported for it."""
    program = "import sys; from playground.command_line import run; run(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    loaded = set(done.stdout.rpartition("\n\n")[2].split())
    assert "playground.command_line.parser" in loaded
    assert not loaded & {
        "textual",
        "trio",
        "asyncio",
        "lark",
        "markdown_it",
        "pygments",
        "kernel",
        "servers",
        "scenarios",
    }


def test_a_new_disk_holds_the_files_of_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """mtools, which knows nothing of us, reads it; a second call does not overwrite it unless told to."""
    (tmp_path / "source" / "notes").mkdir(parents=True)
    (tmp_path / "source" / "notes" / "hello.txt").write_text("hello from the host", encoding="utf-8")
    image = tmp_path / "my.img"
    command = ["disk", "new", str(image), "--size", "4M", "--from", str(tmp_path / "source")]
    assert run(command) == DONE
    assert "--write` boots on it" in capsys.readouterr().out
    assert image.stat().st_size == 4 << 20
    read = subprocess.run(["mtype", "-i", str(image), "::notes/hello.txt"], capture_output=True, text=True, check=True)
    assert read.stdout == "hello from the host"
    assert str(image) in complaint(capsys, *command)
    assert run([*command, "--force"]) == DONE


def test_a_misspelt_name_or_a_missing_image_is_noticed_before_the_screens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The screens are never started for it."""
    monkeypatch.setattr("playground.command_line.commands.need_a_terminal", lambda: None)
    replace_part(monkeypatch, "playground.app", run=None)
    assert complaint(capsys, "--system", "workshp") == "no system is called 'workshp'; did you mean workshop?"
    assert "no file" in complaint(capsys, "--system", "mine.toml")
    assert complaint(capsys, "--theme", "nrod") == "no theme is called 'nrod'; did you mean nord?"
    assert "did you mean `reincarnation`?" in complaint(capsys, "play", "reincarnatoin")
    missing = str(tmp_path / "missing.img")
    assert missing in complaint(capsys, "--disk", missing)


def lesson_file(folder: Path, *commands: str) -> Path:
    """A lesson of one's own with these commands."""
    path = folder / "own.md"
    head = '+++\ntitle = "Own"\nsystem = "workshop"\n+++\n\n# Only beat\n\n'
    path.write_text(head + "```play\n" + "\n".join(commands) + "\n```\n", encoding="utf-8")
    return path


def test_the_list_names_every_lesson_and_system(capsys: pytest.CaptureFixture[str]) -> None:
    """One a line, with what it is about."""
    assert run(["list"]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("lesson  reincarnation") and line.endswith(" min") for line in lines)
    assert any(line.startswith("system  workshop") for line in lines)


def test_a_checked_lesson_is_told_to_be_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped one and one's own."""
    own = lesson_file(tmp_path, 'call fs.read path="/etc/motd"')
    assert run(["check", "reincarnation", str(own)]) == DONE
    said = capsys.readouterr().out
    assert f"{own}: 1 beat, 1 command, all of it valid" in said
    assert "scenarios/lessons/reincarnation.md" in said


@pytest.mark.parametrize(
    ("command", "column", "about"),
    [("cal fs.read", 1, "`call`"), ("crash dsk with=silence", 7, "`disk`"), ('call fs.raed path="/"', 9, "`read`")],
)
def test_a_lesson_with_a_mistake_is_pointed_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, column: int, about: str
) -> None:
    """file:line:column, the line, a caret under the place, and the nearest name."""
    own = lesson_file(tmp_path, 'call fs.read path="/etc/motd"', command)
    assert run(["check", str(own)]) == MISTAKE
    sentence, line, caret, *rest = capsys.readouterr().out.splitlines()
    assert sentence.startswith(f"{own}:10:{column}: ")
    assert about in sentence
    assert line.strip() == command
    assert caret.index("^") == line.index(command) + column - 1
    assert not rest


def test_a_lesson_that_does_not_exist_has_a_nearest_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """By name, and by path; however it is to be played."""
    missing = str(tmp_path / "missing.md")
    for words in (["check"], ["play", "--headless"]):
        assert run([*words, "reincarnatoin", missing]) == MISTAKE
        assert capsys.readouterr().out.splitlines() == [
            "No lesson is called `reincarnatoin`; did you mean `reincarnation`?",
            f"the lesson {missing} cannot be read: no such file or directory",
        ]
