"""A program of one's own in a machine: where it may come from, how it lives and dies, how another takes its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.events import INPUT
from playground.machine.core import Core, ProgramMissing
from playground.machine.own_files import changed
from playground.timeline.past import Past
from playground.view.fold import Fold
from scenarios import own_programs
from scenarios.library import read_system
from servers.manifest import ManifestError, parse_manifest
from servers.own_programs import load_program
from tests.playground.machines import ask, notes
from tests.playground.own_system import MANIFEST, PROGRAM, greet, machine, written

EVENING = PROGRAM.replace("Hello", "Good evening")


def refusal(path: Path) -> str:
    """What is said about a system, without the folder."""
    with pytest.raises(ManifestError) as caught:
        read_system(str(path))
    return str(caught.value).replace(f"{path.parent}/", "").replace(str(path.parent), "FOLDER")


def replace_by(core: Core, text: str) -> None:
    """Let another program take the place of the greeter's."""
    core.replace_program(load_program("./greeter.py", text, "greeter.py"))


def died(core: Core) -> list[str]:
    """The causes of all deaths."""
    return [str(note["cause"]) for note in notes(core, "server-died")]


# -- where it may come from --------------------------------------------------------------------------------------------


def test_a_program_runs_only_where_somebody_allowed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_programs, "_allowed", [])
    trap = tmp_path / "it-ran"
    path = written(tmp_path, f"import os\nos.mkdir({str(trap)!r})\n{PROGRAM}")
    sentence = "`./greeter.py` is a program that is not the playground's; to let it run, say --programs FOLDER"
    assert refusal(path) == f"hello.toml:12:1: {sentence}"
    assert not trap.exists()
    own_programs.allow(tmp_path)
    assert list(read_system(str(path)).programs) == ["./greeter.py"]


@pytest.mark.parametrize("program", ["../greeter.py", "/greeter.py", "sub/greeter.py", "greeter.py"])
def test_a_program_beside_which_no_manifest_lies_is_refused(tmp_path: Path, program: str) -> None:
    path = written(tmp_path, manifest=MANIFEST.replace("./greeter.py", program))
    assert refusal(path) == (
        'hello.toml:12:1: a program of one\'s own is a file beside this one, such as "./greeter.py", '
        f"and `{program}` is none"
    )


def test_a_link_out_of_the_folder_is_refused_even_if_its_target_may_run(tmp_path: Path) -> None:
    own_programs.allow(tmp_path)
    inner = tmp_path / "inner"
    inner.mkdir()
    path = written(inner)
    (inner / "greeter.py").rename(tmp_path / "greeter.py")
    (inner / "greeter.py").symlink_to(tmp_path / "greeter.py")
    sentence = "hello.toml:12:1: `./greeter.py` leads out of the folder of this file; only what lies in it may run"
    assert refusal(path) == sentence


def test_what_is_wrong_with_the_file_is_said_at_its_place(tmp_path: Path) -> None:
    own_programs.allow(tmp_path)
    path = written(tmp_path, PROGRAM.replace("async def main(env):", "async def main(env:"))
    assert refusal(path).startswith("greeter.py:16:")
    (tmp_path / "greeter.py").write_bytes(b"x = 1\n# \xe9\n")
    assert refusal(path) == "hello.toml:12:1: greeter.py:2 is not UTF-8 text: byte 0xe9"
    (tmp_path / "greeter.py").write_bytes(b" " * 100_000)
    assert refusal(path) == "hello.toml:12:1: greeter.py is too large for a program: the limit is 65,536 bytes"
    (tmp_path / "greeter.py").unlink()
    assert refusal(path) == "hello.toml:12:1: there is no file `greeter.py`"


def test_a_program_serves_what_the_manifest_says(tmp_path: Path) -> None:
    own_programs.allow(tmp_path)
    path = written(tmp_path, manifest=MANIFEST.replace('greeter = "greeter" }', 'greeter = "counter" }'))
    assert refusal(path) == "hello.toml:15:14: `./greeter.py` serves the interface `greeter`, not `counter`"


def test_two_programs_cannot_have_the_same_number(tmp_path: Path) -> None:
    own_programs.allow(tmp_path)
    (tmp_path / "other.py").write_text(PROGRAM.replace('"greeter"', '"other"'), encoding="utf-8")
    other = '[servers.other]\nprogram = "./other.py"\nshelf = "servers"\npriority = 5\nprovides = { other = "other" }\n'
    path = written(tmp_path, manifest=MANIFEST + other)
    assert refusal(path) == (
        "hello.toml:25:1: the interface of `./other.py` has the number 100, which that of `./greeter.py` has already"
    )


def test_a_machine_is_not_built_without_its_program(tmp_path: Path) -> None:
    machine(tmp_path).close()
    with pytest.raises(ProgramMissing, match=r"the program \./greeter\.py of greeter is not there to be run"):
        Core(parse_manifest(MANIFEST), disk=machine(tmp_path).disk.medium)


# -- how it lives and dies ---------------------------------------------------------------------------------------------


def test_it_serves_and_its_messages_are_told_in_words(tmp_path: Path) -> None:
    core = machine(tmp_path)
    assert ask(core, greet())["greeting"] == "Hello, Ada, number 1"
    fold = Fold(core.manifest)
    fold.update(core.kernel.events)
    said = [message.text for message in fold.view.messages]
    assert 'greeter.greet(who="Ada")' in said
    assert 'greeter.greet: greeting="Hello, Ada, number 1"' in said


def test_what_it_knows_dies_with_it_also_at_the_top_level_of_its_file(tmp_path: Path) -> None:
    core = machine(tmp_path)
    assert ask(core, greet())["greeting"] == "Hello, Ada, number 1"
    assert ask(core, greet())["greeting"] == "Hello, Ada, number 2"
    core.crash("greeter", "exception")
    core.advance(3000)
    assert ask(core, greet())["greeting"] == "Hello, Ada, number 1"


def test_two_machines_with_the_same_program_share_nothing(tmp_path: Path) -> None:
    one, other = machine(tmp_path), machine(tmp_path)
    assert ask(one, greet())["greeting"] == "Hello, Ada, number 1"
    assert ask(other, greet())["greeting"] == "Hello, Ada, number 1"


def test_its_endless_loop_is_a_fault_and_the_machine_goes_on(tmp_path: Path) -> None:
    core = machine(tmp_path, PROGRAM.replace("greeted.append(who)", "while True: pass"))
    assert ask(core, greet())["error"] == "SERVER_DIED"
    core.advance(3000)
    assert died(core) == ["runaway"]
    core.close()


def test_its_exception_is_a_fault_that_names_its_line(tmp_path: Path) -> None:
    core = machine(tmp_path, PROGRAM.replace("greeted.append(who)", "greeted[who]"))
    assert ask(core, greet())["error"] == "SERVER_DIED"
    fold = Fold(core.manifest)
    fold.update(core.kernel.events)
    assert "greeter.py:12 in greet" in fold.view.places.values()


def test_where_the_probe_struck_it_is_said_with_its_line(tmp_path: Path) -> None:
    core = machine(tmp_path)
    core.crash("greeter", "exception")
    core.advance(3000)
    assert [note["place"] for note in notes(core, "sabotaged")] == ["at greeter.py:17 in main"]


def test_the_same_program_in_another_folder_makes_the_same_events(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "servers"):
        folder = tmp_path / name
        folder.mkdir()
        core = machine(folder)
        ask(core, greet())
        core.crash("greeter", "exception")
        core.advance(3000)
        digests.append(core.trace.digest())
    assert digests[0] == digests[1]


# -- how another takes its place ---------------------------------------------------------------------------------------


def test_a_new_program_is_an_ordinary_restart(tmp_path: Path) -> None:
    core = machine(tmp_path)
    assert ask(core, greet())["greeting"] == "Hello, Ada, number 1"
    replace_by(core, EVENING)
    core.advance(3000)
    assert died(core) == ["replaced"]
    assert [note["life"] for note in notes(core, "restarted")] == [2]
    assert ask(core, greet())["greeting"] == "Good evening, Ada, number 1"


def test_new_programs_do_not_count_as_restarts(tmp_path: Path) -> None:
    core = machine(tmp_path)
    for number in range(8):
        replace_by(core, f"{PROGRAM}# {number}\n")
        core.advance(3000)
    assert not notes(core, "gave-up")
    assert [note["life"] for note in notes(core, "restarted")] == list(range(2, 10))


def test_a_new_program_reaches_a_server_that_hangs_and_you_who_waits_for_it(tmp_path: Path) -> None:
    core = machine(tmp_path, PROGRAM.replace("greeted.append(who)", "request.defer()"))
    core.request(greet())
    core.advance(3000)
    replace_by(core, PROGRAM)
    core.advance(3000)
    assert notes(core, "you-reply")[0]["error"] == "SERVER_DIED"
    assert ask(core, greet())["greeting"] == "Hello, Ada, number 1"


def test_a_temporary_server_gets_its_new_program_too(tmp_path: Path) -> None:
    own_programs.allow(tmp_path)
    core = machine(tmp_path)
    path = written(tmp_path, manifest=MANIFEST.replace("priority = 120", 'priority = 120\nrestart = "temporary"'))
    core = Core(read_system(str(path)), disk=core.disk.medium)
    core.advance(3000)
    replace_by(core, EVENING)
    core.advance(3000)
    assert ask(core, greet())["greeting"] == "Good evening, Ada, number 1"


def test_a_new_program_is_an_input_and_a_branch_before_it_has_the_old_one(tmp_path: Path) -> None:
    core = machine(tmp_path)
    before = len(core.kernel.events)
    replace_by(core, EVENING)
    core.advance(3000)
    found = [event for event in core.kernel.events if event[0] == INPUT and event[2] == "program"]
    assert len(found) == 1
    past = Past.of_core(core)
    early, late = past.branch(before), past.branch(len(core.kernel.events))
    early.advance(100)
    assert ask(early, greet())["greeting"] == "Hello, Ada, number 1"
    assert ask(late, greet())["greeting"] == "Good evening, Ada, number 1"
    assert late.trace.digest(len(core.kernel.events)) == core.trace.digest()


def test_a_file_that_is_no_program_any_more_leaves_the_old_one(tmp_path: Path) -> None:
    core = machine(tmp_path)
    file, program = tmp_path / "greeter.py", core.programs["./greeter.py"]
    assert changed(program) is None
    for text, sentence in (
        (PROGRAM.replace("def main", "def mian"), "1:1: `async def main(env)` is missing"),
        (PROGRAM.replace('"greet", 1', '"greet", 2'), "3:1: to change INTERFACE, leave and start again"),
        (PROGRAM.replace("main(env)", "main(env"), "16:15: this is not Python: '(' was never closed"),
    ):
        file.write_text(text, encoding="utf-8")
        news = changed(program)
        assert news is not None
        assert news.program is None
        assert news.sentence == f"{file}:{sentence}; the old one runs on"
    file.unlink()
    news = changed(program)
    assert news is not None
    assert "cannot be read: no such file or directory; the old one runs on" in news.sentence
    assert ask(core, greet())["greeting"] == "Hello, Ada, number 1"
