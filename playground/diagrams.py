"""Diagrams and tables for the documentation, drawn from the kernel's own tables so that they cannot grow old.

`python -m playground.diagrams docs/*.md docs/concepts/*.md` writes each one anew below its marker, a line such as
``<!-- drawn: states INACTIVE RESTART -->``; a test fails while a page shows anything else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kernel.abi import (
    FAULT_NAMES,
    MIN_SCHED_CONTEXT_BITS,
    MIN_UNTYPED_BITS,
    OBJECT_SIZE_BITS,
    SLOT_BITS,
    TYPE_NAMES,
    Fault,
    Label,
    ObjectType,
    ThreadState,
)
from kernel.events import BY_NAME
from kernel.states import TRANSITIONS
from playground import minimality

MARKER: Final = re.compile(
    r"<!-- drawn: (?P<name>[\w-]+)(?P<arguments>[^>]*?) -->\n"
    r"(?:```mermaid\n.*?```\n|\|.*?\n(?!\|)|\|.*\n\Z)?",
    re.DOTALL,
)


def _state(state: ThreadState) -> str:
    return "".join(part.capitalize() for part in state.name.split("_"))


def states(*names: str) -> str:
    """The thread-state machine, or only the arrows that begin or end in the named states."""
    chosen = {ThreadState[name] for name in names} or set(ThreadState)
    arrows = [
        f"    {_state(arrow.before)} --> {_state(arrow.after)}: {arrow.why}"
        for arrow in TRANSITIONS
        if arrow.before in chosen or arrow.after in chosen
    ]
    return _mermaid("stateDiagram-v2", arrows)


def object_sizes() -> str:
    """What Retype can make, and how much memory each takes."""
    sizes = {kind: f"2^{bits} bytes" for kind, bits in OBJECT_SIZE_BITS.items()}
    sizes[ObjectType.UNTYPED] = f"2^n bytes, n >= {MIN_UNTYPED_BITS}"
    sizes[ObjectType.CNODE] = f"2^(radix + {SLOT_BITS}) bytes"
    sizes[ObjectType.SCHED_CONTEXT] = f"2^n bytes, n >= {MIN_SCHED_CONTEXT_BITS}"
    names = {kind: TYPE_NAMES[kind] for kind in sorted(sizes)}
    arrows = [f'    Untyped -->|Retype| {name}2["{name}: {sizes[kind]}"]' for kind, name in names.items()]
    return _mermaid("flowchart LR", arrows)


def invocations(*prefixes: str) -> str:
    """Which capability is asked for what: the invocation labels by the kind of object they begin with."""
    arrows = []
    for prefix in prefixes:
        name = TYPE_NAMES[ObjectType[prefix]]
        found = [label.name for label in Label if label.name.startswith(f"{prefix}_")]
        arrows += [f"    {name} --> {label}" for label in found]
    return _mermaid("flowchart LR", arrows)


def faults() -> str:
    """Every kind of fault, on its way to the handler and back."""
    real = [fault for fault in Fault if fault is not Fault.NULL]
    kinds = [f"    Kernel -->|{FAULT_NAMES[fault]}, label {int(fault)}| Handler" for fault in real]
    return _mermaid("flowchart LR", ["    Thread -->|stops| Kernel", *kinds, "    Handler -->|reply| Thread"])


def event_kinds(*names: str) -> str:
    """Rows of the table of events."""
    rows = ["| event | fields |", "| --- | --- |"]
    rows += [f"| `{name}` | {', '.join(BY_NAME[name].fields)} |" for name in names]
    return "\n".join(rows) + "\n"


def _mermaid(head: str, lines: Sequence[str]) -> str:
    return "\n".join(["```mermaid", head, *lines, "```"]) + "\n"


DRAWINGS: Final[dict[str, Callable[..., str]]] = {
    "states": states,
    "object-sizes": object_sizes,
    "invocations": invocations,
    "faults": faults,
    "events": event_kinds,
    "minimality": minimality.table,
}


def redrawn(text: str) -> str:
    """A page with everything below its markers drawn anew. Raises KeyError for an unknown drawing."""

    def draw(match: re.Match[str]) -> str:
        name, arguments = match["name"], match["arguments"]
        return f"<!-- drawn: {name}{arguments} -->\n" + DRAWINGS[name](*arguments.split())

    return MARKER.sub(draw, text)


def main(paths: Sequence[str]) -> int:
    """Redraw pages in place; says which changed."""
    for name in paths:
        path = Path(name)
        before = path.read_text(encoding="utf-8")
        after = redrawn(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"{path}: drawn anew")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
