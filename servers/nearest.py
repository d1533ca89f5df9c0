"""What somebody probably meant: every complaint about an unknown name ends in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CUTOFF = 0.55
"""How similar two names have to be, from 0 to 1, as difflib counts."""
MOST_LISTED = 12
"""Of more names than these a complaint only says how many there are."""


def closest(name: str, names: Iterable[str], cutoff: float = CUTOFF) -> str | None:
    """The one of some names that `name` was probably meant to be, if any comes near."""
    from difflib import get_close_matches  # here, because most programs never misspell anything

    known = list(names)
    letters = sorted(name)
    otherwise_written = [candidate for candidate in known if candidate.lower() == name.lower()]
    swapped = [candidate for candidate in known if sorted(candidate) == letters]
    found = otherwise_written or swapped or get_close_matches(name, known, n=1, cutoff=cutoff)
    return found[0] if found else None


def nearest(name: str, names: Sequence[str]) -> str:
    """The end of a complaint about an unknown name: '; did you mean `x`?', or what there is; empty if nothing is."""
    found = closest(name, names)
    if found is not None:
        return f"; did you mean `{found}`?"
    if len(names) > MOST_LISTED:
        return f"; there are {len(names)}, none of them similar"
    return f"; there is {', '.join(f'`{known}`' for known in names)}" if names else ""
