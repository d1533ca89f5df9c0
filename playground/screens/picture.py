"""A screenshot as a self-contained SVG: no fonts from elsewhere, and blanks that every viewer keeps."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

CELL: Final = 12.2
"""Width of a cell in the units of the picture."""
BLANK: Final = "&#160;"

_FONT_FACE: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_RUN: Final = re.compile(r'<text ([^>]*?)x="([0-9.]+)"([^>]*?)textLength="[0-9.]+"([^>]*)>((?:[^<])*)</text>')
_ENTITY: Final = re.compile(r"&[^;]+;")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_CLIPS: Final = re.compile(r'<clipPath id="terminal-\d+-line-\d+">.*?</clipPath>', re.DOTALL)
_LINE_CLIP: Final = re.compile(r' clip-path="url\(#terminal-\d+-line-\d+\)"')
_NAME: Final = re.compile(r"terminal-\d+-")
_EMPTY: Final = re.compile(r"<text [^>]*>\s*</text>")
_CELLS: Final = re.compile(r'<rect fill="([^"]+)" [^>]*?shape-rendering="crispEdges"/>')
_SCREEN: Final = re.compile(r'<clipPath id="t-clip-terminal">\s*<rect x="0" y="0" width="([0-9.]+)" height="([0-9.]+)"')
_GROUP: Final = re.compile(r'<g [^>]*clip-path="url\(#t-clip-terminal\)">')
_BLANKS: Final = re.compile(r"\s*\n\s*")


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


def compact(svg: str) -> str:
    """A portable picture that looks the same in a third of the bytes, for a page with many.

    The background is drawn once, names are short, and nothing is cut off that does not stick out.
    """
    svg = _CLIPS.sub("", _LINE_CLIP.sub("", _COMMENT.sub("", svg)))
    svg = _BLANKS.sub("\n", _NAME.sub("t-", _EMPTY.sub("", svg)))
    cells = _CELLS.findall(svg)
    if not cells:
        return svg
    ground = Counter(cells).most_common(1)[0][0]
    svg = _CELLS.sub(lambda cell: "" if cell[1] == ground else cell[0], svg)
    size = _SCREEN.search(svg)
    assert size is not None, "Textual writes the size of the screen"
    sheet = f'<rect fill="{ground}" width="{size[1]}" height="{size[2]}"/>'
    return _GROUP.sub(lambda group: group[0] + sheet, svg, count=1)
