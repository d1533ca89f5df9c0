"""The parts that pictures are made of: cells, inks, lines being typed, Markdown, and pictures for the documentation."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from playground.actions import footer_keys
from playground.screens.canvas import Canvas, cut, plain
from playground.screens.footer import fitting
from playground.screens.glyphs import TO_ASCII, to_ascii
from playground.screens.inks import COLOURS, DARK, PROJECTOR, THEMES, Palette
from playground.screens.line_editor import LONGEST, LineEditor
from playground.screens.markdown import lines
from playground.screens.picture import portable
from playground.screens.sheet import Choice, wrap
from playground.screens.sheet_console import screen_lines, typed_lines
from playground.screens.tab_capabilities import branches
from playground.screens.words import answer_line, size_word, sparkline
from playground.view.model import STATUSES


def test_nothing_that_steers_a_terminal_reaches_it() -> None:
    """Whatever a server writes into a message or a file."""
    assert plain("a\x1b[2Jb\rc\x07\u202ed") == "a·[2Jb·c··d"
    assert plain("tab\tand\nline") == "tab and line"


def test_every_character_takes_one_cell() -> None:
    """Wide and combining characters are replaced, so that columns stay in line."""
    assert plain("日本e\u0301") == "··e·"
    assert len(plain("x" * 9 + "漢")) == 10


def test_a_text_that_is_too_long_says_so() -> None:
    """With an ellipsis in its last cell."""
    assert cut("capability", 5) == "capa…"
    assert cut("cap", 3) == "cap"
    assert cut("cap", 0) == ""


def test_a_sentence_that_is_too_long_ends_after_a_whole_word() -> None:
    """Unless that would cost too much of it."""
    assert cut("fault: read of address 0x0 at servers/disk.py:116", 34) == "fault: read of address 0x0 at …"
    assert cut("call servers/interfaces/counter.py:12345", 22) == "call servers/interfac…"


def test_the_last_lines_of_a_wrapped_text_are_cut_not_dropped() -> None:
    """So that nobody takes half a sentence for a whole one."""
    assert wrap("one two three four five", 9, 2) == ["one two", "three fo…"]
    assert wrap("one two", 9, 2) == ["one two"]


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_the_footer_always_has_room_for_help(width: int) -> None:
    """Which tells of all keys that do not fit; the others keep their order."""
    keys = footer_keys()
    shown = fitting(keys, width)
    assert shown[-1] == ("f1", "help")
    assert shown[:-1] == keys[: len(shown) - 1]
    assert sum(len(key) + 1 + len(label) + 2 for key, label in shown) - 2 <= width


def test_earlier_lines_of_the_shell_are_found_on_its_screen() -> None:
    """Without what was erased, without empty ones, each once in a row."""
    shown = "$ ls\nREADME.TXT 576\n$ \n$ cax\b \bt a\nhello\n$ cat a\n$ half"
    assert typed_lines(shown) == ["ls", "cat a"]


def test_an_answer_is_told_in_one_line_as_a_person_would_write_it() -> None:
    """A text as text; numbers and refusals as the system says them."""
    asked = {"request": 3, "ok": 1, "operation": "fs.read"}
    assert answer_line({**asked, "text": "data = 'a\\n b'", "data": "a\n b"}) == "✓ data: a b"
    assert answer_line({**asked, "text": "data = ''", "data": ""}) == "✓ data: empty"
    assert answer_line({**asked, "text": "value = 3", "value": 3}) == "✓ value = 3"
    assert answer_line({**asked, "ok": 0, "text": "files.read: NOT_FOUND: no", "error": "NOT_FOUND"}) == (
        "✗ files.read: NOT_FOUND: no"
    )


def test_drawing_outside_a_canvas_does_nothing() -> None:
    """Also to the left of it and with more text than room."""
    canvas = Canvas(5, 2)
    canvas.put(-2, 0, "abcdefgh")
    canvas.put(3, 1, "xyz")
    canvas.put(0, 7, "nowhere")
    canvas.box(0, 0, 1, 1, "line")
    assert canvas.text() == "cdef…\n   x…"


def test_rows_are_runs_of_equal_ink() -> None:
    """And only rows that differ are drawn again."""
    canvas, other = Canvas(4, 2), Canvas(4, 2)
    canvas.put(0, 0, "ab", "faulted")
    assert canvas.row(0) == (("ab", "faulted"), ("  ", "text"))
    assert canvas.differing(other) == [0]


@pytest.mark.parametrize("theme", [*THEMES, *BUILTIN_THEMES.values()], ids=lambda theme: str(theme.name))
def test_every_ink_has_a_colour_in_every_theme(theme: object) -> None:
    """Also in Textual's own, which know nothing of ours."""
    assert hasattr(theme, "to_color_system")
    variables = {**theme.to_color_system().generate(), **theme.variables}  # type: ignore[attr-defined]
    palette = Palette(variables)
    for ink in COLOURS:
        assert palette.style(f"{ink} bold dim").color is not None


@pytest.mark.parametrize("ink", sorted(COLOURS))
def test_the_projector_theme_has_high_contrast(ink: str) -> None:
    """At least 7 to 1 (WCAG AAA) for everything but lines, black on white for text."""
    palette = Palette({**PROJECTOR.to_color_system().generate(), **PROJECTOR.variables})
    style = palette.style(ink)
    assert style.color is not None
    assert style.bgcolor is not None
    contrast = _contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
    assert contrast >= (4.5 if ink == "line" else 7), contrast


@pytest.mark.parametrize("ink", sorted(set(COLOURS) - {"line"}))
def test_the_dark_theme_can_be_read(ink: str) -> None:
    """At least 4.5 to 1 (WCAG AA)."""
    style = Palette({**DARK.to_color_system().generate(), **DARK.variables}).style(ink)
    assert style.color is not None
    assert style.bgcolor is not None
    assert _contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)) >= 4.5


def _contrast(one: Color, other: Color) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.03928 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)


def test_ascii_mode_keeps_the_letters_of_the_states_apart() -> None:
    """One letter for each state, the one that the view names."""
    letters = [to_ascii(status.glyph) for status in STATUSES.values()]
    assert letters == [status.ascii for status in STATUSES.values()]
    assert len(set(letters)) == len(letters)
    assert all(str(plain_one).isascii() and len(str(plain_one)) == 1 for plain_one in TO_ASCII.values())
    assert to_ascii("日") == "?"


def test_a_line_is_edited_as_one_expects() -> None:
    """Typing, moving by words, deleting to both sides, pasting lines."""
    line = LineEditor("call fs.read")
    for key, character in (("ctrl+left", None), ("x", "x"), ("end", None), ("backspace", None), ("home", None),
                           ("delete", None)):  # fmt: skip
        assert line.key(key, character)
    assert line.text == "all xfs.rea"
    line.key("ctrl+k", None)
    assert line.text == ""
    line.insert("one\ntwo")
    line.key("ctrl+w", None)
    assert line.text == "one "
    assert not line.key("f5", None)
    line.insert("y" * 2 * LONGEST)
    assert len(line.text) == LONGEST


def test_markdown_is_wrapped_between_words_and_keeps_its_emphasis() -> None:
    """A word that is half bold stays one word."""
    rows = lines("One **two**three `code`.\n\n* first point of all\n* second\n", 16)
    text = ["".join(run for run, _ in row) for row in rows]
    assert text == ["One twothree", "code.", "", "• first point of", "  all", "• second"]
    assert ("two", "text bold") in rows[0]
    assert ("code", "you") in rows[1]


def test_a_console_shows_what_a_terminal_would() -> None:
    """Backspace deletes, a carriage return starts the line again, long lines are broken."""
    assert screen_lines("ab\x7fc\nold\rnew\n" + "x" * 7, 5) == ["ac", "new", "xxxxx", "xx"]


def test_a_tree_is_drawn_from_depths() -> None:
    """The last of its siblings gets the corner."""
    assert branches([1, 2, 2, 1, 2]) == ["├ ", "│ ├ ", "│ └ ", "└ ", "  └ "]


def test_a_list_keeps_the_chosen_line_in_view() -> None:
    """And stops at its ends."""
    choice = Choice(10)
    for _ in range(12):
        choice.key("down")
    assert choice.at == 9
    assert 9 in choice.window(4)
    assert not Choice(0).key("down")


def test_numbers_are_said_shortly() -> None:
    """Sizes with the largest fitting unit, traffic as a row of bars of the asked width."""
    assert [size_word(size) for size in (12, 4096, 65536, 8 << 20)] == ["12 B", "4 KiB", "64 KiB", "8 MiB"]
    assert sparkline((0,) * 16, 8) == "▁" * 8
    assert len(sparkline((1, 2, 3, 40) * 4, 6)) == 6
    assert sparkline((0, 0, 0, 50), 4)[-1] == "█"
    assert wrap("a bb ccc", 4) == ["a bb", "ccc"]


def test_a_picture_needs_nothing_from_elsewhere_and_keeps_its_blanks() -> None:
    """No web fonts; a run that began with blanks begins further to the right instead."""
    style = '<style>@font-face { src: url("https://elsewhere") }</style>'
    svg = style + '<text class="a" x="10" y="5" textLength="48.8">&#160;&#160;ab</text>'
    made = portable(svg)
    assert "https" not in made
    assert 'x="34.4"' in made
    assert 'textLength="24.4"' in made
    assert ">ab</text>" in made
