"""The page of a lesson, read by an HTML parser that forgives nothing, and by an XML parser for every picture in it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import html5lib
import pytest

from playground.command_line import run
from playground.exports.chapters import tell
from playground.exports.offscreen import Look
from playground.exports.page import page
from playground.exports.played import Played
from playground.exports.prose import html_of
from scenarios.library import lesson_names

ASKING = Path(__file__).with_name("samples") / "asking.md"
VOID_OF_NETWORK = ("script", "link", "iframe", "object", "embed", "video", "audio", "base", "form")
HTML = "{http://www.w3.org/1999/xhtml}"


def made(name: str, **choices: str) -> str:
    """The page of a lesson."""
    played = Played(name, values=choices)
    try:
        return "".join(page(tell(played, Look()), dark=True))
    finally:
        played.close()


@cache
def asking() -> str:
    """That of a lesson with everything in it, played once for all tests."""
    return made(str(ASKING))


def parsed(text: str) -> Element:
    """Its tree. Raises at the first thing that is no HTML."""
    tree = html5lib.HTMLParser(strict=True).parse(text)
    assert isinstance(tree, Element)
    return tree


def elements(tree: Element, *names: str) -> Iterator[Element]:
    """All elements of some kinds, in the order of the page."""
    wanted = {HTML + name for name in names}
    return (element for element in tree.iter() if element.tag in wanted)


def words(element: Element) -> str:
    """What it says, in one line."""
    return " ".join("".join(element.itertext()).split())


def pictures(tree: Element) -> list[tuple[Element, Element]]:
    """Every picture, as it stands in the page and as it is drawn."""
    found = []
    for image in elements(tree, "img"):
        kind, _, data = image.attrib["src"].partition(",")
        assert kind == "data:image/svg+xml;base64"
        found.append((image, ElementTree.fromstring(b64decode(data, validate=True))))
    return found


@pytest.mark.parametrize("name", [*lesson_names(), str(ASKING)])
def test_the_page_of_every_lesson_can_be_read_by_everybody(name: str) -> None:
    """It parses, its headings skip no level, every picture has words, every link a target, every name is used once."""
    tree = parsed(made(name) if name != str(ASKING) else asking())
    levels = [int(heading.tag[-1]) for heading in elements(tree, "h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert next(elements(tree, "html")).attrib["lang"] == "en"
    names = [element.attrib["id"] for element in tree.iter() if "id" in element.attrib]
    assert len(set(names)) == len(names)
    for element in tree.iter():
        assert element.attrib.get("aria-labelledby", names[0]) in names
    links = [link.attrib["href"] for link in elements(tree, "a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(names)
    drawn = pictures(tree)
    assert len(drawn) >= 4
    assert all(len(image.attrib["alt"]) > 40 for image, _ in drawn)
    assert all(picture.tag == "{http://www.w3.org/2000/svg}svg" for _, picture in drawn)


@pytest.mark.parametrize("name", ["asking", "reincarnation"])
def test_a_browser_has_nothing_to_fetch_and_nothing_to_run(name: str) -> None:
    """Nothing is there that could load something, and the policy of the page would forbid it."""
    tree = parsed(asking() if name == "asking" else made(name))
    assert not list(elements(tree, *VOID_OF_NETWORK))
    policies = [meta.attrib["content"] for meta in elements(tree, "meta") if "Policy" in meta.get("http-equiv", "")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    for element in tree.iter():
        assert not [attribute for attribute in element.attrib if attribute.startswith("on")]
        assert "srcset" not in element.attrib
        assert element.get("src", "data:").startswith("data:")
    style = words(next(elements(tree, "style")))
    assert "url(" not in style
    assert "@import" not in style
    for _, picture in pictures(tree):
        text = ElementTree.tostring(picture, encoding="unicode")
        assert "://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"url\((?!#)|@import|@font-face|<script|href", text)


def test_a_lesson_is_text_whatever_it_says() -> None:
    """Marks of HTML in title, narration, question and code are shown as they were written."""
    tree = parsed(asking())
    assert words(next(elements(tree, "h1"))) == "Ask </title><script>alert(1)</script> & see"
    said = words(next(elements(tree, "main")))
    for part in (
        "Begin with <i>care</i>", "Raw <script>alert(2)</script> and <img src=x onerror=alert(3)> are text",
        "a cat is words", "<two>", '<iframe src="https://example.org"></iframe>', "What becomes of <disk>?",
        "nobody <marquee>moves</marquee>", "Tell <b>text</b> from marks", "A book & another",
    ):  # fmt: skip
        assert part in said
    visited = [link.attrib["href"] for link in elements(tree, "a") if not link.attrib["href"].startswith("#")]
    assert visited == ["https://example.org/page"]


def test_the_answer_is_folded_away_below_its_question() -> None:
    """The choices are open to see, the answer and its reason are not."""
    tree = parsed(asking())
    [question] = [box for box in elements(tree, "div") if box.get("class") == "question"]
    [folded] = elements(question, "details")
    assert sorted(words(choice) for choice in elements(question, "li")) == ["it is rebuilt", "it stays dead"]
    assert words(folded) == "The answerit is rebuilt: event restarted (server disk) happens"
    assert "open" not in folded.attrib
    assert words(question).startswith("What do you think? What becomes of <disk>?")


def test_every_expectation_stands_there_with_its_verdict() -> None:
    """What failed says what was found instead, and the end of the page counts."""
    tree = parsed(asking())
    verdicts = {kind: [words(row) for row in elements(tree, "li") if row.get("class") == kind]
                for kind in ("passed", "failed")}  # fmt: skip
    assert len(verdicts["passed"]) == 3
    assert verdicts["failed"] == ["✗ does not hold: life of disk is 99 (it is 1)"]
    assert "3 of 4 expectations hold, 1 failed." in words(next(elements(tree, "footer")))
    assert "Only the presenter may know this" not in words(tree)


def test_pictures_show_their_beat_and_say_so_in_words() -> None:
    """A death is shown besides the end of its beat; after the way back it has not happened."""
    tree = parsed(asking())
    sections = [section for section in elements(tree, "section") if section.get("aria-labelledby", "").startswith("b")]
    told = [[image.attrib["alt"] for image in elements(section, "img") if image.get("class") == "screen dark"]
            for section in sections]  # fmt: skip
    assert [len(alternatives) for alternatives in told] == [1, 2, 1, 1]
    assert "null pointer" in told[1][0]
    assert "The end of beat 2, “Predict”." in told[1][1]
    for section, word in zip(sections, ("boot", "life 2", "counter.increment: value=1", "beat 4 of 4"), strict=True):
        screens = [words(screen) for screen in elements(section, "pre") if screen.get("class") == "screen"]
        assert word in screens[-1]
    assert "null pointer" not in words(sections[2]).replace("null pointer)", "")


def test_the_diagram_of_a_beat_says_in_words_what_it_draws() -> None:
    """As many entries as steps, and the names of those who take part in both."""
    tree = parsed(asking())
    [section] = [part for part in elements(tree, "section") if part.get("aria-labelledby") == "beat-3"]
    [figure] = [box for box in elements(section, "figure") if list(elements(box, "ol"))]
    rows = [words(row) for row in elements(figure, "li")]
    assert "you → counter: counter.increment()" in rows
    assert "counter → you: counter.increment: value=1" in rows
    [(_, picture)] = pictures(figure)
    drawn = " ".join("".join(part.itertext()) for part in picture.iter())
    assert "Beat 3: Go back" in drawn
    assert "counter.increment()" in drawn


def test_the_same_lesson_is_the_same_page_and_other_values_are_another() -> None:
    """Byte for byte."""
    assert made(str(ASKING)) == asking()
    other = made(str(ASKING), victim="clock")
    assert "What becomes of &lt;clock&gt;?" in other
    assert "victim = clock" in other


def test_headings_of_the_narration_fit_below_those_of_the_page() -> None:
    """No level is skipped, however deep the lesson's own headings are."""
    assert html_of("###### a\n\n#### b\n\n###### c\n", 3) == "<h3>a</h3>\n<h4>b</h4>\n<h5>c</h5>\n"


def test_the_command_writes_it_and_says_what_did_not_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is whole; the remark is no part of it."""
    target = tmp_path / "asking.html"
    assert run(["export", "--lesson", str(ASKING), "--format", "page", "-o", str(target)]) == 0
    assert target.read_text(encoding="utf-8") == asking()
    assert capsys.readouterr().err == "playground: 1 of 4 expectations of the lesson did not hold\n"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["-o", "{folder}/there.html"], "there.html exists already; choose another name, or replace it with --force"),
        (["-o", "{folder}/none/a.html"], "there is no folder"),
        (["-o", "{folder}"], "is a folder; say the name of a file"),
        (["--from", "predict"], "a page tells the whole lesson; leave out --from and --to"),
        (["--server", "dsik"], "no server is called 'dsik'; did you mean disk?"),
        (["--set", "victim=fs"], "`victim` is one of disk, clock, not 'fs'"),
        (["--size", "1x1"], "say for example 120x36"),
    ],
)
def test_a_page_that_cannot_be_made_is_refused_in_one_sentence(
    more: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing is written, not even in part."""
    there = tmp_path / "there.html"
    there.write_text("before", encoding="utf-8")
    place = [part.format(folder=tmp_path) for part in more]
    assert run(["export", "--lesson", str(ASKING), "--format", "page", *place]) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert list(tmp_path.iterdir()) == [there]
    assert there.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--lesson", "reincarnatoin", "--format", "page"], "did you mean `reincarnation`?"),
        (["run.mkp", "--format", "page"], "a page tells a lesson, with what is said in it"),
        (["run.mkp", "--format", "jsonl", "--seed", "3"], "leave out --seed and --set"),
    ],
)
def test_a_page_is_of_a_lesson(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name."""
    assert run(["export", *words]) == 2
    assert told in capsys.readouterr().err
