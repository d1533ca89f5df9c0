"""What both compilers do alike: translate, and keep a bill."""

from __future__ import annotations

from typing import Final

OWED: Final = "owed "
"""How a bill begins; behind it stands a number."""


def translate(source: str) -> str:
    """The result of a compiler that is not the point of the lesson."""
    return f"translated: {source}"


def owed(bill: str) -> int:
    """How much stands on a bill; one that cannot be read is as good as none."""
    number = bill.removeprefix(OWED)
    return int(number) if bill.startswith(OWED) and number.isdecimal() else 0
