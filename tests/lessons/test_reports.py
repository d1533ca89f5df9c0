"""The forms of a report, each read back by somebody else's reader or by the rules of its format."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml, TestSuite
from xmlschema import XMLSchema

from playground.headless import FAILED, INVALID, PASSED, UNDECIDED, play
from playground.lesson_run import LessonResult, Wish, carry_out
from playground.reports import FORMATS, cases, report
from tests.lessons.test_exit_codes import BOOT, lesson

GOOD = f"{BOOT}\nexpect disk.life == 1\nexpect you can reach fs"
MIXED = f'{BOOT}\nexpect disk.life == 1\nexpect disk.life == 2\nsay "a & b < c"'


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[LessonResult]:
    """One lesson of each kind."""
    folder = tmp_path_factory.mktemp("lessons")
    bodies = {"good": GOOD, "mixed": MIXED, "nothing": BOOT, "bad": "expct disk\nexpect dsk is running"}
    return [carry_out(Wish(lesson(folder, name, body))) for name, body in bodies.items()]


def verdicts(results: list[LessonResult]) -> list[str]:
    return [case.verdict for case in cases(results)]


def test_every_lesson_is_in_a_report_even_if_it_expects_nothing_or_is_not_valid(results: list[LessonResult]) -> None:
    assert verdicts(results) == ["passed", "passed", "passed", "failed", "undecided", "invalid"]


def test_junit_is_read_back_with_an_error_for_whatever_was_not_decided(results: list[LessonResult]) -> None:
    read = JUnitXml.fromstring(report("junit", results).encode())
    assert (read.tests, read.failures, read.errors, read.skipped or 0) == (6, 1, 2, 0)
    found = []
    for suite in read:
        assert isinstance(suite, TestSuite)
        own = list(suite)
        assert suite.tests == len(own)
        assert suite.failures == sum(isinstance(it, Failure) for case in own for it in case.result)
        assert suite.errors == sum(isinstance(it, Error) for case in own for it in case.result)
        found += [(suite.name, case.name, [type(it).__name__ for it in case.result]) for case in own]
    assert found[3][1:] == ("life of disk is 2", ["Failure"])
    assert found[4][1:] == ("the lesson expects something", ["Error"])
    assert found[5][0].endswith("bad.md")
    assert found[5][1:] == ("the lesson is valid", ["Error"])


SCHEMA = """<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
  <xs:complexType name="trouble"><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="message" type="xs:string"/><xs:attribute name="type" type="xs:string" use="required"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:attributeGroup name="counts">
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="time" type="xs:decimal" use="required"/>
  </xs:attributeGroup>
  <xs:element name="testsuites"><xs:complexType><xs:sequence>
    <xs:element name="testsuite" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="properties"><xs:complexType><xs:sequence>
        <xs:element name="property" maxOccurs="unbounded"><xs:complexType>
          <xs:attribute name="name" type="xs:string" use="required"/>
          <xs:attribute name="value" type="xs:string" use="required"/>
        </xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="testcase" maxOccurs="unbounded"><xs:complexType><xs:choice minOccurs="0">
        <xs:element name="failure" type="trouble"/><xs:element name="error" type="trouble"/>
      </xs:choice>
        <xs:attribute name="name" type="xs:string" use="required"/>
        <xs:attribute name="classname" type="xs:string" use="required"/>
        <xs:attribute name="time" type="xs:decimal" use="required"/>
        <xs:attribute name="file" type="xs:string"/><xs:attribute name="line" type="xs:positiveInteger"/>
      </xs:complexType></xs:element>
      <xs:element name="system-out" type="xs:string"/>
    </xs:sequence>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="skipped" type="xs:nonNegativeInteger"/>
      <xs:attributeGroup ref="counts"/>
    </xs:complexType></xs:element>
  </xs:sequence>
    <xs:attribute name="name" type="xs:string"/><xs:attributeGroup ref="counts"/>
  </xs:complexType></xs:element>
</xs:schema>
"""
"""What of the JUnit schemas in use (Jenkins, Surefire) a report of ours has; each of them allows all of it."""


def test_junit_follows_the_schema(results: list[LessonResult]) -> None:
    schema = XMLSchema(SCHEMA)
    schema.validate(report("junit", results))
    assert not schema.is_valid(report("junit", results).replace("error", "skipped"))


def test_cases_of_junit_that_say_the_same_are_told_apart_by_their_lines(tmp_path: Path) -> None:
    body = f"{BOOT}\nexpect disk.life == 1\nexpect fs.life == 1\nexpect disk.life == 1"
    read = JUnitXml.fromstring(report("junit", [carry_out(Wish(lesson(tmp_path, "twice", body)))]).encode())
    names = [case.name for suite in read for case in suite]
    assert names == ["life of disk is 1 (line 8)", "life of fs is 1", "life of disk is 1 (line 10)"]


def test_what_xml_cannot_hold_is_replaced() -> None:
    result = LessonResult("a\x00b", "invalid", problem="a\x1b[31m\ud800 & <b>")
    assert JUnitXml.fromstring(report("junit", [result]).encode("utf-8")).errors == 1


def read_tap(text: str) -> list[tuple[bool, int, str, dict[str, Any]]]:
    """A reader of TAP 14, as strict as its grammar: version, plan, test points with YAML blocks."""
    version, plan, *lines = text.rstrip("\n").split("\n")
    assert version == "TAP version 14"
    count = re.fullmatch(r"1\.\.(\d+)", plan)
    assert count is not None
    found: list[tuple[bool, int, str, dict[str, Any]]] = []
    while lines:
        point = re.fullmatch(r"(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])*)", lines.pop(0))
        assert point is not None
        block: dict[str, Any] = {}
        if lines and lines[0] == "  ---":
            lines.pop(0)
            while (line := lines.pop(0)) != "  ...":
                key, value = line.removeprefix("  ").split(": ", 1)
                block[key] = json.loads(value)
        found.append((not point[1], int(point[2]), re.sub(r"\\(.)", r"\1", point[3]), block))
    assert [number for _, number, _, _ in found] == list(range(1, int(count[1]) + 1))
    return found


def test_tap_is_read_back_and_only_what_passed_is_ok(results: list[LessonResult]) -> None:
    points = read_tap(report("tap", results))
    assert [ok for ok, *_ in points] == [verdict == "passed" for verdict in verdicts(results)]
    assert [block["severity"] for ok, _, _, block in points if not ok] == ["fail", "undecided", "invalid"]
    assert points[3][2] == "mixed: Beat: life of disk is 2"
    assert points[3][3]["message"] == "it is 1"
    assert points[3][3]["at"].endswith("mixed.md:9")


def test_a_name_cannot_look_like_a_directive_of_tap() -> None:
    (point,) = read_tap(report("tap", [LessonResult("skip # SKIP this \\ please", "undecided")]))
    assert point[0] is False
    assert point[2].startswith("skip # SKIP this \\ please: ")


WHOLE = {"score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility",
         "stdout_visibility", "extra_data", "tests", "leaderboard"}  # fmt: skip
TEST = {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags",
        "visibility", "extra_data"}  # fmt: skip
"""The fields of Gradescope's documented results.json."""


def test_gradescope_has_its_documented_fields_and_a_point_for_what_passed(results: list[LessonResult]) -> None:
    whole = json.loads(report("gradescope", results))
    assert set(whole) <= WHOLE
    for row, verdict in zip(whole["tests"], verdicts(results), strict=True):
        assert set(row) <= TEST
        assert row["status"] in ("passed", "failed")
        assert (row["status"], row["score"]) == (("passed", 1.0) if verdict == "passed" else ("failed", 0.0))
        assert row["max_score"] == 1.0
        assert row["output_format"] in ("text", "html", "simple_format", "md", "ansi")
        assert row["visibility"] in ("hidden", "after_due_date", "after_published", "visible")
        assert isinstance(row["number"], str)
        assert all(isinstance(tag, str) for tag in row["tags"])
    assert "could not be decided" in whole["tests"][4]["output"]


def test_json_holds_everything(results: list[LessonResult]) -> None:
    whole = json.loads(report("json", results))
    assert whole["format"] == 1
    assert [row["verdict"] for row in whole["lessons"]] == ["passed", "failed", "undecided", "invalid"]
    assert whole["lessons"][1]["checks"][1]["detail"] == "it is 1"
    assert "No verb is called `expct`" in whole["lessons"][3]["problem"]
    assert "No server is called `dsk`" in whole["lessons"][3]["problem"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_exit_code_does_not_depend_on_the_form(form: str, tmp_path: Path) -> None:
    codes = {"good": PASSED, "mixed": FAILED, "nothing": UNDECIDED, "bad": INVALID}
    for (name, code), body in zip(codes.items(), [GOOD, MIXED, BOOT, "expct"], strict=True):
        assert play([lesson(tmp_path, name, body)], form=form, write=lambda _: None) == code


def test_lessons_side_by_side_are_reported_in_the_order_in_which_they_were_named(tmp_path: Path) -> None:
    names = [lesson(tmp_path, name, GOOD if name < "c" else MIXED) for name in ("d", "a", "c", "b")]
    output = tmp_path / "report.json"
    said: list[str] = []
    assert play(names, form="json", output=output, write=said.append) == FAILED
    assert said == ["d: failed", "a: passed", "c: failed", "b: passed"]
    assert [row["name"] for row in json.loads(output.read_text())["lessons"]] == ["d", "a", "c", "b"]
    alone = [carry_out(Wish(name, digest=True)) for name in names]
    assert len({result.digest for result in alone}) == 1, "the same commands make the same events in every process"
