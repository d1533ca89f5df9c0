"""The house style, held over every Python file of the project."""

import pytest

from tests.architecture.sources import FOLDERS, ROOT, RULES, python_files

LONG_FUNCTION = "def one():\n" + "    pass\n" * 70

BAD_EXAMPLES = {
    "files are short": '"""Reason."""\n' + "x = 1\n" * 450,
    "functions are short": LONG_FUNCTION,
    "no unfinished work": "# TO" + "DO later\n",
    "no machine paths": "image = '/" + "home/somebody/disk.img'\n",
    "a reason for each module": "x = 1\n",
    "no swallowed exceptions": "try:\n    x = 1\nexcept Exception:\n    pass\n",
}
GOOD_EXAMPLE = """'Reason.'

def one() -> int:
    try:
        return 1
    except OSError:
        pass
"""


@pytest.mark.parametrize("rule", RULES)
def test_every_source_file_keeps_the_rule(rule: str) -> None:
    """The message names each file and line that breaks the rule."""
    breaches = [
        f"{path.relative_to(ROOT)}: {breach}"
        for path in python_files(*FOLDERS)
        for breach in RULES[rule](path.read_text(encoding="utf-8"))
    ]
    assert not breaches, "\n".join([rule, *breaches])


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_notices_a_bad_example(rule: str) -> None:
    """A rule that cannot fail proves nothing."""
    assert list(RULES[rule](BAD_EXAMPLES[rule]))
    assert not list(RULES[rule](GOOD_EXAMPLE))


def test_no_package_index_address_is_written_down() -> None:
    """Pins name versions; where they come from is the installer's setting."""
    for name in ("constraints.txt", "pyproject.toml", "Makefile", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, f"{name} holds an address"
        assert "index-url" not in text, f"{name} names a package index"
