"""A range as a Mermaid sequence diagram: text that pages and wikis draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from playground.exports.run import Run, Span
from playground.exports.story import Step, people, story

MOST_STEPS: Final = 400
"""Steps of a diagram that can still be read; what comes after is counted and said."""
MOST_TEXT: Final = 70
"""Characters of one label."""

_ARROWS: Final = {"call": "->>", "send": "-)", "reply": "-->>", "fault": "-x", "signal": "-)"}
_PLAIN: Final = frozenset(" ,.:!?'()[]{}=/_+*@|-\"\\…·→")
"""What stands for itself in a label, besides letters and digits."""


def mermaid(run: Run, span: Span) -> Iterator[str]:
    """The diagram, in pieces of text."""
    steps, more = shortened(run, span)
    names = people(run, steps)
    yield f"%% {run.title}: events {span.start} to {span.stop}\n".replace(";", ",")
    yield "sequenceDiagram\n"
    letters = {name: f"p{place}" for place, name in enumerate(names)}
    for name, letter in letters.items():
        yield f"    {'actor' if name == 'you' else 'participant'} {letter} as {label(name)}\n"
    if not names:
        yield "    participant p0 as nobody\n    Note over p0: nothing was sent\n"
        return
    ends = f"{letters[names[0]]},{letters[names[-1]]}" if len(names) > 1 else letters[names[0]]
    for step in steps:
        yield f"    {_line(step, letters, ends)}\n"
    if more:
        yield f"    Note over {ends}: and {more:,} more steps, narrow the range to see them\n"


def shortened(run: Run, span: Span) -> tuple[list[Step], int]:
    """The first steps of a range, as many as a diagram can show, and how many there are besides."""
    told = story(run, span)
    steps = list(islice(told, MOST_STEPS))
    return steps, sum(1 for _ in told)


def _line(step: Step, letters: dict[str, str], ends: str) -> str:
    text = label(step.text)
    if step.kind == "mark":
        return f"Note over {ends}: {text}"
    sender = letters[step.sender]
    if not step.receiver:
        return f"Note over {sender}: {text}"
    arrow = "--x" if step.bad and step.kind == "reply" else _ARROWS[step.kind]
    return f"{sender}{arrow}{letters[step.receiver]}: {text}"


def label(text: str) -> str:
    """A text as Mermaid takes it: one line, and everything that means something to it as a character code."""
    line = " ".join(text.split())
    line = line if len(line) <= MOST_TEXT else f"{line[: MOST_TEXT - 1]}…"
    coded = "".join(each if each.isalnum() or each in _PLAIN else f"#{ord(each)};" for each in line)
    # The word by itself would close a block.
    return f"#{ord(coded[0])};{coded[1:]}" if coded.casefold() == "end" else coded or "#32;"
