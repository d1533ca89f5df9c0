"""Programs that people write themselves: one Python file beside the manifest, which names it as "./greeter.py".

Here a text becomes a program: it is compiled, run once as far as its top level goes, and held against what a server
needs; what is wrong is one sentence with a place. Who may run it is not decided here (see
`scenarios.own_programs`), and nothing here reads a file.

A program is known by its name and the digest of its text, so a run that goes on with a changed program can still
be done again with the one it had before.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from hashlib import blake2b
from types import CodeType, FrameType, ModuleType
from typing import Any, Final

from servers.interfaces import add_interface, why_not_own
from servers.interfaces.base import Interface
from servers.runtime.start import start
from servers.toml_reader import ManifestError

FIRST_ENTRY: Final = 1000
"""A server with a program of one's own starts at this number and its own in the manifest."""
LARGEST_PROGRAM: Final = 64 * 1024
"""Bytes of a program's text."""
MOST_STEPS: Final = 1_000_000
"""Instructions of the interpreter that the top level of a program may take."""
MOST_SAID: Final = 200
"""Characters of an exception's text in a message."""
FORBIDDEN: Final = {
    "asyncio": "an event loop",
    "datetime": "a clock: ask the server `clock`",
    "multiprocessing": "processes",
    "random": "chance: a run must come out the same each time",
    "secrets": "chance: a run must come out the same each time",
    "socket": "a network",
    "subprocess": "processes",
    "textual": "a screen",
    "threading": "threads",
    "time": "a clock: ask the server `clock`",
    "trio": "an event loop",
}
"""Modules that no server of this world may import, and what it would have with them."""

_NAME: Final = re.compile(r"\./[A-Za-z][\w-]*\.py")
_INTERFACE: Final = "INTERFACE"


class OwnProgramError(ManifestError):
    """A program that cannot be run: one sentence, which begins with file, line and column. A system is not valid if one
    of its programs is not."""

    def __init__(self, file: str, line: int, sentence: str, column: int = 1) -> None:
        super().__init__(file, line, column, sentence)


class _TooLong(BaseException):
    """The top level of a program does not come to its end."""


@dataclass(frozen=True, slots=True)
class OwnProgram:
    """One program, as it was at one moment."""

    name: str
    """As the manifest says it: "./greeter.py"."""
    text: str
    digest: str
    interface: Interface | None
    """What it serves, if it declares one."""
    code: CodeType
    path: str = ""
    """Where it was read from, if it was read from a file."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Code cannot be handed to another process of ours, its text can."""
        return load_program, (self.name, self.text, self.path or self.name, self.path)


_known: Final[dict[tuple[str, str], OwnProgram]] = {}
_texts: Final[dict[str, str]] = {}
"""The text behind each name under which the code of a program is compiled."""


def is_own(program: str) -> bool:
    """Whether a manifest means a file with that, and not one of the playground's programs."""
    return program.endswith(".py") or "/" in program


def name_problem(program: str) -> str:
    """Why that cannot be the file of a program, as a sentence, or ''."""
    if _NAME.fullmatch(program):
        return ""
    return f'a program of one\'s own is a file beside this one, such as "./greeter.py", and `{program}` is none'


def digest_of(text: str) -> str:
    """What tells two texts of a program apart."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def code_name(name: str, digest: str) -> str:
    """The file name that the code of a program carries: the same on every machine, another for another text."""
    return f"/own/{digest}/{name.removeprefix('./')}"


def short_name(place: str) -> str:
    """ "greeter.py:12 in greet" for a place that begins with a code name, with or without its first slash."""
    return re.sub(r"^/?own/[0-9a-f]{16}/", "", place)


def remember_text(name: str, text: str) -> None:
    """Know a program's text, to be shown and nothing else."""
    _texts[code_name(name, digest_of(text))] = text
    _texts[name.removeprefix("./")] = text


def text_of(file: str) -> str | None:
    """The text behind a code name, or behind a short name the one that was seen last; None if there is none."""
    return _texts.get(file)


def remembered(name: str, digest: str) -> OwnProgram | None:
    """A program that was loaded before, or None."""
    return _known.get((name, digest))


def load_program(name: str, text: str, shown: str, path: str = "") -> OwnProgram:
    """Check a program and make it known, with its interface. `shown`: how messages call the file.

    Its top level is executed. Raises OwnProgramError.
    """
    program = check_program(name, text, shown, path)
    make_known(program)
    return program


def check_program(name: str, text: str, shown: str, path: str = "") -> OwnProgram:
    """The program that a text is. Its top level is executed. Raises OwnProgramError."""
    digest = digest_of(text)
    known = _known.get((name, digest))
    if known is not None:
        return replace(known, path=path)
    return _checked(name, text, digest, shown, path)


def make_known(program: OwnProgram) -> None:
    """From now on it can be run, and its messages can be read."""
    if program.interface is not None:
        add_interface(program.interface)
    _known[program.name, program.digest] = program
    remember_text(program.name, program.text)


async def begin(program: OwnProgram, arguments: tuple[int, ...]) -> None:
    """The body of a thread that runs it. Each life has variables of its own, also those at the top level."""
    await start(_run_top_level(program.code, program.name).main, *arguments)


def begin_thread(program: OwnProgram, arguments: tuple[int, ...]) -> Coroutine[Any, Any, None]:
    """The same for a loader, which must not run anything yet."""
    return begin(program, arguments)


def _checked(name: str, text: str, digest: str, shown: str, path: str) -> OwnProgram:
    size = len(text.encode())
    if size > LARGEST_PROGRAM:
        raise OwnProgramError(shown, 1, f"a program has at most {LARGEST_PROGRAM:,} bytes, this one has {size:,}")
    try:
        tree = ast.parse(text)
        code = compile(tree, code_name(name, digest), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise OwnProgramError(shown, error.lineno or 1, f"this is not Python: {error.msg}", error.offset or 1) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise OwnProgramError(shown, 1, f"this is not Python: {error}") from None
    _check_imports(tree, shown)
    module = _top_level(code, name, shown)
    main = getattr(module, "main", None)
    if main is None:
        raise OwnProgramError(shown, 1, "`async def main(env)` is missing")
    if not inspect.iscoroutinefunction(main) or len(inspect.signature(main).parameters) != 1:
        raise OwnProgramError(shown, line_of(text, "main"), "this has to be `async def main(env)`")
    interface = getattr(module, _INTERFACE, None)
    if interface is not None and not isinstance(interface, Interface):
        sentence = f"`{_INTERFACE}` has to be an Interface, not {type(interface).__name__}"
        raise OwnProgramError(shown, line_of(text, _INTERFACE), sentence)
    if interface is not None and (problem := why_not_own(interface)):
        raise OwnProgramError(shown, line_of(text, _INTERFACE), problem)
    return OwnProgram(name, text, digest, interface, code, path)


def _check_imports(tree: ast.Module, shown: str) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        for name in names:
            package = name.partition(".")[0]
            if package in FORBIDDEN:
                sentence = f"a server cannot import `{package}`, it has no {FORBIDDEN[package].removeprefix('a ')}"
                raise OwnProgramError(shown, node.lineno, sentence, node.col_offset + 1)


def _top_level(code: CodeType, name: str, shown: str) -> ModuleType:
    """Execute the top level, but not for ever, and say in one sentence what goes wrong there."""
    executed = 0

    def count(frame: FrameType, _event: str, _argument: object) -> Any:
        nonlocal executed
        if frame.f_code.co_filename != code.co_filename:
            return None
        frame.f_trace_opcodes = True  # a loop in a single line has no lines to count
        executed += 1
        if executed > MOST_STEPS:
            raise _TooLong
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return _run_top_level(code, name)
    except _TooLong as error:
        line = _last_line(error, code)
        sentence = "this is computed without end when the file is loaded; what a server does belongs into `main`"
        raise OwnProgramError(shown, line, sentence) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        sentence = f"loading it fails with {type(error).__name__}{_said(error)}"
        raise OwnProgramError(shown, _last_line(error, code), sentence) from None
    finally:
        sys.settrace(before)


def _run_top_level(code: CodeType, name: str) -> ModuleType:
    """A fresh module. It is entered where Python looks for modules, because dataclasses look there for theirs."""
    module = ModuleType("own_" + name.removeprefix("./").removesuffix(".py").replace("-", "_"))
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)
    return module


def _said(error: BaseException) -> str:
    """The text of a stranger's exception, in one line."""
    try:
        text = " ".join(str(error).split())[:MOST_SAID]
    except Exception:
        return ", whose text cannot be shown"
    return f": {text}" if text else ""


def _last_line(error: BaseException, code: CodeType) -> int:
    line, traceback = 1, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == code.co_filename:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def line_of(text: str, name: str) -> int:
    """The line at which something is defined at the top level of a text, or 1."""
    pattern = re.compile(rf"(?:async\s+def|def|class)?\s*{name}\b")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)
