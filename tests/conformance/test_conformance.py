"""Our kernel against the recorded outcomes of a real seL4 kernel: every case of every recording.

A case either agrees in every step or is listed in `DEVIATIONS` with its reason, which docs/conformance.md repeats;
a listed case that agrees is a failure too, so that the list cannot outlive its reasons.
"""

from __future__ import annotations

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
