"""The reference page in `docs/` says what the tables say."""

from pathlib import Path

from scenarios.language import VERBS, check_command, parse_line
from scenarios.language.reference import reference
from servers.interfaces import FILES
from tests.scenarios.worlds import workshop

PAGE = Path(__file__).parents[2] / "docs" / "lesson-language.md"


def test_the_page_is_what_the_tables_make_of_it() -> None:
    again = "run: python -m scenarios.language.reference > docs/lesson-language.md"
    assert PAGE.read_text(encoding="utf-8") == reference(), again


def test_every_verb_and_its_example_are_on_the_page() -> None:
    for verb in VERBS.values():
        assert f"`{verb.usage}`" in reference()
        command = parse_line(verb.example)
        assert command is not None
        assert check_command(command, workshop(), FILES.operation("read")) == []
