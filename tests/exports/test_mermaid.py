"""The Mermaid diagram: by its own rules here, and by Mermaid's own parser where that is installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from playground.exports.mermaid import label, mermaid
from playground.exports.run import Run, Span
from tests.exports.runs import HOSTILE, hand_run, killing, lesson_run

PARSER = Path(__file__).with_name("mermaid_parser.mjs")
MODULES = os.environ.get("MERMAID_MODULES", "")
"""A folder node_modules with the packages mermaid and jsdom."""
LINES = [
    re.compile(r"    (participant|actor) p\d+ as [^;\n]+"),
    re.compile(r"    p\d+(->>|-->>|-\)|-x|--x)p\d+: [^\n]+"),
    re.compile(r"    Note over p\d+(,p\d+)?: [^\n]+"),
]


def text_of(run: Run, span: Span) -> str:
    return "".join(mermaid(run, span))


def test_the_diagram_tells_the_story_of_a_crash() -> None:
    """Who calls whom, the fault, who answers for the dead, and the second try."""
    run = lesson_run()
    lines = text_of(run, killing(run)).splitlines()
    assert lines[1:7] == [
        "sequenceDiagram", "    actor p0 as you", "    participant p1 as supervisor", "    participant p2 as fs",
        "    participant p3 as disk", "    participant p4 as an interrupt",
    ]  # fmt: skip
    arrows = [line.strip() for line in lines if LINES[1].fullmatch(line) and ": signal: " not in line]
    assert [arrow.partition(":")[0] for arrow in arrows] == [
        "p0->>p2", "p2->>p3", "p3-xp1", "p1--xp2", "p2->>p3", "p3-->>p2", "p2-->>p0",
    ]  # fmt: skip


@pytest.mark.parametrize("make", [lesson_run, hand_run])
def test_every_line_is_one_that_the_language_knows(make: object) -> None:
    """Also with marks and paths that look like its own words."""
    assert callable(make)
    head, kind, *lines = text_of(make(), make().everything).splitlines()
    assert head.startswith("%% ")
    assert ";" not in head
    assert kind == "sequenceDiagram"
    for line in lines:
        assert any(pattern.fullmatch(line) for pattern in LINES), line
        assert not re.search(r";", re.sub(r"#\d+;", "", line)), line


@pytest.mark.parametrize("text", ["end", " End ", HOSTILE, "a;b", "#", "%%{init}%%", "", "é → ∀ …", "a\nb"])
def test_a_label_says_what_it_was_given(text: str) -> None:
    """Character codes and all."""
    coded = label(text)
    assert "\n" not in coded
    assert coded.strip().casefold() != "end"
    decoded = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), coded)
    assert " ".join(decoded.split()) == " ".join(text.split())


def test_a_long_range_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A diagram of thousands of arrows helps nobody."""
    monkeypatch.setattr("playground.exports.mermaid.MOST_STEPS", 20)
    lines = text_of(lesson_run(), lesson_run().everything).splitlines()
    assert len(lines) <= 20 + 16
    assert re.search(r"and [\d,]+ more steps, narrow the range to see them", lines[-1])


def test_a_range_without_messages_is_a_diagram_all_the_same() -> None:
    """Nobody, and a note."""
    assert text_of(lesson_run(), Span(3, 4)).splitlines()[2:] == [
        "    participant p0 as nobody", "    Note over p0: nothing was sent",
    ]  # fmt: skip


@pytest.mark.skipif(
    not (MODULES and shutil.which("node")),
    reason="needs node, and MERMAID_MODULES naming a node_modules folder with mermaid and jsdom",
)
@pytest.mark.parametrize("make", [lesson_run, hand_run])
def test_mermaids_own_parser_reads_the_same_story(make: object, tmp_path: Path) -> None:
    """As many participants, messages and notes as were written."""
    assert callable(make)
    run = make()
    source = tmp_path / "a.mmd"
    text = text_of(run, run.everything)
    source.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["node", str(PARSER), MODULES, str(source)], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    lines = text.splitlines()[2:]
    assert read["type"] == "sequence"
    assert len(read["actors"]) == sum(" as " in line and line.split()[0] in ("actor", "participant") for line in lines)
    assert len(read["messages"]) == sum(bool(LINES[1].fullmatch(line) or LINES[2].fullmatch(line)) for line in lines)
