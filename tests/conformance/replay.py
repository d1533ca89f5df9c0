"""Replays outcomes recorded from a real seL4 kernel against ours and says in words where they differ.

    python tests/conformance/replay.py FOLDER [--verbose]

prints a line per file of FOLDER (*.jsonl, or compressed: .xz, .gz, .bz2): cases and differing cases. It exits with 0
only if no case differs; a line that is no case, and a case with an operation that the replay does not know, differ.
The format of the files and the world they were recorded in are described in docs/conformance.md.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import json
import lzma
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kernel.abi import ObjectType
from tests.conformance.operations import RESET, Result, Step, problem_with, same
from tests.conformance.world import CONTROLLER_PRIORITY, TOP_PRIORITY, WORKERS, World

Case = dict[str, Any]

OPENERS: Final[dict[str, Callable[..., TextIO]]] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
ENDINGS: Final = (".jsonl", *(f".jsonl{packed}" for packed in OPENERS))
NEEDED: Final[dict[str, type]] = {
    "case": int, "prio": list, "init": dict, "steps": list, "programs": dict, "start": list, "trace": list, "end": dict,
}  # fmt: skip
"""Name of a part of a case -> what it is in JSON."""
WORKER_NAMES: Final = {str(worker) for worker in range(1, WORKERS + 1)}

SHOWN: Final = 3
"""Differing cases of a file that are explained without --verbose."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where a case went differently here."""

    case: int
    step: int
    """Number of the step (or of the trace entry in a case of whole programs)."""
    operation: str
    """The operation in words, or what was being looked at."""
    expected: str
    actual: str

    def __str__(self) -> str:
        return (
            f"case {self.case}, step {self.step}: {self.operation}\n"
            f"      seL4: {self.expected}\n      here: {self.actual}"
        )


class NoCaseError(Exception):
    """A recording that cannot be read, from a line on."""


def read_cases(path: Path) -> Iterator[Any]:
    """The cases of a recording, one at a time. Raises NoCaseError where the file cannot be read."""
    opener = OPENERS.get(path.suffix, open)
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                number += 1
                if line.strip():
                    yield json.loads(line)
    except (OSError, EOFError, ValueError, RecursionError, lzma.LZMAError) as error:
        raise NoCaseError(f"{path.name} cannot be read (line {number or 1}): {error}") from None


def replay(case: Any, *, check: bool = False) -> Difference | None:
    """Play one case on a fresh kernel; the first difference, or None. `check`: verify all invariants all the time."""
    unplayable = _unplayable(case)
    if unplayable is not None:
        return unplayable
    player = _Programs(case, check) if "programs" in case else _Steps(case, check)
    try:
        player.world.run()
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        return Difference(case["case"], player.number, player.what, "an outcome", text)
    return player.difference


def _unplayable(case: Any) -> Difference | None:
    """What keeps a case from being played: something of the format is missing, or it has an unknown operation."""
    if not isinstance(case, dict):
        return _unread(0, 0, "a case is an object with 'case', 'prio' and 'steps' or 'programs'")
    number, whole = case.get("case", 0), "programs" in case
    needed = ("case", "prio", *(("programs", "start", "trace", "end") if whole else ("init", "steps")))
    if missing := [name for name in needed if not isinstance(case.get(name), NEEDED[name])]:
        return _unread(number, 0, f"the case has no {' and no '.join(missing)} that can be read")
    if len(case["prio"]) != WORKERS or not all(type(priority) is int for priority in case["prio"]):
        return _unread(number, 0, f"'prio' has to be {WORKERS} numbers, not {case['prio']}")
    if whole and (set(case["programs"]) != WORKER_NAMES or not WORKER_NAMES.issuperset(map(str, case["start"]))):
        return _unread(number, 0, f"'programs' and 'start' have to name the workers 1 to {WORKERS}")
    for steps in case["programs"].values() if whole else [case["steps"]]:
        for place, step in enumerate(steps):
            problem = problem_with(step) or _misplaced(step, whole=whole)
            if problem is not None:
                return _unread(number, place, problem)
    return None


def _misplaced(step: Step, *, whole: bool) -> str | None:
    if whole:
        return f"a program cannot have the operation {RESET!r}" if step["op"] == RESET else None
    if str(step.get("w")) not in WORKER_NAMES or not isinstance(step.get("out"), list):
        return f"a step needs a worker 'w' from 1 to {WORKERS} and a list 'out'"
    return None


def _unread(case: int, step: int, why: str) -> Difference:
    return Difference(case, step, "reading the case", "a case that can be played", why)


class _Steps:
    """A case of single steps: each is one system call of one worker."""

    def __init__(self, case: Case, check: bool) -> None:
        self.case = case
        self.number = 0
        self.what = "building the world"
        self.difference: Difference | None = None
        self.faults_are_messages = case["init"].get("8") == "Endpoint"
        self.world = World(case["prio"], self._script, own_fault_handler=not self.faults_are_messages, check=check)

    async def _script(self, world: World) -> None:
        self._compare(self.case["init"], world.kinds())
        for number, step in enumerate(self.case["steps"]):
            if self.difference is not None:
                return
            self.number = number
            self.what = in_words(step)
            await self._play(world, step)

    async def _play(self, world: World, step: Step) -> None:
        before = world.kinds()
        if step["op"] == "reset":
            await world.reset(step["w"])
        else:
            await world.command(step["w"], [step])
        world.collect()
        await world.take_faults()
        expected, actual = step["out"], self._outcomes(world, step)
        self._compare(expected, actual)
        after = world.kinds()
        changes = {slot: after.get(slot) for slot in before | after if before.get(slot) != after.get(slot)}
        self._compare(step.get("diff", {}), changes, exactly=True)

    def _outcomes(self, world: World, step: Step) -> list[Any]:
        done = world.completions
        if self.faults_are_messages:
            done.sort(key=lambda each: each[0])
        else:
            done.sort(key=lambda each: (-world.priorities[each[1] - 1], each[0]))
        outcomes = [[number, *result] for _, number, _, result in done]
        done.clear()
        if world.workers[step["w"]].executing is not None:
            outcomes.insert(0, [step["w"], "blocked"])
        return outcomes

    def _compare(self, expected: Any, actual: Any, exactly: bool = False) -> None:
        if self.difference is None and not (expected == actual if exactly else same(expected, actual)):
            self.difference = Difference(self.case["case"], self.number, self.what, str(expected), str(actual))


class _Programs:
    """A case of whole programs: what counts is the order in which the workers make progress."""

    def __init__(self, case: Case, check: bool) -> None:
        self.case = case
        self.number = 0
        self.what = "running the programs"
        self.difference: Difference | None = None
        self.world = World(case["prio"], self._script, check=check)

    async def _script(self, world: World) -> None:
        await self._objects(world)
        programs = {int(number): program for number, program in self.case["programs"].items()}
        passive = self.case.get("passive")
        if passive is not None:
            await world.command(passive, programs[passive])
            await world.unbind_sched_context(passive)
        await world.set_own_priority(TOP_PRIORITY)
        for number in self.case["start"]:
            await world.command(number, programs[number])
        await world.set_own_priority(CONTROLLER_PRIORITY)
        ended = self._ends(world, programs)
        world.collect()
        await world.take_faults()
        faults = {number: result for _, number, _, result in world.completions if result[0] == "fault"}
        self._compare_trace(world)
        ended.update({str(number): result for number, result in faults.items()})
        if self.difference is None and not same(self.case["end"], ended):
            self._differs("how the workers end", self.case["end"], ended)

    async def _objects(self, world: World) -> None:
        await world.retype(ObjectType.ENDPOINT, 8, 2)
        await world.retype(ObjectType.REPLY, 10, WORKERS)
        await world.retype(ObjectType.NOTIFICATION, 14, 2)
        for slot, source, badge in ((16, 8, 5), (17, 8, 6), (18, 14, 1), (19, 14, 2)):
            await world.mint_within(slot, source, badge)
        await world.copy_sched_contexts(20)

    @staticmethod
    def _ends(world: World, programs: dict[int, list[Step]]) -> dict[str, Any]:
        return {
            str(number): ["finished" if worker.finished_steps == len(programs[number]) else "stopped"]
            for number, worker in world.workers.items()
        }

    def _compare_trace(self, world: World) -> None:
        progress = dict.fromkeys(world.workers, 0)
        actual: list[tuple[Result, Step]] = []
        for _, number, step, result in sorted(world.completions, key=lambda each: each[0]):
            if result[0] != "fault":
                actual.append(([number, progress[number], *result], step))
                progress[number] += 1
        expected = self.case["trace"]
        for number in range(max(len(expected), len(actual))):
            wanted = expected[number] if number < len(expected) else ["nothing more"]
            got, doing = ["nothing more"], "what comes next"
            if number < len(actual):
                got, doing = actual[number][0], in_words({"w": actual[number][0][0], **actual[number][1]})
            if not same(wanted, got):
                self.number = number
                self._differs(doing, wanted, got)
                return

    def _differs(self, what: str, expected: Any, actual: Any) -> None:
        self.difference = Difference(self.case["case"], self.number, what, str(expected), str(actual))


def in_words(step: Step) -> str:
    """A step as a reader says it: `worker 2 does CNode_Mint(root=1, ...)`."""
    arguments = ", ".join(f"{name}={value}" for name, value in step.items() if name not in ("w", "op", "out", "diff"))
    return f"worker {step['w']} does {step['op']}({arguments})"


def recordings(folder: Path) -> list[Path]:
    """The recordings in a folder and those below it, by name; a file stands for itself."""
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name.endswith(ENDINGS))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Replay recorded outcomes of a real seL4 kernel against ours.")
    parser.add_argument("folder", type=Path, help="folder of *.jsonl.xz files")
    parser.add_argument("--verbose", action="store_true", help="explain every differing case, not only the first few")
    parser.add_argument("--check", action="store_true", help="verify every invariant after every kernel entry (slow)")
    parser.add_argument("--case", type=int, help="only the case with this number")
    options = parser.parse_args(arguments)
    paths = recordings(options.folder)
    if not paths:
        parser.error(f"{options.folder} is not a folder with *.jsonl.xz files; the project's own are in {_own_data()}")
    total = 0
    for path in paths:
        began = time.perf_counter()
        cases, found = _replay_file(path, check=options.check, only=options.case)
        name = path.relative_to(options.folder) if path != options.folder else path.name
        print(f"{name}: {cases} cases, {len(found)} differing ({time.perf_counter() - began:.1f} s)", flush=True)
        for difference in found if options.verbose else found[:SHOWN]:
            print(f"    {difference}")
        total += len(found)
    return 1 if total else 0


def _replay_file(path: Path, *, check: bool, only: int | None) -> tuple[int, list[Difference | NoCaseError]]:
    """How many cases a recording has, and what differs. What cannot be read counts as a case that differs."""
    cases, found = 0, list[Difference | NoCaseError]()
    try:
        for case in read_cases(path):
            if only is None or (isinstance(case, dict) and case.get("case") == only):
                cases += 1
                difference = replay(case, check=check)
                if difference is not None:
                    found.append(difference)
    except NoCaseError as error:
        return cases + 1, [*found, error]
    return cases, found


def _own_data() -> Path:
    return Path(__file__).resolve().parent / "data"


if __name__ == "__main__":
    sys.exit(main())
