"""Programs that people write themselves: what makes a text one, and what is said about a text that is none."""

from __future__ import annotations

import pickle

import pytest

from servers.interfaces import COUNTER, FILES, INTERFACES, Argument, ErrorCode, Interface, Operation, add_interface
from servers.interfaces.as_data import from_data, to_data
from servers.interfaces.base import READERS_NUMBERS
from servers.own_programs import (
    LARGEST_PROGRAM,
    OwnProgramError,
    check_program,
    code_name,
    digest_of,
    load_program,
    name_problem,
    remembered,
    short_name,
    text_of,
)

MAIN = "async def main(env):\n    pass\n"
IMPORT = "from servers.interfaces import Interface\n"


def problem(text: str) -> str:
    """What is said about a text."""
    with pytest.raises(OwnProgramError) as caught:
        check_program("./x.py", text, "x.py")
    assert "\n" not in str(caught.value), "one line"
    return str(caught.value)


def interface(name: str = "mine", number: int = 150) -> str:
    """The line that declares one."""
    return f'{IMPORT}INTERFACE = Interface("{name}", {number}, 1, "", ())\n{MAIN}'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def f(:\n", "x.py:1:7: this is not Python: invalid syntax"),
        ("x = '\0'", "x.py:1:1: this is not Python: source code string cannot contain null bytes"),
        ("", "x.py:1:1: `async def main(env)` is missing"),
        ("\ndef main(env):\n    pass\n", "x.py:2:1: this has to be `async def main(env)`"),
        ("async def main():\n    pass\n", "x.py:1:1: this has to be `async def main(env)`"),
        ("class C:\n    x = 1 / 0\n", "x.py:2:1: loading it fails with ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)\n", "x.py:1:1: loading it fails with SystemExit: 3"),
        (
            "class E(Exception):\n    def __str__(self):\n        1 / 0\nraise E\n",
            "x.py:4:1: loading it fails with E, whose text cannot be shown",
        ),
        (f"INTERFACE = 3\n{MAIN}", "x.py:1:1: `INTERFACE` has to be an Interface, not int"),
        (
            interface("counter"),
            "x.py:2:1: the playground has an interface called `counter` already; choose another name",
        ),
        (interface(number=7), "x.py:2:1: the number of an interface of one's own is 100 to 199, not 7"),
        (
            f"if True:\n    import random\n{MAIN}",
            "x.py:2:5: a server cannot import `random`, it has no chance: a run must come out the same each time",
        ),
        (
            f"from time import time\n{MAIN}",
            "x.py:1:1: a server cannot import `time`, it has no clock: ask the server `clock`",
        ),
        (
            f"{MAIN}while True: pass\n",
            "x.py:3:1: this is computed without end when the file is loaded; what a server does belongs into `main`",
        ),
        (f"x = '{'a' * LARGEST_PROGRAM}'", "x.py:1:1: a program has at most 65,536 bytes, this one has 65,542"),
    ],
    ids=lambda text: text.partition("\n")[0][:40] or "empty",
)  # fmt: skip
def test_a_text_that_is_no_program_gets_one_sentence_with_its_place(text: str, sentence: str) -> None:
    assert problem(text) == sentence


def test_a_program_can_be_handed_to_another_process() -> None:
    program = check_program("./x.py", MAIN, "x.py", "x.py")
    assert pickle.loads(pickle.dumps(program)) == program


def test_checking_a_program_makes_nothing_known() -> None:
    program = check_program("./checked.py", interface("checked", 151), "checked.py")
    assert program.interface is not None
    assert "checked" not in INTERFACES
    assert remembered("./checked.py", program.digest) is None


def test_a_loaded_program_is_known_by_its_name_and_the_digest_of_its_text() -> None:
    first = load_program("./loaded.py", interface("loaded", 152), "loaded.py")
    second = load_program("./loaded.py", interface("loaded", 152) + "# more\n", "loaded.py")
    assert first.digest != second.digest
    assert remembered("./loaded.py", first.digest) == first
    assert remembered("./loaded.py", second.digest) == second
    assert text_of(code_name("./loaded.py", first.digest)) == first.text
    assert text_of("loaded.py") == second.text, "the one that was seen last"
    assert INTERFACES["loaded"] == second.interface


def test_the_code_of_a_program_is_called_the_same_wherever_its_file_lies() -> None:
    one = check_program("./x.py", MAIN, "there/x.py", "there/x.py")
    other = check_program("./x.py", MAIN, "elsewhere/x.py", "elsewhere/x.py")
    assert one.code.co_filename == other.code.co_filename == f"/own/{digest_of(MAIN)}/x.py"
    assert short_name(f"{one.code.co_filename}:12 in main") == "x.py:12 in main"


@pytest.mark.parametrize("name", ["../x.py", "/x.py", "x.py", "./a/x.py", "./.x.py", "./x y.py", "./x/../y.py", "./x"])
def test_the_file_of_a_program_lies_beside_its_manifest(name: str) -> None:
    assert name_problem(name)
    assert not name_problem("./my-server_2.py")


def test_an_interface_of_ones_own_never_takes_the_place_of_a_shipped_one() -> None:
    for bad in (Interface("files", 150, 1, "", ()), Interface("mine", FILES.number, 1, "", ())):
        with pytest.raises(ValueError, match=r"already|100 to 199"):
            add_interface(bad)
    assert INTERFACES["files"] is FILES


def test_an_interface_of_ones_own_takes_the_place_of_an_older_one() -> None:
    add_interface(Interface("older", READERS_NUMBERS[-1], 1, "", ()))
    add_interface(Interface("newer", READERS_NUMBERS[-1], 1, "", ()))
    assert "older" not in INTERFACES
    assert "newer" in INTERFACES


def test_every_interface_is_the_same_after_it_was_data() -> None:
    own = Interface(
        "own", 153, 2, "Own.",
        (
            Operation("put", 1, "Put.", (Argument("data", "bytes", "what", b"\0x"), Argument("by", "word", "how", 3)),
                      (Argument("ok", "bool", "whether"),), ("FULL",), True),
        ),
        (ErrorCode("FULL", 16, "it is full"),),
    )  # fmt: skip
    for one in (own, COUNTER, *INTERFACES.values()):
        assert from_data(to_data(one)) == one


def test_data_that_is_no_interface_is_refused() -> None:
    data = to_data(COUNTER)
    data["operations"][0]["arguments"][0]["type"] = "pickle"
    with pytest.raises(ValueError, match="types are"):
        from_data(data)
