"""The shell: reads a line from the console, does what it says with the shell's own capabilities, shows the outcome.

It is a client like any other: it has no power that its manifest entry does not list, and a server that dies under it
costs it one command.
"""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from kernel.syscalls import yield_
from servers.interfaces import INTERFACES
from servers.interfaces.base import Interface
from servers.interfaces.codec import CodecError
from servers.nearest import nearest
from servers.runtime.client import Client
from servers.runtime.env import Env
from servers.runtime.errors import SERVER_DIED, ServerError

PROMPT: Final = "$ "
CHUNK: Final = 800
"""Bytes of a file or of text in one message."""
MAX_SHOWN_BYTES: Final = 16_384
"""Most of a file that `cat` shows."""
SECONDS_A_DAY: Final = 86_400


class Mistake(Exception):
    """The line was wrong; the text says what would be right."""


@dataclass(frozen=True, slots=True)
class Command:
    """One word of the shell."""

    usage: str
    doc: str
    arguments: tuple[int, int]
    """Fewest and most."""
    run: Callable[[Shell, list[str]], Awaitable[str]]


class Shell:
    """The programs behind the words."""

    def __init__(self, env: Env) -> None:
        self._env = env

    def server(self, name: str) -> Client:
        """A stub for a capability of the manifest. Raises Mistake if it was not granted."""
        interface: Interface | None = INTERFACES.get(self._env.interfaces.get(name, ""))
        if interface is None:
            raise Mistake(f"this shell holds no capability to {name}")
        return self._env.client(name, interface)

    async def carry_out(self, line: str) -> str:
        """What a line gives to be shown. Never raises for a mistake in the line or a refusal."""
        try:
            words = _words(line)
            if not words:
                return ""
            command = COMMANDS.get(words[0])
            if command is None:
                meant = nearest(words[0], sorted(COMMANDS))
                raise Mistake(f"there is no command `{words[0]}`{meant if 'mean' in meant else '; try `help`'}")
            fewest, most = command.arguments
            if not fewest <= len(words) - 1 <= most:
                raise Mistake(f"usage: {command.usage}")
            return await command.run(self, words[1:])
        except Mistake as mistake:
            return f"{mistake}\n"
        except ServerError as error:
            return f"{error.interface}.{error.operation}: {error.detail or error.name}\n"
        except (CodecError, ValueError) as error:
            return f"{error}\n"

    async def contents(self, path: str) -> bytes:
        """A whole file, up to a limit."""
        files = self.server("fs")
        data = bytearray()
        while len(data) < MAX_SHOWN_BYTES:
            piece = await files.read(path, offset=len(data), length=CHUNK)
            if not piece:
                break
            data += piece
        return bytes(data[:MAX_SHOWN_BYTES])

    async def store(self, path: str, text: str, *, append: bool) -> None:
        """Text into a file, as many messages as it needs."""
        files = self.server("fs")
        data = text.encode()
        await files.write(path, data[:CHUNK], append=append)
        for start in range(CHUNK, len(data), CHUNK):
            await files.write(path, data[start : start + CHUNK], append=True)


def _words(line: str) -> list[str]:
    """A line as words; quotes keep spaces inside of one."""
    try:
        return shlex.split(line)
    except ValueError:
        sentence = 'a quotation mark is open at the end of the line; close it, or write \\" for the character itself'
        raise Mistake(sentence) from None


def _number(word: str) -> int:
    if not word.isdecimal():
        raise Mistake(f"a whole number from 0 on is expected, not `{word}`")
    return int(word)


async def _help(shell: Shell, words: list[str]) -> str:
    width = max(len(command.usage) for command in COMMANDS.values())
    return "".join(f"{command.usage:<{width}}  {command.doc}\n" for command in COMMANDS.values())


async def _ls(shell: Shell, words: list[str]) -> str:
    files = shell.server("fs")
    lines: list[str] = []
    while text := await files.list(words[0] if words else "/", skip=len(lines)):
        lines += text.splitlines()
    return "".join(f"{line}\n" for line in lines)


async def _cat(shell: Shell, words: list[str]) -> str:
    data = await shell.contents(words[0])
    text = data.decode(errors="replace")
    text = text if text.endswith("\n") or not text else f"{text}\n"
    if len(data) >= MAX_SHOWN_BYTES:
        left = (await shell.server("fs").stat(words[0])).size - len(data)
        text += f"... and {left:,} more bytes; cat shows the first {len(data):,}\n" if left else ""
    return text


async def _write(shell: Shell, words: list[str]) -> str:
    await shell.store(words[0], " ".join(words[1:]) + "\n", append=False)
    return ""


async def _append(shell: Shell, words: list[str]) -> str:
    await shell.store(words[0], " ".join(words[1:]) + "\n", append=True)
    return ""


async def _copy(shell: Shell, words: list[str]) -> str:
    data = await shell.contents(words[0])
    if len(data) >= MAX_SHOWN_BYTES:
        raise Mistake(f"{words[0]} is larger than the {MAX_SHOWN_BYTES} bytes that cp copies")
    files = shell.server("fs")
    await files.write(words[1], data[:CHUNK])
    for start in range(CHUNK, len(data), CHUNK):
        await files.write(words[1], data[start : start + CHUNK], append=True)
    return ""


async def _rm(shell: Shell, words: list[str]) -> str:
    await shell.server("fs").remove(words[0])
    return ""


async def _mkdir(shell: Shell, words: list[str]) -> str:
    await shell.server("fs").make_folder(words[0])
    return ""


async def _stat(shell: Shell, words: list[str]) -> str:
    found = await shell.server("fs").stat(words[0])
    return f"{words[0]}: {found.kind}, {found.size} bytes\n"


async def _df(shell: Shell, words: list[str]) -> str:
    room = await shell.server("fs").usage()
    return f"{room.total - room.free:,} of {room.total:,} bytes used, {room.free:,} free\n"


async def _ps(shell: Shell, words: list[str]) -> str:
    text: str = await shell.server("supervisor").status()
    return f"{text.rstrip()}\n"


async def _restart(shell: Shell, words: list[str]) -> str:
    await shell.server("supervisor").restart(words[0])
    return f"{words[0]} was restarted\n"


async def _count(shell: Shell, words: list[str]) -> str:
    by = _number(words[0]) if words else 1
    return f"{await shell.server('counter').increment(by)}\n"


async def _log(shell: Shell, words: list[str]) -> str:
    if words:
        await shell.server("log").write(" ".join(words))
        return ""
    text: str = await shell.server("log").tail()
    return text


async def _names(shell: Shell, words: list[str]) -> str:
    text: str = await shell.server("names").list()
    return text


async def _date(shell: Shell, words: list[str]) -> str:
    seconds = await shell.server("clock").wall()
    day, rest = divmod(seconds, SECONDS_A_DAY)
    year, month, day_of_month = civil_date(day)
    return f"{year:04}-{month:02}-{day_of_month:02} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02} UTC\n"


async def _sleep(shell: Shell, words: list[str]) -> str:
    await shell.server("clock").sleep(_number(words[0]) * 1000)
    return ""


async def _echo(shell: Shell, words: list[str]) -> str:
    return " ".join(words) + "\n"


def civil_date(days: int) -> tuple[int, int, int]:
    """Year, month and day of the Gregorian calendar, `days` after 1970-01-01."""
    year = 1970
    while days >= (length := 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365):
        days -= length
        year += 1
    month = 1
    for month_length in (31, length - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31):
        if days < month_length:
            break
        days -= month_length
        month += 1
    return year, month, days + 1


COMMANDS: Final[dict[str, Command]] = {
    "help": Command("help", "this list", (0, 0), _help),
    "ls": Command("ls [FOLDER]", "what a folder holds", (0, 1), _ls),
    "cat": Command("cat FILE", "show a file", (1, 1), _cat),
    "write": Command("write FILE TEXT...", "replace what a file holds", (2, 100), _write),
    "append": Command("append FILE TEXT...", "add a line to a file", (2, 100), _append),
    "cp": Command("cp FILE FILE", "copy a file", (2, 2), _copy),
    "rm": Command("rm FILE", "remove a file or an empty folder", (1, 1), _rm),
    "mkdir": Command("mkdir FOLDER", "make a folder", (1, 1), _mkdir),
    "stat": Command("stat FILE", "kind and size", (1, 1), _stat),
    "df": Command("df", "room on the volume", (0, 0), _df),
    "ps": Command("ps", "all servers and how they are", (0, 0), _ps),
    "restart": Command("restart SERVER", "ask the supervisor to build a server anew", (1, 1), _restart),
    "count": Command("count [BY]", "add to the counter", (0, 1), _count),
    "log": Command("log [TEXT...]", "write to the log, or show its end", (0, 100), _log),
    "names": Command("names", "what the name server knows", (0, 0), _names),
    "date": Command("date", "the time of day", (0, 0), _date),
    "sleep": Command("sleep MILLISECONDS", "do nothing for a while", (1, 1), _sleep),
    "echo": Command("echo TEXT...", "show text", (0, 100), _echo),
}


async def main(env: Env) -> None:
    """Read and do, for ever. A console that died is asked again; without one there is nothing left to do."""
    shell = Shell(env)
    console = shell.server("console")
    while True:
        try:
            await show(console, PROMPT)
            line = await console.read_line()
            await show(console, await shell.carry_out(line))
        except ServerError as error:
            await env.note("console-lost", server=env.name, text=str(error))
            if error.code != SERVER_DIED:
                await env.wait()
            await yield_()


async def show(console: Any, text: str) -> None:
    """Text on the console, as many messages as it needs."""
    for start in range(0, len(text), CHUNK // 4):
        await console.write(text[start : start + CHUNK // 4])
