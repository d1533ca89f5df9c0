"""Our kernel against the recorded outcomes of a real seL4 kernel: every case of every recording.

A case either agrees in every step or is listed in `DEVIATIONS` with its reason, which docs/conformance.md repeats;
a listed case that agrees is a failure too, so that the list cannot outlive its reasons.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conformance import replay
from tests.conformance.operations import same

DATA: Final = Path(__file__).resolve().parent / "data"
CASES: Final = {"caps": 960, "untyped": 480, "ipc": 1200, "faults": 600, "sched": 1200}
CHUNK: Final = 120

DEVIATIONS: Final[dict[tuple[str, int], str]] = {}
"""(recording, number of the case) -> why a simulation cannot do the same."""

CHUNKS: Final = [(name, first) for name, count in CASES.items() for first in range(0, count, CHUNK)]


@cache
def cases_of(name: str) -> list[dict[str, Any]]:
    return list(replay.read_cases(DATA / f"{name}.jsonl.xz"))


@pytest.mark.parametrize(("name", "count"), CASES.items())
def test_every_recorded_case_is_in_the_data(name: str, count: int) -> None:
    assert len(cases_of(name)) == count


@pytest.mark.parametrize(("name", "first"), CHUNKS, ids=[f"{name}-{first}" for name, first in CHUNKS])
def test_kernel_does_what_sel4_did(name: str, first: int) -> None:
    differences = {case["case"]: replay.replay(case) for case in cases_of(name)[first : first + CHUNK]}
    unexpected = [str(each) for number, each in differences.items() if each and (name, number) not in DEVIATIONS]
    assert not unexpected, f"{len(unexpected)} cases of {name} differ:\n" + "\n".join(unexpected[:5])
    outdated = [number for number, each in differences.items() if each is None and (name, number) in DEVIATIONS]
    assert not outdated, f"cases of {name} listed as deviations agree: {outdated}"


@pytest.mark.parametrize("name", CASES)
def test_invariants_hold_after_every_step_of_some_cases(name: str) -> None:
    for case in cases_of(name)[:24]:
        assert (replay.replay(case, check=True) is None) == ((name, case["case"]) not in DEVIATIONS)


def test_a_wrong_outcome_is_reported_in_words() -> None:
    case = next(each for each in cases_of("ipc") if each["steps"][0]["out"] == [[1, "ok"]])
    first = {**case["steps"][0], "out": [[1, "err", "DeleteFirst"]]}
    difference = replay.replay({**case, "steps": [first, *case["steps"][1:]]})
    assert difference is not None
    assert "worker 1 does Untyped_Retype(" in str(difference)
    assert "seL4: [[1, 'err', 'DeleteFirst']]" in str(difference)
    assert "here: [[1, 'ok']]" in str(difference)


def test_a_wrong_change_of_the_shared_cnode_is_reported() -> None:
    case = cases_of("ipc")[0]
    first = {key: value for key, value in case["steps"][0].items() if key != "diff"}
    difference = replay.replay({**case, "steps": [first]})
    assert difference is not None
    assert difference.expected == "{}"


def test_a_wrong_order_of_progress_is_reported() -> None:
    case = next(each for each in cases_of("sched") if each["trace"][0] != each["trace"][1])
    swapped = [case["trace"][1], case["trace"][0], *case["trace"][2:]]
    assert replay.replay({**case, "trace": swapped}) is not None


def test_machine_dependent_words_are_not_compared() -> None:
    assert same([None, 8], [77, 8])
    assert not same([None, 8], [77, 9])
    assert not same([None], [])


def test_replay_of_a_folder_prints_a_line_per_file_and_exits_with_1_for_a_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = cases_of("untyped")[:2]
    odd = {**good[0], "init": {"9": "Endpoint"}}
    (tmp_path / "good.jsonl").write_text("\n".join(map(json.dumps, good)), encoding="utf-8")
    assert replay.main([str(tmp_path)]) == 0
    (tmp_path / "odd.jsonl").write_text(json.dumps(odd), encoding="utf-8")
    assert replay.main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "good.jsonl: 2 cases, 0 differing" in printed
    assert "odd.jsonl: 1 cases, 1 differing" in printed


def test_replay_of_an_empty_folder_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        replay.main([str(tmp_path)])
    assert "is not a folder with *.jsonl.xz files" in capsys.readouterr().err


SMALL: Final[dict[str, Any]] = {
    "case": 1,
    "prio": [100, 100, 100, 100],
    "init": {"1": "CNode", "2": "Untyped", "3": "TCB", "4": "TCB", "5": "TCB", "6": "TCB"},
    "steps": [],
}
"""A case of nothing, to add steps to."""


def with_steps(*steps: dict[str, Any]) -> dict[str, Any]:
    return {**SMALL, "steps": list(steps)}


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (with_steps({"w": 1, "op": "CNode_Mimt", "out": []}), "nearest that it knows is CNode_Mint"),
        (with_steps({"w": 1, "op": "Send", "dest": 1, "out": []}), "Send has no argument label, words, caps"),
        (with_steps({"w": 9, "op": "Yield", "out": []}), "a step needs a worker 'w' from 1 to 4"),
        (with_steps({"w": 1, "op": "Wait", "src": 1, "rx": [1], "out": []}), "an argument of Wait cannot be read"),
        ({"case": 2, "prio": [1, 2, 3, 4]}, "the case has no init and no steps"),
        ({**SMALL, "prio": [100]}, "'prio' has to be 4 numbers"),
        ([1, 2], "a case is an object"),
    ],
)
def test_a_case_that_cannot_be_played_differs_and_says_why(case: Any, why: str) -> None:
    difference = replay.replay(case)
    assert difference is not None
    assert why in str(difference)


def test_a_file_that_cannot_be_read_to_its_end_differs_after_the_cases_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "below").mkdir()
    with gzip.open(tmp_path / "below" / "some.jsonl.gz", "wt", encoding="utf-8") as recording:
        recording.write(json.dumps(SMALL) + "\n\n{broken")
    (tmp_path / "none.jsonl.xz").write_bytes(b"no compressed file")
    assert replay.main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "below/some.jsonl.gz: 2 cases, 1 differing" in printed
    assert "none.jsonl.xz: 1 cases, 1 differing" in printed
    assert "cannot be read (line 3)" in printed


def test_every_number_can_stand_for_an_unknown_system_call() -> None:
    for number in (0, 5, 30, 200, (1 << 64) - 1):
        fault = {"badge": 101, "label": 2, "words": [None] * 12 + [number], "fault": "UnknownSyscall"}
        case = with_steps(
            {"w": 1, "op": "FaultUnknownSyscall", "n": number, "out": [[1, "blocked"]]},
            {"w": 2, "op": "NBWait", "src": 8, "out": [[2, "msg", fault]]},
        )
        case["init"] = {**SMALL["init"], "7": "Notification", "8": "Endpoint"}
        assert replay.replay(case) is None


def test_a_fault_of_a_program_whose_thread_is_suspended_leaves_it_stopped() -> None:
    programs: dict[str, list[dict[str, Any]]] = {"1": [{"op": "TCB_Suspend", "tcb": 4}], "2": [], "3": [], "4": []}
    programs["2"] = [{"op": "Wait", "src": 0}]
    case = {"case": 1, "prio": [100, 101, 100, 100], "programs": programs, "start": [1, 2]}
    ends = {"1": ["finished"], "2": ["stopped"], "3": ["finished"], "4": ["finished"]}
    assert replay.replay({**case, "trace": [[1, 0, "ok"]], "end": ends}) is None
