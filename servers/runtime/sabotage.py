"""The ways to die that the debug probe can inflict on a server, carried out by real system calls.

The probe throws a Sabotage into whatever the server was waiting for. It is no Exception, so no handler takes it for
a failure of its own; it travels to the edge of the program, where the misfortune that it names really happens.
"""

from __future__ import annotations

from traceback import extract_tb
from typing import TYPE_CHECKING, Final

from kernel.abi import MAX_MESSAGE_WORDS, PAGE_BITS, ObjectType
from kernel.syscalls import load, undefined, wait, yield_
from servers.interfaces.base import Operation
from servers.runtime.errors import REPLACED_CODE, KernelRefusal, OutOfMemory
from servers.runtime.invocations import retype

if TYPE_CHECKING:
    from servers.runtime.env import Env

NULL_POINTER: Final = "null-pointer"
EXCEPTION: Final = "exception"
EXIT: Final = "exit"
ENDLESS_LOOP: Final = "endless-loop"
SILENCE: Final = "silence"
MEMORY_EXHAUSTION: Final = "memory-exhaustion"
WRONG_ANSWER: Final = "wrong-answer"

REPLACED: Final = "replaced"
"""No misfortune: its file has changed, and it is to begin anew with what stands there now."""

STARS: Final = 0x2A2A2A2A2A2A2A2A
"""Eight asterisks: what a lying server says instead of text."""

KINDS: Final[dict[str, str]] = {
    NULL_POINTER: "reads address 0, where nothing is mapped: a page fault",
    EXCEPTION: "a bug raises an exception that nobody catches",
    EXIT: "the program ends, as if its work were done",
    ENDLESS_LOOP: "computes for ever without a system call; the kernel stops it",
    SILENCE: "stays alive and never answers again; only a missed heartbeat shows it",
    MEMORY_EXHAUSTION: "uses up its memory until the kernel refuses more",
    WRONG_ANSWER: "goes on serving, with wrong results; nobody notices by itself",
}
"""Every kind with one sentence for a menu."""
NO_ANSWERS: Final = "it answers nobody, so there is nothing to answer wrongly; it fails with an exception instead"
"""What is said of a server that should give wrong answers, and has no clients."""


class Sabotage(BaseException):
    """Thrown into a thread by the debug probe. Raises ValueError for a kind that does not exist."""

    def __init__(self, kind: str) -> None:
        if kind not in KINDS and kind != REPLACED:
            raise ValueError(f"no crash is called `{kind}`; there is {', '.join(KINDS)}")
        super().__init__(kind)
        self.kind = kind


class InjectedFailure(Exception):
    """The bug that the debug probe pretends."""


async def carry_out(env: Env, sabotage: Sabotage) -> None:
    """Let the misfortune happen. Returns only for `exit`."""
    if sabotage.kind == REPLACED:
        await undefined(REPLACED_CODE)
    place = _place(sabotage)
    text = NO_ANSWERS if sabotage.kind == WRONG_ANSWER else KINDS[sabotage.kind]
    await env.note("sabotaged", server=env.name, kind=sabotage.kind, place=place, text=text)
    match sabotage.kind:
        case "null-pointer":
            await load(0, 8)
        case "endless-loop":
            while True:
                pass
        case "silence":
            while True:
                await (wait(env.caps["signals"]) if "signals" in env.caps else yield_())
        case "memory-exhaustion":
            await _exhaust_memory(env)
        case "exit":
            return
        case _:
            raise InjectedFailure(f"the debug probe made {env.name} fail {place}")


async def _exhaust_memory(env: Env) -> None:
    """Turn the whole heap into frames, if the manifest gave one; then there is nothing left to ask for."""
    if "heap" in env.caps and "cspace" in env.caps:
        try:
            while True:
                slot = env.slots.take()
                await retype(env.caps["heap"], ObjectType.FRAME, PAGE_BITS, env.caps["cspace"], slot)
        except KernelRefusal as refusal:
            raise OutOfMemory(f"{env.name} used up its heap ({refusal})") from None
    raise OutOfMemory(f"{env.name} asked for memory, and the manifest gives it no more")


def twist(operation: Operation, words: tuple[int, ...]) -> tuple[int, ...]:
    """Other results of the same shape: numbers off by one, text and bytes all asterisks."""
    twisted: list[int] = []
    at = 0
    for result in operation.results:
        if result.type == "capability":
            continue
        word = words[at] if at < len(words) else 0
        at += 1
        if result.type in ("word", "bool"):
            twisted.append(word ^ 1)
            continue
        count = min(-(-word // 8), MAX_MESSAGE_WORDS)
        twisted.append(word)
        twisted.extend(STARS for _ in words[at : at + count])
        at += count
    return tuple(twisted)


def _place(error: BaseException) -> str:
    """Where in the program the probe struck, as 'at file:line in function'."""
    frames = [frame for frame in extract_tb(error.__traceback__) if "/runtime/" not in frame.filename]
    inside = [frame for frame in frames if "/servers/" in frame.filename or frame.filename.startswith("/own/")]
    inside = [frame for frame in inside if not frame.filename.endswith("servers/own_programs.py")]
    if not inside:
        return ""
    frame = inside[-1]
    file = frame.filename.rpartition("/")[2]  # of a person's own program
    if not frame.filename.startswith("/own/"):
        file = f"servers/{frame.filename.rpartition('/servers/')[2]}"
    return f"at {file}:{frame.lineno} in {frame.name}"
