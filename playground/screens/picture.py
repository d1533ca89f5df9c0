"""A screenshot as a self-contained SVG: no fonts from elsewhere, and blanks that every viewer keeps."""

from __future__ import annotations

import re
from typing import Final

CELL: Final = 12.2
"""Width of a cell in the units of the picture."""
BLANK: Final = "&#160;"

_FONT_FACE: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_RUN: Final = re.compile(r'<text ([^>]*?)x="([0-9.]+)"([^>]*?)textLength="[0-9.]+"([^>]*)>((?:[^<])*)</text>')
_ENTITY: Final = re.compile(r"&[^;]+;")


def portable(svg: str) -> str:
    """The picture that Textual exports, without web fonts and without leading blanks in its runs of text.

    Some viewers drop leading blanks, which would shift a run to the left; so its place is moved instead.
    """
    svg = _FONT_FACE.sub("", svg).replace("Fira Code, monospace", "Fira Code, DejaVu Sans Mono, Menlo, monospace")
    return _RUN.sub(_shift, svg)


def _shift(match: re.Match[str]) -> str:
    before, x, middle, after, text = match.groups()
    lead = 0
    while text.startswith(BLANK):
        text = text[len(BLANK) :]
        lead += 1
    while text.endswith(BLANK):
        text = text[: -len(BLANK)]
    if not text:
        return ""
    length = len(_ENTITY.sub("x", text)) * CELL
    return f'<text {before}x="{float(x) + lead * CELL:.1f}"{middle}textLength="{length:.1f}"{after}>{text}</text>'
