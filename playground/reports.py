"""What came out of lessons, in the forms that other programs read: JUnit's XML, TAP, Gradescope's results, JSON.

What could not be decided is an error in JUnit and not ok elsewhere; no form has it among what passed or was skipped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from xml.etree import ElementTree

from playground.lesson_run import LessonResult

FORMAT: Final = 1
"""Version of the JSON report."""
NOT_VALID: Final = "the lesson is valid"
NOTHING_EXPECTED: Final = "the lesson expects something"


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a report: an expectation, or what stands for a lesson without any."""

    lesson: LessonResult
    group: str
    """The beat."""
    name: str
    verdict: str
    """passed, failed, undecided, invalid."""
    detail: str
    file: str
    line: int
    """0 if it is the whole lesson."""


def cases(results: Sequence[LessonResult]) -> Iterator[Case]:
    """Every expectation of every lesson, and at least one case for each."""
    for result in results:
        for check in result.checks:
            yield Case(result, check.beat, check.sentence, check.verdict, check.detail, check.file, check.line)
        if result.verdict == "invalid":
            yield Case(result, "", NOT_VALID, "invalid", result.problem, result.file, 0)
        elif not result.checks:
            yield Case(result, "", NOTHING_EXPECTED, "undecided", "nothing was decided", result.file, 0)


def report(form: str, results: Sequence[LessonResult]) -> str:
    """The whole report in one of `FORMATS`."""
    return FORMATS[form](results)


def text(results: Sequence[LessonResult]) -> str:
    """For people."""
    return "\n".join(line for result in results for line in result.lines) + "\n"


def junit(results: Sequence[LessonResult]) -> str:
    """JUnit's XML: a suite for each lesson, a test case for each expectation."""
    every = list(cases(results))
    root = ElementTree.Element("testsuites", {"name": "playground"} | _counts(every, sum(it.seconds for it in results)))
    for result in results:
        own = [case for case in every if case.lesson is result]
        suite = ElementTree.SubElement(
            root, "testsuite", {"name": _xml(result.name), "skipped": "0"} | _counts(own, result.seconds)
        )
        properties = ElementTree.SubElement(suite, "properties")
        for name, value in (("title", result.title), ("seed", result.seed), ("cycles", result.cycles)):
            ElementTree.SubElement(properties, "property", name=name, value=_xml(str(value)))
        seen = Counter((case.group, case.name) for case in own)
        for case in own:
            # Some readers of such files keep only the first of several cases with the same name.
            again = seen[case.group, case.name] > 1
            _test_case(suite, case, f"{case.name} (line {case.line})" if again else case.name)
        ElementTree.SubElement(suite, "system-out").text = _xml("\n".join(result.lines))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _test_case(suite: ElementTree.Element, case: Case, name: str) -> None:
    group = ".".join(part for part in (case.lesson.name, case.group.replace(".", "")) if part)
    place = {"file": case.file, "line": str(case.line)} if case.line else {}
    element = ElementTree.SubElement(
        suite, "testcase", {"name": _xml(name), "classname": _xml(group), "time": "0"} | place
    )
    if case.verdict != "passed":
        kind = "failure" if case.verdict == "failed" else "error"
        message = _xml(case.detail.splitlines()[0] if case.detail else case.verdict)
        ElementTree.SubElement(element, kind, message=message, type=case.verdict).text = _xml(_told(case))


def _counts(every: Sequence[Case], seconds: float) -> dict[str, str]:
    failures = sum(case.verdict == "failed" for case in every)
    errors = sum(case.verdict in ("undecided", "invalid") for case in every)
    return {"tests": str(len(every)), "failures": str(failures), "errors": str(errors), "time": f"{seconds:.3f}"}


def _xml(words: str) -> str:
    """Without the characters that XML cannot hold at all."""
    return "".join(letter if letter in "\t\n" or letter.isprintable() else "\ufffd" for letter in words)


def tap(results: Sequence[LessonResult]) -> str:
    """The Test Anything Protocol, version 14, with a YAML block for everything that is not ok."""
    every = list(cases(results))
    lines = ["TAP version 14", f"1..{len(every)}"]
    for number, case in enumerate(every, 1):
        name = ": ".join(part for part in (case.lesson.name, case.group, case.name) if part)
        escaped = " ".join(name.replace("\\", "\\\\").replace("#", "\\#").split())
        lines.append(f"{'ok' if case.verdict == 'passed' else 'not ok'} {number} - {escaped}")
        if case.verdict != "passed":
            severity = "fail" if case.verdict == "failed" else case.verdict
            entries = {"message": case.detail, "severity": severity, "at": _place(case)}
            lines.append("  ---")
            lines += [f"  {key}: {json.dumps(value)}" for key, value in entries.items()]
            lines.append("  ...")
    return "\n".join(lines) + "\n"


def gradescope(results: Sequence[LessonResult]) -> str:
    """`results.json` of a Gradescope autograder: a point for each expectation that holds."""
    tests: list[dict[str, Any]] = []
    for number, case in enumerate(cases(results), 1):
        passed = case.verdict == "passed"
        tests.append(
            {
                "name": case.name,
                "number": str(number),
                "score": 1.0 if passed else 0.0,
                "max_score": 1.0,
                "status": "passed" if passed else "failed",
                "output": "" if passed else _told(case),
                "output_format": "text",
                "tags": [tag for tag in (case.lesson.name, case.group) if tag],
                "visibility": "visible",
            }
        )
    whole = {
        "output": "\n".join(f"{result.name}: {result.verdict}" for result in results),
        "output_format": "text",
        "execution_time": round(sum(result.seconds for result in results), 3),
        "visibility": "visible",
        "tests": tests,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def as_json(results: Sequence[LessonResult]) -> str:
    """Everything that is known."""
    rows = [asdict(result) for result in results]
    for row in rows:
        del row["lines"]
    return json.dumps({"format": FORMAT, "lessons": rows}, indent=2, ensure_ascii=False) + "\n"


def _told(case: Case) -> str:
    verdict = {"undecided": "could not be decided: ", "invalid": "not a valid lesson: "}.get(case.verdict, "")
    place = _place(case)
    return f"{f'{place}: ' if place else ''}{verdict}{case.name}{f': {case.detail}' if case.detail else ''}"


def _place(case: Case) -> str:
    return f"{case.file}:{case.line}" if case.line else case.file


FORMATS: Final[dict[str, Callable[[Sequence[LessonResult]], str]]] = {
    "text": text,
    "junit": junit,
    "tap": tap,
    "gradescope": gradescope,
    "json": as_json,
}
