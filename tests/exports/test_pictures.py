"""Pictures of a moment: SVG that any XML parser and renderer takes, and plain text."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from playground.exports.diagram import diagram
from playground.exports.offscreen import Look, StillMachine, size_of
from playground.exports.run import ExportProblem, span_of
from playground.exports.screenshot import svg, text
from playground.screens.picture import compact
from tests.exports.runs import hand_run, killing, lesson_run, struck

SVG = "{http://www.w3.org/2000/svg}"
LOOK = Look()
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
RENDERER = shutil.which("rsvg-convert")


def words_of(picture: str) -> str:
    """All text in a picture, in the order of the file."""
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    return " ".join("".join(part.itertext()).replace("\xa0", " ") for part in root.iter(f"{SVG}text"))


def test_the_picture_shows_the_moment_it_was_asked_for() -> None:
    """Before the crash disk works for fs; right after its fault it does not."""
    run = lesson_run()
    before = words_of("".join(svg(run, struck(run), LOOK)))
    after = words_of("".join(svg(run, span_of(run, None, "who repairs"), LOOK)))
    assert "crash null-pointer" in before
    assert "null pointer" not in before
    assert "null pointer" in after


def test_a_picture_needs_nothing_from_elsewhere() -> None:
    """No fonts, scripts or addresses but the name of the format."""
    run = lesson_run()
    for picture in ("".join(svg(run, struck(run), LOOK)), "".join(diagram(run, killing(run)))):
        assert "@font-face" not in picture
        assert "<script" not in picture
        without_comments = re.sub(r"<!--.*?-->", "", picture, flags=re.DOTALL)
        assert "://" not in without_comments.replace(SVG.strip("{}"), "")


@pytest.mark.parametrize("path", sorted(SCREENSHOTS.glob("*.svg")), ids=lambda path: path.stem)
def test_the_pictures_of_the_documentation_need_nothing_from_elsewhere(path: Path) -> None:
    """The only address in them is the name of the format; what stands in remarks is loaded by nobody."""
    drawn = ElementTree.tostring(ElementTree.parse(path).getroot(), encoding="unicode")
    assert "://" not in drawn.replace(SVG.strip("{}"), "")
    assert not re.search(r"url\((?!#)|@import|@font-face|<script|href", drawn)


def test_a_compact_picture_looks_the_same() -> None:
    """Every word at its place and in its colour, in less than half of the bytes."""
    whole = "".join(svg(lesson_run(), struck(lesson_run()), LOOK))
    small = compact(whole)
    assert len(small) < len(whole) / 2
    assert re.sub(r"\s+", " ", words_of(small)) == re.sub(r"\s+", " ", words_of(whole))
    place = re.compile(r'class="(?:t|terminal-\d+)-(r\d+)" x="([^"]+)" y="([^"]+)"')
    places = [place.findall(picture) for picture in (whole, small)]
    assert set(places[1]) <= set(places[0])
    assert len(places[1]) > 200


def test_a_picture_of_the_past_does_not_pretend_to_be_live() -> None:
    """It says that it is a recording, and how long that is; nothing in it is paused or runs."""
    run = lesson_run()
    first = next(iter(text(run, struck(run), LOOK)))
    assert first.rstrip().endswith(f"◀ recording, of {len(run.events):,}")
    assert "live" not in first
    assert "paused" not in first


def test_a_picture_knows_the_source_line_of_its_moment() -> None:
    """It is not in the events, so the run is done again up to there."""
    run = lesson_run()
    machine = StillMachine(run)
    machine.show(struck(run).stop)
    assert machine.past is not None
    path, line, _ = machine.where(machine.view.servers["disk"].thread) or ("", 0, "")
    assert path.endswith("servers/disk.py")
    assert "await" in Path(path).read_text(encoding="utf-8").splitlines()[line - 1]
    machine.past.close()


def test_the_text_is_the_picture_without_colours() -> None:
    """As many lines as the screens have, none wider, and the same words."""
    lines = list(text(lesson_run(), struck(lesson_run()), LOOK))
    assert len(lines) == 36
    assert all(len(line.rstrip("\n")) <= 120 for line in lines)
    picture = words_of("".join(svg(lesson_run(), struck(lesson_run()), LOOK)))
    for word in ("applications", "block.read(sector=111)", "the manifest grants"):
        assert any(word in line for line in lines)
        assert word in picture


def test_another_server_and_plain_characters() -> None:
    """The options that say how it looks."""
    lines = list(text(lesson_run(), struck(lesson_run()), Look(120, 36, ascii=True, selected="disk")))
    assert "".join(lines).isascii()
    assert any("disk - driver" in line or ("disk" in line and "priority 200" in line) for line in lines)


@pytest.mark.parametrize("words", ["10x10", "120", "x", "5000x5000", "120x36x2", "-1x40"])
def test_a_size_that_makes_no_sense_is_refused(words: str) -> None:
    """With an example."""
    with pytest.raises(ExportProblem, match="say for example 120x36"):
        size_of(words)


def test_the_diagram_has_a_line_for_everybody_and_an_arrow_for_every_message() -> None:
    """Read back by an XML parser."""
    run = lesson_run()
    picture = "".join(diagram(run, killing(run)))
    root = ElementTree.fromstring(picture)
    names = [part.text for part in root.iter(f"{SVG}text") if part.get("class") == "name"]
    assert names == ["you", "supervisor", "fs", "disk", "an interrupt"]
    arrows = [part for part in root.iter(f"{SVG}line") if (part.get("class") or "").startswith("arrow")]
    kinds = [(part.get("class") or "").split()[1] for part in arrows]
    assert kinds.count("signal") == 2
    assert [kind for kind in kinds if kind != "signal"] == ["call", "call", "fault", "reply", "call", "reply", "reply"]
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    for part in root.iter():
        for name in ("x", "x1", "x2"):
            assert 0 <= float(part.get(name, "0")) <= width
        for name in ("y", "y1", "y2"):
            assert 0 <= float(part.get(name, "0")) <= height


def test_the_diagram_survives_what_a_person_types() -> None:
    """Angle brackets, quotes and line ends stay text."""
    picture = "".join(diagram(hand_run(), hand_run().everything))
    said = words_of(picture)
    assert "A call <and> an answer" in said
    assert "<b>&" in said


@pytest.mark.skipif(RENDERER is None, reason="rsvg-convert, which gives a second opinion, is missing")
@pytest.mark.parametrize("kind", ["screens", "diagram"])
def test_another_program_draws_it(kind: str, tmp_path: Path) -> None:
    """At the size that the file says, and with more than one colour."""
    run = lesson_run()
    pieces = svg(run, struck(lesson_run()), LOOK) if kind == "screens" else diagram(run, killing(run))
    source, target = tmp_path / "a.svg", tmp_path / "a.png"
    source.write_text("".join(pieces), encoding="utf-8")
    assert RENDERER is not None
    subprocess.run([RENDERER, str(source), "-o", str(target)], check=True, timeout=60)
    data = target.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    view = [float(part) for part in (ElementTree.parse(source).getroot().get("viewBox") or "").split()]
    assert abs(view[2] - width) <= 1
    assert abs(view[3] - height) <= 1
    assert len(data) > 20_000
